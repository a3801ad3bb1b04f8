//! Which fixes are made, to which text.

use std::cmp::Reverse;

use super::outcome::{Done, Left};
use super::predict::{Prediction, predict};
use crate::advice::{Advice, Confidence, Finding, Severity};
use crate::analysis::Analysis;
use crate::dockerfile::{self, Alignment, Dockerfile, Edit, Fix, Rebuilt, Target};
use crate::image::Image;
use crate::overlay::Union;

/// Which findings are to be fixed.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Only these rules; empty: all. A rule that is named here is taken whatever its confidence.
    pub only: Vec<String>,
    /// Not these rules.
    pub except: Vec<String>,
    /// How sure a finding must be.
    pub confidence: Confidence,
    /// Whether the builder is `BuildKit`.
    pub buildkit: bool,
}

/// How sure it is that the fix of a finding keeps what the image is for. Another base or a second stage is a matter of
/// judgement, however sure the finding is.
fn confidence(finding: &Finding) -> Confidence {
    let is_large = |edit: &Edit| matches!(edit, Edit::ReplaceFrom { .. } | Edit::SplitStages { .. });
    if finding.fix.edits.iter().any(is_large) { Confidence::Judgement } else { finding.confidence }
}

impl Choice {
    /// All that is likely, with what the image's builder can do.
    pub fn likely(image: &Image) -> Self {
        Self {
            only: Vec::new(),
            except: Vec::new(),
            confidence: Confidence::Likely,
            buildkit: image.is_of_buildkit(),
        }
    }

    /// True for a finding that is to be fixed.
    pub fn takes(&self, finding: &Finding) -> bool {
        let named = self.only.contains(&finding.rule);
        !self.except.contains(&finding.rule)
            && (named || self.only.is_empty() && confidence(finding) <= self.confidence)
            && (named || finding.severity != Severity::Info)
    }
}

/// The Dockerfile that is changed.
#[derive(Debug)]
pub(super) enum Source<'a> {
    /// A file, and how it fits the history.
    File {
        /// Its instructions.
        file: &'a Dockerfile,
        /// The steps that they made.
        alignment: &'a Alignment,
    },
    /// None: one is rebuilt from the steps from this one on.
    History {
        /// The first step that is not the base's.
        first: usize,
        /// The base, as it stands after `FROM`.
        base: String,
    },
}

/// What is to be done.
#[derive(Debug)]
pub struct Plan {
    /// The Dockerfile as it is.
    pub old: String,
    /// The Dockerfile with everything done.
    pub text: String,
    /// Lines for the `.dockerignore`.
    pub ignore: Vec<String>,
    /// What is done, in the order of the findings.
    pub done: Vec<Done>,
    /// What is not.
    pub left: Vec<Left>,
    /// What it saves; none when the image does not tell, as with another base.
    pub predicted: Option<Prediction>,
    /// Whether the Dockerfile was rebuilt from the history.
    pub rebuilt: bool,
}

/// Makes the plan. The prediction is right when `advice` holds all evidence, not only the largest.
pub(super) fn plan(
    image: &Image,
    union: &Union,
    analysis: &Analysis,
    advice: &Advice,
    source: &Source<'_>,
    choice: &Choice,
) -> Plan {
    let steps = image.step_texts();
    let rebuilt;
    let (target, is_rebuilt) = match source {
        Source::File { file, alignment } => {
            (Target { file, nodes: &alignment.nodes, steps: &steps, buildkit: choice.buildkit }, false)
        }
        Source::History { first, base } => {
            rebuilt = Rebuilt::new(&steps, *first, base, &image.about.reference);
            (rebuilt.target(choice.buildkit), true)
        }
    };
    let mut chosen: Vec<usize> =
        (0..advice.findings.len()).filter(|&number| choice.takes(&advice.findings[number])).collect();
    // where two fixes conflict, the one that saves most is made
    chosen.sort_by_key(|&number| Reverse(advice.findings[number].bytes));
    let fixes: Vec<&Fix> = chosen.iter().map(|&number| &advice.findings[number].fix).collect();
    let composed = dockerfile::compose(target, &fixes);
    let mut done: Vec<Done> = composed
        .applied
        .into_iter()
        .map(|applied| Done { finding: chosen[applied.fix], edits: applied.edits })
        .collect();
    let mut left: Vec<Left> = composed
        .skipped
        .into_iter()
        .map(|skipped| Left { finding: chosen[skipped.fix], reason: skipped.reason })
        .collect();
    for (number, finding) in advice.findings.iter().enumerate() {
        if !chosen.contains(&number) && finding.severity != Severity::Info && !finding.fix.edits.is_empty() {
            let reason = if choice.except.contains(&finding.rule) || !choice.only.is_empty() {
                "it was not asked for".to_owned()
            } else {
                format!(
                    "its confidence is {}: ask for it with --only {}",
                    confidence(finding).name(),
                    finding.rule
                )
            };
            left.push(Left { finding: number, reason });
        }
    }
    done.sort_by_key(|done| done.finding);
    left.sort_by_key(|left| left.finding);
    let predicted = predict(image, union, analysis, advice, &done);
    Plan {
        old: target.file.text.clone(),
        text: composed.text,
        ignore: composed.ignore,
        done,
        left,
        predicted,
        rebuilt: is_rebuilt,
    }
}
