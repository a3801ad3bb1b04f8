//! An archive that was left beside the tree that it unpacks to: the same files twice.

use std::cmp::Reverse;

use crate::advice::engine::claims::Claims;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::engine::rule::Group;
use crate::advice::engine::unpacking::{self, Unpacking};
use crate::advice::knowledge::archives::ending;
use crate::image::{EntryId, PathId};
use crate::overlay::Slot;

const ID: &str = "archive-plus-tree";

/// Smaller archives are not asked for, and no more than so many: each is looked for in all commands.
const LEAST: u64 = 16_000;
const MOST: usize = 256;

/// An archive with what became of it.
#[derive(Debug)]
pub(in crate::advice) struct ArchiveTree {
    pub(in crate::advice) path: PathId,
    pub(in crate::advice) entry: EntryId,
    pub(in crate::advice) unpacking: Option<Unpacking>,
    pub(in crate::advice) tree: Option<PathId>,
}

/// The archives of an image, the largest first.
#[derive(Debug)]
pub(in crate::advice) struct ArchiveTrees(pub(in crate::advice) Vec<ArchiveTree>);

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let mut claims = Claims::default();
    let (mut found, mut asked): (Vec<ArchiveTree>, usize) = (Vec::new(), 0);
    for (path, slot) in ledger.union.rootfs.live() {
        let Slot::Entry(id) = slot else { continue };
        let name = ledger.image.paths.name(path);
        if !name.contains(&b'.') {
            continue;
        }
        let Some(name) = std::str::from_utf8(name).ok().filter(|name| ending(name).is_some()) else {
            continue;
        };
        // other rules know better what a package manager's archive is for
        let is_other = ledger.path_matches.rule(path).is_some_and(|(_, rule)| rule.group != Group::Archive);
        let Some(entry) = ledger.union.content_of(id).filter(|_| !is_other) else { continue };
        if !ledger.is_own(ledger.image.layer_of(entry))
            || ledger.analysis.packages.owner_index(path).is_some()
        {
            continue;
        }
        if ledger.image.entry(entry).size < LEAST {
            continue;
        }
        asked += 1;
        if asked > MOST {
            break;
        }
        let step = unpacking::unpacking(ledger, name);
        let tree = unpacking::tree(ledger, path, ledger.image.entry(entry).size);
        if step.is_some() || tree.is_some() {
            found.push(ArchiveTree { path, entry, unpacking: step, tree });
        }
    }
    let bytes: u64 = found.iter().map(|found| ledger.image.entry(found.entry).size).sum();
    if bytes < ledger.scale.floor {
        return;
    }
    found.retain(|found| ledger.claim(&mut claims, found.path, found.entry));
    found.sort_by_key(|found| (Reverse(ledger.image.entry(found.entry).size), found.path));
    if !found.is_empty() {
        ledger.file(ID, Draft::of(claims), ArchiveTrees(found));
    }
}
