//! What to mount into a container, so that it no longer writes into its own layer.

use crate::advice::engine::ledger::{Found, Ledger};
use crate::dockerfile::Fix;
use crate::image::PathId;

/// Most directories that are named.
const PLACES: usize = 6;

/// The command that starts a container with a mount for each directory of the files, before the `rest`. `option` is the
/// option of `docker run` up to the directory.
pub(super) fn fix(ledger: &Ledger<'_>, found: &Found<'_>, option: &str, rest: Fix) -> Fix {
    let paths = &ledger.image.paths;
    let mut chosen: Vec<PathId> = Vec::new();
    for evidence in found.claims.evidence() {
        let place = directory(ledger, evidence.path);
        if place != PathId::ROOT && !chosen.iter().any(|&outer| paths.holds(outer, place)) {
            chosen.retain(|&inner| !paths.holds(place, inner));
            chosen.push(place);
        }
    }
    let words = chosen.into_iter().filter_map(|place| ledger.word(place)).take(PLACES);
    let options: Vec<String> = words.map(|directory| format!("{option}{directory}")).collect();
    let mut fix = rest;
    if !options.is_empty() {
        fix.notes.insert(0, format!("docker run {} IMAGE", options.join(" ")));
    }
    fix
}

/// The directory to mount for a file: that of one program below `/var/lib`, `/var/log` and the like, all of `/tmp`,
/// `/run` or `/data`, else the one that the file is in.
fn directory(ledger: &Ledger<'_>, path: PathId) -> PathId {
    let paths = &ledger.image.paths;
    let mut up = Vec::new();
    let mut at = paths.parent(path);
    while at != PathId::ROOT {
        up.push(at);
        at = paths.parent(at);
    }
    let depth = match up.last().map(|&top| paths.name(top)) {
        Some(b"var") => 3,
        Some(b"tmp" | b"run" | b"data") => 1,
        _ => up.len(),
    };
    // the lowest of the highest so many
    up.get(up.len().saturating_sub(depth)).copied().unwrap_or(PathId::ROOT)
}
