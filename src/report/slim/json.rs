//! What slimming saves as JSON; `assets/slim.schema.json` is its schema.

use std::io::{self, Write};

use serde::Serialize;

use super::slimmed::{Dropped, Slimmed};
use crate::report::json::{SCHEMA, TOOL, write_document};
use crate::slim::{Change, LayerSummary, Outcome, Proof, Trial};

#[derive(Serialize)]
struct Document<'a, T> {
    schema: u32,
    kind: &'static str,
    tool: T,
    reference: &'a str,
    output: Option<&'a str>,
    base_layers: usize,
    content: ChangeFields,
    stored: ChangeFields,
    pull: ChangeFields,
    base_wasted: u64,
    base_hidden: u64,
    copied: u64,
    layers: Vec<LayerFields<'a>>,
    dropped: Vec<DroppedFields<'a>>,
    proof: Option<ProofFields<'a>>,
    remarks: &'a [String],
}

#[derive(Serialize)]
struct ChangeFields {
    before: u64,
    after: Option<u64>,
}

impl From<Change> for ChangeFields {
    fn from(change: Change) -> Self {
        Self { before: change.before, after: Some(change.after) }
    }
}

impl From<(u64, Option<u64>)> for ChangeFields {
    fn from((before, after): (u64, Option<u64>)) -> Self {
        Self { before, after }
    }
}

#[derive(Serialize)]
struct LayerFields<'a> {
    sources: Vec<usize>,
    layer: Option<usize>,
    outcome: &'static str,
    command: &'a str,
    content: ChangeFields,
    stored: ChangeFields,
    entries_gone: u64,
}

#[derive(Serialize)]
struct DroppedFields<'a> {
    rule: &'a str,
    paths: u64,
    bytes: u64,
    in_base: u64,
    owned: u64,
    packages: &'a [String],
}

impl<'a> DroppedFields<'a> {
    fn of(row: &'a Dropped) -> Self {
        let Dropped { rule, paths, bytes, in_base, packages, owned } = row;
        Self { rule, paths: *paths, bytes: *bytes, in_base: *in_base, owned: *owned, packages }
    }
}

#[derive(Serialize)]
struct ProofFields<'a> {
    passed: bool,
    paths: u64,
    differences: u64,
    first: &'a [String],
    engine: Option<TrialFields<'a>>,
}

#[derive(Serialize)]
struct TrialFields<'a> {
    name: &'a str,
    paths: u64,
    differences: u64,
    first: &'a [String],
    smoke: Option<bool>,
}

impl<'a> TrialFields<'a> {
    fn of(trial: &'a Trial) -> Self {
        let Proof { paths, differences, first } = &trial.proof;
        Self { name: trial.engine, paths: *paths, differences: *differences, first, smoke: trial.smoke }
    }
}

/// The word for what becomes of a layer.
pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Base => "base",
        Outcome::Unchanged => "unchanged",
        Outcome::Rewritten => "rewritten",
        Outcome::Vanished => "vanished",
    }
}

pub(super) fn write(out: &mut dyn Write, slimmed: &Slimmed<'_>) -> io::Result<()> {
    let summary = slimmed.summary;
    let layer = |row: &LayerSummary| LayerFields {
        sources: row.sources.clone().collect(),
        layer: row.layer,
        outcome: outcome(row.outcome),
        command: slimmed.image.command_of(row.sources.start),
        content: row.content.into(),
        stored: row.blob.into(),
        entries_gone: row.gone,
    };
    write_document(
        out,
        &Document {
            schema: SCHEMA,
            kind: "slim",
            tool: TOOL,
            reference: &slimmed.image.about.reference,
            output: slimmed.output,
            base_layers: summary.base_layers,
            content: summary.content.into(),
            stored: summary.stored.into(),
            pull: summary.pull.into(),
            base_wasted: summary.base_wasted,
            base_hidden: summary.base_hidden,
            copied: summary.copied,
            layers: summary.layers.iter().map(layer).collect(),
            dropped: slimmed.dropped.iter().map(DroppedFields::of).collect(),
            proof: slimmed.proof.map(|proof| ProofFields {
                passed: slimmed.refusal().is_none(),
                paths: proof.paths,
                differences: proof.differences,
                first: &proof.first,
                engine: slimmed.trial.map(TrialFields::of),
            }),
            remarks: slimmed.remarks,
        },
    )
}
