//! From the names in a package's list to paths of the final root filesystem.
//!
//! Lists name files as they were packed: `/lib/x.so` where `/lib` is a link to `usr/lib` since. So the
//! directory of a name is resolved through symbolic links, the last part is not.

use std::collections::{HashMap, HashSet};

use crate::image::{Image, PathId};
use crate::layer::Kind;
use crate::overlay::Union;

/// Most links that are followed for one name.
const LINKS: usize = 16;
/// Most links that are followed for all names; a hostile list could make every name a detour.
const ALL_LINKS: usize = 50_000;
/// Longest target of a link, in bytes, as for Linux.
const TARGET: usize = 4096;

/// Finds paths by name. Directories are listed when they are first looked into.
pub(in crate::analysis) struct Places<'a> {
    image: &'a Image,
    union: &'a Union,
    listed: HashSet<PathId>,
    children: HashMap<(PathId, &'a [u8]), PathId>,
    /// Directories that were found, by their names in the lists.
    directories: HashMap<Vec<u8>, PathId>,
    links_left: usize,
}

impl<'a> Places<'a> {
    pub(in crate::analysis) fn new(image: &'a Image, union: &'a Union) -> Self {
        Self {
            image,
            union,
            listed: HashSet::new(),
            children: HashMap::new(),
            directories: HashMap::new(),
            links_left: ALL_LINKS,
        }
    }

    /// The path of a file, if something stands there. A link at the end is not followed.
    pub(in crate::analysis) fn file(&mut self, name: &[u8]) -> Option<PathId> {
        let name = name.strip_prefix(b"/").unwrap_or(name);
        let slash = name.iter().rposition(|&b| b == b'/');
        let (directory, last) = slash.map_or((&[][..], name), |slash| (&name[..slash], &name[slash + 1..]));
        let known = self.directories.get(directory).copied();
        let found = known.or_else(|| self.resolve(directory))?;
        if known.is_none() {
            self.directories.insert(directory.to_vec(), found);
        }
        self.child(found, last)
    }

    /// The path that a name leads to through all links, if something stands there.
    pub(in crate::analysis) fn resolve(&mut self, name: &[u8]) -> Option<PathId> {
        let mut links = LINKS;
        // what is still to be walked, the next part last
        let mut parts: Vec<&[u8]> = name.rsplit(|&b| b == b'/').collect();
        let mut at = PathId::ROOT;
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

    /// What stands under a name in a directory.
    pub(in crate::analysis) fn child(&mut self, directory: PathId, name: &[u8]) -> Option<PathId> {
        if self.listed.insert(directory) {
            let image = self.image;
            let live =
                image.paths.children(directory).filter(|&child| self.union.rootfs.get(child).is_some());
            self.children.extend(live.map(|child| ((directory, image.paths.name(child)), child)));
        }
        self.children.get(&(directory, name)).copied()
    }
}
