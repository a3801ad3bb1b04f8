//! One of two images that are compared.

use crate::analysis::Analysis;
use crate::image::{EntryId, Image, PathId};
use crate::overlay::{Slot, Union};

/// One of the two images.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The image.
    pub image: &'a Image,
    /// Its layers, stacked.
    pub union: &'a Union,
    /// Its numbers.
    pub analysis: &'a Analysis,
}

impl Side<'_> {
    /// The entry that holds the content of the file at a path.
    pub fn content(&self, path: PathId) -> Option<EntryId> {
        self.union.content_of(self.union.rootfs.entry(path)?)
    }

    /// What `stat` would say of a path: the bytes of a regular file, by whichever of its names; else 0.
    pub fn bytes(&self, path: PathId) -> u64 {
        self.content(path).map_or(0, |content| self.image.entry(content).size)
    }

    /// The layer that stores what stands at a path; none for a directory that no layer names.
    pub fn layer(&self, path: PathId) -> Option<usize> {
        Some(self.image.layer_of(self.union.rootfs.entry(path)?))
    }

    /// True when a regular file stands at a path, by whichever of its names.
    pub fn is_file(&self, path: PathId) -> bool {
        self.union.rootfs.entry(path).is_some_and(|id| self.image.entry(id).kind.is_file())
    }

    /// What stands at a path.
    pub fn slot(&self, path: PathId) -> Option<Slot> {
        self.union.rootfs.get(path)
    }
}
