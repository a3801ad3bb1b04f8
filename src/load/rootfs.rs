//! A root file system that is no image (`docker export`, `buildx --output type=tar`): opened as an image
//! of one layer without history, with a diagnostic that says so.

use std::io::Read;

use super::{Loaded, PartMeter, Watch, compare};
use crate::digest::is_hex;
use crate::error::{Error, Result};
use crate::image::{About, Assembly, Diagnostic, Parts};
use crate::layer::{Budget, LayerIndex, index_plain, index_stream};
use crate::oci::Config;
use crate::source::{Archive, Compression, Gathered, Section};

/// Opens the tar in `section`, whose members `archive` lists, as a root file system.
pub(super) fn plain(archive: &Archive, section: &Section, shown: &str, watch: &dyn Watch) -> Result<Loaded> {
    if archive.is_empty() || archive.names().any(is_part_of_an_image) {
        return Err(incomplete(archive.is_empty()));
    }
    watch.begin(&[(shown.to_owned(), section.length())]);
    let budget = Budget::default();
    let index = index_plain(section, &PartMeter { watch, part: Some(0) }, &budget)?;
    let mut loaded = image(&index, shown, section.length(), &budget)?;
    compare::read(&mut loaded, &[Some(section.clone())], watch)?;
    Ok(loaded)
}

/// The same for a packed tar: `stream` is it once more, from the start.
pub(super) fn packed(passed: &Gathered, stream: impl Read, shown: &str, length: u64) -> Result<Loaded> {
    if passed.is_empty() || passed.names().any(is_part_of_an_image) {
        return Err(incomplete(passed.is_empty()));
    }
    let budget = Budget::default();
    image(&index_stream(stream, Compression::None, &budget)?, shown, length, &budget)
}

/// The same for one that passes by.
pub(super) fn stream(stream: impl Read, shown: &str) -> Result<Loaded> {
    let budget = Budget::default();
    let index = index_stream(stream, Compression::None, &budget)?;
    let length = index.tar;
    image(&index, shown, length, &budget)
}

fn image(index: &LayerIndex, shown: &str, blob: u64, budget: &Budget) -> Result<Loaded> {
    let mut assembly = Assembly::with_capacity(index.entries.len());
    assembly.add(index, Parts { blob, ..Parts::default() })?;
    let message = "this is a root file system, not a saved image: it is shown as one layer without history; \
                   to see the layers, save the image with docker save";
    let remark = Diagnostic { code: "rootfs-archive", message: message.into(), layer: None, path: None };
    let about = About { reference: shown.to_owned(), source: format!("rootfs {shown}"), ..About::default() };
    let image = assembly.finish(about, Config::default(), Vec::new(), vec![remark]);
    Ok(Loaded::new(image, Vec::new(), budget))
}

/// True for names that saved images have at their top and file systems do not.
pub(super) fn is_part_of_an_image(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let first = name.split('/').next().unwrap_or(name);
    let stem = first.strip_prefix("sha256:").unwrap_or(first);
    let stem = stem.split('.').next().unwrap_or(stem);
    matches!(name, "oci-layout" | "repositories" | "index.json" | "manifest.json" | "blobs" | "blobs/sha256")
        || name.starts_with("blobs/sha256/")
        || is_hex(stem, 64)
}

/// The error for an archive that is neither an image nor a file system.
pub(super) fn incomplete(is_empty: bool) -> Error {
    let why = if is_empty {
        "the tar has no members, so there is no image in it"
    } else {
        "it looks like a saved image, but has neither manifest.json nor index.json, so it may have been cut short"
    };
    Error::because(why).hint("save the image again: docker save IMAGE -o FILE")
}
