//! By how much directories differ.

use super::{Merge, Pair, Side};
use crate::image::PathId;

/// A directory whose files take other bytes in the new image than in the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    /// Where it is in the old image.
    pub old: Option<PathId>,
    /// Where it is in the new image.
    pub new: Option<PathId>,
    /// Bytes of all files in it and below before.
    pub bytes_old: u64,
    /// Bytes of all files in it and below after.
    pub bytes_new: u64,
}

/// A directory that is being walked.
struct Open {
    /// Its place in the order of paths.
    at: usize,
    growth: Growth,
    is_directory: bool,
    /// What one directory in it explains at most: the largest difference of one.
    explained: u64,
}

/// The directories that differ in bytes, those that differ most first. One whose difference is mostly (four
/// fifths) that of one directory in it is left out: the one inside says where.
pub(super) fn directories(old: &Side<'_>, new: &Side<'_>) -> Vec<Growth> {
    let (before, after) = (Prefix::of(old), Prefix::of(new));
    let mut found = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for (at, pair) in Merge::new(&old.image.paths, &new.image.paths).enumerate() {
        let Pair { old: a, new: b, depth } = pair;
        close(&mut open, depth, &mut found);
        let is_directory = |side: &Side<'_>, path: Option<PathId>| {
            path.is_some_and(|path| side.union.rootfs.is_directory(side.image, path))
        };
        open.push(Open {
            at,
            growth: Growth {
                old: a,
                new: b,
                bytes_old: before.below(old, a),
                bytes_new: after.below(new, b),
            },
            is_directory: is_directory(old, a) || is_directory(new, b),
            explained: 0,
        });
    }
    close(&mut open, 1, &mut found);
    found.sort_by_key(|(at, growth): &(usize, Growth)| {
        (std::cmp::Reverse(growth.bytes_old.abs_diff(growth.bytes_new)), *at)
    });
    found.into_iter().map(|(_, growth)| growth).collect()
}

/// Ends all directories at a depth and below.
fn close(open: &mut Vec<Open>, depth: usize, found: &mut Vec<(usize, Growth)>) {
    while open.len() >= depth {
        let Some(Open { at, growth, is_directory, explained }) = open.pop() else { return };
        let difference = growth.bytes_old.abs_diff(growth.bytes_new);
        if !is_directory || difference == 0 {
            continue;
        }
        if let Some(parent) = open.last_mut() {
            parent.explained = parent.explained.max(difference);
        }
        if u128::from(explained) * 5 < u128::from(difference) * 4 {
            found.push((at, growth));
        }
    }
}

/// The bytes in front of each path, so that those of a subtree are a difference.
struct Prefix(Vec<u64>);

impl Prefix {
    fn of(side: &Side<'_>) -> Self {
        let count = side.image.paths.len();
        let mut sums = Vec::with_capacity(count as usize + 1);
        let mut sum = 0;
        sums.push(sum);
        for path in (0..count).map(PathId) {
            sum += side.bytes(path);
            sums.push(sum);
        }
        Self(sums)
    }

    fn below(&self, side: &Side<'_>, path: Option<PathId>) -> u64 {
        path.map_or(0, |path| self.0[side.image.paths.end(path).index()] - self.0[path.index()])
    }
}
