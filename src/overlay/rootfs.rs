//! The merged file system as one slot per path.

use fixedbitset::FixedBitSet;

use super::Cause;
use crate::image::{EntryId, Image, PathId};

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// A directory that no tar names, but that has something in it.
    Implied,
    /// An entry.
    Entry(EntryId),
}

/// One write to the merged file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The path.
    pub path: PathId,
    /// What was there.
    pub before: Option<Slot>,
    /// What is there now.
    pub after: Option<Slot>,
    /// Why what was there is gone.
    pub cause: Cause,
}

const NOTHING: u32 = u32::MAX;
const IMPLIED: u32 = u32::MAX - 1;

/// What a container sees with some of the layers stacked.
///
/// Invariant: if something is at a path, directories are at all paths above it.
#[derive(Debug, Clone)]
pub struct Rootfs {
    slots: Vec<u32>,
    /// One bit per path, set where something is. With them a large dead subtree is skipped quickly.
    live: FixedBitSet,
}

impl Rootfs {
    /// No layer applied yet: empty.
    pub fn new(image: &Image) -> Self {
        let count = image.paths.len() as usize;
        Self { slots: vec![NOTHING; count], live: FixedBitSet::with_capacity(count) }
    }

    /// What is at a path. There is never anything at the root itself.
    pub fn get(&self, path: PathId) -> Option<Slot> {
        slot(self.slots[path.index()])
    }

    /// The entry at a path; none if nothing is there, or an implied directory.
    pub fn entry(&self, path: PathId) -> Option<EntryId> {
        match self.get(path)? {
            Slot::Entry(id) => Some(id),
            Slot::Implied => None,
        }
    }

    /// True if a directory is at the path, implied or not.
    pub fn is_directory(&self, image: &Image, path: PathId) -> bool {
        match self.get(path) {
            Some(Slot::Implied) => true,
            Some(Slot::Entry(id)) => image.entry(id).kind.is_directory(),
            None => false,
        }
    }

    /// Number of paths where something is.
    pub fn count(&self) -> u32 {
        u32::try_from(self.live.count_ones(..)).unwrap_or(u32::MAX)
    }

    /// All paths where something is, in ascending order.
    pub fn live(&self) -> impl Iterator<Item = (PathId, Slot)> + '_ {
        self.live.ones().filter_map(|path| Some((path_id(path), slot(self.slots[path])?)))
    }

    /// Writes a slot without applying any rule: undoes a [`Change`], or does it again.
    pub fn set(&mut self, path: PathId, value: Option<Slot>) {
        let index = path.index();
        self.slots[index] = packed(value);
        self.live.set(index, value.is_some());
    }

    /// Stacks a layer on top. `listen` is called before every write, with the file system as it is then.
    pub fn apply(&mut self, image: &Image, layer: usize, listen: &mut impl FnMut(&Self, Change)) {
        let changes = &image.layers[layer];
        for &path in &changes.whiteouts {
            self.remove(path, listen);
            self.clear(image, path, listen);
        }
        for &path in &changes.opaques {
            self.clear(image, path, listen);
        }
        for id in image.layer_entries(layer) {
            self.place(image, id, changes.entries.start, listen);
        }
    }

    /// Puts an entry at its path. `first` is the first entry of its layer.
    fn place(&mut self, image: &Image, id: EntryId, first: u32, listen: &mut impl FnMut(&Self, Change)) {
        let path = image.path_of(id);
        if path == PathId::ROOT {
            return;
        }
        self.imply_parents(image, path, listen);
        let before = self.get(path);
        if !image.entry(id).kind.is_directory() && self.is_directory(image, path) {
            self.clear(image, path, listen);
        }
        let again = matches!(before, Some(Slot::Entry(old)) if old.0 >= first);
        let cause = if again { Cause::Repeated } else { Cause::Overwritten };
        self.write(Change { path, before, after: Some(Slot::Entry(id)), cause }, listen);
    }

    /// Makes directories of all paths above `path`.
    fn imply_parents(&mut self, image: &Image, path: PathId, listen: &mut impl FnMut(&Self, Change)) {
        let mut at = image.paths.parent(path);
        while at != PathId::ROOT && !self.is_directory(image, at) {
            let change = Change {
                path: at,
                before: self.get(at),
                after: Some(Slot::Implied),
                cause: Cause::Overwritten,
            };
            self.write(change, listen);
            at = image.paths.parent(at);
        }
    }

    /// Removes what is at a path.
    fn remove(&mut self, path: PathId, listen: &mut impl FnMut(&Self, Change)) {
        if let before @ Some(_) = self.get(path) {
            self.write(Change { path, before, after: None, cause: Cause::Removed }, listen);
        }
    }

    /// Removes everything below a path.
    fn clear(&mut self, image: &Image, path: PathId, listen: &mut impl FnMut(&Self, Change)) {
        let (mut from, end) = (path.index() + 1, image.paths.end(path).index());
        while let Some(path) = self.next_live(from, end) {
            self.remove(path_id(path), listen);
            from = path + 1;
        }
    }

    fn write(&mut self, change: Change, listen: &mut impl FnMut(&Self, Change)) {
        listen(self, change);
        self.set(change.path, change.after);
    }

    /// The first path in `from..end` where something is. The set itself finds only the first of all, so this
    /// looks at its words.
    fn next_live(&self, from: usize, end: usize) -> Option<usize> {
        const BITS: usize = usize::BITS as usize;
        let words = self.live.as_slice();
        (from / BITS..end.div_ceil(BITS)).find_map(|at| {
            let start = from.saturating_sub(at * BITS);
            let bits = words.get(at)? & (usize::MAX << start);
            let found = at * BITS + bits.trailing_zeros() as usize;
            (bits != 0 && found < end).then_some(found)
        })
    }
}

/// A slot in four bytes.
pub(super) fn packed(slot: Option<Slot>) -> u32 {
    match slot {
        None => NOTHING,
        Some(Slot::Implied) => IMPLIED,
        Some(Slot::Entry(id)) => id.0,
    }
}

/// Unpacks what [`packed`] made.
pub(super) fn slot(value: u32) -> Option<Slot> {
    match value {
        NOTHING => None,
        IMPLIED => Some(Slot::Implied),
        id => Some(Slot::Entry(EntryId(id))),
    }
}

fn path_id(index: usize) -> PathId {
    PathId(u32::try_from(index).unwrap_or(u32::MAX))
}
