//! A root file system that is no image (`docker export`, `buildx --output type=tar`): opened as an image
//! of one layer without history, with a diagnostic that says so.

use super::compare;
use super::loaded::Loaded;
use super::passed::{Indexed, is_part_of_an_image};
use crate::error::{Error, Result};
use crate::image::{About, Assembly, Diagnostic, Image, Parts};
use crate::layer::{Budget, Kind, LayerIndex, index_plain};
use crate::limits;
use crate::oci::Config;
use crate::source::{Blobs, Length, Meter, Progress};

/// Opens a place that holds no manifest as a root file system. `passed` is what passed by of it, and how long
/// that was; `budget` bounds what is kept of it.
pub(super) fn load(
    blobs: &dyn Blobs,
    (indexed, length): (Indexed<'_>, Length),
    budget: &Budget,
    progress: &dyn Progress,
) -> Result<Loaded> {
    let section = blobs.whole();
    if section.is_none() && length == Length::default() {
        let why = "the directory holds no image: it has neither index.json nor manifest.json";
        return Err(Error::because(why)
            .hint("give it the directory of an OCI layout, or a file made with docker save"));
    }
    let names = blobs.names()?;
    if names.is_empty() || names.iter().any(|name| is_part_of_an_image(name)) {
        return Err(incomplete(names.len()));
    }
    if let Some(section) = section {
        progress.begin(&[(blobs.shown().to_owned(), section.length())]);
        let index = index_plain(&section, Meter::part(progress, 0), budget)?;
        let mut loaded = image(&index, blobs.shown(), section.length(), budget)?;
        if names.len() >= limits::MEMBERS && holds_parts_of_an_image(&loaded.image) {
            return Err(incomplete(names.len()));
        }
        compare::read(&mut loaded, &[Some(section)], &[0], progress)?;
        return Ok(loaded);
    }
    let mut index = indexed.whole()?.ok_or_else(|| incomplete(names.len()))?;
    index.tar = length.unpacked;
    image(&index, blobs.shown(), length.stored, budget)
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

/// True when a saved image comes after the members that are listed.
fn holds_parts_of_an_image(image: &Image) -> bool {
    let is_listed = |kind| matches!(kind, Kind::File | Kind::HardLink | Kind::Symlink);
    let mut listed = image.entries.iter().filter(|entry| is_listed(entry.kind));
    listed.any(|entry| is_part_of_an_image(&image.paths.full(entry.path)))
}

/// The error for an archive that is neither an image nor a file system.
fn incomplete(members: usize) -> Error {
    let many;
    let why = if members == 0 {
        "the tar has no members, so there is no image in it"
    } else if members >= limits::MEMBERS {
        many = format!(
            "there is no manifest among its first {} members, where an image has it",
            limits::MEMBERS
        );
        &many
    } else {
        "it looks like a saved image, but has neither manifest.json nor index.json, so it may have been cut short"
    };
    Error::because(why).hint("save the image again: docker save IMAGE -o FILE")
}
