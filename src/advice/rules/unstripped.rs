//! Programs and libraries that still have their symbols and debug information.
//!
//! What `strip` would save was read from the section headers; only that part of each file is billed. Files of the
//! system's packages are left alone: the distribution decided on their symbols. So are Python's: libraries of wheels
//! were patched to find each other, and what strip leaves of them cannot be loaded any more ("ELF load command
//! address/offset not page-aligned").

use std::cmp::Reverse;

use crate::advice::engine::claims::Claims;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::engine::owners::{is_of_python, is_of_the_system};
use crate::image::{EntryId, PathId};
use crate::overlay::Slot;

const ID: &str = "unstripped";

/// The programs: what strip would take of each, most bytes first.
#[derive(Debug)]
pub(in crate::advice) struct Unstripped(pub(in crate::advice) Vec<(u64, PathId, EntryId)>);

/// Less is not worth a line, in bytes of one file.
const LEAST: u64 = 4_000;

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let mut claims = Claims::default();
    let mut found: Vec<(u64, PathId, EntryId)> = Vec::new();
    for (path, slot) in ledger.union.rootfs.live() {
        let Slot::Entry(id) = slot else { continue };
        // further names of a file are no further files
        let Some(elf) = ledger.image.excerpts.elf(id) else { continue };
        let packaged =
            ledger.analysis.packages.owner_index(path).is_some_and(|owner| is_of_the_system(ledger, owner));
        if elf.strippable >= LEAST
            && !packaged
            && !is_of_python(ledger, path)
            && ledger.is_own(ledger.image.layer_of(id))
        {
            found.push((elf.strippable, path, id));
        }
    }
    found.retain(|&(bytes, path, id)| ledger.claim_part(&mut claims, path, id, bytes));
    found.sort_by_key(|&(bytes, path, _)| (Reverse(bytes), path));
    if claims.weight >= ledger.scale.floor {
        ledger.file(ID, Draft::of(claims), Unstripped(found));
    }
}
