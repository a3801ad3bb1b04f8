//! Hashes of bodies that two images do not hold themselves.

use crate::image::{EntryId, Image};

/// Hashes of bodies that were read in addition to those that the images hold.
#[derive(Debug, Clone, Default)]
pub struct Hashes {
    old: Vec<(EntryId, u64)>,
    new: Vec<(EntryId, u64)>,
}

impl Hashes {
    /// The hashes of bodies of the old and of the new image, in any order.
    pub fn new(mut old: Vec<(EntryId, u64)>, mut new: Vec<(EntryId, u64)>) -> Self {
        old.sort_unstable_by_key(|read| read.0);
        new.sort_unstable_by_key(|read| read.0);
        Self { old, new }
    }

    /// The hash of a body of the old image, if it is known.
    pub(super) fn old(&self, image: &Image, id: EntryId) -> Option<u64> {
        known(image, id, &self.old)
    }

    /// The hash of a body of the new image, if it is known.
    pub(super) fn new_side(&self, image: &Image, id: EntryId) -> Option<u64> {
        known(image, id, &self.new)
    }
}

fn known(image: &Image, id: EntryId, read: &[(EntryId, u64)]) -> Option<u64> {
    match image.entry(id).hash {
        0 => read.binary_search_by_key(&id, |read| read.0).ok().map(|at| read[at].1),
        hash => Some(hash),
    }
}
