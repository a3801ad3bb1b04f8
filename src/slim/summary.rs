//! What slimming saves, layer by layer: the numbers that are shown.

use super::plan::{Outcome, Plan};
use crate::image::Image;
use crate::overlay::{Cause, Fate, Union};

/// Before and after, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Change {
    /// Of the old image.
    pub before: u64,
    /// Of the new one.
    pub after: u64,
}

impl Change {
    /// What is saved; none if it grew.
    pub fn saved(self) -> u64 {
        self.before.saturating_sub(self.after)
    }
}

/// One row: a layer of the old image, or several that become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerSummary {
    /// The layers of the old image.
    pub sources: std::ops::Range<usize>,
    /// The layer of the new image; none when it vanished.
    pub layer: Option<usize>,
    /// What became of it.
    pub outcome: Outcome,
    /// Bytes of regular files.
    pub content: Change,
    /// Bytes of blobs as stored: after is known when the new image was written.
    pub blob: (u64, Option<u64>),
    /// Entries and markers that go.
    pub gone: u64,
}

/// All that is shown of a plan and of the image written from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// A row for each layer, lowest first.
    pub layers: Vec<LayerSummary>,
    /// Number of base layers.
    pub base_layers: usize,
    /// Bytes of regular files.
    pub content: Change,
    /// Blobs of all layers as stored: after is known when the new image was written.
    pub stored: (u64, Option<u64>),
    /// The same without base layers: what a host that has the base must pull.
    pub pull: (u64, Option<u64>),
    /// Bytes in base layers that no container sees. They stay.
    pub base_wasted: u64,
    /// The part of them that layers above the base hide.
    pub base_hidden: u64,
    /// Bytes of bodies of the base that are stored once more.
    pub copied: u64,
}

impl Summary {
    /// Sums up a plan, and the image written from it if there is one.
    pub fn of(image: &Image, union: &Union, plan: &Plan, new: Option<&Image>) -> Self {
        let base_layers = plan.base_layers();
        let mut layers = Vec::with_capacity(plan.layers.len());
        let mut number = 0;
        for planned in &plan.layers {
            let layer = (planned.outcome != Outcome::Vanished).then(|| {
                number += 1;
                number - 1
            });
            let before = image.layers[planned.sources.clone()].iter().map(|layer| layer.blob).sum();
            let after = new.map(|new| layer.and_then(|at| new.layers.get(at)).map_or(0, |layer| layer.blob));
            layers.push(LayerSummary {
                sources: planned.sources.clone(),
                layer,
                outcome: planned.outcome,
                content: Change { before: planned.before, after: planned.after },
                blob: (before, after),
                gone: planned.gone,
            });
        }
        let sum = |rows: &[LayerSummary]| {
            let before = rows.iter().map(|row| row.blob.0).sum();
            let after = rows.iter().map(|row| row.blob.1).sum::<Option<u64>>();
            (before, after)
        };
        let (base_wasted, base_hidden) = base_waste(image, union, base_layers);
        Self {
            content: Change {
                before: layers.iter().map(|row| row.content.before).sum(),
                after: layers.iter().map(|row| row.content.after).sum(),
            },
            stored: sum(&layers),
            pull: sum(&layers[base_layers..]),
            layers,
            base_layers,
            base_wasted,
            base_hidden,
            copied: plan.copied,
        }
    }
}

/// Bytes of base layers that no container sees, and those of them that layers above the base hide.
fn base_waste(image: &Image, union: &Union, base_layers: usize) -> (u64, u64) {
    let (mut wasted, mut hidden) = (0, 0);
    for id in (0..base_layers).flat_map(|layer| image.layer_entries(layer)) {
        if let Fate::Lost(cause, by) = union.fate(id) {
            wasted += image.entry(id).size;
            if usize::from(by) >= base_layers && cause != Cause::Repeated {
                hidden += image.entry(id).size;
            }
        }
    }
    (wasted, hidden)
}
