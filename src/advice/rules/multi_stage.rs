//! What was needed to build stands in the image beside what was built.

use crate::advice::engine::build_outputs;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::image::PathId;

const ID: &str = "multi-stage";
/// Fewer bytes of what is for building do not call for a stage.
const LEAST: u64 = 10_000_000;

/// What is known of the stages.
#[derive(Debug)]
pub(in crate::advice) struct Stages {
    /// Bytes that findings about what is for building have billed.
    pub(in crate::advice) bytes: u64,
    /// What was built, at least one.
    pub(in crate::advice) outputs: Vec<PathId>,
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let (mut bytes, mut layers) = (0, Vec::new());
    for found in ledger.found().iter().filter(|found| found.rule.stage.is_some()) {
        bytes += found.claims.bytes;
        layers.extend(found.layers.iter().copied().filter(|&layer| ledger.is_own(layer)));
    }
    layers.sort_unstable();
    layers.dedup();
    if bytes < ledger.scale.high_floor.max(LEAST) {
        return;
    }
    let outputs = build_outputs::find(ledger);
    if !outputs.is_empty() {
        let severity = ledger.scale.severity_of(bytes);
        let draft = Draft { moot: bytes, ..Draft::about(layers, severity) };
        ledger.file(ID, draft, Stages { bytes, outputs });
    }
}
