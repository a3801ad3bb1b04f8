//! Manifests, indexes, and the `manifest.json` of `docker save`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::bounded::{List, list, map, optional_list};
use super::{Platform, nullable};

/// A pointer to a blob (image-spec `descriptor.md`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the blob is said to be.
    #[serde(default, deserialize_with = "nullable")]
    pub media_type: String,
    /// The digest of the blob; not yet checked.
    #[serde(default, deserialize_with = "nullable")]
    pub digest: String,
    /// Free-form annotations.
    #[serde(default, deserialize_with = "map")]
    pub annotations: BTreeMap<String, String>,
    /// What the image that it points to runs on.
    pub platform: Option<Platform>,
}

impl Descriptor {
    /// True for the manifest of a provenance or bill-of-materials attestation, which is no image
    /// (`BuildKit`, "Image attestation storage").
    pub fn is_attestation(&self) -> bool {
        self.annotations.get("vnd.docker.reference.type").is_some_and(|kind| kind == "attestation-manifest")
    }

    /// The digest of the manifest that an attestation is about.
    pub fn attested(&self) -> Option<&str> {
        let digest = self.annotations.get("vnd.docker.reference.digest")?;
        self.is_attestation().then_some(digest)
    }

    /// True for a blob of an attestation that tells how the image was built.
    pub fn is_provenance(&self) -> bool {
        self.annotations.get("in-toto.io/predicate-type").is_some_and(|kind| super::is_provenance(kind))
    }

    /// The name that a builder or engine gave the image: a full name where there is one, else a bare tag.
    pub fn name(&self) -> Option<&str> {
        ["io.containerd.image.name", "org.opencontainers.image.ref.name"]
            .iter()
            .find_map(|key| self.annotations.get(*key))
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }
}

/// An image manifest or an index. Its fields tell which, not its media type.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// An index's manifests.
    #[serde(default, deserialize_with = "optional_list")]
    pub manifests: Option<Vec<Descriptor>>,
    /// An image manifest's configuration.
    pub config: Option<Descriptor>,
    /// An image manifest's layers, lowest first.
    #[serde(default, deserialize_with = "list")]
    pub layers: Vec<Descriptor>,
}

/// One image of Docker's `manifest.json`, which is a list of these.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DockerImage {
    /// The member that holds the configuration.
    pub config: String,
    /// The image's names.
    #[serde(default, deserialize_with = "list")]
    pub repo_tags: Vec<String>,
    /// The members that hold the layers, lowest first.
    #[serde(default, deserialize_with = "list")]
    pub layers: Vec<String>,
}

/// A `manifest.json`.
#[derive(Debug)]
pub enum DockerManifest {
    /// Docker's: the images of an archive.
    Images(Vec<DockerImage>),
    /// Of skopeo's `dir:` layout: the image manifest itself.
    One(Document),
}

impl<'de> Deserialize<'de> for DockerManifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = DockerManifest;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of images or an image manifest")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<DockerManifest, A::Error> {
                let images = List::deserialize(SeqAccessDeserializer::new(items))?;
                Ok(DockerManifest::Images(images.0))
            }
            fn visit_map<A: MapAccess<'de>>(self, items: A) -> Result<DockerManifest, A::Error> {
                Document::deserialize(MapAccessDeserializer::new(items)).map(DockerManifest::One)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_and_a_manifest_are_told_apart_by_their_fields() {
        let index: Document =
            serde_json::from_str(r#"{"manifests":[{"digest":"sha256:a","size":3}]}"#).unwrap();
        assert!(index.manifests.is_some() && index.config.is_none());
        let manifest: Document =
            serde_json::from_str(r#"{"config":{"digest":"sha256:a"},"layers":null}"#).unwrap();
        assert!(manifest.manifests.is_none() && manifest.config.is_some());
    }

    #[test]
    fn a_docker_image_may_have_no_tags() {
        let images: Vec<DockerImage> =
            serde_json::from_str(r#"[{"Config":"a.json","RepoTags":null,"Layers":["l"]}]"#).unwrap();
        assert!(images[0].repo_tags.is_empty());
    }

    #[test]
    fn a_containerd_name_wins_over_a_bare_tag() {
        let text = r#"{"annotations":{"io.containerd.image.name":"docker.io/library/zoo:v1",
            "org.opencontainers.image.ref.name":"v1"}}"#;
        let descriptor: Descriptor = serde_json::from_str(text).unwrap();
        assert_eq!(descriptor.name(), Some("docker.io/library/zoo:v1"));
    }
}
