//! What grew most, in one sentence: for a gate.

use crate::compare::{Comparison, Side};
use crate::text::line;
use crate::units;

/// Most paths, and most packages, that are named.
const NAMED: usize = 3;

/// Names the files and the packages that grew most; none where nothing grew. It is safe to show.
pub fn grown(comparison: &Comparison, old: &Side<'_>, new: &Side<'_>) -> Option<String> {
    let mut files: Vec<(u64, String)> = Vec::new();
    for at in comparison.ranked(old, new) {
        let change = &comparison.changes[at];
        let (before, after) = change.bytes(old, new);
        if let Some(path) = change.new.filter(|_| after > before) {
            files.push((after - before, line(&new.image.paths.full(path), 100)));
            if files.len() == NAMED {
                break;
            }
        }
    }
    let larger = comparison.packages.iter().filter(|package| package.bytes_new > package.bytes_old);
    let packages: Vec<(u64, String)> = larger
        .take(NAMED)
        .map(|package| (package.bytes_new - package.bytes_old, line(package.name.as_bytes(), 100)))
        .collect();
    let named = |list: &[(u64, String)]| {
        let words: Vec<String> =
            list.iter().map(|(bytes, name)| format!("{name} (+{})", units::size(*bytes))).collect();
        words.join(", ")
    };
    match (files.is_empty(), packages.is_empty()) {
        (true, true) => None,
        (false, true) => Some(named(&files)),
        (true, false) => Some(format!("packages {}", named(&packages))),
        (false, false) => Some(format!("{}; packages {}", named(&files), named(&packages))),
    }
}
