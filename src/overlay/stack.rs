//! An image and its union, which nearly everything that is computed needs together.

use super::Union;
use crate::image::{Image, PathId};

/// An image with its layers stacked.
#[derive(Debug, Clone, Copy)]
pub struct Stack<'a> {
    /// The image.
    pub image: &'a Image,
    /// Its layers, stacked.
    pub union: &'a Union,
}

impl<'a> Stack<'a> {
    /// The body of the file at a path of the final file system, if it was kept.
    pub fn body(self, path: PathId) -> Option<&'a [u8]> {
        self.image.excerpts.body(self.union.content_of(self.union.rootfs.entry(path)?)?)
    }
}
