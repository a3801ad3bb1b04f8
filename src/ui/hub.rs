//! What belongs to layers: their findings, and what became of their bytes.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::data::Data;
use crate::units;

impl Data {
    /// The findings that name one of these layers, as indexes into the advice.
    pub(super) fn findings_of(&self, layers: &RangeInclusive<usize>) -> Vec<usize> {
        let findings = self.advice.findings.iter().enumerate();
        let named = findings.filter(|(_, finding)| finding.layers.iter().any(|layer| layers.contains(layer)));
        named.map(|(at, _)| at).collect()
    }

    /// What of the layers' bytes is wasted and which layers hid it, most first: `96.4 MB wasted: overwritten by 6`.
    /// The first line is the sum.
    pub(super) fn wasted_by(&self, layers: &RangeInclusive<usize>) -> Vec<String> {
        let mut causes: BTreeMap<(usize, &'static str), u64> = BTreeMap::new();
        for copy in self.analysis.copies.iter().filter(|copy| layers.contains(&copy.layer)) {
            *causes.entry((copy.by_layer, copy.cause.name())).or_default() += copy.bytes;
        }
        let all: u64 = causes.values().sum();
        if all == 0 {
            return Vec::new();
        }
        let mut parts: Vec<_> = causes.into_iter().collect();
        parts.sort_by_key(|((layer, _), bytes)| (std::cmp::Reverse(*bytes), *layer));
        let by = parts
            .iter()
            .map(|((layer, cause), bytes)| format!("{} {cause} by layer {layer}", units::size(*bytes)));
        let by: Vec<String> = by.collect();
        let mut lines = vec![format!("{} wasted: {}", units::size(all), by.join(", "))];
        lines.extend(parts.into_iter().map(|((layer, cause), bytes)| {
            format!("  {:>8} {cause} by layer {layer}: {}", units::size(bytes), self.command(layer))
        }));
        lines
    }
}
