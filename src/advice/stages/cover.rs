//! The fewest places that hold everything to carry over, and little else.

use std::cmp::Reverse;

use super::living::{Fate, Living};
use crate::advice::engine::ledger::Ledger;
use crate::image::PathId;
use crate::layer::Kind;

/// Bytes that are carried along rather than removed before.
const LITTLE: u64 = 64_000;
/// Most places that are removed in the build stage.
const MOST_REMOVED: usize = 12;
/// Bytes of packages that a place may hold.
const MOST_PACKAGED: u64 = 1_000_000;

/// Directories that belong to everybody: what a stage brings stands in them.
const SHARED: [&[u8]; 18] = [
    b"bin",
    b"etc",
    b"home",
    b"lib",
    b"opt",
    b"root",
    b"srv",
    b"usr",
    b"usr/bin",
    b"usr/lib",
    b"usr/local",
    b"usr/local/bin",
    b"usr/local/lib",
    b"usr/local/sbin",
    b"usr/local/share",
    b"usr/share",
    b"var",
    b"var/lib",
];

/// Where everything to carry over is.
#[derive(Debug, Default)]
pub(super) struct Cover {
    /// Directories that are carried over as they are.
    pub(super) whole: Vec<PathId>,
    /// Files.
    pub(super) files: Vec<PathId>,
    /// Symbolic links.
    pub(super) links: Vec<PathId>,
    /// What is removed of the directories before.
    pub(super) removed: Vec<PathId>,
    /// Directories to make: those with nothing in them, and those whose owner or mode is their own.
    pub(super) made: Vec<PathId>,
    /// Bytes that are carried over.
    pub(super) bytes: u64,
}

/// Sums over all paths before one, by their fates.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    carried: u32,
    base: u32,
    bytes: u64,
    packaged: u64,
    left: u64,
}

struct Sums(Vec<Sum>);

impl Sums {
    fn of(ledger: &Ledger<'_>, living: &Living) -> Self {
        let mut all = Vec::with_capacity(ledger.image.paths.len() as usize + 1);
        let mut sum = Sum::default();
        for number in 0..ledger.image.paths.len() {
            all.push(sum);
            let path = PathId(number);
            let Some(fate) = living.fate(path) else { continue };
            let size = || {
                let content = ledger.union.content_of(ledger.union.rootfs.entry(path)?)?;
                Some(ledger.image.entry(content).size)
            };
            match fate {
                Fate::Base => sum.base += 1,
                Fate::Carried if ledger.union.rootfs.is_directory(ledger.image, path) => {}
                Fate::Carried => {
                    sum.carried += 1;
                    sum.bytes += size().unwrap_or(0);
                }
                Fate::Left => sum.left += size().unwrap_or(0),
                Fate::Scripts | Fate::Packaged => sum.packaged += size().unwrap_or(0),
            }
        }
        all.push(sum);
        Self(all)
    }

    fn within(&self, ledger: &Ledger<'_>, path: PathId) -> Sum {
        let (a, b) = (self.0[path.index()], self.0[ledger.image.paths.end(path).0 as usize]);
        Sum {
            carried: b.carried - a.carried,
            base: b.base - a.base,
            bytes: b.bytes - a.bytes,
            packaged: b.packaged - a.packaged,
            left: b.left - a.left,
        }
    }
}

impl Cover {
    pub(super) fn of(ledger: &Ledger<'_>, living: &Living, dev: &[PathId]) -> Self {
        let sums = Sums::of(ledger, living);
        let shared: Vec<PathId> = SHARED.iter().filter_map(|name| ledger.image.paths.find(name)).collect();
        let mut cover = Self::default();
        let mut open = vec![PathId::ROOT];
        let mut left: Vec<(u64, PathId)> = Vec::new();
        while let Some(directory) = open.pop() {
            for path in ledger.image.paths.children(directory) {
                let sum = sums.within(ledger, path);
                if sum.carried == 0 {
                    continue;
                }
                if !ledger.union.rootfs.is_directory(ledger.image, path) {
                    let is_link = ledger
                        .union
                        .rootfs
                        .entry(path)
                        .is_some_and(|id| ledger.image.entry(id).kind == Kind::Symlink);
                    if is_link { &mut cover.links } else { &mut cover.files }.push(path);
                    cover.bytes += sum.bytes;
                } else if sum.base == 0 && sum.packaged <= MOST_PACKAGED && !shared.contains(&path) {
                    cover.whole.push(path);
                    cover.bytes += sum.bytes + sum.packaged;
                    remains(ledger, &sums, path, dev, &mut left);
                } else {
                    open.push(path);
                }
            }
        }
        left.sort_by_key(|&(bytes, path)| (Reverse(bytes), path));
        for (at, (bytes, path)) in left.into_iter().enumerate() {
            if dev.contains(&path) {
                continue;
            }
            if at < MOST_REMOVED && bytes >= LITTLE {
                cover.removed.push(path);
            } else {
                cover.bytes += bytes;
            }
        }
        for list in [&mut cover.whole, &mut cover.files, &mut cover.links, &mut cover.removed] {
            list.sort_unstable();
        }
        let mut candidates: Vec<PathId> = living.directories.iter().chain(&cover.whole).copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        candidates.retain(|&path| cover.is_made(ledger, living, &sums, path));
        cover.made = candidates;
        cover
    }

    /// True for a path that a carried directory holds, or is.
    pub(super) fn holds(&self, ledger: &Ledger<'_>, path: PathId) -> bool {
        let at = self.whole.partition_point(|&place| place <= path);
        at > 0 && path < ledger.image.paths.end(self.whole[at - 1])
    }

    /// True for a directory that no copy brings as it was.
    fn is_made(&self, ledger: &Ledger<'_>, living: &Living, sums: &Sums, path: PathId) -> bool {
        let Some(id) = ledger.union.rootfs.entry(path) else { return false };
        let attributes = ledger.image.attrs_of(id);
        let is_usual = attributes.uid == 0 && attributes.gid == 0 && attributes.mode & 0o7777 == 0o755;
        // a copy of a directory has what is in it as it was, and not always the directory itself
        if self.whole.binary_search(&path).is_ok() {
            return !is_usual;
        }
        if self.holds(ledger, path) {
            return false;
        }
        let sum = sums.within(ledger, path);
        if sum.carried > 0 {
            return !is_usual;
        }
        let below = (path.0 + 1..ledger.image.paths.end(path).0).map(PathId);
        let is_empty = !below.into_iter().any(|path| living.fate(path).is_some());
        (is_empty || sum.left > 0) && (!is_usual || !is_aside(ledger, sums, path))
    }
}

/// True for a directory among others that only the build needs.
fn is_aside(ledger: &Ledger<'_>, sums: &Sums, path: PathId) -> bool {
    let mut at = path;
    loop {
        let sum = sums.within(ledger, at);
        if sum.carried > 0 || sum.base > 0 || at == PathId::ROOT {
            return false;
        }
        if sum.left > 0 {
            return true;
        }
        at = ledger.image.paths.parent(at);
    }
}

/// The largest places within a directory that only the build needs.
fn remains(
    ledger: &Ledger<'_>,
    sums: &Sums,
    directory: PathId,
    dev: &[PathId],
    left: &mut Vec<(u64, PathId)>,
) {
    let mut open = vec![directory];
    while let Some(directory) = open.pop() {
        for path in ledger.image.paths.children(directory) {
            let sum = sums.within(ledger, path);
            if sum.left == 0 {
                continue;
            }
            if sum.carried == 0 && sum.packaged == 0 || dev.binary_search(&path).is_ok() {
                left.push((sum.left, path));
            } else {
                open.push(path);
            }
        }
    }
}
