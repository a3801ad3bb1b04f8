//! From the names in a package's list to paths of the final root filesystem.
//!
//! Lists name files as they were packed: `/lib/x.so`, although `/lib` has since become a link to `usr/lib`. So the
//! directory of a name is resolved through symbolic links, and the last part is not.

// of hashbrown, for its faster hashes: tens of thousands of names go through these tables
use hashbrown::{HashMap, HashSet};

use crate::image::{Image, PathId};
use crate::layer::Kind;
use crate::overlay::{Stack, Union};

/// Most links that are followed for one name.
const LINKS: usize = 16;
/// Most links that are followed for all names together: a hostile list could make every name a detour.
const ALL_LINKS: usize = 50_000;
/// Most directories that are remembered: a hostile list could spell one in a million ways.
const KNOWN: usize = 1 << 16;
/// Longest target of a link that is followed, in bytes; Linux takes no longer ones.
const TARGET: usize = 4096;

/// Finds paths by name. A directory is listed when something in it is first looked up.
pub(crate) struct Places<'a> {
    image: &'a Image,
    union: &'a Union,
    listed: HashSet<PathId>,
    children: HashMap<(PathId, &'a [u8]), PathId>,
    /// Directories that were found, by the names that lists give them from the root.
    directories: HashMap<Vec<u8>, PathId>,
    links_left: usize,
}

impl<'a> Places<'a> {
    pub(crate) fn new(stack: Stack<'a>) -> Self {
        let Stack { image, union } = stack;
        Self {
            image,
            union,
            listed: HashSet::new(),
            children: HashMap::new(),
            directories: HashMap::new(),
            links_left: ALL_LINKS,
        }
    }

    /// The path of a file that a list names, if something stands there. `from` is the directory that the name is
    /// relative to, unless it starts with a slash. A link at the end is not followed.
    pub(crate) fn file(&mut self, from: PathId, name: &[u8]) -> Option<PathId> {
        let (from, name) = match name {
            [b'/', name @ ..] => (PathId::ROOT, name),
            name => (from, name),
        };
        let slash = name.iter().rposition(|&b| b == b'/');
        let (directory, last) = slash.map_or((&[][..], name), |slash| (&name[..slash], &name[slash + 1..]));
        let directory = self.directory(from, directory)?;
        self.child(directory, last)
    }

    /// The directory that a name leads to through all links. Long lists of absolute names are full of the same few.
    pub(crate) fn directory(&mut self, from: PathId, name: &[u8]) -> Option<PathId> {
        if name.is_empty() {
            return Some(from);
        }
        let is_absolute = from == PathId::ROOT;
        if let Some(&known) = self.directories.get(name).filter(|_| is_absolute) {
            return Some(known);
        }
        let found = self.walk(from, name)?;
        if is_absolute && self.directories.len() < KNOWN {
            self.directories.insert(name.to_vec(), found);
        }
        Some(found)
    }

    /// The path that a name leads to through all links, if something stands there.
    pub(crate) fn resolve(&mut self, name: &[u8]) -> Option<PathId> {
        self.walk(PathId::ROOT, name)
    }

    fn walk(&mut self, from: PathId, name: &[u8]) -> Option<PathId> {
        let mut links = LINKS;
        // the parts that are still to be walked, the next one last
        let mut parts: Vec<&[u8]> = name.rsplit(|&b| b == b'/').collect();
        let mut at = from;
        while let Some(part) = parts.pop() {
            match part {
                b"" | b"." => continue,
                b".." => {
                    at = self.image.paths.parent(at);
                    continue;
                }
                _ => {}
            }
            let next = self.child(at, part)?;
            let link = self.union.rootfs.entry(next).filter(|&id| self.image.entry(id).kind == Kind::Symlink);
            let Some(link) = link else {
                at = next;
                continue;
            };
            let target = self.image.link_text(link);
            links = links.checked_sub(1)?;
            self.links_left = self.links_left.checked_sub(1)?;
            if target.len() > TARGET {
                return None;
            }
            if target.starts_with(b"/") {
                at = PathId::ROOT;
            }
            parts.extend(target.rsplit(|&b| b == b'/'));
        }
        Some(at)
    }

    /// What a directory holds under a name.
    pub(crate) fn child(&mut self, directory: PathId, name: &[u8]) -> Option<PathId> {
        if self.listed.insert(directory) {
            let image = self.image;
            let live =
                image.paths.children(directory).filter(|&child| self.union.rootfs.get(child).is_some());
            self.children.extend(live.map(|child| ((directory, image.paths.name(child)), child)));
        }
        self.children.get(&(directory, name)).copied()
    }
}
