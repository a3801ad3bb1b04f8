//! What a rule found, as the engine hands it on.

use std::sync::Arc;

use crate::dockerfile::Fix;
use crate::image::{EntryId, PathId};

/// Everything that the rules found in an image.
#[derive(Debug, Clone, Default)]
pub struct Advice {
    /// The findings: the most severe first, then by bytes.
    pub findings: Vec<Finding>,
    /// What following all of them would save.
    pub savings: Savings,
}

/// What following all findings would save, in bytes of layers that this Dockerfile made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Savings {
    /// Wasted bytes that findings claim: certain.
    pub exact: u64,
    /// These, and the live bytes that findings claim.
    pub possible: u64,
}

/// One thing that could be better, with the bytes that it costs and the change that saves them.
///
/// `title`, `why` and `snippet` may hold names and commands of the image; control characters in them are
/// escaped, and values of secrets are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// One line.
    pub title: String,
    /// The sum over all its evidence. No byte is billed to two findings.
    pub bytes: u64,
    /// The layers that cause it, lowest first.
    pub layers: Vec<usize>,
    /// The title names the layers already.
    pub names_layers: bool,
    /// Why it matters: a paragraph.
    pub why: String,
    /// The change that mends it.
    pub fix: Fix,
    /// The same as lines of a Dockerfile (or of a `.dockerignore`, which they name): what is shown, copied and
    /// reported.
    pub snippet: String,
    /// The entries that prove it: the largest, as many as the settings ask for.
    pub evidence: Vec<Evidence>,
    /// How many entries there are.
    pub evidence_total: u64,
    /// The account of the stages, where they are the fix.
    pub staged: Option<Arc<Staged>>,
}

/// What becomes of an image that is built in two stages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staged {
    /// Bytes of content that the image has then.
    pub bytes: u64,
    /// Files, and directories with everything in them, that the second stage copies, links or makes.
    pub carried: Vec<PathId>,
    /// Paths of own layers that nothing brings into the second stage, or that packages' scripts may write again.
    pub left: Vec<PathId>,
    /// Packages that the second stage does not have, by their places in the list of packages.
    pub packages: Vec<usize>,
    /// What could not be accounted for. Stages with gaps are a sketch.
    pub gaps: Vec<String>,
}

/// One entry that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Bytes billed to the finding; 0 where it owns none (a secret).
    pub bytes: u64,
    /// The path.
    pub path: PathId,
    /// The entry.
    pub entry: EntryId,
    /// The layer that stores it.
    pub layer: usize,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A tenth of the image or 100 MB, or a secret.
    High,
    /// A fiftieth of the image or 20 MB.
    Medium,
    /// Less.
    Low,
    /// Nothing that must be done, or that this Dockerfile could change.
    Info,
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// It follows from the layers: nobody can see these bytes.
    Exact,
    /// Files of this kind are hardly ever needed.
    Likely,
    /// It depends on what the image is for. Never fails CI.
    Judgement,
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

impl Confidence {
    /// The word for it, in text and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Likely => "likely",
            Self::Judgement => "judgement",
        }
    }
}

impl Advice {
    /// The finding for which `--deny RULE` fails, if there is one: of that rule, above info, and no mere judgement.
    pub fn denied(&self, rule: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| {
            finding.rule == rule
                && finding.severity != Severity::Info
                && finding.confidence != Confidence::Judgement
        })
    }
}
