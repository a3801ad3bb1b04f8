//! pax extended headers: `length key=value` records that override a header's fields.

use std::collections::BTreeMap;

use super::member::Member;
use crate::error::{Error, Result};
use crate::limits;

/// Where builders keep extended attributes.
const XATTR: &[u8] = b"SCHILY.xattr.";

/// The records of one extended header, in order.
#[derive(Debug, Default, Clone)]
pub struct Records(Vec<(Vec<u8>, Vec<u8>)>);

impl Records {
    /// Splits the body of an extended header that stands at offset `at`.
    ///
    /// # Errors
    /// When they are malformed.
    pub fn parse(mut body: &[u8], at: u64) -> Result<Self> {
        let mut records = Vec::new();
        while body.first().is_some_and(|&b| b != 0) {
            let Some((key, value, rest)) = record(body) else {
                return Err(Error::because(format!("the pax header at offset {at} is malformed")));
            };
            records.push((key.to_vec(), value.to_vec()));
            body = rest;
        }
        Ok(Self(records))
    }

    /// The records: keys and values.
    pub fn into_pairs(self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.0
    }

    /// Overrides `member`'s fields. An empty value takes an earlier record back, which leaves the header's.
    pub(super) fn apply(&self, member: &mut Member, at: u64) -> Result<()> {
        apply(self.0.iter().map(|(key, value)| (&key[..], &value[..])), member, at)
    }
}

/// The global records in force: for equal keys the later one counts.
#[derive(Debug, Default)]
pub(super) struct Globals {
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Bytes of their keys and values.
    bytes: usize,
}

impl Globals {
    /// Adds the records of a later global header, which stands at offset `at`.
    ///
    /// # Errors
    /// When more bytes are in force than [`limits::GLOBALS`].
    pub(super) fn merge(&mut self, later: Records, at: u64) -> Result<()> {
        for (key, value) in later.0 {
            self.bytes += key.len() + value.len();
            if let Some(old) = self.records.get(&key) {
                self.bytes -= key.len() + old.len();
            }
            if self.bytes > limits::GLOBALS {
                return Err(Error::because(format!(
                    "with the global pax header at offset {at}, more than {} bytes of global records are in force, the limit",
                    limits::GLOBALS
                )));
            }
            self.records.insert(key, value);
        }
        Ok(())
    }

    /// Like [`Records::apply`].
    pub(super) fn apply(&self, member: &mut Member, at: u64) -> Result<()> {
        apply(self.records.iter().map(|(key, value)| (&key[..], &value[..])), member, at)
    }
}

fn apply<'r>(
    records: impl Iterator<Item = (&'r [u8], &'r [u8])> + Clone,
    member: &mut Member,
    at: u64,
) -> Result<()> {
    let records = records.filter(|(_, value)| !value.is_empty());
    // the real name of a sparse member, whose path is made up
    let sparse = records.clone().any(|(key, _)| key == b"GNU.sparse.name");
    for (key, value) in records {
        let set = |field: &mut Vec<u8>| {
            field.clear();
            field.extend_from_slice(value);
        };
        match key {
            b"path" if !sparse => set(&mut member.name),
            b"GNU.sparse.name" => set(&mut member.name),
            b"linkpath" => set(&mut member.link),
            b"size" => {
                member.size = decimal(value).filter(|&n| n <= 1 << 62).ok_or_else(|| {
                    Error::because(format!("the pax header before offset {at} has a size that is no number"))
                })?;
            }
            b"uid" => member.uid = decimal(value).unwrap_or(member.uid),
            b"gid" => member.gid = decimal(value).unwrap_or(member.gid),
            b"mtime" => member.mtime = seconds(value).unwrap_or(member.mtime),
            _ => {
                if let Some(name) = key.strip_prefix(XATTR) {
                    member.xattrs.push((name.to_vec(), value.to_vec()));
                }
            }
        }
    }
    Ok(())
}

/// The first record: its key, its value, and what follows it.
fn record(body: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = body.iter().take(20).position(|&b| b == b' ')?;
    let length = usize::try_from(decimal(&body[..blank])?).ok()?;
    if length > body.len() || length < blank + 3 {
        return None;
    }
    let (whole, rest) = body.split_at(length);
    let content = whole[blank + 1..].strip_suffix(b"\n")?;
    let equals = content.iter().position(|&b| b == b'=')?;
    Some((&content[..equals], &content[equals + 1..], rest))
}

fn decimal(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Whole seconds of a time that may have a sign and a fraction.
fn seconds(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    let below = whole.starts_with('-') && fraction.bytes().any(|b| b != b'0');
    Some(if below { seconds.saturating_sub(1) } else { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_override_a_member() {
        let body =
            b"19 path=not-\xff-utf8\n22 mtime=1700000000.5\n13 uid=70000\n30 SCHILY.xattr.user.a=x=y\nz1\n";
        let records = Records::parse(body, 0).unwrap();
        let mut member = Member::default();
        records.apply(&mut member, 0).unwrap();
        assert_eq!(member.name, b"not-\xff-utf8");
        assert_eq!((member.mtime, member.uid), (1_700_000_000, 70_000));
        assert_eq!(member.xattrs, [(b"user.a".to_vec(), b"x=y\nz1".to_vec())]);
    }

    #[test]
    fn malformed_records_are_errors() {
        for body in [
            &b"x"[..],
            b"5 a=b",
            b"99 path=x\n",
            b"3 a\n",
            b"0 a=b\n",
            b"6 abcd\n",
            b"18446744073709551617 a=b\n",
        ] {
            assert!(Records::parse(body, 0).is_err(), "{body:?}");
        }
        let mut member = Member::default();
        assert!(Records::parse(b"11 size=-1\n", 0).unwrap().apply(&mut member, 0).is_err());
    }

    #[test]
    fn later_global_records_replace_earlier_ones_within_the_limit() {
        let mut globals = Globals::default();
        globals.merge(Records::parse(b"8 uid=7\n8 gid=8\n", 0).unwrap(), 0).unwrap();
        for _ in 0..1000 {
            globals.merge(Records::parse(b"12 uid=7000\n", 0).unwrap(), 0).unwrap();
        }
        let mut member = Member::default();
        globals.apply(&mut member, 0).unwrap();
        assert_eq!(member.uid, 7000);
        let long = format!("{} comment={}\n", limits::GLOBALS + 14, "x".repeat(limits::GLOBALS));
        let error = globals.merge(Records::parse(long.as_bytes(), 0).unwrap(), 512).unwrap_err().to_string();
        assert!(error.contains("offset 512") && error.contains("4096"), "{error}");
    }

    #[test]
    fn times_before_1970_round_down() {
        assert_eq!(seconds(b"-1.5"), Some(-2));
        assert_eq!(seconds(b"-1.0"), Some(-1));
        assert_eq!(seconds(b"12.9"), Some(12));
    }
}
