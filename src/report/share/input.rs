//! What a report of several images is made from.

use crate::compare::{Sharing, Side};

/// All that a report of several images is made from.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a> {
    /// The images.
    pub images: &'a [Side<'a>],
    /// What they share.
    pub sharing: &'a Sharing,
}

impl Shared<'_> {
    /// The command that made a distinct layer, from the history of its first image; empty if unknown.
    pub(super) fn command(&self, layer: usize) -> &str {
        let layer = &self.sharing.layers[layer];
        let first = layer.images.first().and_then(|&image| self.images.get(image));
        first.map_or("", |side| side.image.command_of(layer.place))
    }
}
