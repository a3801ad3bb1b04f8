//! Findings as reports show them: the form that any engine of rules fills in.

use serde::{Serialize, Serializer};

use super::wire::EvidenceRow;
use crate::advice::{self, Advice};
use crate::image::Image;

/// One thing that could be better, with the bytes it costs and the change that saves them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's short name, as `--deny` takes it.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// One line for people.
    pub title: String,
    /// Bytes that it is about; no byte is billed to two findings.
    pub bytes: u64,
    /// The layers that cause it, lowest first.
    pub layers: Vec<usize>,
    /// Why it matters.
    pub why: String,
    /// Dockerfile lines to use instead.
    pub fix: String,
    /// Some of the entries that prove it, most bytes first.
    pub evidence: Vec<Evidence>,
    /// How many entries there are, those left out of `evidence` counted.
    pub evidence_total: u64,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A tenth of the image or 100 MB, or a secret.
    High,
    /// A fiftieth of the image or 20 MB.
    Medium,
    /// Less.
    Low,
    /// Nothing that this Dockerfile could change.
    Info,
}

impl Severity {
    /// The word for it, in text and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Follows from the layers: these bytes cannot be seen.
    Exact,
    /// Paths of this kind are hardly ever needed.
    Likely,
    /// Depends on what the image is for.
    Judgement,
}

/// One entry that proves a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The path as the image holds it, without a leading slash.
    pub path: Vec<u8>,
    /// The layer that stores it.
    pub layer: usize,
    /// Its bytes.
    pub bytes: u64,
}

impl Serialize for Evidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        EvidenceRow::of(self).serialize(serializer)
    }
}

/// What following all findings would save, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Savings {
    /// Wasted bytes that findings claim: certain.
    pub exact: u64,
    /// These and the live bytes that findings claim.
    pub possible: u64,
}

impl Finding {
    /// A finding of the rules, with the names of its evidence written out.
    pub fn of(image: &Image, finding: &advice::Finding) -> Self {
        Self {
            rule: finding.rule.clone(),
            severity: match finding.severity {
                advice::Severity::High => Severity::High,
                advice::Severity::Medium => Severity::Medium,
                advice::Severity::Low => Severity::Low,
                advice::Severity::Info => Severity::Info,
            },
            confidence: match finding.confidence {
                advice::Confidence::Exact => Confidence::Exact,
                advice::Confidence::Likely => Confidence::Likely,
                advice::Confidence::Judgement => Confidence::Judgement,
            },
            title: finding.title.clone(),
            bytes: finding.bytes,
            layers: finding.layers.clone(),
            why: finding.why.clone(),
            fix: finding.fix.clone(),
            evidence: finding
                .evidence
                .iter()
                .map(|evidence| Evidence {
                    path: image.paths.full(evidence.path),
                    layer: evidence.layer,
                    bytes: evidence.bytes,
                })
                .collect(),
            evidence_total: finding.evidence_total,
        }
    }

    /// All findings of some advice, and what following them would save.
    pub fn all(image: &Image, advice: &Advice) -> (Vec<Self>, Savings) {
        let savings = Savings { exact: advice.savings.exact, possible: advice.savings.possible };
        (advice.findings.iter().map(|finding| Self::of(image, finding)).collect(), savings)
    }
}
