//! Copies that no container can see any more.

use std::ops::Range;

use crate::image::{EntryId, Image, PathId};
use crate::overlay::{Cause, Fate, Stack};

/// A path with wasted bytes, over all layers that stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wasted {
    /// The path.
    pub path: PathId,
    /// The sum over its wasted copies, in bytes.
    pub bytes: u64,
    /// True if the same content followed every wasted copy.
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
    /// Why no container can see it.
    pub cause: Cause,
    /// The layer that hid it.
    pub by_layer: usize,
    /// True if a copy with the same content overwrote it.
    pub metadata_only: bool,
}

/// The copy that took an overwritten entry's place: the content of the first entry at the same path in the layer that
/// hid it, if that is a file.
fn successor(stack: Stack<'_>, entry: EntryId, by_layer: usize) -> Option<EntryId> {
    let Stack { image, union } = stack;
    let next = image.entry_in_layer(image.path_of(entry), by_layer)?;
    union.content_of(next)
}

/// Every wasted copy, and the paths that have them.
pub(super) fn wasted(stack: Stack<'_>) -> (Vec<Wasted>, Vec<Copy>) {
    let image = stack.image;
    let (mut all, mut copies) = (Vec::new(), Vec::new());
    for path in 0..image.paths.len() {
        let start = copies.len();
        copies.extend(image.timeline.of(PathId(path)).iter().filter_map(|&entry| copy(stack, entry)));
        let found: &[Copy] = &copies[start..];
        if !found.is_empty() {
            all.push(Wasted {
                path: PathId(path),
                bytes: found.iter().map(|copy| copy.bytes).sum(),
                metadata_only: found.iter().all(|copy| copy.metadata_only),
                copies: index(start)..index(copies.len()),
            });
        }
    }
    // the sort is stable, so that equal sizes stay in the order of their paths
    all.sort_by_key(|wasted| std::cmp::Reverse(wasted.bytes));
    (all, copies)
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// An entry as a wasted copy, if it is one; it may be of an empty file.
fn copy(stack: Stack<'_>, entry: EntryId) -> Option<Copy> {
    let Stack { image, union } = stack;
    let Fate::Lost(cause, by_layer) = union.fate(entry) else { return None };
    let bytes = image.entry(entry).size;
    let by_layer = usize::from(by_layer);
    let metadata_only = cause == Cause::Overwritten
        && successor(stack, entry, by_layer).is_some_and(|next| is_equal(image, entry, next));
    Some(Copy { entry, layer: image.layer_of(entry), bytes, cause, by_layer, metadata_only })
}

/// True when both bodies were read and are equal.
pub(super) fn is_equal(image: &Image, a: EntryId, b: EntryId) -> bool {
    let (a, b) = (image.entry(a), image.entry(b));
    a.size == b.size && a.hash == b.hash && a.hash != 0
}

/// Overwritten entries and the copies that took their places, where both have the same size: the pairs
/// whose bodies must be read to tell metadata-only copies from new contents.
pub fn same_path_pairs(stack: Stack<'_>) -> impl Iterator<Item = (EntryId, EntryId)> + '_ {
    let Stack { image, union } = stack;
    (0..index(image.entries.len())).map(EntryId).filter_map(move |entry| {
        let Fate::Lost(Cause::Overwritten, by_layer) = union.fate(entry) else { return None };
        let next = successor(stack, entry, usize::from(by_layer))?;
        let size = image.entry(entry).size;
        (size > 0 && image.entry(next).size == size).then_some((entry, next))
    })
}

#[cfg(test)]
mod tests;
