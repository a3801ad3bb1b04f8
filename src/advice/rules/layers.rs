//! The layers as such: too many, or one that is nearly everything.

use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::dockerfile::StepId;

const MANY: &str = "many-layers";
const HUGE: &str = "huge-layer";

/// More own layers than this are many.
const MANY_LAYERS: usize = 30;
/// The least content of a huge layer, in bytes; it also has three tenths of the image.
const HUGE_LAYER: u64 = 50_000_000;

/// The most `RUN` steps that stand one after the other.
#[derive(Debug)]
pub(in crate::advice) struct ManyLayers(pub(in crate::advice) Vec<StepId>);

/// The layer.
#[derive(Debug)]
pub(in crate::advice) struct HugeLayer(pub(in crate::advice) usize);

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let own: Vec<usize> = ledger.own_layers().collect();
    if own.len() > MANY_LAYERS {
        let longest = longest_row(ledger, &own);
        ledger.file(MANY, Draft::about(own.clone(), Severity::Low), ManyLayers(longest));
    }
    let total = ledger.image.content();
    for layer in own {
        let content = ledger.image.layers[layer].content;
        if content >= HUGE_LAYER && content * 10 >= total * 3 {
            ledger.file(HUGE, Draft::about(vec![layer], Severity::Info), HugeLayer(layer));
        }
    }
}

/// The first of the longest rows of `RUN`s with nothing between them.
fn longest_row(ledger: &Ledger<'_>, own: &[usize]) -> Vec<StepId> {
    let mut longest: &[usize] = &[];
    let mut start = 0;
    for at in 0..own.len() {
        let is_run = ledger.shell_run(own[at]).is_some();
        if !is_run {
            start = at + 1;
        } else if at > start && !ledger.is_next(own[at - 1], own[at]) {
            start = at;
        }
        if is_run && at + 1 - start > longest.len() {
            longest = &own[start..=at];
        }
    }
    if longest.len() < 2 {
        return Vec::new();
    }
    longest.iter().filter_map(|&layer| ledger.step_id(layer)).collect()
}
