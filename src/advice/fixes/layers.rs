//! Fewer layers, and what is in a large one.

use std::cmp::Reverse;

use super::path_rules;
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::capital;
use crate::advice::rules::layers::{HugeLayer, ManyLayers};
use crate::dockerfile::{Edit, Fix};
use crate::image::PathId;
use crate::units;

impl Facts for ManyLayers {
    fn tell(&self, _: &Ledger<'_>, found: &Found<'_>) -> Words {
        let fix = if self.0.is_empty() {
            path_rules::general(found.rule)
        } else {
            Fix::one(Edit::MergeRuns { steps: self.0.clone() })
        };
        Words { title: format!("{} own layers", found.layers.len()), why: found.rule.why.clone(), fix }
    }
}

impl Facts for HugeLayer {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let content = ledger.image.layers[self.0].content;
        let parts: Vec<String> = largest(ledger, self.0)
            .into_iter()
            .map(|(path, bytes)| format!("{} ({})", ledger.path(path), units::size(bytes)))
            .collect();
        Words {
            title: format!(
                "Layer {} is {} of {}",
                self.0,
                units::size(content),
                units::size(ledger.image.content())
            ),
            why: format!(
                "{} stores {}: {}. {}",
                capital(&ledger.layer(self.0)),
                units::size(content),
                parts.join(", "),
                found.rule.why
            ),
            fix: Fix::note("packages first, the program last, each in a layer of its own"),
        }
    }
}

/// The largest directories of a layer, two levels deep.
fn largest(ledger: &Ledger<'_>, layer: usize) -> Vec<(PathId, u64)> {
    let paths = &ledger.image.paths;
    let mut sizes = std::collections::BTreeMap::<PathId, u64>::new();
    for entry in ledger.image.layer_entries(layer) {
        // walk up until two levels below the root are left
        let (mut at, mut up, mut above) = (ledger.image.path_of(entry), PathId::ROOT, PathId::ROOT);
        while at != PathId::ROOT {
            (above, up) = (up, at);
            at = paths.parent(at);
        }
        let place = if above == PathId::ROOT { up } else { above };
        *sizes.entry(place).or_default() += ledger.image.entry(entry).size;
    }
    let mut sizes: Vec<(PathId, u64)> = sizes.into_iter().collect();
    sizes.sort_by_key(|(path, bytes)| (Reverse(*bytes), *path));
    sizes.retain(|(_, bytes)| *bytes > 0);
    sizes.truncate(4);
    sizes
}
