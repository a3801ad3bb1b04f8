//! What a second stage would lose: living files of own steps that nothing carries over and no finding claims.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::ledger::Ledger;
use super::owners::is_of_the_system;
use crate::image::PathId;
use crate::overlay::Slot;

/// Fewer bytes of a place are no gap.
const LEAST: u64 = 64_000;
/// Most gaps that are named.
const MOST: usize = 8;

/// The places that are not accounted for, with their bytes: most bytes first. `carried` are paths that the stage copies,
/// `sources` those that only the build needs.
///
/// Files of the system's packages are not among them: packages are installed again, or were for building.
pub(in crate::advice) fn gaps(
    ledger: &Ledger<'_>,
    carried: &[PathId],
    sources: &[PathId],
) -> Vec<(PathId, u64)> {
    let paths = &ledger.image.paths;
    let is_in = |places: &[PathId], path: PathId| {
        places.iter().any(|&place| place <= path && path < paths.end(place))
    };
    let mut gaps = BTreeMap::<PathId, u64>::new();
    for (path, slot) in ledger.union.rootfs.live() {
        let Slot::Entry(id) = slot else { continue };
        let Some(content) = ledger.union.content_of(id) else { continue };
        let packaged = || {
            ledger.analysis.packages.owner_index(path).is_some_and(|owner| is_of_the_system(ledger, owner))
        };
        if !ledger.is_own(ledger.image.layer_of(content))
            || ledger.is_claimed(content)
            || is_in(carried, path)
            || is_in(sources, path)
            || ledger.path_matches.is_package_file(path)
            || ledger.path_matches.rule(path).is_some()
            || packaged()
        {
            continue;
        }
        *gaps.entry(top(ledger, path)).or_default() += ledger.image.entry(content).size;
    }
    let mut gaps: Vec<(PathId, u64)> = gaps.into_iter().filter(|(_, bytes)| *bytes >= LEAST).collect();
    gaps.sort_by_key(|(path, bytes)| (Reverse(*bytes), *path));
    gaps.truncate(MOST);
    gaps
}

/// The path two levels below the root that a path is in, or the path itself.
fn top(ledger: &Ledger<'_>, path: PathId) -> PathId {
    let paths = &ledger.image.paths;
    let (mut at, mut below, mut below_that) = (path, path, path);
    while at != PathId::ROOT {
        (below_that, below) = (below, at);
        at = paths.parent(at);
    }
    if paths.parent(below_that) == below { below_that } else { below }
}
