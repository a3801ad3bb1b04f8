//! What the gates decided, and what was odd about the image.

use serde::Serialize;

use super::path::PathFields;
use crate::image::{Diagnostic, Image};
use crate::policy::{Value, Verdict};

/// What the gates decided.
#[derive(Serialize)]
pub(in crate::report) struct VerdictFields<'a> {
    passed: bool,
    gates: Vec<GateRow<'a>>,
    ignored_bytes: u64,
    ignored_paths: u64,
}

/// One gate. A share is a number from 0 to 1, a size a number of bytes.
#[derive(Serialize)]
struct GateRow<'a> {
    gate: &'a str,
    limit: Number,
    actual: Number,
    passed: bool,
    look_at: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Share(f64),
    Whole(u64),
}

impl From<Value> for Number {
    fn from(value: Value) -> Self {
        match value {
            Value::Share(share) => Self::Share(share),
            Value::Size(whole) | Value::Count(whole) => Self::Whole(whole),
        }
    }
}

impl<'a> VerdictFields<'a> {
    pub(in crate::report) fn of(verdict: &'a Verdict) -> Self {
        let gates = verdict.gates.iter().map(|gate| GateRow {
            gate: gate.gate,
            limit: gate.limit.into(),
            actual: gate.actual.into(),
            passed: gate.passed,
            look_at: gate.look_at.as_deref(),
        });
        let Verdict { passed, ignored_bytes, ignored_paths, .. } = *verdict;
        Self { passed, gates: gates.collect(), ignored_bytes, ignored_paths }
    }
}

/// Something odd about the image.
#[derive(Serialize)]
pub(in crate::report) struct NoteRow<'a> {
    code: &'a str,
    message: &'a str,
    layer: Option<usize>,
    #[serde(flatten)]
    path: PathFields,
}

impl<'a> NoteRow<'a> {
    pub(in crate::report) fn of(note: &'a Diagnostic) -> Self {
        let path = note.path.as_deref().map_or(PathFields::NONE, PathFields::of);
        Self { code: note.code, message: &note.message, layer: note.layer, path }
    }
}

/// What was odd, as it was found.
pub(in crate::report) fn diagnostics(image: &Image) -> impl Iterator<Item = NoteRow<'_>> {
    image.diagnostics.iter().map(NoteRow::of)
}
