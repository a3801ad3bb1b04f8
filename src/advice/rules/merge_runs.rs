//! Neighbouring `RUN`s that would save bytes as one.
//!
//! What a step writes and a later step of the same group deletes, changes or writes again is never stored when both
//! are one instruction. So the saving of a group is a sum over the wasted copies whose writing and hiding layers
//! both belong to it: exact, no guess. The best grouping of a row of steps is found by dynamic programming over its
//! intervals; a step joins a group only if that is worth more than the cache that is lost by it.

use std::collections::BTreeMap;

use super::Structural;
use super::grouping::group;
use crate::advice::claims::{Claims, weight};
use crate::advice::dockerfile;
use crate::advice::ledger::{Draft, Ledger, capital, layer_list, safe};
use crate::advice::rule::{Group, RuleInfo};
use crate::dockerfile::Keyword;
use crate::image::Image;
use crate::overlay::Cause;
use crate::units;

static INFO: RuleInfo = RuleInfo::new(
    "merge-runs",
    Group::Waste,
    "RUN steps that would be smaller as one",
    "Each RUN becomes a layer, and a layer keeps what its step left behind, whatever a later step does to it. What is written and deleted (or changed) within one RUN is never stored. The saving is exact: it is computed from the layers of this image.",
    "RUN apt-get update && \\\n    apt-get install -y --no-install-recommends PACKAGES && \\\n    rm -rf /var/lib/apt/lists/*",
);

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

/// The longest row of steps that is looked at in one piece: more layers than any engine mounts.
const LONGEST: usize = 256;

/// Steps with nothing between them that would make a layer of another kind.
#[derive(Debug, Default)]
struct Row {
    /// The history steps, in order.
    steps: Vec<usize>,
    /// The first layer; the row's layers are consecutive.
    first: usize,
    layers: usize,
}

/// The rows of own `RUN` steps.
fn rows(image: &Image, base_layers: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = Row::default();
    for (number, step) in image.history.iter().enumerate() {
        let run = step.instruction.map(Keyword::as_str) == Some("RUN") && !step.command.starts_with('[');
        match (step.instruction.map(Keyword::as_str), step.layer) {
            (_, Some(layer)) if run && layer >= base_layers && row.layers < LONGEST => {
                if row.layers == 0 {
                    row.first = layer;
                }
                row.layers += 1;
                row.steps.push(number);
            }
            (_, None) if run => row.steps.push(number),
            // what changes the configuration only; ENV and ARG can be moved up
            (
                Some(
                    "LABEL" | "EXPOSE" | "CMD" | "ENTRYPOINT" | "STOPSIGNAL" | "HEALTHCHECK" | "MAINTAINER"
                    | "ONBUILD" | "ENV" | "ARG",
                ),
                None,
            ) => row.steps.push(number),
            _ => rows.push(std::mem::take(&mut row)),
        }
    }
    rows.push(row);
    rows.retain(|row| row.layers > 1);
    rows
}

/// What happens within a group, for the text.
#[derive(Default)]
struct Story {
    removed: u64,
    unchanged: u64,
    written: u64,
}

fn find(ledger: &mut Ledger<'_>) {
    if !ledger.settings.is_on(&INFO.id) {
        return;
    }
    let rows = rows(ledger.image, ledger.analysis.base_layers);
    // the row of each layer
    let mut row_of = vec![usize::MAX; ledger.image.layers.len()];
    for (number, row) in rows.iter().enumerate() {
        row_of[row.first..row.first + row.layers].fill(number);
    }
    let mut pairs = vec![BTreeMap::<(usize, usize), u64>::new(); rows.len()];
    for copy in &ledger.analysis.copies {
        let row = row_of[copy.layer];
        if copy.by_layer > copy.layer && row != usize::MAX && row == row_of[copy.by_layer] {
            let first = rows[row].first;
            *pairs[row].entry((copy.layer - first, copy.by_layer - first)).or_default() += weight(copy.bytes);
        }
    }
    // a step more in a group must be worth a sixteenth of what a finding must be
    let price = ledger.scale.floor / 16;
    let mut groups: Vec<(usize, std::ops::Range<usize>)> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        groups.extend(
            group(row.layers, &pairs[number], price)
                .into_iter()
                .map(|range| (number, range.start + row.first..range.end + row.first)),
        );
    }
    let worth = |row: usize, range: &std::ops::Range<usize>| -> u64 {
        let first = rows[row].first;
        pairs[row]
            .iter()
            .filter(|((from, to), _)| range.contains(&(from + first)) && range.contains(&(to + first)))
            .map(|(_, bytes)| bytes)
            .sum()
    };
    let (large, small): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|(row, range)| worth(*row, range) >= ledger.scale.floor);
    let small_worth: u64 = small.iter().map(|(row, range)| worth(*row, range)).sum();
    let mut findings: Vec<Vec<(usize, std::ops::Range<usize>)>> =
        large.into_iter().map(|group| vec![group]).collect();
    if small_worth >= ledger.scale.floor {
        findings.push(small);
    }
    file(ledger, &rows, &findings);
}

fn file(ledger: &mut Ledger<'_>, rows: &[Row], findings: &[Vec<(usize, std::ops::Range<usize>)>]) {
    let mut of = vec![(usize::MAX, usize::MAX); ledger.image.layers.len()];
    for (finding, groups) in findings.iter().enumerate() {
        for (group, (_, range)) in groups.iter().enumerate() {
            of[range.clone()].fill((finding, group));
        }
    }
    let mut tallies = vec![Claims::default(); findings.len()];
    let mut stories: Vec<BTreeMap<(usize, usize), Story>> =
        findings.iter().map(|_| BTreeMap::new()).collect();
    for wasted in &ledger.analysis.wasted {
        for copy in ledger.analysis.copies_of(wasted) {
            let place = of[copy.layer];
            if place.0 == usize::MAX || copy.by_layer <= copy.layer || of[copy.by_layer] != place {
                continue;
            }
            if ledger.claim(&mut tallies[place.0], wasted.path, copy.entry) {
                let timeline = stories[place.0].entry((copy.by_layer, copy.layer)).or_default();
                *match copy.cause {
                    Cause::Removed => &mut timeline.removed,
                    _ if copy.metadata_only => &mut timeline.unchanged,
                    _ => &mut timeline.written,
                } += copy.bytes;
            }
        }
    }
    for ((groups, claims), timeline) in findings.iter().zip(tallies).zip(stories) {
        let layers: Vec<usize> = groups.iter().flat_map(|(_, range)| range.clone()).collect();
        let fix: Vec<String> =
            groups.iter().take(4).map(|(row, range)| merged(ledger.image, &rows[*row], range)).collect();
        let headers = if claims.weight > claims.bytes.saturating_mul(2) + 1_000_000 {
            format!(", and {} of tar headers and padding", units::size(claims.weight - claims.bytes))
        } else {
            String::new()
        };
        let title = match groups.as_slice() {
            [(_, range)] if range.len() == 2 => format!(
                "{} as one RUN: {}",
                capital(&layer_list(&layers)),
                verb(ledger, &timeline, range.start, range.end - 1)
            ),
            [_] => format!("{} as one RUN would not store what they undo", capital(&layer_list(&layers))),
            many => format!("{} groups of neighbouring RUN steps undo each other's work", many.len()),
        };
        let title = format!("{title}{headers}");
        ledger.file(
            &INFO,
            Draft {
                title,
                why: why(ledger, &timeline),
                fix: fix.join("\n\n"),
                claims,
                layers,
                ..Draft::default()
            },
        );
    }
}

/// What the second of two layers does to the first, in a few words.
fn verb(ledger: &Ledger<'_>, stories: &BTreeMap<(usize, usize), Story>, from: usize, to: usize) -> String {
    let Some(timeline) = stories.get(&(to, from)) else { return "they undo each other's work".into() };
    let command = ledger.command(to);
    if timeline.removed >= timeline.unchanged.max(timeline.written) {
        format!("layer {to} deletes what layer {from} wrote")
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
            (timeline.removed, "deletes"),
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

/// The merged `RUN` of the layers in `range`, with the steps between them moved up.
fn merged(image: &Image, row: &Row, range: &std::ops::Range<usize>) -> String {
    let position = |layer: usize| {
        row.steps.iter().position(|&step| image.history[step].layer == Some(layer)).unwrap_or_default()
    };
    let steps = &row.steps[position(range.start)..=position(range.end - 1)];
    let (mut moved, mut commands) = (Vec::new(), Vec::new());
    for step in steps.iter().map(|&step| &image.history[step]) {
        match step.instruction.map(Keyword::as_str) {
            Some("RUN") => commands.push(safe(&step.command)),
            Some("ENV" | "ARG") => moved.push(safe(&step.command)),
            _ => {}
        }
    }
    let note = if moved.is_empty() { "" } else { "# moved up, so that the RUN steps can be one\n" };
    moved.push(dockerfile::run(&commands));
    format!("{note}{}", moved.join("\n"))
}
