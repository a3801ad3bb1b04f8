//! What several images have in common, and what they store once for each.
//!
//! Three things are called sharing. On a disk a layer is shared with the layers below it: engines store
//! chains. In a registry it is shared in any position: registries store blobs. And the same file in
//! different layers is not shared, though a common base could hold it once.

mod repeated;
mod stack;
#[cfg(test)]
mod tests;

pub use repeated::{Group, Owner, ReadHashes, Repeated};
pub use stack::{DistinctLayer, Portion};

use stack::Stack;

use super::Side;
use crate::dockerfile::LineRange;
use crate::image::{EntryId, Origin};

/// What several images share.
#[derive(Debug)]
pub struct Sharing {
    /// Each image, in the order in which they were given.
    pub images: Vec<Portion>,
    /// Content of all images, each by itself.
    pub content: u64,
    /// Content of the distinct layers: what all images take together in a registry.
    pub once: u64,
    /// Content of the distinct chains of layers: what all images take together on a disk.
    pub disk_once: u64,
    /// The distinct layers: those with most content first.
    pub layers: Vec<DistinctLayer>,
    /// Equal files in different layers of several images.
    pub repeated: Repeated,
}

impl Sharing {
    /// The command that made a distinct layer, from the history of the first image that has it; empty if unknown.
    pub fn command<'a>(&self, layer: usize, images: &[Side<'a>]) -> &'a str {
        let layer = &self.layers[layer];
        let first = layer.images.first().and_then(|&image| images.get(image));
        first.map_or("", |side| side.image.command_of(layer.place))
    }

    /// The Dockerfile and the lines that made a distinct layer, from the first image whose Dockerfile is known.
    pub fn lines<'a>(&self, layer: usize, images: &[Side<'a>]) -> Option<(&'a Origin, LineRange)> {
        let layer = &self.layers[layer];
        let sides = layer.images.iter().filter_map(|&image| images.get(image));
        sides.enumerate().find_map(|(number, side)| {
            let is_it = |at: &usize| match &layer.diff_id {
                Some(diff_id) => side.image.layers[*at].diff_id.as_ref() == Some(diff_id),
                // its place is known in the first image only
                None => number == 0 && *at == layer.place,
            };
            let at = (0..side.image.layers.len()).find(is_it)?;
            side.image.lines_of_layer(at)
        })
    }
}

/// The entries, by image, whose bodies must be read to find equal files in different layers. A body that
/// several images have is asked of one of them.
pub fn share_candidates(images: &[Side<'_>]) -> Vec<Vec<EntryId>> {
    repeated::candidates(images, &Stack::of(images))
}

/// Finds what `images` share. `hashes` are those of the [`share_candidates`].
pub fn share(images: &[Side<'_>], hashes: &ReadHashes) -> Sharing {
    let stack = Stack::of(images);
    let portions: Vec<Portion> = (0..images.len()).map(|image| stack.portion(image)).collect();
    Sharing {
        content: portions.iter().map(|portion| portion.content).sum(),
        images: portions,
        once: stack.once(),
        disk_once: stack.disk_once(),
        repeated: repeated::repeated(images, &stack, hashes),
        layers: stack.into_layers(),
    }
}
