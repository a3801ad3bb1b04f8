//! Which copies nobody can see any more.

use std::ops::Range;

use crate::image::{EntryId, Image, PathId};
use crate::overlay::{Cause, Fate, Union};

/// A path with wasted bytes, over all layers that stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wasted {
    /// The path.
    pub path: PathId,
    /// The sum over its wasted copies, in bytes.
    pub bytes: u64,
    /// Every wasted copy was followed by one with the same content.
    pub metadata_only: bool,
    /// Its copies in [`super::Analysis::copies`].
    pub copies: Range<u32>,
}

/// One stored file that the final root filesystem does not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copy {
    /// The entry that stores it.
    pub entry: EntryId,
    /// The layer that stores it.
    pub layer: usize,
    /// Its bytes.
    pub bytes: u64,
    /// Why nobody can see it.
    pub cause: Cause,
    /// The layer that hid it.
    pub by_layer: usize,
    /// It was overwritten by a copy with the same content.
    pub metadata_only: bool,
}

/// The copy that took an overwritten entry's place: the content behind the first entry at the same
/// path in the layer that hid it, if that is a file.
fn successor(image: &Image, union: &Union, entry: EntryId, by_layer: usize) -> Option<EntryId> {
    let next = image.timeline.in_layer(image, image.path_of(entry), by_layer)?;
    union.content_of(next)
}
