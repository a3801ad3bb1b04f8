//! The shapes of the JSON report: names and order of its fields.
//!
//! These types are the format. They are apart from the types that hold the image, so that those can
//! change without changing what other programs read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};

use crate::advice::Savings;
use crate::analysis::{Analysis, Copy, FileCount};
use crate::digest::Digest;
use crate::image::{About, Diagnostic};
use crate::policy::{Value, Verdict};
use crate::text;

/// The program that wrote the report.
#[derive(Serialize)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
}

/// A path as text, and as its exact bytes where the text cannot hold them.
#[derive(Serialize)]
pub(super) struct PathFields {
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

impl PathFields {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let (path, lossy) = text::json_text(bytes);
        Self { path: Some(path), path_bytes: lossy.then(|| STANDARD.encode(bytes)) }
    }

    const NONE: Self = Self { path: None, path_bytes: None };
}

#[derive(Serialize)]
pub(super) struct ImageFields<'a> {
    reference: &'a str,
    source: &'a str,
    tags: &'a [String],
    config_digest: Option<&'a str>,
    manifest_digest: Option<&'a str>,
    platform: PlatformFields<'a>,
    created: Option<&'a str>,
}

#[derive(Serialize)]
struct PlatformFields<'a> {
    os: &'a str,
    architecture: &'a str,
    variant: Option<&'a str>,
}

impl<'a> ImageFields<'a> {
    pub(super) fn of(about: &'a About) -> Self {
        Self {
            reference: &about.reference,
            source: &about.source,
            tags: &about.tags,
            config_digest: about.config_digest.as_ref().map(Digest::as_str),
            manifest_digest: about.manifest_digest.as_ref().map(Digest::as_str),
            platform: PlatformFields {
                os: &about.platform.os,
                architecture: &about.platform.architecture,
                variant: about.platform.variant.as_deref(),
            },
            created: about.created.as_deref(),
        }
    }
}

/// What came with `FROM`.
#[derive(Serialize)]
pub(super) struct BaseFields<'a> {
    layers: usize,
    content: u64,
    share: f64,
    distribution: Option<&'a str>,
    version: Option<&'a str>,
}

impl<'a> BaseFields<'a> {
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        let release = analysis.system.base.as_ref();
        Self {
            layers: analysis.base_layers,
            content: analysis.totals.base_content(),
            share: analysis.totals.base_share(),
            distribution: release.map(|release| release.id.as_str()),
            version: release.and_then(|release| release.version.as_deref()),
        }
    }
}

#[derive(Serialize)]
pub(super) struct TotalsFields {
    content: u64,
    live: u64,
    wasted: u64,
    overwritten: u64,
    removed: u64,
    repeated: u64,
    metadata_only: u64,
    efficiency: f64,
    tar: u64,
    blob: u64,
    layers: usize,
    base_layers: usize,
    own_content: u64,
    own_wasted: u64,
    own_wasted_ratio: f64,
    base_hidden: u64,
    files: u64,
    directories: u64,
    symlinks: u64,
    others: u64,
    duplicates: u64,
}

impl TotalsFields {
    pub(super) fn of(analysis: &Analysis) -> Self {
        let totals = &analysis.totals;
        Self {
            content: totals.content,
            live: totals.live,
            wasted: totals.wasted,
            overwritten: totals.overwritten,
            removed: totals.removed,
            repeated: totals.repeated,
            metadata_only: totals.metadata_only,
            efficiency: totals.efficiency,
            tar: totals.tar,
            blob: totals.blob,
            layers: analysis.layers.len(),
            base_layers: analysis.base_layers,
            own_content: totals.own_content,
            own_wasted: totals.own_wasted,
            own_wasted_ratio: totals.own_wasted_ratio,
            base_hidden: totals.base_hidden,
            files: totals.tree.files,
            directories: totals.tree.directories,
            symlinks: totals.tree.symlinks,
            others: totals.tree.others,
            duplicates: totals.duplicates,
        }
    }
}

#[derive(Serialize)]
pub(super) struct PackageRow<'a> {
    pub(super) manager: &'static str,
    pub(super) name: &'a str,
    pub(super) version: Option<&'a str>,
    pub(super) bytes: u64,
    pub(super) files: u64,
    pub(super) layer: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct LayerRow<'a> {
    pub(super) index: usize,
    pub(super) diff_id: Option<&'a str>,
    pub(super) digest: Option<&'a str>,
    pub(super) media_type: Option<&'a str>,
    pub(super) compression: &'static str,
    pub(super) base: bool,
    pub(super) instruction: Option<&'a str>,
    pub(super) command: &'a str,
    pub(super) created: Option<&'a str>,
    pub(super) content: u64,
    pub(super) live: u64,
    pub(super) wasted: u64,
    pub(super) tar: u64,
    pub(super) blob: u64,
    pub(super) added: FileCountFields,
    pub(super) modified: FileCountFields,
    pub(super) removed: FileCountFields,
}

#[derive(Serialize)]
pub(super) struct FileCountFields {
    files: u64,
    bytes: u64,
}

impl From<FileCount> for FileCountFields {
    fn from(FileCount { files, bytes }: FileCount) -> Self {
        Self { files, bytes }
    }
}

#[derive(Serialize)]
pub(super) struct StepRow<'a> {
    pub(super) step: usize,
    pub(super) layer: Option<usize>,
    pub(super) instruction: Option<&'a str>,
    pub(super) command: &'a str,
    pub(super) created: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct WastedRow<'a> {
    #[serde(flatten)]
    pub(super) path: PathFields,
    pub(super) bytes: u64,
    pub(super) metadata_only: bool,
    #[serde(serialize_with = "copies")]
    pub(super) copies: &'a [Copy],
}

#[derive(Serialize)]
struct CopyRow {
    layer: usize,
    bytes: u64,
    cause: &'static str,
    by_layer: usize,
}

fn copies<S: Serializer>(copies: &[Copy], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(copies.iter().map(|copy| CopyRow {
        layer: copy.layer,
        bytes: copy.bytes,
        cause: copy.cause.name(),
        by_layer: copy.by_layer,
    }))
}

#[derive(Serialize)]
pub(super) struct PlaceRow {
    #[serde(flatten)]
    pub(super) path: PathFields,
    pub(super) layer: usize,
}

/// One thing that could be better. `E` is the list of its evidence.
#[derive(Serialize)]
pub(super) struct FindingRow<'a, E> {
    pub(super) rule: &'a str,
    pub(super) severity: &'static str,
    pub(super) confidence: &'static str,
    pub(super) title: &'a str,
    pub(super) bytes: u64,
    pub(super) layers: &'a [usize],
    pub(super) why: &'a str,
    pub(super) fix: &'a str,
    pub(super) evidence: E,
    pub(super) evidence_total: u64,
}

#[derive(Serialize)]
pub(super) struct EvidenceRow {
    #[serde(flatten)]
    pub(super) path: PathFields,
    pub(super) layer: usize,
    pub(super) bytes: u64,
}

#[derive(Serialize)]
pub(super) struct SavingsFields {
    exact: u64,
    possible: u64,
}

impl SavingsFields {
    pub(super) fn of(savings: &Savings) -> Self {
        Self { exact: savings.exact, possible: savings.possible }
    }
}

/// Something odd about the image.
#[derive(Serialize)]
pub(super) struct NoteRow<'a> {
    code: &'a str,
    message: &'a str,
    layer: Option<usize>,
    #[serde(flatten)]
    path: PathFields,
}

impl<'a> NoteRow<'a> {
    pub(super) fn of(note: &'a Diagnostic) -> Self {
        let path = note.path.as_deref().map_or(PathFields::NONE, PathFields::of);
        Self { code: note.code, message: &note.message, layer: note.layer, path }
    }
}

/// What the gates decided.
#[derive(Serialize)]
pub(super) struct VerdictFields<'a> {
    passed: bool,
    gates: Vec<GateRow<'a>>,
    ignored_bytes: u64,
    ignored_paths: u64,
}

/// One gate. A share is a number from 0 to 1, a size a number of bytes.
#[derive(Serialize)]
struct GateRow<'a> {
    gate: &'a str,
    limit: Number,
    actual: Number,
    passed: bool,
    look_at: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Share(f64),
    Whole(u64),
}

impl From<Value> for Number {
    fn from(value: Value) -> Self {
        match value {
            Value::Share(share) => Self::Share(share),
            Value::Size(whole) | Value::Count(whole) => Self::Whole(whole),
        }
    }
}

impl<'a> VerdictFields<'a> {
    pub(super) fn of(verdict: &'a Verdict) -> Self {
        let gates = verdict.gates.iter().map(|gate| GateRow {
            gate: gate.gate,
            limit: gate.limit.into(),
            actual: gate.actual.into(),
            passed: gate.passed,
            look_at: gate.look_at.as_deref(),
        });
        let Verdict { passed, ignored_bytes, ignored_paths, .. } = *verdict;
        Self { passed, gates: gates.collect(), ignored_bytes, ignored_paths }
    }
}
