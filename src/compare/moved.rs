//! Files that the new image has at another path than the old one.

use std::collections::{HashMap, VecDeque};

use super::{Change, ChangeKind, Hashes, Side};

/// Smaller files are equal by chance (empty ones, licences), in bytes.
pub(super) const LEAST: u64 = 4096;

/// A removed or an added file: its content, and the number of its change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Loose {
    size: u64,
    hash: u64,
    at: usize,
}

/// Makes one moved file of a removed and an added one with the same content. Where several have it, those of
/// the same name go together, then the rest in the order of their paths; what has no counterpart stays.
pub(super) fn pair(changes: &mut Vec<Change>, old: &Side<'_>, new: &Side<'_>, hashes: &Hashes) {
    let removed = loose(changes, ChangeKind::Removed, |change| {
        let id = old.content(change.old?)?;
        Some((old.image.entry(id).size, hashes.old(old.image, id)?))
    });
    let added = loose(changes, ChangeKind::Added, |change| {
        let id = new.content(change.new?)?;
        Some((new.image.entry(id).size, hashes.new_side(new.image, id)?))
    });
    let content = |loose: &Loose| (loose.size, loose.hash);
    let mut groups = removed.chunk_by(|a, b| content(a) == content(b)).peekable();
    let mut went = Vec::new();
    for group in added.chunk_by(|a, b| content(a) == content(b)) {
        while groups.next_if(|other| content(&other[0]) < content(&group[0])).is_some() {}
        if let Some(from) = groups.next_if(|other| content(&other[0]) == content(&group[0])) {
            went.extend(partners(changes, from, group, old, new));
        }
    }
    for &(from, to) in &went {
        changes[to] = Change { kind: ChangeKind::Moved, old: changes[from].old, new: changes[to].new };
    }
    let mut gone: Vec<usize> = went.into_iter().map(|(from, _)| from).collect();
    gone.sort_unstable();
    let (mut gone, mut at) = (gone.into_iter().peekable(), 0);
    changes.retain(|_| {
        at += 1;
        gone.next_if(|&from| from + 1 == at).is_none()
    });
}

/// The changes of a kind that are large files of known content, sorted by content, then by path.
fn loose(
    changes: &[Change],
    kind: ChangeKind,
    content: impl Fn(&Change) -> Option<(u64, u64)>,
) -> Vec<Loose> {
    let mut found: Vec<Loose> = (0..changes.len())
        .filter(|&at| changes[at].kind == kind)
        .filter_map(|at| content(&changes[at]).map(|(size, hash)| Loose { size, hash, at }))
        .filter(|loose| loose.size >= LEAST)
        .collect();
    found.sort_unstable();
    found
}

/// Which removed file became which added one, of those with one content.
fn partners(
    changes: &[Change],
    removed: &[Loose],
    added: &[Loose],
    old: &Side<'_>,
    new: &Side<'_>,
) -> Vec<(usize, usize)> {
    let old_name = |at: usize| changes[at].old.map_or(&[][..], |path| old.image.paths.name(path));
    let new_name = |at: usize| changes[at].new.map_or(&[][..], |path| new.image.paths.name(path));
    let mut by_name: HashMap<&[u8], VecDeque<usize>> = HashMap::new();
    for loose in removed {
        by_name.entry(old_name(loose.at)).or_default().push_back(loose.at);
    }
    let (mut pairs, mut unmatched) = (Vec::new(), Vec::new());
    for loose in added {
        match by_name.get_mut(new_name(loose.at)).and_then(VecDeque::pop_front) {
            Some(from) => pairs.push((from, loose.at)),
            None => unmatched.push(loose.at),
        }
    }
    let mut left: Vec<usize> = by_name.into_values().flatten().collect();
    left.sort_unstable();
    pairs.extend(left.into_iter().zip(unmatched));
    pairs
}
