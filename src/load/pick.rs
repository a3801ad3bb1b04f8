//! From a place to the one image that is wanted: its configuration, and where its layers are.

use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::image::{self, About, Diagnostic, Parts, Step};
use crate::oci::{Config, Document, Platform, Provenance};
use crate::source::{Blob, Blobs, CONTAINER, Candidate, Catalog, Choice, ImageSelector, blob_name, document};
use crate::text;

/// The image that is wanted, before its layers are read.
pub(super) struct Picked {
    pub about: About,
    pub config: Config,
    pub history: Vec<Step>,
    pub layers: Vec<PickedLayer>,
    pub diagnostics: Vec<Diagnostic>,
    /// What its builder attested of the Dockerfile.
    pub provenance: Option<Provenance>,
}

/// Where a layer is, and what is known of it.
pub(super) struct PickedLayer {
    /// The resolved name of its blob.
    pub name: Vec<u8>,
    /// What to call it in an error.
    pub shown: String,
    pub parts: Parts,
}

/// Picks the image that is wanted; none when the place holds no manifest of any kind.
pub(super) fn pick(blobs: &dyn Blobs, selector: &ImageSelector) -> Result<Option<Picked>> {
    let Some(catalog) = Catalog::read(blobs)? else { return Ok(None) };
    let Choice { candidate, remark } = selector.choose(catalog)?;
    let mut picked = described(blobs, candidate)?;
    let absent = blobs.absent();
    if !absent.is_empty() {
        let shown: Vec<_> = absent.iter().map(|path| text::line(path.as_bytes(), 200)).collect();
        let message = format!("mounted into the container, and not part of it: {}", shown.join(", "));
        picked.diagnostics.push(Diagnostic { code: "container-mounts", message, layer: None, path: None });
    }
    if let Some(message) = remark {
        let several = Diagnostic { code: "several-images", message, layer: None, path: None };
        picked.diagnostics.insert(0, several);
    }
    Ok(Some(picked))
}

/// Picks all images: those of the name that is asked for, else all of the platform; none when the place holds no
/// manifest of any kind.
pub(super) fn all(blobs: &dyn Blobs, selector: &ImageSelector) -> Result<Option<Vec<Picked>>> {
    let Some(catalog) = Catalog::read(blobs)? else { return Ok(None) };
    let candidates = match selector.image {
        Some(_) => vec![selector.choose(catalog)?.candidate],
        None => selector.all(catalog)?,
    };
    candidates.into_iter().map(|candidate| described(blobs, candidate)).collect::<Result<_>>().map(Some)
}

/// Reads the configuration of an image.
fn described(blobs: &dyn Blobs, candidate: Candidate) -> Result<Picked> {
    let config: Config = match &candidate.config.name {
        Some(name) => document(blobs, name)?,
        None => None,
    }
    .ok_or_else(|| absent("the configuration", &candidate.config))?;
    if candidate.layers.is_empty() {
        return Err(
            Error::because("the image has no layers, so there is nothing to show").at(candidate.config.shown)
        );
    }
    let diff_ids = &config.rootfs.diff_ids;
    if !diff_ids.is_empty() && diff_ids.len() != candidate.layers.len() {
        return Err(Error::because(format!(
            "the manifest has {} layers, the configuration {}",
            candidate.layers.len(),
            diff_ids.len()
        ))
        .at(candidate.config.shown));
    }
    let (history, steps, diagnostics) = image::pair(&config, candidate.layers.len())
        .map_err(|error| error.at(candidate.config.shown.clone()))?;
    let mut layers = Vec::with_capacity(candidate.layers.len());
    for (number, blob) in candidate.layers.iter().enumerate() {
        let Some(name) = blob.name.clone() else { return Err(absent(&format!("layer {number}"), blob)) };
        let parts = Parts {
            diff_id: diff_ids.get(number).and_then(|text| Digest::parse(text)),
            digest: blob.digest.clone(),
            media_type: blob.media_type.clone(),
            blob: 0,
            step: steps.get(number).copied().flatten(),
        };
        layers.push(PickedLayer { name, shown: format!("layer {number}, {}", blob.shown), parts });
    }
    let provenance = candidate.attestations.as_deref().and_then(|name| provenance(blobs, name));
    let about = about(candidate, &config, blobs);
    Ok(Picked { about, config, history, layers, diagnostics, provenance })
}

/// The Dockerfile that an attestation holds. It only adds to what is known, so what cannot be read is no error.
fn provenance(blobs: &dyn Blobs, attestations: &[u8]) -> Option<Provenance> {
    let manifest: Document = document(blobs, attestations).ok()??;
    manifest.layers.iter().filter(|layer| layer.is_provenance()).find_map(|layer| {
        let name = blob_name(blobs, &Digest::parse(&layer.digest)?).ok()??;
        Provenance::read(&blobs.document(&name).ok()?)
    })
}

fn absent(what: &str, blob: &Blob) -> Error {
    Error::because(format!("{what} is named in the manifest, but is not there"))
        .at(blob.shown.clone())
        .hint("save the image again, with all its blobs")
}

fn about(candidate: Candidate, config: &Config, blobs: &dyn Blobs) -> About {
    let short = |digest: &Digest| format!("{}:{:.12}", digest.algorithm(), digest.encoded());
    let reference = match candidate.tags.first() {
        Some(tag) => tag.clone(),
        None => candidate.config.digest.as_ref().map_or_else(|| blobs.shown().to_owned(), short),
    };
    let platform = if config.os.is_empty() {
        candidate.platform
    } else {
        Platform {
            os: config.os.clone(),
            architecture: config.architecture.clone(),
            variant: config.variant.clone().or(candidate.platform.variant),
        }
    };
    About {
        reference,
        source: format!("{} {}", blobs.kind(), blobs.shown()),
        tags: candidate.tags,
        config_digest: candidate.config.digest,
        manifest_digest: candidate.manifest_digest,
        platform,
        created: config.created.clone(),
        is_container: blobs.kind() == CONTAINER,
    }
}
