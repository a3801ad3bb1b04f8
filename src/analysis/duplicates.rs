//! Equal files at several paths.

use fixedbitset::FixedBitSet;

use super::waste::is_equal;
use crate::image::{EntryId, PathId};
use crate::overlay::{Slot, Stack};

/// The smallest file that is worth reporting, in bytes.
const LEAST: u64 = 4096;

/// Files of equal content at several live paths that are not hard links of each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The size of one, in bytes.
    pub bytes: u64,
    /// What all copies but one take: (n − 1) × size.
    pub saved: u64,
    /// One live path of each content, in ascending order, and the entry that holds the content.
    pub paths: Vec<(PathId, EntryId)>,
}

/// Live contents that could be duplicates (large enough, and another one has the same size), with
/// one live path each: the bodies that must be read to find the duplicates. In groups of equal size.
pub fn candidates(stack: Stack<'_>) -> Vec<(PathId, EntryId)> {
    let Stack { image, union } = stack;
    let mut seen = FixedBitSet::with_capacity(image.entries.len());
    let mut live: Vec<(PathId, EntryId)> = union
        .rootfs
        .live()
        .filter_map(|(path, slot)| match slot {
            Slot::Entry(id) => union.content_of(id).map(|content| (path, content)),
            Slot::Implied => None,
        })
        .filter(|&(_, content)| image.entry(content).size >= LEAST)
        .filter(|&(_, content)| !seen.put(content.index()))
        .collect();
    let size = |pair: &(PathId, EntryId)| image.entry(pair.1).size;
    live.sort_by_key(|pair| std::cmp::Reverse(size(pair)));
    let mut kept = Vec::new();
    for group in live.chunk_by(|a, b| size(a) == size(b)).filter(|group| group.len() > 1) {
        kept.extend_from_slice(group);
    }
    kept
}

/// The duplicates, most to save first, then by path.
pub(super) fn duplicates(stack: Stack<'_>) -> Vec<Duplicate> {
    let image = stack.image;
    let mut live = candidates(stack);
    let key = |content: EntryId| (std::cmp::Reverse(image.entry(content).size), image.entry(content).hash);
    live.sort_by_key(|&(path, content)| (key(content), path));
    let mut found: Vec<Duplicate> = live
        .chunk_by(|a, b| is_equal(image, a.1, b.1))
        .filter(|group| group.len() > 1)
        .map(|group| {
            let bytes = image.entry(group[0].1).size;
            Duplicate { bytes, saved: bytes * (group.len() as u64 - 1), paths: group.to_vec() }
        })
        .collect();
    found.sort_by_key(|duplicate| (std::cmp::Reverse(duplicate.saved), duplicate.paths[0].0));
    found
}
