//! Lists and maps of documents, with a limit on their items.
//!
//! Limiting a document in bytes is not enough: two of them (`{}`) may take hundreds in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::limits;

/// A list of at most [`limits::ITEMS`] items.
pub(super) struct List<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    check(list.len())?;
                    list.push(item);
                }
                Ok(List(list))
            }
        }
        deserializer.deserialize_seq(Items(PhantomData))
    }
}

/// A map of at most [`limits::ITEMS`] items.
struct Map<V>(BTreeMap<String, V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Map<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Items<V> {
            type Value = Map<V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Map<V>, A::Error> {
                let mut map = BTreeMap::new();
                while let Some((key, value)) = items.next_entry()? {
                    check(map.len())?;
                    map.insert(key, value);
                }
                Ok(Map(map))
            }
        }
        deserializer.deserialize_map(Items(PhantomData))
    }
}

/// Fails when there is no room for another item.
fn check<E: Error>(items: usize) -> Result<(), E> {
    if items < limits::ITEMS {
        return Ok(());
    }
    Err(E::custom(format_args!("a list or map has more than {} items, the limit", limits::ITEMS)))
}

/// Reads a list, and `null` as an empty one.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(optional_list(deserializer)?.unwrap_or_default())
}

/// Reads a list that may be missing or `null`.
pub(super) fn optional_list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<List<T>>::deserialize(deserializer)?.map(|list| list.0))
}

/// Reads a map, and `null` as an empty one.
pub(super) fn map<'de, D, V>(deserializer: D) -> Result<BTreeMap<String, V>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    Ok(Option::<Map<V>>::deserialize(deserializer)?.map_or_else(BTreeMap::new, |map| map.0))
}

/// Reads a map as the set of its keys: Go writes sets as maps to empty objects.
pub(super) fn keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    let map = Option::<Map<IgnoredAny>>::deserialize(deserializer)?;
    Ok(map.map(|map| map.0.into_keys().collect()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::{Config, DockerManifest, Document};

    #[test]
    fn lists_and_maps_end_at_the_limit() {
        let many = |item: &str, count: usize| vec![item; count].join(",");
        let labels: Vec<String> = (0..=limits::ITEMS).map(|n| format!("\"{n}\":\"\"")).collect();
        let volumes: Vec<String> = (0..=limits::ITEMS).map(|n| format!("\"{n}\":{{}}")).collect();
        for text in [
            format!("{{\"history\":[{}]}}", many("{}", limits::ITEMS + 1)),
            format!("{{\"rootfs\":{{\"diff_ids\":[{}]}}}}", many("\"\"", limits::ITEMS + 1)),
            format!("{{\"config\":{{\"Labels\":{{{}}}}}}}", labels.join(",")),
            format!("{{\"config\":{{\"Volumes\":{{{}}}}}}}", volumes.join(",")),
        ] {
            let error = serde_json::from_str::<Config>(&text).unwrap_err().to_string();
            assert!(error.contains("more than 65536 items, the limit"), "{text:.30}: {error}");
        }
        let manifests = format!("{{\"manifests\":[{}]}}", many("{}", limits::ITEMS + 1));
        assert!(serde_json::from_str::<Document>(&manifests).is_err());
        let images = format!("[{}]", many(r#"{"Config":"a"}"#, limits::ITEMS + 1));
        assert!(serde_json::from_str::<DockerManifest>(&images).is_err());
        let full = format!("{{\"history\":[{}]}}", many("{}", limits::ITEMS));
        assert_eq!(serde_json::from_str::<Config>(&full).unwrap().history.len(), limits::ITEMS);
    }
}
