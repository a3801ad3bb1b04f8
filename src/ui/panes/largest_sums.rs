//! What the Largest tab sums up: every content of the final file system once, and what is wasted.

use std::cmp::Reverse;

use fixedbitset::FixedBitSet;

use super::largest::Largest;
use crate::image::{Image, PathId};
use crate::layer::Kind;
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::tree::{Bits, Item, Weight, first_of};

/// Most files in the list.
const MOST_FILES: usize = 1000;

impl Largest {
    /// Sums up every content of the final file system once, and what is wasted at each path.
    pub(super) fn fill(&mut self, data: &Data) {
        if self.turn == 0 {
            self.counted = Self::counted(data);
        }
        let mut sums = std::mem::take(&mut self.sums);
        let paths = data.image.paths.len();
        match &self.filter.found {
            Some(found) => {
                let shown = found.shown.paths();
                sums.fill(paths, shown.filter_map(|path| Some((path, self.weigh(data, path)?))));
            }
            None => sums.fill_all(paths, |path| self.weigh(data, path)),
        }
        self.sums = sums;
        self.turn += 1;
        self.list_rows(data);
    }

    fn weigh(&self, data: &Data, path: PathId) -> Option<Weight> {
        let slot = data.final_slot(path);
        let wasted = if data.wasted.has(path) {
            let at = self.wasted.binary_search_by_key(&path, |(path, _)| *path);
            at.map_or(0, |at| self.wasted[at].1)
        } else {
            0
        };
        if slot.is_none() && wasted == 0 {
            return None;
        }
        let mut weight = Weight { wasted, ..Weight::default() };
        if let Some(Slot::Entry(id)) = slot {
            weight.is_file = matches!(data.image.entry(id).kind, Kind::File | Kind::HardLink);
            if let Some(content) = data.union.content_of(id).filter(|_| self.counted.has(path)) {
                let bytes = data.image.entry(content).size;
                if data.is_base(data.image.layer_of(content)) {
                    weight.gone = bytes;
                } else {
                    weight.bytes = bytes;
                }
            }
        }
        Some(weight)
    }

    /// The largest files below the directory, most bytes first. Directories have no bytes but those of what is in them.
    pub(super) fn largest_files(&self, image: &Image) -> Vec<Item> {
        let below = (self.here.0 + 1..image.paths.end(self.here).0).map(PathId);
        let files = below.filter(|path| image.paths.end(*path).0 == path.0 + 1);
        let items = files.map(|path| (Reverse(self.live(image, path)), path));
        first_of(items.filter(|item| item.0.0 > 0), MOST_FILES)
    }

    /// The paths of the final file system that are the first to name their content.
    pub(super) fn counted(data: &Data) -> Bits {
        let mut seen = FixedBitSet::with_capacity(data.image.entries.len());
        let mut counted = Bits::new(data.image.paths.len());
        for (path, slot) in data.union.rootfs.live() {
            if let Slot::Entry(id) = slot
                && let Some(content) = data.union.content_of(id)
                && !seen.put(content.index())
            {
                counted.set(path, true);
            }
        }
        counted
    }
}
