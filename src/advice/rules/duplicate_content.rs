//! The same content at several live paths.

use crate::advice::engine::claims::Claims;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::engine::owners::is_of_the_system;
use crate::image::PathId;

const ID: &str = "duplicate-content";

/// The same content twice: a path that stays, one that could name it, and the layer that stores the second.
pub(in crate::advice) type Pair = (PathId, PathId, usize);

/// What is known of the duplicates.
#[derive(Debug)]
pub(in crate::advice) struct Duplicates {
    /// Some of them, at least one.
    pub(in crate::advice) pairs: Vec<Pair>,
}

/// So many pairs are kept for the fix.
const PAIRS: usize = 64;
/// Smaller files are not worth a link, in bytes; the analysis lists from 4 KiB on.
const LEAST: u64 = 16 << 10;

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let mut claims = Claims::default();
    let mut pairs = Vec::new();
    for duplicate in &ledger.analysis.duplicates {
        if duplicate.bytes < LEAST {
            continue;
        }
        // the copy of the lowest layer stays; what another rule took away is no copy any more
        // and what a package brings twice, no step of a Dockerfile can link
        let packaged = |path| {
            ledger.analysis.packages.owner_index(path).is_some_and(|owner| is_of_the_system(ledger, owner))
        };
        let mut copies: Vec<_> = duplicate
            .paths
            .iter()
            .copied()
            .filter(|(path, entry)| !ledger.is_claimed(*entry) && !packaged(*path))
            .collect();
        copies.sort_by_key(|(path, entry)| (ledger.image.layer_of(*entry), *path));
        // a link has the mode and the owner of what it names
        let attrs = |entry| {
            let attrs = ledger.image.attrs_of(entry);
            (attrs.mode, attrs.uid, attrs.gid)
        };
        let first = copies.first().map(|(_, entry)| attrs(*entry));
        copies.retain(|(_, entry)| Some(attrs(*entry)) == first);
        for (path, entry) in copies.iter().skip(1) {
            if ledger.is_own(ledger.image.layer_of(*entry))
                && ledger.claim(&mut claims, *path, *entry)
                && pairs.len() < PAIRS
            {
                pairs.push((copies[0].0, *path, ledger.image.layer_of(*entry)));
            }
        }
    }
    if !pairs.is_empty() && claims.weight >= ledger.scale.high_floor {
        ledger.file(ID, Draft::of(claims), Duplicates { pairs });
    }
}
