//! The places that a finding is about, in few words: the highest directories that hold nothing else.

use super::claims::Claims;
use super::ledger::Ledger;
use crate::image::PathId;

/// A directory with more paths below it is not looked through.
const WIDE: u32 = 50_000;

/// The places of the evidence, the largest first; of one layer's where one is named.
pub(in crate::advice) fn of(ledger: &Ledger<'_>, claims: &Claims, layer: Option<usize>) -> Vec<PathId> {
    let mut places: Vec<PathId> = Vec::new();
    for evidence in claims.evidence() {
        let stored =
            || ledger.image.timeline.of(evidence.path).iter().map(|&entry| ledger.image.layer_of(entry));
        if layer.is_some_and(|layer| stored().all(|other| other != layer)) {
            continue;
        }
        let paths = &ledger.image.paths;
        if places.iter().any(|&place| paths.holds(place, evidence.path)) {
            continue;
        }
        let top = climb(ledger, evidence.path);
        places.retain(|&place| !paths.holds(top, place));
        places.push(top);
    }
    places
}

/// As far up as all files below are of the same rule, and nothing of them is the base's.
fn climb(ledger: &Ledger<'_>, path: PathId) -> PathId {
    let paths = &ledger.image.paths;
    let Some((rule, _)) = ledger.path_matches.rule(path) else { return path };
    let mut at = path;
    loop {
        let up = paths.parent(at);
        if up == PathId::ROOT || paths.parent(up) == PathId::ROOT || paths.end(up).0 - up.0 > WIDE {
            return at;
        }
        let alike = (up.0 + 1..paths.end(up).0).map(PathId).all(|path| {
            let mut entries = ledger.image.timeline.of(path).iter();
            entries.all(|&entry| {
                let is_own = ledger.is_own(ledger.image.layer_of(entry));
                !ledger.image.entry(entry).kind.is_file()
                    || is_own && ledger.path_matches.rule(path).is_some_and(|(other, _)| other == rule)
            })
        });
        if !alike {
            return at;
        }
        at = up;
    }
}
