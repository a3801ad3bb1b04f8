//! Which bodies must be read to tell whether they are equal.

use super::changes::{Content, contents};
use super::layers::layers;
use super::moved::LEAST;
use super::{Merge, Side};
use crate::image::{EntryId, PathId};

/// Entries whose bodies must be read, because nothing cheaper tells whether they are equal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Of the old image, in ascending order.
    pub old: Vec<EntryId>,
    /// Of the new image, in ascending order.
    pub new: Vec<EntryId>,
}

/// The entries whose bodies must be read to compare two images: files at one path with one size in layers
/// that are not shared; and files that only one image has, whose size a file has that only the other has.
/// Entries whose hash is known are left out, also where that of their counterpart is not.
pub fn candidates(old: &Side<'_>, new: &Side<'_>) -> Candidates {
    let layers = layers(old.image, new.image);
    let mut found = Candidates::default();
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for pair in Merge::new(&old.image.paths, &new.image.paths) {
        let content = |side: &Side<'_>, path| side.content(path);
        let of = (pair.old.and_then(|path| content(old, path)), pair.new.and_then(|path| content(new, path)));
        match of {
            (Some(a), Some(b)) if contents(old, new, &layers, a, b) == Content::Unknown => {
                found.old.push(a);
                found.new.push(b);
            }
            (Some(a), None) if is_gone(new, pair.new) => removed.push(a),
            (None, Some(b)) if is_gone(old, pair.old) => added.push(b),
            _ => {}
        }
    }
    same_sizes(old, new, removed, added, &mut found);
    for (side, ids) in [(old, &mut found.old), (new, &mut found.new)] {
        ids.retain(|&id| side.image.entry(id).hash == 0);
        ids.sort_unstable();
        ids.dedup();
    }
    found
}

/// True when nothing at all stands at a path.
fn is_gone(side: &Side<'_>, path: Option<PathId>) -> bool {
    path.is_none_or(|path| side.slot(path).is_none())
}

/// Adds those removed and added files that may have moved.
fn same_sizes(
    old: &Side<'_>,
    new: &Side<'_>,
    mut removed: Vec<EntryId>,
    mut added: Vec<EntryId>,
    found: &mut Candidates,
) {
    let size_old = |id: &EntryId| old.image.entry(*id).size;
    let size_new = |id: &EntryId| new.image.entry(*id).size;
    removed.retain(|id| size_old(id) >= LEAST);
    added.retain(|id| size_new(id) >= LEAST);
    removed.sort_unstable_by_key(size_old);
    added.sort_unstable_by_key(size_new);
    let has = |sorted: &[EntryId], size: u64, size_of: &dyn Fn(&EntryId) -> u64| {
        sorted.binary_search_by_key(&size, size_of).is_ok()
    };
    found.old.extend(removed.iter().filter(|&id| has(&added, size_old(id), &size_new)));
    found.new.extend(added.iter().filter(|&id| has(&removed, size_new(id), &size_old)));
}
