//! A root file system that is no image (`docker export`, `buildx --output type=tar`): opened as an image
//! of one layer without history, with a diagnostic that says so.

use std::io::Read;

use super::{Loaded, PartMeter, Watch, compare};
use crate::digest::is_hex;
use crate::error::{Error, Result};
use crate::image::{About, Assembly, Diagnostic, Parts};
use crate::layer::{LayerIndex, index_plain, index_stream};
use crate::oci::Config;
use crate::overlay::Union;
use crate::source::{Archive, Compression, Gathered, Section};

/// Opens the tar in `section`, whose members `archive` lists, as a root file system.
pub(super) fn plain(archive: &Archive, section: &Section, shown: &str, watch: &dyn Watch) -> Result<Loaded> {
    if archive.is_empty() {
        return Err(no_members());
    }
    if archive.names().any(is_part_of_an_image) {
        return Err(incomplete());
    }
    watch.begin(&[(shown.to_owned(), section.length())]);
    let index = index_plain(section, &PartMeter { watch, part: Some(0) })?;
    let mut loaded = image(&index, shown, section.length())?;
    compare::read(&mut loaded, &[Some(section.clone())], watch)?;
    Ok(loaded)
}

/// The same for a packed tar: `stream` is it once more, from the start.
pub(super) fn packed(passed: &Gathered, stream: impl Read, shown: &str, length: u64) -> Result<Loaded> {
    if passed.is_empty() {
        return Err(no_members());
    }
    if passed.names().any(is_part_of_an_image) {
        return Err(incomplete());
    }
    image(&index_stream(stream, Compression::None)?, shown, length)
}

fn image(index: &LayerIndex, shown: &str, blob: u64) -> Result<Loaded> {
    let mut assembly = Assembly::with_capacity(index.entries.len());
    assembly.add(index, Parts { blob, ..Parts::default() })?;
    let message = "this is a root file system, not a saved image: it is shown as one layer without history; \
                   to see the layers, save the image with docker save";
    let remark = Diagnostic { code: "rootfs-archive", message: message.into(), layer: None, path: None };
    let about = About { reference: shown.to_owned(), source: format!("rootfs {shown}"), ..About::default() };
    let image = assembly.finish(about, Config::default(), Vec::new(), vec![remark]);
    let union = Union::of(&image);
    Ok(Loaded { image, union })
}

/// True for names that saved images have and file systems do not.
fn is_part_of_an_image(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let stem = name.split(['/', '.']).next().unwrap_or(name);
    matches!(name, "oci-layout" | "repositories")
        || name.starts_with("blobs/sha256/")
        || (is_hex(stem, 64)
            && (name.ends_with("/layer.tar") || name.ends_with(".json") || name.ends_with(".tar")))
}

fn no_members() -> Error {
    Error::because("the tar has no members, so there is no image in it")
        .hint("save the image again: docker save IMAGE -o FILE")
}

fn incomplete() -> Error {
    Error::because("it looks like a saved image, but has neither manifest.json nor index.json")
        .hint("it may have been cut short: save the image again with docker save IMAGE -o FILE")
}
