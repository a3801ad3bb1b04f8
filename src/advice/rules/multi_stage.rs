//! What was needed to build stands in the image beside what was built.

use std::sync::Arc;

use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::engine::rule::Stage;
use crate::advice::stages::Plan;

const ID: &str = "multi-stage";

/// What is known of the stages.
#[derive(Debug)]
pub(in crate::advice) struct Stages {
    /// Bytes that the two stages save.
    pub(in crate::advice) saved: u64,
    pub(in crate::advice) plan: Plan,
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let is_building = |stage| matches!(stage, Some(Stage::Needs | Stage::Beside | Stage::Counts));
    let found = ledger.found().iter().filter(|found| is_building(found.rule.stage));
    let loud: Vec<_> = found.filter(|found| found.severity != Severity::Info).collect();
    if !loud.iter().any(|found| found.rule.stage == Some(Stage::Needs)) {
        return;
    }
    let mut layers: Vec<usize> = loud.iter().flat_map(|found| found.layers.iter().copied()).collect();
    layers.retain(|&layer| ledger.is_own(layer));
    layers.sort_unstable();
    layers.dedup();
    let Some(plan) = Plan::of(ledger) else { return };
    let saved = ledger.image.content().saturating_sub(plan.staged.bytes);
    if saved < ledger.scale.high_floor {
        return;
    }
    let severity = ledger.scale.severity_of(saved);
    let staged = Some(Arc::new(plan.staged.clone()));
    let draft = Draft { moot: saved, staged, ..Draft::about(layers, severity) };
    ledger.file(ID, draft, Stages { saved, plan });
}
