//! Neighbouring `RUN`s that would save bytes as one.
//!
//! What a step writes and a later step of the same group deletes, changes or writes again is never stored when both
//! are one instruction. So the saving of a group is a sum over the wasted copies whose writing and hiding layers
//! both belong to it: exact, no guess. The best grouping of a row of steps is found by dynamic programming over its
//! intervals; a step joins a group only if that is worth more than the cache that is lost by it.

use std::collections::BTreeMap;

use crate::advice::engine::claims::{Claims, weight};
use crate::advice::engine::grouping::group;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::dockerfile::{Keyword, StepId, shell};
use crate::image::{Image, Step};
use crate::overlay::Cause;

const ID: &str = "merge-runs";

/// The longest row of steps that is looked at in one piece: more layers than any engine mounts.
const LONGEST: usize = 256;

/// Steps with nothing between them that would make a layer of another kind, or that they could not be moved across.
#[derive(Debug, Default)]
struct Row {
    /// The steps that run something, in order.
    steps: Vec<StepId>,
    /// The first layer; the row's layers are consecutive.
    first: usize,
    layers: usize,
    /// Variables that were set after the first of the steps.
    variables: Vec<String>,
}

/// The rows of own `RUN` steps.
fn rows(image: &Image, base_layers: usize) -> Vec<Row> {
    use Keyword::{Arg, Cmd, Entrypoint, Env, Expose, Healthcheck, Label, Maintainer, Onbuild, Stopsignal};
    let mut rows = Vec::new();
    let mut row = Row::default();
    for (number, step) in image.history.iter().enumerate() {
        let run = step.instruction == Some(Keyword::Run) && !step.command.starts_with('[');
        if run && row.variables.iter().any(|name| reads(&step.command, name)) {
            rows.push(std::mem::take(&mut row));
        }
        match (step.instruction, step.layer) {
            (_, Some(layer)) if run && layer >= base_layers && row.layers < LONGEST => {
                if row.layers == 0 {
                    row.first = layer;
                }
                row.layers += 1;
                row.steps.push(StepId::at(number));
            }
            (_, None) if run => row.steps.push(StepId::at(number)),
            (Some(Env | Arg), None) => {
                if row.layers > 0 {
                    row.variables.extend(variables(step));
                }
            }
            (
                Some(Label | Expose | Cmd | Stopsignal | Healthcheck | Maintainer | Onbuild | Entrypoint),
                None,
            ) => {}
            _ => rows.push(std::mem::take(&mut row)),
        }
    }
    rows.push(row);
    rows.retain(|row| row.layers > 1);
    rows
}

/// The names that an `ENV` or `ARG` sets: `ENV A=1 B=2`, `ENV A 1`, `ARG A`.
fn variables(step: &Step) -> Vec<String> {
    let words: Vec<&str> = step.command.split_whitespace().skip(1).collect();
    let assigned = words.iter().filter_map(|word| word.split_once('=').map(|(name, _)| name.to_owned()));
    let mut names: Vec<String> = assigned.collect();
    if words.first().is_some_and(|first| !first.contains('=')) {
        names.extend(words.first().map(ToString::to_string));
    }
    names
}

/// Programs of which it is known that no variable but their own changes what they do.
const INDIFFERENT: [&str; 22] = [
    "rm", "chown", "chmod", "chgrp", "mkdir", "rmdir", "touch", "cp", "mv", "ln", "true", "echo", "printf",
    "find", "sed", "install", "tar", "cat", "useradd", "groupadd", "adduser", "addgroup",
];
/// Variables that any program may read.
const READ_BY_ALL: [&str; 4] = ["PATH", "HOME", "SHELL", "IFS"];

/// True when a command may read a variable: it names it, or it runs a program that might look for it.
fn reads(command: &str, variable: &str) -> bool {
    command.contains(variable)
        || READ_BY_ALL.contains(&variable)
        || variable.starts_with("LC_")
        || variable.starts_with("LD_")
        || shell::commands(command).iter().any(|words| !INDIFFERENT.contains(&words[0].as_str()))
}

/// What happens within a group: bytes of a layer that a later one takes away, stores again, or writes anew.
#[derive(Debug, Default)]
pub(in crate::advice) struct Story {
    pub(in crate::advice) removed: u64,
    pub(in crate::advice) unchanged: u64,
    pub(in crate::advice) written: u64,
}

/// What is known of the groups of one finding.
#[derive(Debug)]
pub(in crate::advice) struct Merged {
    /// The steps of each group, first to last.
    pub(in crate::advice) groups: Vec<Vec<StepId>>,
    /// By the layer that hides and the layer that wrote.
    pub(in crate::advice) stories: BTreeMap<(usize, usize), Story>,
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    if !ledger.settings.is_on(ID) {
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
    for ((groups, claims), stories) in findings.iter().zip(tallies).zip(stories) {
        let layers: Vec<usize> = groups.iter().flat_map(|(_, range)| range.clone()).collect();
        let groups = groups.iter().map(|(row, range)| steps(ledger.image, &rows[*row], range)).collect();
        ledger.file(ID, Draft { layers, ..Draft::of(claims) }, Merged { groups, stories });
    }
}

/// The steps of a row from the first layer of a range to its last, those between that made no layer as well.
fn steps(image: &Image, row: &Row, range: &std::ops::Range<usize>) -> Vec<StepId> {
    let position =
        |layer: usize| row.steps.iter().position(|&step| image.history[step.index()].layer == Some(layer));
    let (from, to) = (position(range.start).unwrap_or(0), position(range.end - 1).unwrap_or(0));
    row.steps.get(from..=to).unwrap_or_default().to_vec()
}
