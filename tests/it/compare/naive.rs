//! The comparison once more, slowly: two maps of paths, read from tars of whole file systems.
//!
//! It knows nothing of layers, indexes or hashes that were kept: every body is read, and paths are strings.

use std::collections::BTreeMap;
use std::io::Read;

use sha2::{Digest as _, Sha256};

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// `d`, `f`, `l`, or the number of another type in a tar.
    pub(crate) kind: char,
    /// Of a regular file, by whichever of its names.
    pub(crate) size: u64,
    content: Vec<u8>,
    /// Numbers of a device.
    device: (u32, u32),
    /// Mode, owner, group, target of a symbolic link, extended attributes.
    attributes: (u32, u64, u64, Vec<u8>, BTreeMap<String, Vec<u8>>),
}

/// A whole file system.
pub(crate) type Tree = BTreeMap<Vec<u8>, Node>;

/// How a path differs: its kind, bytes before and after, and where it came from.
pub(crate) type Change = (&'static str, u64, u64, Option<Vec<u8>>);

/// Reads a tar of a file system.
pub(crate) fn tree(reader: impl Read) -> Tree {
    let mut tree = Tree::new();
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries().expect("a tar") {
        let mut entry = entry.expect("a member");
        let trim = |bytes: &[u8]| {
            let text = bytes.strip_prefix(b"./").unwrap_or(bytes);
            text.strip_suffix(b"/").unwrap_or(text).to_vec()
        };
        let path = trim(&entry.path_bytes());
        if path.is_empty() || path == b"." {
            continue;
        }
        let link = entry.link_name_bytes().map(|link| link.to_vec()).unwrap_or_default();
        let mut xattrs = BTreeMap::new();
        if let Ok(Some(extensions)) = entry.pax_extensions() {
            for extension in extensions.flatten() {
                if let Some(name) = extension.key().ok().and_then(|key| key.strip_prefix("SCHILY.xattr.")) {
                    xattrs.insert(name.to_owned(), extension.value_bytes().to_vec());
                }
            }
        }
        let header = entry.header();
        let (mode, uid, gid) =
            (header.mode().unwrap() & 0o7777, header.uid().unwrap(), header.gid().unwrap());
        let device = (
            header.device_major().ok().flatten().unwrap_or(0),
            header.device_minor().ok().flatten().unwrap_or(0),
        );
        let kind = header.entry_type();
        let node = if kind == tar::EntryType::Link {
            tree[&trim(&link)].clone()
        } else {
            let mut body = Vec::new();
            entry.read_to_end(&mut body).expect("a body");
            let letter = match kind {
                tar::EntryType::Directory => 'd',
                tar::EntryType::Regular | tar::EntryType::GNUSparse => 'f',
                tar::EntryType::Symlink => 'l',
                other => char::from(other.as_byte()),
            };
            let target = if letter == 'l' { link } else { Vec::new() };
            Node {
                kind: letter,
                size: if letter == 'f' { body.len() as u64 } else { 0 },
                content: Sha256::digest(&body).to_vec(),
                device: if matches!(letter, '3' | '4') { device } else { (0, 0) },
                attributes: (mode, uid, gid, target, xattrs),
            }
        };
        tree.insert(path, node);
    }
    tree
}

/// Every path that differs.
pub(crate) fn changes(old: &Tree, new: &Tree) -> BTreeMap<Vec<u8>, Change> {
    let mut changes = BTreeMap::new();
    for (path, before) in old {
        match new.get(path) {
            None => _ = changes.insert(path.clone(), ("removed", before.size, 0, None)),
            Some(after) => {
                let same = (before.kind, &before.content, before.device)
                    == (after.kind, &after.content, after.device);
                let kind = match (same, before.attributes == after.attributes) {
                    (false, _) => "changed",
                    (true, false) => "metadata",
                    (true, true) => continue,
                };
                changes.insert(path.clone(), (kind, before.size, after.size, None));
            }
        }
    }
    for (path, after) in new.iter().filter(|(path, _)| !old.contains_key(*path)) {
        changes.insert(path.clone(), ("added", 0, after.size, None));
    }
    moved(old, new, &mut changes);
    changes
}

/// Pairs removed and added files of equal content: first those of one name, then the rest, in the order of
/// their paths, part by part.
fn moved(old: &Tree, new: &Tree, changes: &mut BTreeMap<Vec<u8>, Change>) {
    let sorted = |tree: &Tree, kind: &str| -> Vec<Vec<u8>> {
        let mut paths: Vec<Vec<u8>> = changes
            .iter()
            .filter(|(path, change)| change.0 == kind && tree[*path].kind == 'f' && tree[*path].size >= 4096)
            .map(|(path, _)| path.clone())
            .collect();
        paths.sort_by_key(|path| path.split(|&b| b == b'/').map(<[u8]>::to_vec).collect::<Vec<_>>());
        paths
    };
    let (mut removed, mut added) = (sorted(old, "removed"), sorted(new, "added"));
    let name = |path: &[u8]| path.rsplit(|&b| b == b'/').next().map(<[u8]>::to_vec);
    for by_name in [true, false] {
        added.retain(|to| {
            let fits =
                |from: &Vec<u8>| old[from].content == new[to].content && (!by_name || name(from) == name(to));
            let Some(at) = removed.iter().position(fits) else { return true };
            let from = removed.remove(at);
            changes.remove(&from);
            changes.insert(to.clone(), ("moved", old[&from].size, new[to].size, Some(from)));
            false
        });
    }
}
