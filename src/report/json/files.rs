//! Wasted paths, equal files and packages.

use serde::{Serialize, Serializer};

use super::list::List;
use super::path::PathFields;
use crate::analysis::{Analysis, Copy, Duplicate};
use crate::image::{Image, PathId};

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

#[derive(Serialize)]
pub(super) struct PackageRow<'a> {
    pub(super) manager: &'static str,
    pub(super) name: &'a str,
    pub(super) version: Option<&'a str>,
    pub(super) bytes: u64,
    pub(super) files: u64,
    pub(super) layer: Option<usize>,
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

fn path(image: &Image, path: PathId) -> PathFields {
    PathFields::of(&image.paths.full(path))
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
