//! What several images share, as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::input::Shared;
use crate::compare::{Group, Owner};
use crate::digest::Digest;
use crate::report::json::{ImageFields, LinesFields, SCHEMA, TOOL, Tool, write_document};
use crate::text::json_text;

/// Writes it with at most `limit` groups of equal files; the sums are always over everything.
pub(super) fn write(out: &mut dyn Write, input: &Shared<'_>, limit: usize) -> io::Result<()> {
    let sharing = input.sharing;
    let images = input.images.iter().zip(&sharing.images).map(|(side, portion)| ImageRow {
        image: ImageFields::of(&side.image.about),
        content: portion.content,
        unique: portion.unique,
        shared: portion.shared,
        disk: DiskFields { unique: portion.disk_unique, shared: portion.disk_shared },
    });
    let layers = sharing.layers.iter().enumerate().map(|(at, layer)| LayerRow {
        diff_id: layer.diff_id.as_ref().map(Digest::as_str),
        content: layer.content,
        images: &layer.images,
        command: input.sharing.command(at, input.images),
        lines: input.sharing.lines(at, input.images).map(LinesFields::of),
    });
    write_document(
        out,
        &Report {
            schema: SCHEMA,
            kind: "share",
            tool: TOOL,
            images: images.collect(),
            stored: StoredFields { content: sharing.content, once: sharing.once, disk: sharing.disk_once },
            layers: layers.collect(),
            repeated: RepeatedFields {
                bytes: sharing.repeated.bytes,
                groups: sharing.repeated.groups.iter().take(limit).map(GroupRow::of).collect(),
            },
        },
    )
}

#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    kind: &'static str,
    tool: Tool,
    images: Vec<ImageRow<'a>>,
    stored: StoredFields,
    layers: Vec<LayerRow<'a>>,
    repeated: RepeatedFields<'a>,
}

#[derive(Serialize)]
struct ImageRow<'a> {
    #[serde(flatten)]
    image: ImageFields<'a>,
    content: u64,
    unique: u64,
    shared: u64,
    disk: DiskFields,
}

#[derive(Serialize)]
struct DiskFields {
    unique: u64,
    shared: u64,
}

#[derive(Serialize)]
struct StoredFields {
    content: u64,
    once: u64,
    disk: u64,
}

#[derive(Serialize)]
struct LayerRow<'a> {
    diff_id: Option<&'a str>,
    content: u64,
    images: &'a [usize],
    command: &'a str,
    lines: Option<LinesFields<'a>>,
}

#[derive(Serialize)]
struct RepeatedFields<'a> {
    bytes: u64,
    groups: Vec<GroupRow<'a>>,
}

#[derive(Serialize)]
struct GroupRow<'a> {
    package: Option<PackageFields<'a>>,
    directory: Option<String>,
    bytes: u64,
    files: u64,
    images: &'a [usize],
}

#[derive(Serialize)]
struct PackageFields<'a> {
    manager: &'static str,
    name: &'a str,
    version: Option<&'a str>,
}

impl<'a> GroupRow<'a> {
    fn of(group: &'a Group) -> Self {
        let (package, directory) = match &group.owner {
            Owner::Package(manager, name, version) => {
                let version = version.as_deref();
                (Some(PackageFields { manager: manager.name(), name, version }), None)
            }
            Owner::Directory(path) => (None, Some(json_text(path).0)),
        };
        Self { package, directory, bytes: group.bytes, files: group.files, images: &group.images }
    }
}
