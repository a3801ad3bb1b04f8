//! A log of what each layer changed: stepping from one layer to another costs their changes, not the image.

use super::rootfs::{packed, slot};
use super::{Rootfs, Slot};
use crate::image::{Image, PathId};

/// The net changes of every layer, by path.
#[derive(Debug)]
pub struct ChangeLog {
    /// Where each layer's changes start; one more than there are layers.
    starts: Vec<usize>,
    deltas: Vec<Delta>,
}

/// One path that a layer changed. It has 12 bytes, because a layer may change millions.
#[derive(Debug, Clone, Copy)]
struct Delta {
    path: PathId,
    before: u32,
    after: u32,
}

impl ChangeLog {
    /// Stacks the layers once more and records what each of them changes.
    pub fn of(image: &Image) -> Self {
        let mut rootfs = Rootfs::new(image);
        let mut stamps = vec![usize::MAX; image.paths.len() as usize];
        let mut log = Self { starts: vec![0], deltas: Vec::with_capacity(image.entries.len()) };
        for layer in 0..image.layers.len() {
            let start = log.deltas.len();
            rootfs.apply(image, layer, &mut |_, change| {
                let stamp = &mut stamps[change.path.index()];
                if *stamp != layer {
                    *stamp = layer;
                    log.deltas.push(Delta { path: change.path, before: packed(change.before), after: 0 });
                }
            });
            for delta in &mut log.deltas[start..] {
                delta.after = packed(rootfs.get(delta.path));
            }
            // what came and went within the layer is no change
            let mut kept = start;
            for at in start..log.deltas.len() {
                if log.deltas[at].before != log.deltas[at].after {
                    log.deltas[kept] = log.deltas[at];
                    kept += 1;
                }
            }
            log.deltas.truncate(kept);
            log.deltas[start..].sort_unstable_by_key(|delta| delta.path);
            log.starts.push(kept);
        }
        log.deltas.shrink_to_fit();
        log
    }

    /// Turns a file system with `from` layers applied into one with `to` layers applied.
    pub fn step(&self, rootfs: &mut Rootfs, from: usize, to: usize) {
        for layer in from..to {
            for delta in self.of_layer(layer) {
                rootfs.set(delta.path, slot(delta.after));
            }
        }
        for layer in (to..from).rev() {
            for delta in self.of_layer(layer) {
                rootfs.set(delta.path, slot(delta.before));
            }
        }
    }

    /// What was at a path before a layer and after it; none if the layer does not change the path.
    pub fn change(&self, layer: usize, path: PathId) -> Option<(Option<Slot>, Option<Slot>)> {
        let deltas = self.of_layer(layer);
        let at = deltas.binary_search_by_key(&path, |delta| delta.path).ok()?;
        Some((slot(deltas[at].before), slot(deltas[at].after)))
    }

    /// The changes of a layer by path: what stood there before it, and what after it.
    pub fn changes(&self, layer: usize) -> impl Iterator<Item = (PathId, Option<Slot>, Option<Slot>)> + '_ {
        self.of_layer(layer).iter().map(|delta| (delta.path, slot(delta.before), slot(delta.after)))
    }

    /// The paths of a range of ids that a layer changes.
    pub fn paths_in(&self, layer: usize, range: std::ops::Range<u32>) -> impl Iterator<Item = PathId> + '_ {
        let deltas = self.of_layer(layer);
        let start = deltas.partition_point(|delta| delta.path.0 < range.start);
        deltas[start..].iter().map(|delta| delta.path).take_while(move |path| path.0 < range.end)
    }

    fn of_layer(&self, layer: usize) -> &[Delta] {
        &self.deltas[self.starts[layer]..self.starts[layer + 1]]
    }
}
