//! Keeps an image that can be read only once: standard input, an engine's answer, a compressed archive.
//!
//! Slimming reads an image at least twice, to plan and to copy. So the layers go into a temporary file. It has no name
//! and disappears when the program ends, however it ends.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::error::{Error, Result, describe_io};
use crate::source::{Blobs, Contents, Location, PassedBody, Place, Progress, Section, stream_error};

/// A location from which the image can be read more than once, and whether it had to be kept in a file for that.
///
/// # Errors
/// When it cannot be read, or there is no room for it.
pub fn hold(location: &Location, progress: &dyn Progress) -> Result<(Location, bool)> {
    let hold = || {
        let mut blobs = location.open(progress)?;
        let mut spool = Spool::default();
        blobs.pass(&mut |passed| {
            if let PassedBody::Layer(_, walk) = passed.body {
                spool.add(passed.name, &mut walk.body())?;
            }
            Ok(ControlFlow::Continue(()))
        })?;
        if spool.file.is_none() && location.lasts() {
            return Ok((location.clone(), false));
        }
        let mut held = Location::new(spool.finish(&*blobs, location.name())?);
        held.image.clone_from(&location.image);
        Ok((held, true))
    };
    hold().map_err(
        |error: Error| {
            if progress.stopped() { Error::Interrupted } else { error.reading(location.name()) }
        },
    )
}

/// Layers on their way into the temporary file.
#[derive(Default)]
struct Spool {
    file: Option<File>,
    places: Vec<(Vec<u8>, u64, u64)>,
    end: u64,
}

impl Spool {
    fn add(&mut self, name: &[u8], body: &mut dyn io::Read) -> Result<()> {
        let full = |error: &io::Error| {
            Error::because(format!("cannot keep the image in a temporary file: {}", describe_io(error)))
                .hint("make room, or let TMPDIR name a directory that has it")
        };
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile().map_err(|error| full(&error))?),
        };
        let mut piece = vec![0; 256 << 10];
        let start = self.end;
        loop {
            let got = body.read(&mut piece).map_err(|error| stream_error(&error))?;
            if got == 0 {
                break;
            }
            io::Write::write_all(file, &piece[..got]).map_err(|error| full(&error))?;
            self.end += got as u64;
        }
        self.places.push((name.to_vec(), start, self.end - start));
        Ok(())
    }

    fn finish(self, blobs: &dyn Blobs, shown: String) -> Result<Held> {
        let mut held = Kept { kind: blobs.kind(), shown, ..Kept::default() };
        if let Some(file) = self.file {
            let whole = Section::whole(file).map_err(|error| Error::io(&error))?;
            held.layers = self
                .places
                .into_iter()
                .map(|(name, start, length)| (name, whole.part(start, length)))
                .collect();
        }
        for name in blobs.names()? {
            let Ok(Some(target)) = blobs.resolve(&name) else { continue };
            if !held.layers.contains_key(&target) {
                // a container's own layer is not in what passed
                if let Ok(Contents::At(section)) = blobs.open(&target) {
                    held.layers.insert(target.clone(), section);
                } else if let Ok(body) = blobs.document(&target) {
                    held.documents.insert(target.clone(), body);
                }
            }
            held.links.insert(name, target);
        }
        Ok(Held(Arc::new(held)))
    }
}

/// An image in a temporary file.
#[derive(Debug, Clone)]
struct Held(Arc<Kept>);

#[derive(Debug, Default)]
struct Kept {
    kind: &'static str,
    shown: String,
    layers: HashMap<Vec<u8>, Section>,
    documents: HashMap<Vec<u8>, Vec<u8>>,
    /// Every name, and the one under which its bytes are stored.
    links: HashMap<Vec<u8>, Vec<u8>>,
}

impl Place for Held {
    fn name(&self) -> String {
        self.0.shown.clone()
    }

    fn open<'p>(&self, _progress: &'p dyn Progress) -> Result<Box<dyn Blobs + 'p>> {
        Ok(Box::new(self.clone()))
    }
}

impl Blobs for Held {
    fn shown(&self) -> &str {
        &self.0.shown
    }

    fn kind(&self) -> &'static str {
        self.0.kind
    }

    fn names(&self) -> Result<Vec<Vec<u8>>> {
        Ok(self.0.links.keys().cloned().collect())
    }

    fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.0.links.get(name).cloned())
    }

    fn document(&self, name: &[u8]) -> Result<Vec<u8>> {
        self.0.documents.get(name).cloned().ok_or_else(|| Error::because("it is not in the archive"))
    }

    fn open(&self, name: &[u8]) -> Result<Contents> {
        match self.0.layers.get(name) {
            Some(section) => Ok(Contents::At(section.clone())),
            None => Err(Error::because("it is not in the archive")),
        }
    }
}
