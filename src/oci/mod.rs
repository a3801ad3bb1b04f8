//! The documents of an image: manifests, indexes, configuration, and Docker's `manifest.json`.
//!
//! Types only, no I/O. They are tolerant: builders leave fields out, write `null` for lists and add fields of
//! their own. Only what is indispensable is required.
//!
//! Sources: image-spec `descriptor.md`, `manifest.md`, `image-index.md`, `config.md`; the Docker
//! image specification v1.2 ("Combined Image JSON + Filesystem Changeset Format").

mod bounded;
mod config;
mod manifest;
mod platform;
mod provenance;

pub use config::{Config, History, RootFs, Runtime};
pub use manifest::{Descriptor, DockerImage, DockerManifest, Document};
pub use platform::Platform;
pub use provenance::{BuiltLayer, Provenance, is_provenance};

use serde::{Deserialize, Deserializer};

/// Reads `null` as the type's default: Go programs write it for empty lists and maps.
fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
