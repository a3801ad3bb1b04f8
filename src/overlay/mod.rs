//! The union rules: what a container sees when the layers are stacked.
//!
//! Source: the image specification, layer.md ("Applying Changesets", "Whiteouts"). A layer is applied
//! in two passes: its whiteouts and opaque markers against the layers below, then its entries in the
//! order of the tar. [`Rootfs`] holds the merged file system as one slot per path. Applying a layer writes slots
//! and reports every write to a listener, which counts what it likes.

mod log;
mod rootfs;
mod stack;
mod timeline;
mod union;

pub use log::ChangeLog;
pub use rootfs::{Change, Rootfs, Slot};
pub use stack::Stack;
pub use timeline::{Difference, Event, What, tell, timeline};
pub use union::{Changes, Fate, FileCount, Union};

/// Why bytes can no longer be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A later layer stores the path again, or puts another type of file there.
    Overwritten,
    /// A whiteout or an opaque marker, or a directory above was removed or replaced by a non-directory.
    Removed,
    /// The same tar stores the path again.
    Repeated,
}

impl Cause {
    /// The word for it, in text and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overwritten => "overwritten",
            Self::Removed => "removed",
            Self::Repeated => "repeated",
        }
    }
}
