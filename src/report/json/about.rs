//! What the report is about: the program, the image, its base and its totals.

use serde::Serialize;

use crate::analysis::Analysis;
use crate::digest::Digest;
use crate::image::About;

/// The program that wrote the report.
#[derive(Serialize)]
pub(in crate::report) struct Tool {
    pub(in crate::report) name: &'static str,
    pub(in crate::report) version: &'static str,
}

/// This program.
pub(in crate::report) const TOOL: Tool =
    Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

#[derive(Serialize)]
pub(in crate::report) struct ImageFields<'a> {
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
    pub(in crate::report) fn of(about: &'a About) -> Self {
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
pub(in crate::report) struct BaseFields<'a> {
    layers: usize,
    content: u64,
    share: f64,
    distribution: Option<&'a str>,
    version: Option<&'a str>,
}

impl<'a> BaseFields<'a> {
    pub(in crate::report) fn of(analysis: &'a Analysis) -> Self {
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
pub(in crate::report) struct TotalsFields {
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
    pub(in crate::report) fn of(analysis: &Analysis) -> Self {
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
