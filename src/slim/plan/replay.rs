//! What happened while the layers were stacked.

use std::collections::{HashMap, HashSet};

use super::decision::Mark;
use super::origins::Origins;
use crate::image::{EntryId, Image, PathId};
use crate::overlay::{Rootfs, Slot};

/// What happened while the layers were stacked.
pub(super) struct Replay {
    /// The file system of the base.
    pub(super) base: Rootfs,
    /// The layer that last implied a directory.
    pub(super) implied_by: HashMap<PathId, usize>,
    pub(super) origins: Origins,
    /// For hard links to a file of the base: a path at which it stands both below and above their layer. (What a layer
    /// hides after the link in its tar may become a whiteout, which is applied first.)
    pub(super) base_names: HashMap<EntryId, PathId>,
    /// Markers that hid something.
    working: HashSet<(usize, Mark)>,
}

impl Replay {
    pub(super) fn of(image: &Image, base_layers: usize) -> Self {
        let mut rootfs = Rootfs::new(image);
        let mut replay = Self {
            base: Rootfs::new(image),
            implied_by: HashMap::new(),
            origins: Origins::new(image),
            base_names: HashMap::new(),
            working: HashSet::new(),
        };
        let first = image.layers.get(base_layers).map_or(u32::MAX, |layer| layer.entries.start);
        for layer in 0..image.layers.len() {
            if layer == base_layers {
                replay.base = rootfs.clone();
            }
            let is_own = layer >= base_layers;
            if is_own {
                replay.note_markers(image, &rootfs, layer);
            }
            rootfs.apply(image, layer, &mut |rootfs, change| {
                let link = replay.origins.note(image, rootfs, change);
                if !is_own {
                    return;
                }
                if change.after == Some(Slot::Implied) {
                    replay.implied_by.insert(change.path, layer);
                }
                if let Some((link, named)) = link {
                    replay.note_base_name(image, rootfs, link, named, first);
                }
            });
            for link in image.layer_entries(layer).filter(|_| is_own) {
                if let Some(&name) = replay.base_names.get(&link)
                    && rootfs.entry(name).is_none_or(|id| id.0 >= first)
                {
                    replay.base_names.remove(&link);
                }
            }
        }
        if base_layers >= image.layers.len() {
            replay.base = rootfs;
        }
        replay
    }

    fn note_markers(&mut self, image: &Image, rootfs: &Rootfs, layer: usize) {
        for &path in &image.layers[layer].whiteouts {
            if rootfs.get(path).is_some() {
                self.working.insert((layer, Mark::Whiteout(path)));
            }
        }
        for &path in &image.layers[layer].opaques {
            if image.paths.children(path).any(|child| rootfs.get(child).is_some()) {
                self.working.insert((layer, Mark::Opaque(path)));
            }
        }
    }

    fn note_base_name(&mut self, image: &Image, rootfs: &Rootfs, link: EntryId, named: EntryId, first: u32) {
        let name = if named.0 < first {
            Some(image.path_of(named))
        } else {
            let stands = |path: &PathId| rootfs.entry(*path).is_some_and(|id| id.0 < first);
            self.base_names.get(&named).copied().filter(stands)
        };
        if let Some(name) = name {
            self.base_names.insert(link, name);
        }
    }

    /// True if a marker of a layer that hid something is missing from `marks`.
    pub(super) fn loses_a_mark(&self, image: &Image, layer: usize, marks: &HashSet<Mark>) -> bool {
        let whiteouts = image.layers[layer].whiteouts.iter().map(|path| Mark::Whiteout(*path));
        let opaques = image.layers[layer].opaques.iter().map(|path| Mark::Opaque(*path));
        whiteouts.chain(opaques).any(|mark| self.working.contains(&(layer, mark)) && !marks.contains(&mark))
    }
}
