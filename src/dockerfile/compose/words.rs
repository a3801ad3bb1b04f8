//! Changes to the words of one command, so that its layout and what others change in it stay.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Words in place of others; an empty range inserts in front of the word at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WordChange {
    pub(super) words: Range<usize>,
    pub(super) with: Vec<String>,
}

/// What makes `new` out of `old`.
pub(super) fn changes(old: &[&str], new: &[&str]) -> Vec<WordChange> {
    capture_diff_slices(Algorithm::Myers, old, new)
        .into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| WordChange {
            words: op.old_range(),
            with: new[op.new_range()].iter().map(|word| (*word).to_owned()).collect(),
        })
        .collect()
}

/// Adds changes to others of the same words; false when both change one word, or one place in two ways.
pub(super) fn merge(all: &mut Vec<WordChange>, more: Vec<WordChange>) -> bool {
    for change in more {
        if all.contains(&change) {
            continue;
        }
        let touches = |other: &WordChange| {
            let (a, b) = (&other.words, &change.words);
            match (a.is_empty(), b.is_empty()) {
                // two insertions at one place: one after the other
                (true, true) => false,
                (true, false) => a.start > b.start && a.start < b.end,
                (false, true) => b.start > a.start && b.start < a.end,
                (false, false) => a.start < b.end && b.start < a.end,
            }
        };
        if all.iter().any(touches) {
            return false;
        }
        let at = all.partition_point(|other| {
            (other.words.start, other.words.end) <= (change.words.start, change.words.end)
        });
        all.insert(at, change);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(old: &str, news: &[&str]) -> Option<String> {
        let words: Vec<&str> = old.split(' ').collect();
        let mut all = Vec::new();
        for new in news {
            let new: Vec<&str> = new.split(' ').collect();
            if !merge(&mut all, changes(&words, &new)) {
                return None;
            }
        }
        let mut out: Vec<String> = Vec::new();
        let mut at = 0;
        for change in all {
            out.extend(words[at..change.words.start].iter().map(ToString::to_string));
            out.extend(change.with);
            at = change.words.end;
        }
        out.extend(words[at..].iter().map(ToString::to_string));
        Some(out.join(" "))
    }

    #[test]
    fn changes_of_two_join_unless_they_touch_one_word() {
        let old = "apt-get install -y gcc make";
        let lean = "apt-get install -y --no-install-recommends gcc make";
        assert_eq!(apply(old, &[lean]).unwrap(), lean);
        assert_eq!(apply(old, &[lean, lean]).unwrap(), lean);
        assert_eq!(
            apply(old, &[lean, "apt-get install -y gcc"]).unwrap(),
            "apt-get install -y --no-install-recommends gcc"
        );
        assert_eq!(apply("npm install x", &["npm ci x", "npm i x"]), None);
    }
}
