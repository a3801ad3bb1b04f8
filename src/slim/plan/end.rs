//! The final root file system, and which of its paths the layers above the base store.

use std::collections::HashSet;
use std::ops::Range;

use crate::image::{EntryId, Image, PathId};
use crate::overlay::{Slot, Union};

/// What stands at each path in the end, and which of it the layers above the base store.
pub(super) struct Final<'a> {
    pub(super) image: &'a Image,
    pub(super) union: &'a Union,
    /// The first entry above the base.
    pub(super) first: u32,
    pub(super) dropped: &'a HashSet<PathId>,
}

impl Final<'_> {
    pub(super) fn is_own(&self, id: EntryId) -> bool {
        id.0 >= self.first
    }

    /// The final slot, without what is dropped.
    pub(super) fn slot(&self, path: PathId) -> Option<Slot> {
        self.union.rootfs.get(path).filter(|slot| !self.is_dropped(path, *slot))
    }

    fn is_dropped(&self, path: PathId, slot: Slot) -> bool {
        let Slot::Entry(id) = slot else { return false };
        self.is_own(id) && !self.image.entry(id).kind.is_directory() && self.dropped.contains(&path)
    }

    pub(super) fn entry(&self, path: PathId) -> Option<EntryId> {
        match self.slot(path)? {
            Slot::Entry(id) => Some(id),
            Slot::Implied => None,
        }
    }

    pub(super) fn shows(&self, id: EntryId) -> bool {
        self.entry(self.image.path_of(id)) == Some(id)
    }

    pub(super) fn live(&self) -> impl Iterator<Item = (PathId, Slot)> + '_ {
        self.union.rootfs.live().filter(|(path, slot)| !self.is_dropped(*path, *slot))
    }

    /// True if one of these layers stores what stands at the path in the end.
    pub(super) fn shows_in(&self, path: PathId, sources: &Range<usize>) -> bool {
        self.entry(path).is_some_and(|id| sources.contains(&self.image.layer_of(id)))
    }
}
