//! The findings, and what they save together.

use serde::Serialize;

use super::layers::LinesFields;
use super::list::List;
use super::path::PathFields;
use crate::advice::{Advice, Savings};
use crate::dockerfile::Edit;
use crate::image::Image;

/// One thing that could be better. `E` is the list of its evidence.
#[derive(Serialize)]
pub(super) struct FindingRow<'a, E> {
    pub(super) rule: &'a str,
    pub(super) severity: &'static str,
    pub(super) confidence: &'static str,
    pub(super) title: &'a str,
    pub(super) bytes: u64,
    pub(super) layers: &'a [usize],
    pub(super) lines: Option<LinesFields<'a>>,
    pub(super) why: &'a str,
    pub(super) fix: &'a str,
    pub(super) edits: &'a [Edit],
    pub(super) evidence: E,
    pub(super) evidence_total: u64,
}

#[derive(Serialize)]
pub(super) struct EvidenceRow {
    #[serde(flatten)]
    pub(super) path: PathFields,
    pub(super) layer: usize,
    pub(super) bytes: u64,
}

#[derive(Serialize)]
pub(super) struct SavingsFields {
    exact: u64,
    possible: u64,
}

impl SavingsFields {
    pub(super) fn of(savings: &Savings) -> Self {
        Self { exact: savings.exact, possible: savings.possible }
    }
}

/// The findings, in the order of the engine.
pub(super) fn findings<'a>(
    image: &'a Image,
    advice: &'a Advice,
) -> impl Iterator<Item = impl Serialize + 'a> {
    advice.findings.iter().map(|finding| FindingRow {
        rule: &finding.rule,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        title: &finding.title,
        bytes: finding.bytes,
        layers: &finding.layers,
        lines: finding.layers.iter().find_map(|&layer| image.lines_of_layer(layer)).map(LinesFields::of),
        why: &finding.why,
        fix: &finding.snippet,
        edits: &finding.fix.edits,
        evidence: List(|| {
            finding.evidence.iter().map(|evidence| EvidenceRow {
                path: PathFields::of(&image.paths.full(evidence.path)),
                layer: evidence.layer,
                bytes: evidence.bytes,
            })
        }),
        evidence_total: finding.evidence_total,
    })
}
