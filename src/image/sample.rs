//! The image builder of the unit tests: no tar, no bytes, only what an image knows of its layers.
//!
//! Tests that need real archives have `tests/it/builder`; it writes every form that tools save images in.

use super::{About, Assembly, Diagnostic, Image, Parts, Step, pair};
use crate::digest::Digest;
use crate::dockerfile::{Keyword, StepId};
use crate::layer::{Attrs, Entry, Excerpt, Kind, LayerIndex, NO_LINK, NameId, hash};
use crate::oci::Config;
use crate::source::Compression;

/// Describes an image. Every method returns the builder, so that an image is one expression.
#[derive(Default)]
pub(crate) struct Builder {
    assembly: Assembly,
    history: Vec<Step>,
    layers: usize,
    compression: Compression,
    about: About,
    config: Config,
}

impl Builder {
    /// An image whose layers are compressed.
    pub(crate) fn compressed(compression: Compression) -> Self {
        Self { compression, ..Self::default() }
    }

    /// What the image is called and where it came from.
    pub(crate) fn about(self, about: About) -> Self {
        Self { about, ..self }
    }

    /// A step that makes no layer.
    pub(crate) fn step(mut self, instruction: &str, command: &str) -> Self {
        self.history.push(Step {
            instruction: Keyword::parse(instruction),
            command: command.into(),
            created: None,
            layer: None,
        });
        self
    }

    /// A layer, and the step that made it (`RUN make`, `COPY . .`) unless `command` is empty.
    pub(crate) fn layer(mut self, command: &str, describe: impl FnOnce(Files) -> Files) -> Self {
        let number = self.layers;
        let step = (!command.is_empty()).then_some(StepId::at(self.history.len()));
        self.add(step, describe(Files::default()));
        if !command.is_empty() {
            // as the parser of instructions has it: a RUN's command is without the word
            let (instruction, rest) = command.split_once(' ').unwrap_or(("", command));
            self = self.step(instruction, if instruction == "RUN" { rest } else { command });
            self.history.last_mut().unwrap().layer = Some(number);
        }
        self
    }

    fn add(&mut self, step: Option<StepId>, Files(mut index): Files) {
        index.compression = self.compression;
        index.tar = index.entries.iter().map(in_tar).sum::<u64>() + 1024;
        let compressed = self.compression != Compression::None;
        let number = self.layers as u64;
        let parts = Parts {
            diff_id: Digest::parse(&format!("sha256:{number:064x}")),
            digest: compressed.then(|| Digest::parse(&format!("sha256:{:064x}", number + 0xb10b))).flatten(),
            media_type: compressed.then(|| "application/vnd.oci.image.layer.v1.tar+gzip".into()),
            blob: if compressed { index.tar / 3 } else { index.tar },
            step,
        };
        self.assembly.add(&index, parts).unwrap();
        self.layers += 1;
    }

    /// The image.
    pub(crate) fn build(self, diagnostics: Vec<Diagnostic>) -> Image {
        self.assembly.finish(self.about, self.config, self.history, diagnostics)
    }
}

/// Bytes of an entry in a tar: its header and its padded body.
fn in_tar(entry: &Entry<NameId>) -> u64 {
    512 + entry.size.next_multiple_of(512)
}

/// What is in a layer. `mode`, `owner` and `excerpt` are of the entry added last.
#[derive(Debug, Default)]
pub(crate) struct Files(LayerIndex);

impl Files {
    fn add(mut self, kind: Kind, path: &[u8], size: u64, hash: u64, link: u32) -> Self {
        let path = self.0.names.path(path);
        let attrs = self.0.attrs.intern(&Attrs { mode: 0o644, ..Attrs::default() });
        let end = self.0.entries.last().map_or(0, |last| last.offset + last.size.next_multiple_of(512));
        let offset = end + 512;
        self.0.entries.push(Entry { size, offset, mtime: 0, hash, path, attrs, link, kind });
        self
    }

    /// A regular file; `content` stands for its body, so that files with equal size and content are equal.
    pub(crate) fn file(self, path: impl AsRef<[u8]>, size: u64, content: u64) -> Self {
        self.add(Kind::File, path.as_ref(), size, content, NO_LINK)
    }

    /// A regular file with this body.
    pub(crate) fn body(self, path: impl AsRef<[u8]>, body: &[u8]) -> Self {
        self.add(Kind::File, path.as_ref(), body.len() as u64, hash::body(body), NO_LINK)
    }

    /// A directory, a named pipe or whatever else has neither bytes nor a target.
    pub(crate) fn other(self, kind: Kind, path: &str) -> Self {
        self.add(kind, path.as_bytes(), 0, 0, NO_LINK)
    }

    /// A symbolic link.
    pub(crate) fn symlink(mut self, path: &str, target: &str) -> Self {
        let at = u32::try_from(self.0.links.len()).unwrap();
        self.0.links.extend(u32::try_from(target.len()).unwrap().to_le_bytes());
        self.0.links.extend(target.as_bytes());
        self.add(Kind::Symlink, path.as_bytes(), 0, 0, at)
    }

    /// A further name of the file at `target`.
    pub(crate) fn hardlink(mut self, path: &str, target: &str) -> Self {
        let target = self.0.names.path(target.as_bytes()).0;
        self.add(Kind::HardLink, path.as_bytes(), 0, 0, target)
    }

    /// Removes a path from the layers below.
    pub(crate) fn whiteout(mut self, path: &str) -> Self {
        let path = self.0.names.path(path.as_bytes());
        self.0.whiteouts.push(path);
        self
    }

    /// Hides what the layers below have in a directory.
    pub(crate) fn opaque(mut self, path: &str) -> Self {
        let path = self.0.names.path(path.as_bytes());
        self.0.opaques.push(path);
        self
    }

    fn change(mut self, change: impl FnOnce(&mut Attrs)) -> Self {
        let last = self.0.entries.last().unwrap().attrs;
        let mut attrs = self.0.attrs.get(last).clone();
        change(&mut attrs);
        let changed = self.0.attrs.intern(&attrs);
        self.0.entries.last_mut().unwrap().attrs = changed;
        self
    }

    /// The user that owns the last entry.
    pub(crate) fn owner(self, uid: u64) -> Self {
        self.change(|attrs| attrs.uid = uid)
    }

    /// The permissions of the last entry.
    pub(crate) fn mode(self, mode: u32) -> Self {
        self.change(|attrs| attrs.mode = mode)
    }

    /// What was kept of the body of the last entry.
    pub(crate) fn excerpt(mut self, excerpt: Excerpt) -> Self {
        let last = u32::try_from(self.0.entries.len() - 1).unwrap();
        self.0.excerpts.push((last, excerpt));
        self
    }
}

/// An image with this configuration. Layers and history are paired as those of a real image are.
pub(crate) fn configured(layers: Vec<Files>, config: Config) -> Image {
    let (history, made, diagnostics) = pair(&config, layers.len()).unwrap();
    let mut builder = Builder { history, config, ..Builder::default() };
    for (files, step) in layers.into_iter().zip(made) {
        builder.add(step, files);
    }
    builder.build(diagnostics)
}

/// An image of layers given by lines: `file PATH BODY`, `dir PATH`, `symlink PATH TARGET`, `hardlink PATH TARGET`,
/// `fifo PATH`, `whiteout PATH`, `opaque PATH`, and `owned PATH BODY UID`.
pub(crate) fn image(layers: &[&[&str]]) -> Image {
    image_with(layers, Vec::new())
}

/// The same with a history.
pub(crate) fn image_with(layers: &[&[&str]], history: Vec<Step>) -> Image {
    let mut builder = Builder { history, ..Builder::default() };
    for (number, lines) in layers.iter().enumerate() {
        let step = builder.history.iter().position(|step| step.layer == Some(number)).map(StepId::at);
        builder.add(step, lines.iter().fold(Files::default(), |files, text| line(files, text)));
    }
    builder.build(Vec::new())
}

fn line(files: Files, text: &str) -> Files {
    match text.split(' ').collect::<Vec<_>>().as_slice() {
        ["file", path, body] => files.body(path, body.as_bytes()),
        ["owned", path, body, uid] => files.body(path, body.as_bytes()).owner(uid.parse().unwrap()),
        ["dir", path] => files.other(Kind::Directory, path),
        ["fifo", path] => files.other(Kind::Fifo, path),
        ["symlink", path, target] => files.symlink(path, target),
        ["hardlink", path, target] => files.hardlink(path, target),
        ["whiteout", path] => files.whiteout(path),
        ["opaque", path] => files.opaque(path),
        other => unreachable!("{other:?}"),
    }
}
