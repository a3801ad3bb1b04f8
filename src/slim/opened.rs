//! The old image, opened a second time for copying: its documents as stored, and its layers as sections that can be
//! read at offsets.

use serde_json::Value;

use super::documents::Documents;
use crate::error::{Error, Result};
use crate::source::{
    Blob, Blobs, Candidate, Catalog, Contents, ImageSelector, Location, Progress, Section, normal_text,
};

/// An image that can be copied.
#[derive(Debug)]
pub struct Opened {
    pub(super) documents: Documents,
    /// The blobs of the layers, lowest first.
    pub(super) layers: Vec<Section>,
}

impl Opened {
    /// Opens the image at `location`, which must be readable more than once (see [`super::hold`]).
    ///
    /// # Errors
    /// When the image is no longer there, or is no saved image.
    pub fn open(location: &Location, selector: &ImageSelector, progress: &dyn Progress) -> Result<Self> {
        let open = || {
            let blobs = location.open(progress)?;
            let catalog = Catalog::read(&*blobs)?.ok_or_else(|| {
                Error::because("this is a root file system, not a saved image: it has no layers to slim")
                    .hint("save the image with docker save")
            })?;
            let candidate = selector.or(location.image.as_deref()).choose(catalog)?.candidate;
            let layer = |layer: &Blob| match blobs.open(layer.name.as_deref().unwrap_or_default()) {
                Ok(Contents::At(section)) => Ok(section),
                Ok(Contents::Stream { .. }) => Err(Error::because("it can be read only once")),
                Err(error) => Err(error.at(&layer.shown)),
            };
            let layers = candidate.layers.iter().map(layer).collect::<Result<_>>()?;
            let documents = documents(&*blobs, &candidate)?;
            Ok(Self { documents, layers })
        };
        open().map_err(
            |error: Error| {
                if progress.stopped() { Error::Interrupted } else { error.reading(location.name()) }
            },
        )
    }
}

/// The documents of an image as they are stored.
fn documents(blobs: &dyn Blobs, candidate: &Candidate) -> Result<Documents> {
    let config_name = candidate.config.name.as_deref().unwrap_or_default();
    let mut documents = Documents { config: blobs.document(config_name)?, ..Documents::default() };
    if let Some(index) = json(blobs, "index.json")?
        && let Some(wanted) = &candidate.manifest_digest
    {
        documents.descriptor = describe(blobs, &index, wanted.as_str(), 0)?;
        documents.index = Some(index);
        let encoded = format!("blobs/{}/{}", wanted.algorithm(), wanted.encoded());
        if let Some(name) = blobs.resolve(&normal_text(&encoded))? {
            documents.manifest = Some(blobs.document(&name)?);
        }
    }
    if let Some(Value::Array(images)) = json(blobs, "manifest.json")? {
        for image in images {
            let config = image.get("Config").and_then(Value::as_str).map(normal_text);
            if let Some(config) = config
                && blobs.resolve(&config)?.as_deref() == Some(config_name)
            {
                documents.docker = Some(image);
                break;
            }
        }
    }
    Ok(documents)
}

fn json(blobs: &dyn Blobs, name: &str) -> Result<Option<Value>> {
    crate::source::document(blobs, name.as_bytes())
}

/// Deepest nesting of indexes that is followed; reading the image has found no deeper one.
const DEPTH: usize = 8;

/// The descriptor of the manifest `wanted` in an index. It inherits the names of the nested index that holds it.
fn describe(blobs: &dyn Blobs, index: &Value, wanted: &str, depth: usize) -> Result<Option<Value>> {
    let Some(Value::Array(manifests)) = index.get("manifests") else { return Ok(None) };
    for descriptor in manifests {
        let Some(digest) = descriptor.get("digest").and_then(Value::as_str) else { continue };
        if digest == wanted {
            return Ok(Some(descriptor.clone()));
        }
        let name = format!("blobs/{}", digest.replacen(':', "/", 1));
        let is_index = descriptor
            .get("mediaType")
            .and_then(Value::as_str)
            .is_some_and(|kind| kind.contains("index") || kind.contains("manifest.list"));
        if !is_index || depth >= DEPTH {
            continue;
        }
        let Some(nested) = json(blobs, &name)? else { continue };
        if let Some(mut found) = describe(blobs, &nested, wanted, depth + 1)? {
            if let Some(Value::Object(outer)) = descriptor.get("annotations")
                && let Value::Object(fields) = &mut found
                && let Value::Object(inner) =
                    fields.entry("annotations").or_insert_with(|| Value::Object(serde_json::Map::new()))
            {
                for (key, value) in outer {
                    inner.entry(key.clone()).or_insert_with(|| value.clone());
                }
            }
            return Ok(Some(found));
        }
    }
    Ok(None)
}
