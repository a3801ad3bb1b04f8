//! Writes the tar of a new layer from the tars of old ones.

use std::collections::HashSet;
use std::io::Read;

use super::blocks::{Count, Out};
use super::bodies::BodyHashes;
use super::member::Headers;
use super::plan::{Action, LayerPlan, Made, Mark, Plan};
use crate::error::{Error, Result};
use crate::image::{EntryId, Image, PathId};
use crate::layer::hash::BodyHasher;
use crate::layer::{MemberName, classify};
use crate::source::tar::{BLOCK, Member, Type, Walk, pad};
use crate::source::{Compression, Input, Meter, Section, Stepping, Streaming, normal, stream_error};
use crate::text;

/// What new layers are written from.
pub(super) struct Tarring<'a> {
    pub(super) image: &'a Image,
    pub(super) plan: &'a Plan,
    /// The blobs of the layers.
    pub(super) blobs: &'a [Section],
    pub(super) meter: Meter<'a>,
}

/// What a member of an old layer is.
enum Part {
    /// The root directory itself.
    Root,
    Entry(EntryId),
    Mark(Mark),
    /// Bookkeeping, and markers without a target.
    Ignored,
}

impl Tarring<'_> {
    /// Writes the tar of `layer` and notes the hashes of all bodies in it.
    pub(super) fn write(&self, layer: &LayerPlan, out: &mut dyn Out, hashes: &mut BodyHashes) -> Result<()> {
        let mut raw = Vec::new();
        for made in &layer.made {
            let (path, is_directory) = match *made {
                Made::Directory(path) => (self.path(path, b""), true),
                Made::Mark(Mark::Opaque(path)) => (self.path(path, b".wh..wh..opq"), false),
                Made::Mark(Mark::Whiteout(path)) => {
                    let name = [b".wh.", self.image.paths.name(path)].concat();
                    (self.path(self.image.paths.parent(path), &name), false)
                }
            };
            Headers::made(&path, is_directory).write(&mut raw);
        }
        put(out, &raw)?;
        for group in layer.fetched.chunk_by(|a, b| self.image.layer_of(a.0) == self.image.layer_of(b.0)) {
            self.fetch(group, out, hashes)?;
        }
        let mut copying =
            Copying { tarring: self, layer, marks: layer.marks.clone(), root: Vec::new(), out, hashes };
        for source in layer.sources.clone() {
            self.each(source, |part, member, body| copying.member(&part, member, body))?;
        }
        let root = std::mem::take(&mut copying.root);
        put(out, &root)?;
        put(out, &[0; 2 * BLOCK])
    }

    /// The length of the tar that [`write`](Self::write) writes, for which only headers are read. None where that would
    /// mean to unpack a layer.
    pub(super) fn length(&self, layer: &LayerPlan) -> Result<Option<u64>> {
        let fetched = layer.fetched.iter().map(|(body, _)| self.image.layer_of(*body));
        let is_plain = |layer: usize| self.image.layers[layer].compression == Compression::None;
        if !layer.sources.clone().chain(fetched).all(is_plain) {
            return Ok(None);
        }
        let mut count = Count::default();
        self.write(layer, &mut count, &mut BodyHashes::default())?;
        Ok(Some(count.0))
    }

    /// `directory/name`, or with a closing slash where there is no name.
    fn path(&self, directory: PathId, name: &[u8]) -> Vec<u8> {
        let mut path = self.image.paths.full(directory);
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        path
    }

    /// Writes bodies from one layer that is not a source, each under the name of a link.
    fn fetch(&self, group: &[(EntryId, EntryId)], out: &mut dyn Out, hashes: &mut BodyHashes) -> Result<()> {
        let Some((first, _)) = group.first() else { return Ok(()) };
        self.each(self.image.layer_of(*first), |part, member, body| {
            let Part::Entry(id) = part else { return Ok(()) };
            // a squash may turn one body of the base into several files
            for (_, link) in group.iter().filter(|(wanted, _)| *wanted == id) {
                put(out, &self.renamed(id, *link, body.raw)?)?;
                body.copy(member, out, hashes, id)?;
            }
            Ok(())
        })
    }

    /// The headers of `body`'s member, with the name and the attributes of `link`.
    fn renamed(&self, body: EntryId, link: EntryId, raw: &[u8]) -> Result<Vec<u8>> {
        let image = self.image;
        let of = |id: EntryId| (image.attrs_of(id), image.entry(id).mtime);
        let mut headers = Headers::parse(raw)?;
        headers.rename(&image.paths.full(image.path_of(link)));
        headers.change(of(body), of(link));
        let mut new = Vec::new();
        headers.write(&mut new);
        Ok(new)
    }

    /// Calls `visit` for each member of a layer, in the order of the tar.
    fn each(
        &self,
        layer: usize,
        visit: impl FnMut(Part, &Member, &mut Body<'_, '_>) -> Result<()>,
    ) -> Result<()> {
        let blob = &self.blobs[layer];
        let walked = match blob.compression()? {
            Compression::None => {
                let input = Stepping::new(blob.clone(), self.meter);
                self.walk(layer, &mut Walk::recording(input), Some(blob), visit)
            }
            compression => {
                let reader =
                    compression.reader(blob.reader(self.meter)).map_err(|error| Error::io(&error))?;
                let mut walk = Walk::recording(Streaming::new(reader));
                self.walk(layer, &mut walk, None, visit).and_then(|()| {
                    // the decompressor checks its sums after the end of the tar
                    walk.input().drain().map(drop).map_err(|error| stream_error(&error))
                })
            }
        };
        walked.map_err(|error| error.within(&format!("layer {layer}")))
    }

    fn walk<I: Input>(
        &self,
        layer: usize,
        walk: &mut Walk<I>,
        blob: Option<&Section>,
        mut visit: impl FnMut(Part, &Member, &mut Body<'_, '_>) -> Result<()>,
    ) -> Result<()> {
        let changed = || Error::because("the image changed while it was read").hint("start again");
        let entries = self.image.layers[layer].entries.clone();
        let mut next = entries.start;
        let (mut member, mut path, mut raw) = (Member::default(), Vec::new(), Vec::new());
        while walk.next(&mut member)? {
            let part = self.part(&member, &mut path, next);
            if let Part::Entry(id) = part {
                if !entries.contains(&id.0) || self.image.entry(id).offset != member.offset {
                    return Err(changed());
                }
                next += 1;
            }
            raw.clear();
            raw.extend_from_slice(walk.recorded());
            let mut stream = walk.body();
            let source = match blob {
                Some(blob) => Source::At(blob.part(member.offset, member.size)),
                None => Source::Stream(&mut stream),
            };
            visit(part, &member, &mut Body { raw: &raw, meter: self.meter, source })
                .map_err(|error| error.at(text::line(&member.name, 200)))?;
        }
        if next == entries.end { Ok(()) } else { Err(changed()) }
    }

    /// What a member is, by the rules of [`crate::layer`].
    fn part(&self, member: &Member, path: &mut Vec<u8>, next: u32) -> Part {
        normal(&member.name, path);
        if path.is_empty() {
            return Part::Root;
        }
        let slash = path.iter().rposition(|&b| b == b'/');
        let (directory, name) = match slash {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&path[..0], &path[..]),
        };
        let find = |path: &[u8]| self.image.paths.find(path);
        let mark = match classify(name) {
            MemberName::Plain => return Part::Entry(EntryId(next)),
            MemberName::Whiteout(hidden) => find(&[directory, hidden].join(&b"/"[..])).map(Mark::Whiteout),
            MemberName::Opaque => find(directory).map(Mark::Opaque),
            MemberName::Bookkeeping | MemberName::Invalid => None,
        };
        mark.map_or(Part::Ignored, Part::Mark)
    }
}

/// Copies the members of the sources into the new layer.
struct Copying<'a, 'b> {
    tarring: &'a Tarring<'a>,
    layer: &'a LayerPlan,
    /// Markers that were not written yet: several sources may have the same one.
    marks: HashSet<Mark>,
    /// The root directory's own member: that of the last source that has one.
    root: Vec<u8>,
    out: &'b mut dyn Out,
    hashes: &'b mut BodyHashes,
}

impl Copying<'_, '_> {
    fn member(&mut self, part: &Part, member: &Member, body: &mut Body<'_, '_>) -> Result<()> {
        let id = match part {
            Part::Entry(id) => *id,
            Part::Mark(mark) => {
                return if self.marks.remove(mark) { put(self.out, body.raw) } else { self.leave(body) };
            }
            Part::Root => {
                self.root.clear();
                self.root.extend_from_slice(body.raw);
                return Ok(());
            }
            Part::Ignored => return self.leave(body),
        };
        let Tarring { image, plan, .. } = self.tarring;
        match plan.action(id) {
            Action::Keep => put(self.out, body.raw)?,
            Action::Relink => {
                let mut headers = Headers::parse(body.raw)?;
                headers.relink(&image.paths.full(plan.target(id).unwrap_or(PathId::ROOT)));
                let mut raw = Vec::new();
                headers.write(&mut raw);
                return put(self.out, &raw);
            }
            Action::Rename => match plan.heir(id) {
                Some(link) if self.layer.sources.contains(&image.layer_of(link)) => {
                    put(self.out, &self.tarring.renamed(id, link, body.raw)?)?;
                }
                _ => return self.leave(body),
            },
            Action::Drop | Action::Inherit => return self.leave(body),
        }
        body.copy(member, self.out, self.hashes, id)
    }

    /// Leaves a member out, but not the headers before it that apply to later ones.
    fn leave(&mut self, body: &Body<'_, '_>) -> Result<()> {
        put(self.out, &Headers::globals(body.raw)?)
    }
}

/// The body of a member, with its headers.
struct Body<'a, 'b> {
    raw: &'a [u8],
    meter: Meter<'a>,
    source: Source<'b>,
}

enum Source<'b> {
    At(Section),
    Stream(&'b mut dyn Read),
}

impl Body<'_, '_> {
    /// Copies the body, pads its last block, and notes its hash if it is a file's.
    fn copy(
        &mut self,
        member: &Member,
        out: &mut dyn Out,
        hashes: &mut BodyHashes,
        id: EntryId,
    ) -> Result<()> {
        let mut body = BodyHasher::new();
        let look = &mut |bytes: &[u8]| body.update(bytes);
        let meter = self.meter;
        match &mut self.source {
            Source::At(section) => {
                let read = &mut |buffer: &mut [u8], at: u64| {
                    if meter.stopped() {
                        Err(std::io::Error::other("interrupted"))
                    } else {
                        section.read_at(buffer, at)
                    }
                };
                out.read(member.size, read, look)
            }
            Source::Stream(stream) => out.read(member.size, &mut |buffer, _| stream.read(buffer), look),
        }
        .map_err(|error| stream_error(&error))?;
        if member.kind == Type::File {
            hashes.note(id, body.finish());
        }
        let mut padding = vec![0; usize::try_from(member.size % BLOCK as u64).unwrap_or(0)];
        let used = padding.len();
        pad(&mut padding);
        put(out, &padding[used..])
    }
}

fn put(out: &mut dyn Out, bytes: &[u8]) -> Result<()> {
    out.write(bytes).map_err(|error| Error::io(&error))
}
