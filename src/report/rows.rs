//! The rows of the JSON report's lists, each made from the image at the moment it is written.

use serde::Serialize;

use super::json::List;
use super::wire::{
    EvidenceRow, FindingRow, LayerRow, NoteRow, PackageRow, PathFields, PlaceRow, StepRow, Tool, WastedRow,
};
use crate::advice::Advice;
use crate::analysis::{Analysis, Duplicate};
use crate::digest::Digest;
use crate::dockerfile::Keyword;
use crate::image::{Image, PathId};

/// This program.
pub(super) const TOOL: Tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

/// The layers, lowest first.
pub(super) fn layers<'a>(image: &'a Image, analysis: &'a Analysis) -> impl Iterator<Item = LayerRow<'a>> {
    image.layers.iter().zip(&analysis.layers).enumerate().map(|(index, (layer, totals))| {
        let step = image.step_of(index);
        LayerRow {
            index,
            diff_id: layer.diff_id.as_ref().map(Digest::as_str),
            digest: layer.digest.as_ref().map(Digest::as_str),
            media_type: layer.media_type.as_deref(),
            compression: layer.compression.name(),
            base: index < analysis.base_layers,
            instruction: step.and_then(|step| step.instruction).map(Keyword::as_str),
            command: image.command_of(index),
            created: step.and_then(|step| step.created.as_deref()),
            content: totals.content,
            live: totals.live,
            wasted: totals.wasted,
            tar: layer.tar,
            blob: layer.blob,
            added: totals.added.into(),
            modified: totals.modified.into(),
            removed: totals.removed.into(),
        }
    })
}

/// The findings, in the order of the engine.
pub(super) fn findings<'a>(
    image: &'a Image,
    advice: &'a Advice,
) -> impl Iterator<Item = impl Serialize + 'a> {
    advice.findings.iter().map(|finding| FindingRow {
        rule: &finding.rule,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        title: &finding.title,
        bytes: finding.bytes,
        layers: &finding.layers,
        why: &finding.why,
        fix: &finding.fix,
        evidence: List(|| {
            finding.evidence.iter().map(|evidence| EvidenceRow {
                path: PathFields::of(&image.paths.full(evidence.path)),
                layer: evidence.layer,
                bytes: evidence.bytes,
            })
        }),
        evidence_total: finding.evidence_total,
    })
}

/// The packages, most bytes first.
pub(super) fn packages(analysis: &Analysis) -> impl Iterator<Item = PackageRow<'_>> {
    analysis.packages.list.iter().map(|package| PackageRow {
        manager: package.manager.name(),
        name: &package.name,
        version: package.version.as_deref(),
        bytes: package.bytes,
        files: package.files,
        layer: package.layer(),
    })
}

/// The steps of the history, first to last.
pub(super) fn history(image: &Image) -> impl Iterator<Item = StepRow<'_>> {
    image.history.iter().enumerate().map(|(number, step)| StepRow {
        step: number,
        layer: step.layer,
        instruction: step.instruction.map(Keyword::as_str),
        command: &step.command,
        created: step.created.as_deref(),
    })
}

/// The paths with wasted bytes, most bytes first.
pub(super) fn wasted<'a>(image: &'a Image, analysis: &'a Analysis) -> impl Iterator<Item = WastedRow<'a>> {
    analysis.wasted.iter().map(|wasted| WastedRow {
        path: path(image, wasted.path),
        bytes: wasted.bytes,
        metadata_only: wasted.metadata_only,
        copies: analysis.copies_of(wasted),
    })
}

/// The groups of equal files, most to save first.
pub(super) fn duplicates<'a>(
    image: &'a Image,
    analysis: &'a Analysis,
) -> impl Iterator<Item = impl Serialize + use<'a>> {
    analysis.duplicates.iter().map(|duplicate| DuplicateRow {
        bytes: duplicate.bytes,
        saved: duplicate.saved,
        paths: List(|| places(image, duplicate)),
    })
}

/// One group; its paths are rows made late, too: one group may hold most of an image.
#[derive(Serialize)]
struct DuplicateRow<P: Serialize> {
    bytes: u64,
    saved: u64,
    paths: P,
}

fn places<'a>(image: &'a Image, duplicate: &'a Duplicate) -> impl Iterator<Item = PlaceRow> + use<'a> {
    duplicate
        .paths
        .iter()
        .map(|&(id, content)| PlaceRow { path: path(image, id), layer: image.layer_of(content) })
}

/// What was odd, as it was found.
pub(super) fn diagnostics(image: &Image) -> impl Iterator<Item = NoteRow<'_>> {
    image.diagnostics.iter().map(NoteRow::of)
}

fn path(image: &Image, path: PathId) -> PathFields {
    PathFields::of(&image.paths.full(path))
}
