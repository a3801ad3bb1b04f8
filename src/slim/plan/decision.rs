//! The parts of a plan.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::image::{EntryId, Image, PathId};

/// What the user asks for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Number of layers, from the bottom, that stay byte for byte.
    pub base_layers: usize,
    /// All other layers become one.
    pub squash: bool,
    /// Paths to leave out although a container sees them. Only those stored above the base go.
    pub dropped: HashSet<PathId>,
}

/// What becomes of an entry above the base.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Action {
    /// It goes.
    #[default]
    Drop,
    /// It stays as it is.
    Keep,
    /// It stays, a hard link, but names another path: [`Plan::target`].
    Relink,
    /// Its body stays under the name of a hard link: [`Plan::heir`].
    Rename,
    /// A hard link that becomes the file.
    Inherit,
}

/// A member that the new layer needs and no old one has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Made {
    /// A directory that was only implied, and that nothing implies any longer.
    Directory(PathId),
    /// A whiteout or an opaque marker.
    Mark(Mark),
}

/// Something that hides what is below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Removes the path.
    Whiteout(PathId),
    /// Empties the directory.
    Opaque(PathId),
}

/// What becomes of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A base layer: it stays byte for byte.
    Base,
    /// Nothing in it goes, so it stays byte for byte.
    Unchanged,
    /// Some of it goes.
    Rewritten,
    /// All of it goes.
    Vanished,
}

/// A layer of the new image, or one that vanishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerPlan {
    /// The layers of the old image that it is made of.
    pub sources: Range<usize>,
    /// What becomes of them.
    pub outcome: Outcome,
    /// Bytes of regular files before.
    pub before: u64,
    /// Bytes of regular files after.
    pub after: u64,
    /// Entries, and whiteouts and opaque markers, that go.
    pub gone: u64,
    /// The whiteouts and opaque markers that stay.
    pub marks: HashSet<Mark>,
    /// New members, in the order in which they are written, before all others.
    pub made: Vec<Made>,
    /// Bodies from layers that are not sources, each with the hard link that it becomes: (body, link).
    pub fetched: Vec<(EntryId, EntryId)>,
}

/// What becomes of each layer and of each entry.
#[derive(Debug)]
pub struct Plan {
    /// The new layers and those that vanish, lowest first.
    pub layers: Vec<LayerPlan>,
    /// Bytes of base layers that are stored again, because hard links above the base would otherwise lead to nothing.
    pub copied: u64,
    /// Paths to be left out that stay, because base layers store them.
    pub kept_in_base: Vec<PathId>,
    /// The first entry above the base.
    pub(super) first: u32,
    pub(super) actions: Vec<Action>,
    pub(super) heirs: HashMap<EntryId, EntryId>,
    pub(super) targets: HashMap<EntryId, PathId>,
}

impl Plan {
    /// What becomes of an entry. Those of base layers stay.
    pub fn action(&self, id: EntryId) -> Action {
        match id.0.checked_sub(self.first) {
            Some(own) => self.actions[own as usize],
            None => Action::Keep,
        }
    }

    /// The hard link whose name the body of a renamed entry takes.
    pub fn heir(&self, id: EntryId) -> Option<EntryId> {
        self.heirs.get(&id).copied()
    }

    /// The new target of a hard link.
    pub fn target(&self, id: EntryId) -> Option<PathId> {
        self.targets.get(&id).copied()
    }

    /// The layers of the new image, lowest first.
    pub fn kept_layers(&self) -> impl Iterator<Item = &LayerPlan> {
        self.layers.iter().filter(|layer| layer.outcome != Outcome::Vanished)
    }

    /// The first entry above the base.
    pub fn first_own_entry(&self) -> EntryId {
        EntryId(self.first)
    }

    /// Number of base layers.
    pub fn base_layers(&self) -> usize {
        self.layers.iter().filter(|layer| layer.outcome == Outcome::Base).count()
    }

    /// True if the new image would be the old one.
    pub fn changes_nothing(&self) -> bool {
        self.layers.iter().all(|layer| matches!(layer.outcome, Outcome::Base | Outcome::Unchanged))
    }

    pub(super) fn set(&mut self, id: EntryId, action: Action) {
        if let Some(own) = id.0.checked_sub(self.first) {
            self.actions[own as usize] = action;
        }
    }
}

impl LayerPlan {
    pub(super) fn new(image: &Image, sources: Range<usize>, base_layers: usize) -> Self {
        let before = image.layers[sources.clone()].iter().map(|layer| layer.content).sum();
        Self {
            outcome: if sources.start < base_layers { Outcome::Base } else { Outcome::Rewritten },
            sources,
            before,
            after: before,
            gone: 0,
            marks: HashSet::new(),
            made: Vec::new(),
            fetched: Vec::new(),
        }
    }

    /// True if the new layer has this marker.
    pub(super) fn has(&self, mark: Mark) -> bool {
        self.marks.contains(&mark) || self.made.contains(&Made::Mark(mark))
    }
}

impl Mark {
    /// The path that it is about.
    pub fn path(self) -> PathId {
        let (Self::Whiteout(path) | Self::Opaque(path)) = self;
        path
    }
}
