//! Which whiteouts and opaque markers still hide something.
//!
//! Only paths of the base have to be hidden: what stays above it is never hidden later. So this starts from the paths
//! of the base that must not be seen and that nothing replaces, and takes markers from the top layer down, outer
//! directories first, until all of them are hidden.

use std::ops::Range;

use fixedbitset::FixedBitSet;

use super::decision::Mark;
use super::end::Final;
use super::replay::Replay;
use crate::image::{Image, PathId};
use crate::overlay::Slot;

/// A marker that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) mark: Mark,
    /// True if the layer has it; otherwise it takes the place of an entry that goes.
    pub(super) is_stored: bool,
}

/// The paths of the base that are still to be hidden.
pub(super) struct Hiding {
    open: FixedBitSet,
}

impl Hiding {
    pub(super) fn new(end: &Final<'_>, replay: &Replay) -> Self {
        let mut open = FixedBitSet::with_capacity(end.image.paths.len() as usize);
        // nothing can be seen below what is no directory
        let mut covered = PathId::ROOT;
        for (path, before) in replay.base.live() {
            if path < covered {
                continue;
            }
            let after = end.slot(path);
            let is_replaced = match after {
                after if after == Some(before) => true,
                Some(Slot::Entry(id)) => {
                    if !end.image.entry(id).kind.is_directory() {
                        covered = end.image.paths.end(path);
                    }
                    true
                }
                Some(Slot::Implied) => match before {
                    Slot::Implied => true,
                    Slot::Entry(id) => !end.image.entry(id).kind.is_directory(),
                },
                None => false,
            };
            if !is_replaced {
                open.insert(path.index());
            }
        }
        Self { open }
    }

    /// The markers that these layers need. `dead` are the paths of their entries that go.
    pub(super) fn marks(&mut self, image: &Image, sources: &Range<usize>, dead: &[PathId]) -> Vec<Candidate> {
        let layers = &image.layers[sources.clone()];
        let whiteouts = layers.iter().flat_map(|layer| &layer.whiteouts).map(|path| Mark::Whiteout(*path));
        let opaques = layers.iter().flat_map(|layer| &layer.opaques).map(|path| Mark::Opaque(*path));
        let stored = whiteouts.chain(opaques).map(|mark| Candidate { mark, is_stored: true });
        let made = dead.iter().map(|path| Candidate { mark: Mark::Whiteout(*path), is_stored: false });
        let mut all: Vec<Candidate> = stored.chain(made).collect();
        // outer directories first; what the layer has before what would be made
        all.sort_unstable_by_key(|candidate| {
            (candidate.mark.path(), matches!(candidate.mark, Mark::Opaque(_)), !candidate.is_stored)
        });
        all.retain(|candidate| self.hide(image, candidate.mark));
        all
    }

    /// Hides what `mark` reaches; false if there is nothing.
    fn hide(&mut self, image: &Image, mark: Mark) -> bool {
        let path = mark.path();
        let start = path.index() + usize::from(matches!(mark, Mark::Opaque(_)));
        let range = start..image.paths.end(path).index();
        if range.is_empty() || !self.open.contains_any_in_range(range.clone()) {
            return false;
        }
        self.open.set_range(range, false);
        true
    }
}
