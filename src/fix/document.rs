//! The plan and its proof as one JSON document; `assets/fix.schema.json` describes it.

use serde::Serialize;

use super::outcome::Done;
use super::plan::Plan;
use super::proof::{Changed, Lost, Proof};
use crate::advice::{Advice, Finding};
use crate::dockerfile::{Edit, LineRange};
use crate::image::Image;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    kind: &'static str,
    tool: Tool,
    image: &'a str,
    buildkit: bool,
    content: u64,
    rebuilt: bool,
    dockerfile: &'a str,
    ignore: &'a [String],
    edits: Vec<EditRow<'a>>,
    skipped: Vec<SkippedRow<'a>>,
    predicted: Option<u64>,
    diff: &'a str,
    proof: Option<ProofRow<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct EditRow<'a> {
    rule: &'a str,
    action: &'static str,
    lines: Option<LineRange>,
    bytes: u64,
}

#[derive(Serialize)]
struct SkippedRow<'a> {
    rule: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct ProofRow<'a> {
    passed: bool,
    predicted: Option<u64>,
    measured: i64,
    lost: Vec<LostRow>,
    gained: Vec<LostRow>,
    changed: Vec<ChangedRow>,
    excused: ExcusedRow,
    again: &'a [String],
    smoke: Option<bool>,
    seconds: SecondsRow,
}

#[derive(Serialize)]
struct LostRow {
    path: String,
    bytes: u64,
    package: Option<String>,
}

#[derive(Serialize)]
struct ChangedRow {
    #[serde(flatten)]
    was: LostRow,
    now: u64,
    kind: &'static str,
}

#[derive(Serialize)]
struct ExcusedRow {
    each_build: usize,
    volatile: usize,
    packages: usize,
}

#[derive(Serialize)]
struct SecondsRow {
    before: f64,
    after: f64,
}

/// Most paths that a list of the proof names.
const PATHS: usize = 1000;

/// The document, with a line break at its end. `diff` is the patch as it would be shown.
pub fn document(image: &Image, advice: &Advice, plan: &Plan, diff: &str, proof: Option<&Proof>) -> String {
    let document = Document {
        schema: 1,
        kind: "fix",
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        image: &image.about.reference,
        buildkit: image.is_of_buildkit(),
        content: image.content(),
        rebuilt: plan.rebuilt,
        dockerfile: &plan.text,
        ignore: &plan.ignore,
        edits: plan
            .done
            .iter()
            .flat_map(|done| edits(image, &advice.findings[done.finding], done, plan))
            .collect(),
        skipped: plan
            .left
            .iter()
            .map(|left| SkippedRow { rule: &advice.findings[left.finding].rule, reason: &left.reason })
            .collect(),
        predicted: plan.predicted.as_ref().map(|predicted| predicted.saved),
        diff,
        proof: proof.map(|proof| ProofRow {
            passed: proof.passed,
            predicted: proof.predicted,
            measured: proof.measured,
            lost: rows(&proof.lost),
            gained: rows(&proof.gained),
            changed: proof.changed.iter().take(PATHS).map(changed).collect(),
            excused: ExcusedRow {
                each_build: proof.excused.each_build,
                volatile: proof.excused.volatile,
                packages: proof.excused.packages,
            },
            again: &proof.again,
            smoke: proof.smoke,
            seconds: SecondsRow {
                before: rounded(proof.seconds.before),
                after: rounded(proof.seconds.after),
            },
        }),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// The edits of one finding. Its bytes are told once: with the edit of the step that stored them.
fn edits<'a>(image: &Image, finding: &'a Finding, done: &'a Done, plan: &Plan) -> Vec<EditRow<'a>> {
    let mut rows: Vec<EditRow<'a>> = done
        .edits
        .iter()
        .map(|(edit, lines)| EditRow {
            rule: &finding.rule,
            action: edit.action(),
            lines: lines.filter(|_| !plan.rebuilt),
            bytes: 0,
        })
        .collect();
    for evidence in &finding.evidence {
        let step = image.layers[evidence.layer].step;
        let is_at = |(edit, _): &(Edit, _)| step.is_some_and(|step| edit.steps().contains(&step));
        let row = done.edits.iter().position(is_at).unwrap_or(0);
        if let Some(row) = rows.get_mut(row) {
            row.bytes += evidence.bytes;
        }
    }
    rows
}

fn rows(list: &[Lost]) -> Vec<LostRow> {
    list.iter().take(PATHS).map(row).collect()
}

fn row(lost: &Lost) -> LostRow {
    LostRow {
        path: String::from_utf8_lossy(&lost.path).into_owned(),
        bytes: lost.bytes,
        package: lost.package.clone(),
    }
}

fn changed(changed: &Changed) -> ChangedRow {
    ChangedRow { was: row(&changed.was), now: changed.now, kind: changed.kind.name() }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}
