//! Reads the body of a file again, on demand: for looking into a file, and for writing it out.
//!
//! Nothing is kept open between two readings. In a plain layer a body is read where it is; in a packed
//! one everything in front of it has to pass by.

use std::io::{self, Read};
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::image::{EntryId, Image};
use crate::source::tar::{Member, Type, Walk};
use crate::source::{Compression, NoMeter, Opened, Section, Streaming, normal, open, stream_error};

/// Where an image can be read again.
#[derive(Debug, Clone)]
pub struct Bodies {
    origin: Origin,
    blobs: Vec<Vec<u8>>,
}

#[derive(Debug, Clone)]
enum Origin {
    Path(PathBuf),
    Bytes(&'static [u8]),
}

impl Bodies {
    /// Bodies of the image at a path; `blobs` are those that loading it gave.
    pub fn of_path(path: PathBuf, blobs: Vec<Vec<u8>>) -> Self {
        Self { origin: Origin::Path(path), blobs }
    }

    /// Bodies of an image inside the program.
    pub fn of_bytes(bytes: &'static [u8], blobs: Vec<Vec<u8>>) -> Self {
        Self { origin: Origin::Bytes(bytes), blobs }
    }

    /// The first bytes, at most `limit`, of the regular file that an entry stores.
    ///
    /// # Errors
    /// When the image is no longer there, or is not what it was.
    pub fn read(&self, image: &Image, id: EntryId, limit: u64) -> Result<Vec<u8>> {
        let entry = image.entry(id);
        let wanted = Wanted { offset: entry.offset, length: entry.size.min(limit) };
        let blob = self.blobs.get(image.layer_of(id)).map(Vec::as_slice);
        match &self.origin {
            Origin::Bytes(bytes) => {
                let compression = Compression::sniff(bytes)?;
                wanted.of_archive(compression.reader(*bytes).map_err(|error| Error::io(&error))?, blob)
            }
            Origin::Path(path) => Self::read_path(path, blob, &wanted)
                .map_err(|error| error.reading(path.display().to_string())),
        }
    }

    fn read_path(path: &std::path::Path, blob: Option<&[u8]>, wanted: &Wanted) -> Result<Vec<u8>> {
        match (open(path, &NoMeter)?, blob) {
            (Opened::Archive(archive, _), Some(blob)) => {
                let section = archive.section(blob).ok_or_else(super::missing)?;
                wanted.of_section(&section)
            }
            (Opened::Archive(_, section), None) => wanted.of_section(&section),
            (Opened::Directory(directory), Some(blob)) => wanted.of_section(&directory.section(blob)?),
            (Opened::Directory(_), None) => Err(super::missing()),
            (Opened::Packed(compression, section), blob) => {
                wanted.of_archive(Opened::unpacked(compression, &section, &NoMeter)?, blob)
            }
        }
    }
}

/// A range of an unpacked layer.
struct Wanted {
    offset: u64,
    length: u64,
}

impl Wanted {
    fn of_section(&self, section: &Section) -> Result<Vec<u8>> {
        let head = section.head(8).map_err(|error| Error::io(&error))?;
        match Compression::sniff(&head)? {
            Compression::None => self.take(section.part(self.offset, self.length).reader(&NoMeter)),
            compression => {
                let stream =
                    compression.reader(section.reader(&NoMeter)).map_err(|error| Error::io(&error))?;
                self.of_stream(stream)
            }
        }
    }

    /// Of a layer in an archive that passes by, or of the stream itself when it is no archive of layers.
    fn of_archive(&self, stream: impl Read, blob: Option<&[u8]>) -> Result<Vec<u8>> {
        let Some(blob) = blob else { return self.of_stream(stream) };
        let mut walk = Walk::new(Streaming::new(stream));
        let (mut member, mut name) = (Member::default(), Vec::new());
        while walk.next(&mut member)? {
            normal(&member.name, &mut name);
            if member.kind == Type::File && name == blob {
                let mut head = Vec::with_capacity(8);
                walk.body().take(8).read_to_end(&mut head).map_err(|error| stream_error(&error))?;
                let compression = Compression::sniff(&head)?;
                let body = io::Cursor::new(head).chain(walk.body());
                return self.of_stream(compression.reader(body).map_err(|error| Error::io(&error))?);
            }
        }
        Err(super::missing())
    }

    fn of_stream(&self, mut stream: impl Read) -> Result<Vec<u8>> {
        io::copy(&mut stream.by_ref().take(self.offset), &mut io::sink())
            .map_err(|error| stream_error(&error))?;
        self.take(stream)
    }

    fn take(&self, stream: impl Read) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        stream.take(self.length).read_to_end(&mut body).map_err(|error| stream_error(&error))?;
        Ok(body)
    }
}
