//! The rows of the comparison's JSON: names and order of their fields.

use crate::advice::{Advice, Finding};
use crate::compare::{Change, ChangeKind, Growth, PackageChange, Side};
use crate::digest::Digest;
use crate::image::PathId;
use crate::report::json::{ImageFields, LinesFields, PathFields, TotalsFields};
use crate::text::json_text;

#[derive(serde::Serialize)]
pub(super) struct SideFields<'a> {
    pub(super) image: ImageFields<'a>,
    pub(super) totals: TotalsFields,
}

impl<'a> SideFields<'a> {
    pub(super) fn of(side: &Side<'a>) -> Self {
        Self { image: ImageFields::of(&side.image.about), totals: TotalsFields::of(side.analysis) }
    }
}

/// New minus old.
#[derive(serde::Serialize)]
pub(super) struct DeltaFields {
    pub(super) content: i64,
    pub(super) live: i64,
    pub(super) wasted: i64,
    pub(super) tar: i64,
    pub(super) blob: i64,
    pub(super) layers: i64,
    pub(super) files: i64,
    pub(super) efficiency: f64,
}

impl DeltaFields {
    pub(super) fn of(old: &Side<'_>, new: &Side<'_>) -> Self {
        let (before, after) = (&old.analysis.totals, &new.analysis.totals);
        Self {
            content: difference(before.content, after.content),
            live: difference(before.live, after.live),
            wasted: difference(before.wasted, after.wasted),
            tar: difference(before.tar, after.tar),
            blob: difference(before.blob, after.blob),
            layers: difference(old.image.layers.len() as u64, new.image.layers.len() as u64),
            files: difference(before.tree.files, after.tree.files),
            efficiency: after.efficiency - before.efficiency,
        }
    }
}

fn difference(old: u64, new: u64) -> i64 {
    let size = i64::try_from(old.abs_diff(new)).unwrap_or(i64::MAX);
    if new < old { -size } else { size }
}

#[derive(serde::Serialize)]
pub(super) struct SharedRow<'a> {
    pub(super) old: usize,
    pub(super) new: usize,
    pub(super) diff_id: Option<&'a str>,
    pub(super) content: u64,
    pub(super) blob: u64,
}

#[derive(serde::Serialize)]
pub(super) struct LayerRow<'a> {
    pub(super) index: usize,
    pub(super) diff_id: Option<&'a str>,
    pub(super) digest: Option<&'a str>,
    pub(super) command: &'a str,
    pub(super) lines: Option<LinesFields<'a>>,
    pub(super) content: u64,
    pub(super) blob: u64,
}

impl<'a> LayerRow<'a> {
    pub(super) fn of(side: &Side<'a>, index: usize) -> Self {
        let layer = &side.image.layers[index];
        Self {
            index,
            diff_id: layer.diff_id.as_ref().map(Digest::as_str),
            digest: layer.digest.as_ref().map(Digest::as_str),
            command: side.image.command_of(index),
            lines: side.image.lines_of_layer(index).map(LinesFields::of),
            content: layer.content,
            blob: layer.blob,
        }
    }
}

#[derive(serde::Serialize)]
pub(super) struct SumsRow {
    pub(super) files: u64,
    pub(super) bytes_old: u64,
    pub(super) bytes_new: u64,
    pub(super) paths: u64,
}

#[derive(serde::Serialize)]
pub(super) struct ChangeRow {
    #[serde(flatten)]
    pub(super) path: PathFields,
    pub(super) change: &'static str,
    pub(super) old: Option<PlaceFields>,
    pub(super) new: Option<PlaceFields>,
    pub(super) from: Option<String>,
}

#[derive(serde::Serialize)]
pub(super) struct PlaceFields {
    pub(super) layer: Option<usize>,
    pub(super) bytes: u64,
}

impl ChangeRow {
    pub(super) fn of(change: &Change, old: &Side<'_>, new: &Side<'_>) -> Self {
        let place =
            |side: &Side<'_>, path: PathId| PlaceFields { layer: side.layer(path), bytes: side.bytes(path) };
        let from = match (change.kind, change.old) {
            (ChangeKind::Moved, Some(path)) => Some(json_text(&old.image.paths.full(path)).0),
            _ => None,
        };
        Self {
            path: PathFields::of(&one_path(change.old, change.new, old, new)),
            change: change.kind.name(),
            old: change.old.map(|path| place(old, path)),
            new: change.new.map(|path| place(new, path)),
            from,
        }
    }
}

/// The path in the new image, else in the old one.
fn one_path(before: Option<PathId>, after: Option<PathId>, old: &Side<'_>, new: &Side<'_>) -> Vec<u8> {
    match (before, after) {
        (_, Some(path)) => new.image.paths.full(path),
        (Some(path), None) => old.image.paths.full(path),
        (None, None) => Vec::new(),
    }
}

#[derive(serde::Serialize)]
pub(super) struct DirectoryRow {
    #[serde(flatten)]
    pub(super) path: PathFields,
    pub(super) bytes_old: u64,
    pub(super) bytes_new: u64,
}

impl DirectoryRow {
    pub(super) fn of(growth: &Growth, old: &Side<'_>, new: &Side<'_>) -> Self {
        Self {
            path: PathFields::of(&one_path(growth.old, growth.new, old, new)),
            bytes_old: growth.bytes_old,
            bytes_new: growth.bytes_new,
        }
    }
}

#[derive(serde::Serialize)]
pub(super) struct PackageRow<'a> {
    pub(super) name: &'a str,
    pub(super) manager: &'static str,
    pub(super) change: &'static str,
    pub(super) old: Option<&'a str>,
    pub(super) new: Option<&'a str>,
    pub(super) bytes_old: u64,
    pub(super) bytes_new: u64,
}

impl<'a> PackageRow<'a> {
    pub(super) fn of(change: &'a PackageChange) -> Self {
        Self {
            name: &change.name,
            manager: change.manager.name(),
            change: change.change.name(),
            old: change.old.as_deref(),
            new: change.new.as_deref(),
            bytes_old: change.bytes_old,
            bytes_new: change.bytes_new,
        }
    }
}

#[derive(serde::Serialize)]
pub(super) struct ConfigRow<'a> {
    pub(super) field: &'static str,
    pub(super) name: Option<&'a str>,
    pub(super) old: Option<&'a str>,
    pub(super) new: Option<&'a str>,
}

#[derive(serde::Serialize)]
pub(super) struct FindingsFields<'a> {
    pub(super) new: Vec<FindingRow<'a>>,
    pub(super) gone: Vec<FindingRow<'a>>,
}

#[derive(serde::Serialize)]
pub(super) struct FindingRow<'a> {
    pub(super) rule: &'a str,
    pub(super) severity: &'static str,
    pub(super) confidence: &'static str,
    pub(super) title: &'a str,
    pub(super) bytes: u64,
    pub(super) layers: &'a [usize],
}

impl<'a> FindingRow<'a> {
    /// The findings of these numbers, at most `limit`.
    pub(super) fn some(advice: &'a Advice, numbers: &[usize], limit: usize) -> Vec<Self> {
        numbers.iter().take(limit).map(|&at| Self::of(&advice.findings[at])).collect()
    }

    pub(super) fn of(finding: &'a Finding) -> Self {
        Self {
            rule: &finding.rule,
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            title: &finding.title,
            bytes: finding.bytes,
            layers: &finding.layers,
        }
    }
}
