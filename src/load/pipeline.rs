//! From a location to an image.

use std::ops::ControlFlow;

use super::loaded::Loaded;
use super::passed::Indexed;
use super::{layers, pick, rootfs};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::layer::{Budget, LayerIndex};
use crate::source::{Blobs, ImageSelector, Location, NoProgress, Progress, Trust};

/// Loads an image.
///
/// # Errors
/// When there is no image in it, the one that is wanted is not there, or a part of it is missing or damaged; the
/// error names the part. [`Error::Interrupted`] when `progress` said stop.
pub fn image(location: &Location, selector: &ImageSelector, progress: &dyn Progress) -> Result<Loaded> {
    at(location, selector, None, progress)
}

/// Loads an image without the bodies that would have to be read to be compared: an entry of a layer that is not
/// compressed has no hash. Layers that are `known`, by their numbers, are not read.
///
/// # Errors
/// As [`image`].
pub fn outline(
    location: &Location,
    selector: &ImageSelector,
    known: &Known<'_>,
    progress: &dyn Progress,
) -> Result<Loaded> {
    at(location, selector, Some(known), progress)
}

/// The indexes of layers that need not be read, by their numbers.
type Known<'a> = dyn Fn(usize) -> Option<LayerIndex> + 'a;

fn at(
    location: &Location,
    selector: &ImageSelector,
    outline: Option<&Known<'_>>,
    progress: &dyn Progress,
) -> Result<Loaded> {
    let selector = selector.or(location.image.as_deref());
    let trust = location.trust;
    let loaded = location.open(progress).and_then(|mut blobs| {
        opened(&mut *blobs, &selector, trust, outline, progress).map_err(|error| error.reading(blobs.shown()))
    });
    if progress.stopped() {
        return Err(Error::Interrupted);
    }
    loaded.map_err(|error| error.reading(location.name()))
}

/// Loads an image of a place that was opened. What passes by only once is indexed as it comes; what can be
/// opened by name is opened when it is known what is needed.
fn opened(
    blobs: &mut dyn Blobs,
    selector: &ImageSelector,
    trust: Trust,
    outline: Option<&Known<'_>>,
    progress: &dyn Progress,
) -> Result<Loaded> {
    let (budget, whole) = (Budget::new(trust), Budget::new(trust));
    let (indexed, length) = Indexed::of(blobs, &budget, &whole)?;
    match pick::pick(blobs, selector)? {
        Some(picked) => layers::load(picked, blobs, indexed, &budget, outline, progress),
        None => rootfs::load(blobs, (indexed, length), &whole, progress),
    }
}

/// The diff IDs of an image, without reading its layers: to find the base of another image.
///
/// # Errors
/// As [`image`].
pub fn diff_ids(location: &Location, selector: &ImageSelector) -> Result<Vec<Digest>> {
    let read = || {
        let mut blobs = location.open(&NoProgress)?;
        blobs.pass(&mut |_| Ok(ControlFlow::Continue(())))?;
        let picked = pick::pick(&*blobs, selector)?;
        let picked = picked.ok_or_else(|| Error::because("there is no image in it"))?;
        Ok(picked.layers.into_iter().filter_map(|layer| layer.parts.diff_id).collect())
    };
    read().map_err(|error: Error| error.reading(location.name()))
}
