//! One layer's tar, read into a [`LayerIndex`].
//!
//! Indexing keeps only what the rest of the program asks about: a small trie of names, one [`Entry`] of 48 bytes per
//! tar member, whiteouts in lists of their own, and interned attributes (an image has few different owners and
//! modes). Very few bodies are kept ([`Excerpt`]); in a plain tar only those and small ones are read.

mod attrs;
mod budget;
mod counted;
mod credentials;
mod elf;
mod excerpt;
pub mod hash;
mod index;
mod names;
mod piped;
pub mod records;
mod rpm;
pub(crate) mod secret_files;
mod sqlite;
mod whiteout;

pub use attrs::{AttrId, AttrTable, Attrs};
pub use budget::Budget;
pub use credentials::SecretCheck;
pub use elf::{Elf, ElfKind, Libraries};
pub use excerpt::Excerpt;
pub use index::{Indexer, index_plain, index_stream};
pub use names::{NameId, Names};
#[cfg(test)]
pub(crate) use rpm::tests::real as rpm_database;
pub use whiteout::{Name as MemberName, classify};

use crate::digest::Digest;
use crate::source::Compression;

/// What one tar member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// A regular file: the only kind that carries bytes.
    File,
    /// Another name of a regular file; [`Entry::link`] is the path that it names.
    HardLink,
    /// A directory.
    Directory,
    /// A symbolic link; [`Entry::link`] is the offset of its target in the link texts.
    Symlink,
    /// A character device.
    CharDevice,
    /// A block device.
    BlockDevice,
    /// A named pipe.
    Fifo,
    /// Anything else that a tar may hold (a socket, a vendor's type).
    Other,
}

impl Kind {
    /// True for regular files and hard links.
    pub fn is_file(self) -> bool {
        matches!(self, Self::File | Self::HardLink)
    }

    /// True for directories.
    pub fn is_directory(self) -> bool {
        self == Self::Directory
    }

    /// What people call it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::File => "regular file",
            Self::HardLink => "hard link",
            Self::Directory => "directory",
            Self::Symlink => "symbolic link",
            Self::CharDevice => "character device",
            Self::BlockDevice => "block device",
            Self::Fifo => "named pipe",
            Self::Other => "special file",
        }
    }
}

/// No link: the value of [`Entry::link`] for kinds that have none.
pub const NO_LINK: u32 = u32::MAX;

/// One member of a layer's tar that is no whiteout. It has 48 bytes, because an image may have millions of them.
///
/// `P` is what its path is an id of: a [`NameId`] of its own layer, or an id of the table of all the image's paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<P> {
    /// Bytes of the body of a regular file; 0 for every other kind.
    pub size: u64,
    /// Where the body starts in the unpacked tar, in bytes.
    pub offset: u64,
    /// Modification time, seconds since 1970 (fractions are dropped).
    pub mtime: i64,
    /// A 64-bit hash of the body; 0 while it has not been read. Bodies of equal size and hash count as
    /// equal.
    pub hash: u64,
    /// The path.
    pub path: P,
    /// Mode, owner, device numbers and extended attributes: an id of the [`AttrTable`].
    pub attrs: AttrId,
    /// The number of another `P` (hard links), a place in the link texts (symlinks), else [`NO_LINK`].
    pub link: u32,
    /// What it is.
    pub kind: Kind,
}

impl Entry<NameId> {
    /// The same entry in another table of paths; `ids` has the new id for each old one.
    pub fn renumbered<P: Copy + Into<u32>>(self, ids: &[P]) -> Entry<P> {
        let link = if self.kind == Kind::HardLink { ids[self.link as usize].into() } else { self.link };
        let Self { size, offset, mtime, hash, path, attrs, kind, .. } = self;
        Entry { size, offset, mtime, hash, path: ids[path.index()], attrs, link, kind }
    }
}

/// What a layer's tar holds.
#[derive(Debug, Default)]
pub struct LayerIndex {
    /// Every name that the tar mentions, as a trie. Id 0 is the root.
    pub names: Names,
    /// The members in the order of the tar, without whiteouts and without the root itself.
    pub entries: Vec<Entry<NameId>>,
    /// Paths that this layer removes from the layers below.
    pub whiteouts: Vec<NameId>,
    /// Directories whose contents in the layers below this layer hides.
    pub opaques: Vec<NameId>,
    /// The attributes that entries refer to.
    pub attrs: AttrTable,
    /// Targets of symbolic links, each as its length (4 bytes, little endian) and its bytes.
    pub links: Vec<u8>,
    /// What was kept of bodies: places in `entries`, ascending, and their excerpts.
    pub excerpts: Vec<(u32, Excerpt)>,
    /// Bytes of the unpacked tar.
    pub tar: u64,
    /// The digest of the unpacked tar, where it was asked for.
    pub diff_id: Option<Digest>,
    /// How the blob is compressed.
    pub compression: Compression,
    /// Oddities that did not stop the reading.
    pub remarks: Vec<Remark>,
}

impl LayerIndex {
    /// How many entries there are, whiteouts included.
    pub fn count(&self) -> u64 {
        (self.entries.len() + self.whiteouts.len() + self.opaques.len()) as u64
    }
}

/// An oddity in a layer that did not stop the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// A short fixed word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The path it is about, normalised; empty when it is about the whole layer.
    pub path: Vec<u8>,
}
