//! Every path that differs between two images, and how.

use super::layers::Layers;
use super::{Hashes, Merge, Side};
use crate::image::{EntryId, PathId};
use crate::layer::Kind;
use crate::overlay::Slot;

/// How a path differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Only the new image has it.
    Added,
    /// Only the old image has it.
    Removed,
    /// Its content differs, or what it is: a file, a directory, a link, a device of another number.
    Changed,
    /// Its content is the same, but its mode, owner, extended attributes or link target are not. A time
    /// alone is no change.
    Metadata,
    /// A file of the old image that the new one has at another path, with the same content.
    Moved,
}

impl ChangeKind {
    /// All kinds, in the order in which they are shown; each stands at its own number.
    pub const ALL: [Self; 5] = [Self::Added, Self::Removed, Self::Changed, Self::Metadata, Self::Moved];

    /// The word for it, in text and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Metadata => "metadata",
            Self::Moved => "moved",
        }
    }
}

/// One path that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// How.
    pub kind: ChangeKind,
    /// Where it is in the old image.
    pub old: Option<PathId>,
    /// Where it is in the new image: for a moved file another path than in the old one.
    pub new: Option<PathId>,
}

impl Change {
    /// The bytes of the file before and after; 0 where there is none.
    pub fn bytes(&self, old: &Side<'_>, new: &Side<'_>) -> (u64, u64) {
        (self.old.map_or(0, |path| old.bytes(path)), self.new.map_or(0, |path| new.bytes(path)))
    }
}

/// Sums over the changes of one kind. Files are regular files by each of their names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Paths at which a file stands, before or after.
    pub files: u64,
    /// Paths of all kinds.
    pub paths: u64,
    /// Bytes of the files before.
    pub bytes_old: u64,
    /// Bytes of the files after.
    pub bytes_new: u64,
}

/// What is known about two contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Equal,
    Differs,
    Unknown,
}

/// Whether two regular files have the same content, without reading any.
pub(super) fn contents(old: &Side<'_>, new: &Side<'_>, layers: &Layers, a: EntryId, b: EntryId) -> Content {
    let (before, after) = (old.image.entry(a), new.image.entry(b));
    if before.size != after.size {
        Content::Differs
    } else if before.size == 0 || layers.is_same_entry(old.image, new.image, a, b) {
        Content::Equal
    } else if before.hash == 0 || after.hash == 0 {
        Content::Unknown
    } else if before.hash == after.hash {
        Content::Equal
    } else {
        Content::Differs
    }
}

/// The paths that differ, in the order of the paths. Moved files are still one removed and one added.
pub(super) fn changes(old: &Side<'_>, new: &Side<'_>, layers: &Layers, hashes: &Hashes) -> Vec<Change> {
    let mut changes = Vec::new();
    for pair in Merge::new(&old.image.paths, &new.image.paths) {
        let before = pair.old.and_then(|path| old.slot(path));
        let after = pair.new.and_then(|path| new.slot(path));
        let kind = match (before, after) {
            (None, None) => continue,
            (None, Some(_)) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Removed,
            (Some(a), Some(b)) => match (Contrast { old, new, layers, hashes }).slots(a, b) {
                Some(kind) => kind,
                None => continue,
            },
        };
        // a path may be in both tables, but stand in one file system only
        changes.push(Change { kind, old: before.and(pair.old), new: after.and(pair.new) });
    }
    changes
}

/// Sums up the changes by kind.
pub(super) fn sums(changes: &[Change], old: &Side<'_>, new: &Side<'_>) -> [Sums; ChangeKind::ALL.len()] {
    let mut sums = [Sums::default(); ChangeKind::ALL.len()];
    for change in changes {
        let sum = &mut sums[change.kind as usize];
        let (before, after) = change.bytes(old, new);
        let is_file = |side: &Side<'_>, path: Option<PathId>| path.is_some_and(|path| side.is_file(path));
        sum.paths += 1;
        sum.files += u64::from(is_file(old, change.old) || is_file(new, change.new));
        sum.bytes_old += before;
        sum.bytes_new += after;
    }
    sums
}

/// Holds what stands at one path in both images against each other.
struct Contrast<'a> {
    old: &'a Side<'a>,
    new: &'a Side<'a>,
    layers: &'a Layers,
    hashes: &'a Hashes,
}

impl Contrast<'_> {
    fn slots(&self, before: Slot, after: Slot) -> Option<ChangeKind> {
        match (before, after) {
            (Slot::Entry(a), Slot::Entry(b)) => self.entries(a, b),
            (Slot::Implied, Slot::Implied) => None,
            // the attributes of a directory that no tar names are unknown: they are no difference
            (Slot::Entry(a), Slot::Implied) => unless_directory(self.old.image.entry(a).kind),
            (Slot::Implied, Slot::Entry(b)) => unless_directory(self.new.image.entry(b).kind),
        }
    }

    fn entries(&self, a: EntryId, b: EntryId) -> Option<ChangeKind> {
        let (old, new) = (self.old.image, self.new.image);
        let (before, after) = (old.entry(a), new.entry(b));
        let same_kind = before.kind == after.kind || before.kind.is_file() && after.kind.is_file();
        if !same_kind || before.kind.is_file() && !self.has_same_content(a, b) {
            return Some(ChangeKind::Changed);
        }
        // the entry itself may be shared where the content that a link leads to is not
        if self.layers.is_same_entry(old, new, a, b) {
            return None;
        }
        let (attrs, other) = (old.attrs_of(a), new.attrs_of(b));
        let is_device = matches!(before.kind, Kind::CharDevice | Kind::BlockDevice);
        if is_device && attrs.device != other.device {
            return Some(ChangeKind::Changed);
        }
        let differs = (attrs.mode, attrs.uid, attrs.gid) != (other.mode, other.uid, other.gid)
            || !has_same_xattrs(&attrs.xattrs, &other.xattrs)
            || old.link_text(a) != new.link_text(b);
        differs.then_some(ChangeKind::Metadata)
    }

    /// Whether two names of regular files lead to the same bytes.
    fn has_same_content(&self, a: EntryId, b: EntryId) -> bool {
        match (self.old.union.content_of(a), self.new.union.content_of(b)) {
            // links to nothing
            (None, None) => true,
            (Some(a), Some(b)) => match contents(self.old, self.new, self.layers, a, b) {
                Content::Equal => true,
                Content::Differs => false,
                Content::Unknown => {
                    let before = self.hashes.old(self.old.image, a);
                    before.is_some() && before == self.hashes.new_side(self.new.image, b)
                }
            },
            _ => false,
        }
    }
}

/// How something differs from a directory.
fn unless_directory(kind: Kind) -> Option<ChangeKind> {
    (!kind.is_directory()).then_some(ChangeKind::Changed)
}

/// Whether two sets of extended attributes are equal, in whatever order the tars name them.
fn has_same_xattrs(a: &[(Vec<u8>, Vec<u8>)], b: &[(Vec<u8>, Vec<u8>)]) -> bool {
    a == b || a.len() == b.len() && a.iter().all(|one| b.contains(one))
}
