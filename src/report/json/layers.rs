//! The layers and the steps of the history.

use serde::Serialize;

use crate::analysis::{Analysis, FileCount};
use crate::digest::Digest;
use crate::dockerfile::{Keyword, LineRange, StepId};
use crate::image::{Image, Origin};

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
    pub(super) lines: Option<LinesFields<'a>>,
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
    pub(super) lines: Option<LinesFields<'a>>,
    pub(super) created: Option<&'a str>,
}

/// Lines of the Dockerfile.
#[derive(Serialize)]
pub(in crate::report) struct LinesFields<'a> {
    file: &'a str,
    from: u32,
    to: u32,
}

impl<'a> LinesFields<'a> {
    pub(in crate::report) fn of((origin, lines): (&'a Origin, LineRange)) -> Self {
        Self { file: &origin.name, from: lines.from, to: lines.to }
    }

    fn of_step(image: &'a Image, step: StepId) -> Option<Self> {
        let origin = image.origin.as_ref()?;
        Some(Self::of((origin, origin.lines_of(step)?)))
    }
}

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
            lines: image.lines_of_layer(index).map(LinesFields::of),
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

/// The steps of the history, first to last.
pub(super) fn history(image: &Image) -> impl Iterator<Item = StepRow<'_>> {
    image.history.iter().enumerate().map(|(number, step)| StepRow {
        step: number,
        layer: step.layer,
        instruction: step.instruction.map(Keyword::as_str),
        command: &step.command,
        lines: LinesFields::of_step(image, StepId::at(number)),
        created: step.created.as_deref(),
    })
}
