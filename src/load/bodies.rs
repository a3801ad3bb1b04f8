//! Reads the bodies of files again, on demand: for looking into a file, and for writing files out.
//!
//! Nothing is kept open between two readings. The bodies that are wanted are read in the order of the tars, in one
//! pass over each layer: where a layer can be read at offsets, only the bodies are read; a packed one is
//! unpacked once, up to the last body; and a packed archive passes by once, up to the last layer.

use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::error::{Error, Result};
use crate::image::{EntryId, Image};
use crate::source::{
    Blobs, Compression, Contents, Location, Meter, NoProgress, Passed, PassedBody, Progress, Section,
    stream_error,
};

/// Where the bodies of an image's files can be read again.
#[derive(Debug, Clone)]
pub(super) struct Bodies {
    location: Location,
    /// The blob of each layer; empty for a root file system, which is one layer itself.
    blobs: Vec<Vec<u8>>,
}

/// Takes one body: its entry, and a reader of its bytes, of which it may read as many as it needs.
pub type TakeBody<'a> = dyn FnMut(EntryId, &mut dyn Read) -> Result<()> + 'a;

/// Reads bodies of an image's files again.
pub trait ReadBodies: Send + Sync {
    /// Reads the bodies of regular files in the order of their tars, each layer once. `ids` may come in any
    /// order; one that is given twice is read once.
    ///
    /// # Errors
    /// When the image is no longer there or is not what it was, or when `take` fails.
    fn visit(
        &self,
        image: &Image,
        ids: &[EntryId],
        progress: &dyn Progress,
        take: &mut TakeBody<'_>,
    ) -> Result<()>;

    /// The first bytes, at most `limit`, of the regular file that an entry stores.
    ///
    /// # Errors
    /// When the image is no longer there, or is not what it was.
    fn read(&self, image: &Image, id: EntryId, limit: u64) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        self.visit(image, &[id], &NoProgress, &mut |_, reader| {
            reader.take(limit).read_to_end(&mut body).map_err(|error| stream_error(&error))?;
            Ok(())
        })?;
        Ok(body)
    }
}

impl Bodies {
    /// Bodies of the image at `location`; `blobs` are those that loading it gave. None where the image passed by
    /// only once.
    pub(super) fn new(location: &Location, blobs: Vec<Vec<u8>>) -> Option<Self> {
        location.reopens().then(|| Self { location: location.clone(), blobs })
    }

    fn visit_layers(
        &self,
        mut layers: HashMap<usize, Vec<Wanted>>,
        progress: &dyn Progress,
        take: &mut TakeBody<'_>,
    ) -> Result<()> {
        // once, unless one blob is several layers of an archive that passes by
        while !layers.is_empty() {
            let before = layers.len();
            let mut blobs = self.location.open(progress)?;
            if self.blobs.is_empty() {
                let Some(wanted) = layers.remove(&0) else { return Err(missing()) };
                return visit_whole(&mut *blobs, wanted, progress, take);
            }
            blobs.pass(&mut |passed| {
                let layer = layers.keys().copied().find(|&layer| self.blob(layer) == Some(passed.name));
                if let Some(wanted) = layer.and_then(|layer| layers.remove(&layer)) {
                    match passed.body {
                        PassedBody::Layer(compression, walk) => {
                            let reader =
                                compression.reader(walk.body()).map_err(|error| Error::io(&error))?;
                            visit_stream(reader, &wanted, take)?;
                        }
                        PassedBody::Document(_) | PassedBody::Other(_) => return Err(missing()),
                    }
                }
                Ok(if layers.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            let mut left: Vec<usize> = layers.keys().copied().collect();
            left.sort_unstable();
            for layer in left {
                let Some(contents) = self.blob(layer).and_then(|name| blobs.open(name).ok()) else {
                    continue;
                };
                let wanted = layers.remove(&layer).unwrap_or_default();
                visit_blob(contents, &wanted, Meter::uncounted(progress), take)?;
            }
            if layers.len() == before {
                return Err(missing());
            }
        }
        Ok(())
    }

    fn blob(&self, layer: usize) -> Option<&[u8]> {
        self.blobs.get(layer).map(Vec::as_slice)
    }
}

impl ReadBodies for Bodies {
    fn visit(
        &self,
        image: &Image,
        ids: &[EntryId],
        progress: &dyn Progress,
        take: &mut TakeBody<'_>,
    ) -> Result<()> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let mut layers: HashMap<usize, Vec<Wanted>> = HashMap::new();
        for id in ids {
            let entry = image.entry(id);
            let wanted = Wanted { id, offset: entry.offset, length: entry.size };
            layers.entry(image.layer_of(id)).or_default().push(wanted);
        }
        let visited = self.visit_layers(layers, progress, take);
        if progress.stopped() {
            return Err(Error::Interrupted);
        }
        visited.map_err(|error| error.reading(self.location.name()))
    }
}

/// A range of an unpacked layer.
struct Wanted {
    id: EntryId,
    offset: u64,
    length: u64,
}

fn visit_blob(
    contents: Contents,
    wanted: &[Wanted],
    meter: Meter<'_>,
    take: &mut TakeBody<'_>,
) -> Result<()> {
    if let Contents::At(section) = &contents
        && section.compression()? == Compression::None
    {
        return visit_section(section, wanted, meter, take);
    }
    visit_stream(contents.unpacked(meter)?.1, wanted, take)
}

fn visit_section(
    section: &Section,
    wanted: &[Wanted],
    meter: Meter<'_>,
    take: &mut TakeBody<'_>,
) -> Result<()> {
    for Wanted { id, offset, length } in wanted {
        take(*id, &mut section.part(*offset, *length).reader(meter))?;
    }
    Ok(())
}

fn visit_stream(mut stream: impl Read, wanted: &[Wanted], take: &mut TakeBody<'_>) -> Result<()> {
    let mut at = 0;
    for Wanted { id, offset, length } in wanted {
        let gap = offset.checked_sub(at).ok_or_else(missing)?;
        pass_over(&mut stream, gap)?;
        let mut body = stream.by_ref().take(*length);
        take(*id, &mut body)?;
        let left = body.limit();
        pass_over(&mut stream, left)?;
        at = offset + length;
    }
    Ok(())
}

fn pass_over(stream: &mut impl Read, count: u64) -> Result<()> {
    io::copy(&mut stream.take(count), &mut io::sink()).map_err(|error| stream_error(&error))?;
    Ok(())
}

/// Of a root file system: the place itself is the layer.
fn visit_whole(
    blobs: &mut dyn Blobs,
    wanted: Vec<Wanted>,
    progress: &dyn Progress,
    take: &mut TakeBody<'_>,
) -> Result<()> {
    if let Some(section) = blobs.whole() {
        return visit_section(&section, &wanted, Meter::uncounted(progress), take);
    }
    let mut wanted = wanted.into_iter().peekable();
    blobs.pass(&mut |Passed { member, body, .. }| {
        if let Some(Wanted { id, .. }) = wanted.next_if(|next| next.offset == member.offset) {
            match body {
                PassedBody::Layer(_, walk) | PassedBody::Other(walk) => take(id, &mut walk.body())?,
                PassedBody::Document(mut text) => take(id, &mut text)?,
            }
        }
        Ok(if wanted.peek().is_none() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    if wanted.next().is_some() { Err(missing()) } else { Ok(()) }
}

fn missing() -> Error {
    Error::because("it is not in the archive any more")
}
