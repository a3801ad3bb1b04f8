//! One `RUN` in place of several.

use std::collections::BTreeMap;

use super::owners;
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::capital;
use crate::advice::rules::merge_runs::{Merged, Story};
use crate::dockerfile::{Edit, Fix};
use crate::text;
use crate::units;

impl Facts for Merged {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let (claims, layers) = (&found.claims, &found.layers);
        let headers = claims.headers().map_or_else(String::new, |headers| {
            format!(", and {} of tar headers and padding", units::size(headers))
        });
        let title = match (self.groups.len(), layers.as_slice()) {
            (1, [from, to]) => format!(
                "{} as one RUN: {}",
                capital(&text::layers(layers)),
                verb(ledger, &self.stories, *from, *to)
            ),
            (1, _) => format!("{} as one RUN would not store what they undo", capital(&text::layers(layers))),
            (many, _) => format!("{many} groups of neighbouring RUN steps undo each other's work"),
        };
        let edits = self.groups.iter().map(|steps| Edit::MergeRuns { steps: steps.clone() }).collect();
        // the largest change of owners can be spared
        let changes = self.stories.iter().filter(|(_, story)| story.unchanged > 0);
        let most = changes.max_by_key(|(_, story)| story.unchanged);
        let notes = most.and_then(|(&(by, from), _)| owners::as_owner(ledger, by, &[from]));
        Words {
            title: format!("{title}{headers}"),
            why: why(ledger, &self.stories),
            fix: Fix { edits, notes: notes.into_iter().collect() },
        }
    }
}

/// What the second of two layers does to the first, in a few words.
fn verb(ledger: &Ledger<'_>, stories: &BTreeMap<(usize, usize), Story>, from: usize, to: usize) -> String {
    let Some(timeline) = stories.get(&(to, from)) else { return "they undo each other's work".into() };
    let command = ledger.command(to);
    if timeline.removed >= timeline.unchanged.max(timeline.written) {
        format!("layer {to} removes what layer {from} wrote")
    } else if timeline.unchanged >= timeline.written {
        let word = ["chown", "chmod", "chgrp", "touch"]
            .into_iter()
            .find(|word| command.contains(word))
            .map_or_else(|| format!("layer {to}"), |word| format!("{word} in layer {to}"));
        format!("{word} stores the files of layer {from} again")
    } else {
        format!("layer {to} writes again what layer {from} wrote")
    }
}

fn why(ledger: &Ledger<'_>, stories: &BTreeMap<(usize, usize), Story>) -> String {
    let mut told: Vec<(u64, String)> = Vec::new();
    for (&(by, from), timeline) in stories {
        for (bytes, what) in [
            (timeline.removed, "removes"),
            (timeline.unchanged, "changes only the attributes of"),
            (timeline.written, "writes again"),
        ] {
            if bytes > 0 {
                told.push((
                    bytes,
                    format!(
                        "{} {what} {} that {} wrote",
                        ledger.layer(by),
                        units::size(bytes),
                        ledger.layer(from)
                    ),
                ));
            }
        }
    }
    told.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
    let rest = told.len().saturating_sub(3);
    let mut text: Vec<String> = told.into_iter().take(3).map(|(_, text)| text).collect();
    if rest > 0 {
        text.push(format!("and {rest} more like that"));
    }
    format!(
        "{}. A layer keeps what its step left behind, whatever comes later; within one RUN it would never be stored. The saving is exact; the steps then share one entry of the build cache.",
        capital(&text.join("; "))
    )
}
