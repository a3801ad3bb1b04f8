//! The image as one immutable value: its layers, every entry of every layer, and the path table.
//!
//! Every path of every layer is one [`PathId`]; ids are in pre-order with siblings sorted by name, so
//! that a subtree is a range of ids. Equal ids show what each layer did to a path.

mod again;
mod assemble;
mod excerpts;
mod history;
mod ids;
mod locate;
mod origin;
mod paths;
#[cfg(test)]
pub(crate) mod sample;
mod timeline;

pub use assemble::{Assembly, Parts};
pub use excerpts::Excerpts;
pub use history::pair;
pub use ids::EntryId;
pub use origin::{DIFFERS, Origin};
pub use paths::{PathId, PathTable};
pub use timeline::Timeline;

use crate::digest::Digest;
use crate::dockerfile::{Keyword, StepId, StepText};
use crate::layer::{AttrTable, Attrs, Entry, Kind};
use crate::oci::{Config, Platform};
use crate::source::Compression;

/// A loaded image. Nothing in it changes after loading.
#[derive(Debug)]
pub struct Image {
    /// Where it came from and what it is called.
    pub about: About,
    /// The image's configuration as its builder wrote it.
    pub config: Config,
    /// The layers, lowest first.
    pub layers: Vec<Layer>,
    /// The instructions of the Dockerfile that the image records, first to last.
    pub history: Vec<Step>,
    /// Every path that any layer mentions.
    pub paths: PathTable,
    /// The entries of all layers: lowest layer first, each in the order of its tar.
    pub entries: Vec<Entry<PathId>>,
    /// The attributes that entries refer to.
    pub attrs: AttrTable,
    /// Targets of symbolic links; see [`Image::link_text`].
    pub links: Vec<u8>,
    /// What was kept of the entries' bodies.
    pub excerpts: Excerpts,
    /// Which entries stand at a path.
    pub timeline: Timeline,
    /// Oddities of the image that did not stop the reading.
    pub diagnostics: Vec<Diagnostic>,
    /// The Dockerfile that it was built from, when the user names it; see [`Image::locate`].
    pub origin: Option<Origin>,
}

/// Where an image came from and what it is called.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The name to show: the first tag, else a short digest, else the file's name.
    pub reference: String,
    /// The kind of place it was read from and which: `docker-archive app.tar`.
    pub source: String,
    /// All names that the archive gives it.
    pub tags: Vec<String>,
    /// The digest of the configuration, when it is known.
    pub config_digest: Option<Digest>,
    /// The digest of the manifest, when there is one.
    pub manifest_digest: Option<Digest>,
    /// What it runs on.
    pub platform: Platform,
    /// When it was made, as its configuration says (RFC 3339).
    pub created: Option<String>,
    /// It is a container: the top layer is what the container wrote.
    pub is_container: bool,
}

/// One layer of the image.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The digest of the unpacked tar, as the configuration states it.
    pub diff_id: Option<Digest>,
    /// The digest of the blob, as the manifest states it.
    pub digest: Option<Digest>,
    /// The media type that the manifest states. It may be wrong; `compression` is what was found.
    pub media_type: Option<String>,
    /// How the blob is compressed.
    pub compression: Compression,
    /// Bytes of the blob as stored.
    pub blob: u64,
    /// Bytes of the unpacked tar.
    pub tar: u64,
    /// Bytes of all its regular files; a path that is stored twice counts twice.
    pub content: u64,
    /// Its entries: a range of [`Image::entries`].
    pub entries: std::ops::Range<u32>,
    /// Paths that it removes from the layers below, in ascending order.
    pub whiteouts: Vec<PathId>,
    /// Directories whose lower contents it hides, in ascending order.
    pub opaques: Vec<PathId>,
    /// The history step that made it.
    pub step: Option<StepId>,
}

impl Layer {
    /// What makes two layers one; a layer of which nothing is known is never another one. Stated digests are believed
    /// (`--verify` computes them), but two tars of different lengths are never the same.
    pub fn identity(&self) -> Option<(&str, u64)> {
        let name = self.diff_id.as_ref().or(self.digest.as_ref())?;
        Some((name.as_str(), self.tar))
    }
}

/// One instruction of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The instruction, if the builder recorded one.
    pub instruction: Option<Keyword>,
    /// The cleaned text: the shell's command of a `RUN`, the whole instruction of any other.
    pub command: String,
    /// When it ran (RFC 3339).
    pub created: Option<String>,
    /// The layer that it made: an index into [`Image::layers`].
    pub layer: Option<usize>,
}

/// Something odd about the image that the user should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A short fixed word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The layer that it is about.
    pub layer: Option<usize>,
    /// The path that it is about.
    pub path: Option<Vec<u8>>,
}

impl Image {
    /// The layer that a container wrote; none of an image.
    pub fn written_layer(&self) -> Option<usize> {
        if self.about.is_container { self.layers.len().checked_sub(1) } else { None }
    }

    /// The entry with this id.
    pub fn entry(&self, id: EntryId) -> &Entry<PathId> {
        &self.entries[id.index()]
    }

    /// The path of an entry.
    pub fn path_of(&self, id: EntryId) -> PathId {
        self.entry(id).path
    }

    /// The number of the layer that holds an entry.
    pub fn layer_of(&self, id: EntryId) -> usize {
        self.layers.partition_point(|layer| layer.entries.end <= id.0)
    }

    /// Mode, owner, device numbers and extended attributes of an entry.
    pub fn attrs_of(&self, id: EntryId) -> &Attrs {
        self.attrs.get(self.entry(id).attrs)
    }

    /// The target of a symbolic link as the tar holds it; empty for every other kind.
    pub fn link_text(&self, id: EntryId) -> &[u8] {
        let entry = self.entry(id);
        if entry.kind != Kind::Symlink {
            return &[];
        }
        let at = entry.link as usize;
        let Some(head) = self.links.get(at..at + 4) else { return &[] };
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        self.links.get(at + 4..at + 4 + length).unwrap_or_default()
    }

    /// The path that a hard link names.
    pub fn link_path(&self, id: EntryId) -> Option<PathId> {
        let entry = self.entry(id);
        (entry.kind == Kind::HardLink).then_some(PathId(entry.link))
    }

    /// The entries of a layer, in the order of its tar.
    pub fn layer_entries(&self, layer: usize) -> impl Iterator<Item = EntryId> + use<> {
        self.layers[layer].entries.clone().map(EntryId)
    }

    /// The first entry at a path in a layer.
    pub fn entry_in_layer(&self, path: PathId, layer: usize) -> Option<EntryId> {
        self.timeline.in_layer(&self.layers[layer].entries, path)
    }

    /// The last entry at a path in the layers below one.
    pub fn entry_below(&self, path: PathId, layer: usize) -> Option<EntryId> {
        self.timeline.of(path).iter().rev().copied().find(|&id| self.layer_of(id) < layer)
    }

    /// All hard links, of all layers.
    pub fn hard_links(&self) -> impl Iterator<Item = EntryId> {
        let links = (0_u32..).zip(&self.entries).filter(|(_, entry)| entry.kind == Kind::HardLink);
        links.map(|(number, _)| EntryId(number))
    }

    /// The step that made a layer.
    pub fn step_of(&self, layer: usize) -> Option<&Step> {
        self.layers[layer].step.map(|step| &self.history[step.index()])
    }

    /// True when its history shows that `BuildKit` built it.
    pub fn is_of_buildkit(&self) -> bool {
        self.config.history.iter().any(|step| {
            step.comment.as_deref().is_some_and(|comment| comment.starts_with("buildkit"))
                || step.created_by.as_deref().is_some_and(|text| text.trim_end().ends_with("# buildkit"))
        })
    }

    /// The texts of all steps, as fixes and Dockerfiles are written from.
    pub fn step_texts(&self) -> Vec<StepText<'_>> {
        self.history
            .iter()
            .map(|step| StepText { keyword: step.instruction, command: &step.command })
            .collect()
    }

    /// The cleaned command that made a layer; empty if the image does not record it.
    pub fn command_of(&self, layer: usize) -> &str {
        self.step_of(layer).map_or("", |step| &step.command)
    }

    /// The bytes of all layers' regular files.
    pub fn content(&self) -> u64 {
        self.layers.iter().map(|layer| layer.content).sum()
    }
}
