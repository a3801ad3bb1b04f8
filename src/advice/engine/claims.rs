//! Adding up what a finding claims, in memory that does not grow with the image.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::finding::{Evidence, Severity};
use crate::image::Image;

/// What stands between small findings and the user. All in bytes.
#[derive(Debug, Clone, Copy)]
pub(in crate::advice) struct Scale {
    content: u64,
    tar: u64,
    /// Findings of less weight stay silent: 0.5 % of the content, between 64 kB and 1 MB. A small image shows small
    /// waste, a large one is not nagged about a hundredth of a percent, and 1 MB is worth a line anywhere.
    pub(in crate::advice) floor: u64,
    /// The same for live files that are no left-overs but a matter of taste and effort (documents, headers,
    /// duplicates): 1 % of the content, if that is more.
    pub(in crate::advice) high_floor: u64,
}

impl Scale {
    pub(in crate::advice) fn of(image: &Image, floors: bool) -> Self {
        let content = image.content();
        let tar = image.layers.iter().map(|layer| layer.tar).sum::<u64>().max(content);
        if !floors {
            return Self { content, tar, floor: 0, high_floor: 0 };
        }
        let floor = (content / 200).clamp(64_000, 1_000_000);
        Self { content, tar, floor, high_floor: floor.max(content / 100) }
    }

    /// The severity of a sum that other findings bill.
    pub(in crate::advice) fn severity_of(self, bytes: u64) -> Severity {
        self.severity(&Claims { bytes, weight: bytes, ..Claims::default() })
    }

    /// High from 10 % or 100 MB on, medium from 2 % or 20 MB on.
    pub(in crate::advice) fn severity(self, claims: &Claims) -> Severity {
        let at_least = |percent: u64, bytes: u64| {
            claims.weight >= bytes
                || claims.bytes * 100 >= self.content * percent && claims.bytes > 0
                || claims.weight * 100 >= self.tar * percent
        };
        if at_least(10, 100_000_000) {
            Severity::High
        } else if at_least(2, 20_000_000) {
            Severity::Medium
        } else {
            Severity::Low
        }
    }
}

/// Bytes of a file in a tar: a header and the body in blocks of 512. A hundred thousand files of six bytes are a
/// hundred megabytes to pull, and that is what a finding about them weighs.
pub(in crate::advice) fn weight(bytes: u64) -> u64 {
    bytes.div_ceil(512) * 512 + 512
}

/// What one layer has of a claim.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::advice) struct Part {
    pub(in crate::advice) bytes: u64,
    pub(in crate::advice) entries: u64,
}

/// Entries, added up.
#[derive(Debug, Clone, Default)]
pub(in crate::advice) struct Claims {
    pub(in crate::advice) bytes: u64,
    pub(in crate::advice) weight: u64,
    pub(in crate::advice) entries: u64,
    /// By the layer that stores them.
    pub(in crate::advice) layers: BTreeMap<usize, Part>,
    /// Bytes of own layers that are wasted, and that are live.
    pub(in crate::advice) own_dead: u64,
    pub(in crate::advice) own_live: u64,
    top: BinaryHeap<Reverse<Evidence>>,
}

impl Claims {
    /// Adds an entry, and keeps it as evidence if it is one of the `keep` largest.
    pub(in crate::advice) fn add(&mut self, evidence: Evidence, keep: usize) {
        self.bytes += evidence.bytes;
        self.weight += weight(evidence.bytes);
        self.entries += 1;
        let part = self.layers.entry(evidence.layer).or_default();
        part.bytes += evidence.bytes;
        part.entries += 1;
        self.keep(evidence, keep);
    }

    /// Adds what another has.
    pub(in crate::advice) fn absorb(&mut self, other: Self, keep: usize) {
        self.bytes += other.bytes;
        self.weight += other.weight;
        self.entries += other.entries;
        self.own_dead += other.own_dead;
        self.own_live += other.own_live;
        for (layer, part) in other.layers {
            let mine = self.layers.entry(layer).or_default();
            mine.bytes += part.bytes;
            mine.entries += part.entries;
        }
        for Reverse(evidence) in other.top {
            self.keep(evidence, keep);
        }
    }

    /// What headers and padding of the tar take besides, where many small files make that more than what is in them.
    pub(in crate::advice) fn headers(&self) -> Option<u64> {
        (self.weight > self.bytes.saturating_mul(2) + 1_000_000).then(|| self.weight - self.bytes)
    }

    fn keep(&mut self, evidence: Evidence, keep: usize) {
        if self.top.len() < keep {
            self.top.push(Reverse(evidence));
        } else if let Some(mut least) = self.top.peek_mut()
            && least.0 < evidence
        {
            *least = Reverse(evidence);
        }
    }

    /// The largest entries: most bytes first, then by path.
    pub(in crate::advice) fn evidence(&self) -> Vec<Evidence> {
        let mut all: Vec<Evidence> = self.top.iter().map(|Reverse(evidence)| *evidence).collect();
        all.sort_unstable_by_key(|evidence| (Reverse(evidence.bytes), evidence.path, evidence.entry));
        all
    }

    /// The layers that store them: most bytes first.
    pub(in crate::advice) fn by_bytes(&self) -> Vec<(usize, Part)> {
        let mut all: Vec<(usize, Part)> = self.layers.iter().map(|(layer, part)| (*layer, *part)).collect();
        all.sort_by_key(|(layer, part)| (Reverse(part.bytes), *layer));
        all
    }
}
