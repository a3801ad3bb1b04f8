//! A range of layers: the file system below it and the one with it, hence what it changed.
//!
//! Both file systems are stepped by the changes of the layers between. What happened to a path is a
//! function of its two slots, so that nothing about a range needs to be stored.

use crate::image::{EntryId, Image, PathId};
use crate::overlay::{ChangeLog, Rootfs, Slot};

/// What a range of layers did to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) enum Mark {
    Unchanged,
    Added,
    Modified,
    Removed,
}

impl Mark {
    /// What happened between two slots of a path.
    pub(in crate::ui) fn of(image: &Image, before: Option<Slot>, after: Option<Slot>) -> Self {
        match (before, after) {
            (None, Some(_)) => Self::Added,
            (Some(before), Some(after)) => compare(image, before, after),
            (Some(_), None) => Self::Removed,
            (None, None) => Self::Unchanged,
        }
    }

    /// One character for it.
    pub(in crate::ui) fn symbol(self) -> &'static str {
        match self {
            Self::Unchanged => " ",
            Self::Added => "+",
            Self::Modified => "~",
            Self::Removed => "-",
        }
    }

    /// The word for it.
    pub(in crate::ui) fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Removed => "removed",
        }
    }
}

/// The kinds of paths that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) struct Marks([bool; 4]);

impl Default for Marks {
    fn default() -> Self {
        Self([false, true, true, true])
    }
}

impl Marks {
    /// True when paths with this mark are shown.
    pub(in crate::ui) fn has(self, mark: Mark) -> bool {
        self.0[mark as usize]
    }

    /// Shows them, or no longer.
    pub(in crate::ui) fn toggle(&mut self, mark: Mark) {
        self.0[mark as usize] = !self.0[mark as usize];
    }

    /// Shows them.
    pub(in crate::ui) fn show(&mut self, mark: Mark) {
        self.0[mark as usize] = true;
    }
}

/// The layers `from..=to`, with the file systems around them.
#[derive(Debug)]
pub(in crate::ui) struct Span {
    from: usize,
    to: usize,
    below: Rootfs,
    upto: Rootfs,
}

impl Span {
    /// The first layer.
    pub(in crate::ui) fn new(image: &Image, log: &ChangeLog) -> Self {
        let (below, mut upto) = (Rootfs::new(image), Rootfs::new(image));
        log.step(&mut upto, 0, image.layers.len().min(1));
        Self { from: 0, to: 0, below, upto }
    }

    /// Moves to the layers `from..=to`.
    pub(in crate::ui) fn go(&mut self, log: &ChangeLog, from: usize, to: usize) {
        log.step(&mut self.below, self.from, from);
        log.step(&mut self.upto, self.to + 1, to + 1);
        (self.from, self.to) = (from, to);
    }

    /// The first and the last layer.
    pub(in crate::ui) fn layers(&self) -> (usize, usize) {
        (self.from, self.to)
    }

    /// Number of paths at which something stands with the range applied.
    pub(in crate::ui) fn standing(&self) -> u32 {
        self.upto.count()
    }

    /// What happened to a path; none when it stands neither below nor in the range.
    pub(in crate::ui) fn mark(&self, image: &Image, path: PathId) -> Option<Mark> {
        match (self.below.get(path), self.upto.get(path)) {
            (None, None) => None,
            (before, after) => Some(Mark::of(image, before, after)),
        }
    }

    /// True when something stood at a path that the range removed.
    pub(in crate::ui) fn is_gone(&self, path: PathId) -> bool {
        self.upto.get(path).is_none() && self.below.get(path).is_some()
    }

    /// What stands at a path with the range applied, or stood there when the range removed it.
    pub(in crate::ui) fn slot(&self, path: PathId) -> Option<Slot> {
        self.upto.get(path).or_else(|| self.below.get(path))
    }

    /// The entry of [`Span::slot`].
    pub(in crate::ui) fn entry(&self, path: PathId) -> Option<EntryId> {
        match self.slot(path)? {
            Slot::Entry(id) => Some(id),
            Slot::Implied => None,
        }
    }
}

/// Two slots of a path. A directory that a layer only mentions again is unchanged.
fn compare(image: &Image, before: Slot, after: Slot) -> Mark {
    let (Slot::Entry(old), Slot::Entry(new)) = (before, after) else {
        let is_directory = |slot| match slot {
            Slot::Implied => true,
            Slot::Entry(id) => image.entry(id).kind.is_directory(),
        };
        return if is_directory(before) && is_directory(after) { Mark::Unchanged } else { Mark::Modified };
    };
    if old == new {
        return Mark::Unchanged;
    }
    let (old, new) = (image.entry(old), image.entry(new));
    let both = old.kind.is_directory() && new.kind.is_directory();
    if both && old.attrs == new.attrs { Mark::Unchanged } else { Mark::Modified }
}
