//! The number of an entry. That of a path is [`PathId`](super::PathId), of a layer its place in the list.

/// The number of an entry in [`Image::entries`](super::Image::entries).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u32);

impl EntryId {
    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
