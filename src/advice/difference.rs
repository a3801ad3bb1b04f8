//! Which findings of two images are new, and which are gone.

use std::collections::HashSet;

use super::engine::finding::{Advice, Finding};
use crate::image::Image;

/// Findings that only one of two images has, by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Of the new image.
    pub new: Vec<usize>,
    /// Of the old image.
    pub gone: Vec<usize>,
}

/// What a finding is about, whatever its layers and bytes.
type Subject = HashSet<Vec<u8>>;

/// Holds the findings of two images against each other. Two are the same when one rule made both and they
/// have a path of their evidence or a command of their layers in common, or when neither has any.
pub fn difference(old: (&Image, &Advice), new: (&Image, &Advice)) -> Difference {
    let [before, after] = [old, new].map(|(image, advice)| -> Vec<(&str, Subject)> {
        advice.findings.iter().map(|finding| (finding.rule.as_str(), subject(image, finding))).collect()
    });
    let lacks = |all: &[(&str, Subject)], (rule, about): &(&str, Subject)| {
        !all.iter().any(|(other, its)| {
            other == rule && (about.is_empty() && its.is_empty() || !about.is_disjoint(its))
        })
    };
    Difference {
        new: (0..after.len()).filter(|&at| lacks(&before, &after[at])).collect(),
        gone: (0..before.len()).filter(|&at| lacks(&after, &before[at])).collect(),
    }
}

fn subject(image: &Image, finding: &Finding) -> Subject {
    let paths = finding.evidence.iter().map(|evidence| image.paths.full(evidence.path));
    let commands = finding.layers.iter().filter_map(|&layer| {
        let command = image.layers.get(layer).map(|_| image.command_of(layer))?;
        (!command.is_empty()).then(|| command.as_bytes().to_vec())
    });
    paths.chain(commands).collect()
}
