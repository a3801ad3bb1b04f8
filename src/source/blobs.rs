//! Anything in which the blobs of an image can be found by name.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::passed::Passed;
use super::progress::Metered;
use super::{Compression, Meter, Section, limits, normal_text};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::text;

/// A place that was opened: an archive, a directory, a stream, or whatever else can hold an image.
///
/// A new kind of place is one type that implements this trait (and [`Place`](super::Place), which opens it).
/// Names are normalised (see [`normal`](super::normal)) and need not be UTF-8.
///
/// Where blobs can be opened by name, [`pass`](Self::pass) does nothing. A stream is the other way round: its
/// members pass by once, in its own order, with the manifests after the layers; whoever reads it takes what
/// it needs of each, and only then knows which are needed. So a reader lets everything pass, and
/// then opens what is still missing.
pub trait Blobs: Sync {
    /// What to call it in messages and reports.
    fn shown(&self) -> &str;

    /// The word for this kind of place, as reports have it: `docker-archive`, `oci`, …
    fn kind(&self) -> &'static str;

    /// The names that are there, in any order; those that are known, where a place does not list them.
    ///
    /// # Errors
    /// When they cannot be read.
    fn names(&self) -> Result<Vec<Vec<u8>>>;

    /// The name under which a blob's bytes are stored, links followed; none when it is not there.
    ///
    /// # Errors
    /// When links lead round in a circle or out of the place.
    fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>>;

    /// The whole body of a small blob; `name` is a resolved one.
    ///
    /// # Errors
    /// When it is longer than [`limits::DOCUMENT`] or cannot be read.
    fn document(&self, name: &[u8]) -> Result<Vec<u8>>;

    /// Opens a blob; `name` is a resolved one.
    ///
    /// # Errors
    /// When it cannot be read.
    fn open(&self, name: &[u8]) -> Result<Contents>;

    /// Lets what is packed as a whole unpack to so many bytes beyond [`limits::EXPANSION`] times its size, instead of
    /// [`limits::UNPACKED`].
    fn allow(&mut self, _bytes: u64) {}

    /// Lets the members pass that can be read only in their own order, and says how many bytes passed. Does
    /// nothing where blobs can be opened by name, and when it is called again.
    ///
    /// # Errors
    /// When the stream is damaged, or `visit` fails.
    fn pass(&mut self, _visit: &mut Visit<'_>) -> Result<Length> {
        Ok(Length::default())
    }

    /// Paths whose contents are not in what is read although a container sees them: mounts.
    fn absent(&self) -> Vec<String> {
        Vec::new()
    }

    /// The place itself as one layer: it may be the tar of a root file system.
    fn whole(&self) -> Option<Section> {
        None
    }
}

/// Looks at each member that passes by, and says whether the rest should pass too.
pub type Visit<'a> = dyn FnMut(Passed<'_, '_>) -> Result<ControlFlow<()>> + 'a;

/// How long a stream was.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// In bytes, as it came.
    pub stored: u64,
    /// In bytes, unpacked.
    pub unpacked: u64,
    /// Where a single block of zeros ended it although more follows.
    pub lone_zero_block: Option<u64>,
}

/// The bytes of a blob.
pub enum Contents {
    /// To be read at offsets.
    At(Section),
    /// To be read once, from the start.
    Stream {
        /// The bytes.
        reader: Box<dyn Read + Send>,
        /// How many they are; 0 when that is unknown.
        length: u64,
    },
}

impl Contents {
    /// The length in bytes; 0 when it is unknown.
    pub fn length(&self) -> u64 {
        match self {
            Self::At(section) => section.length(),
            Self::Stream { length, .. } => *length,
        }
    }

    /// The unpacked bytes, and how they were packed.
    ///
    /// # Errors
    /// When the beginning cannot be read, or the compression is not one that images have.
    pub fn unpacked(self, meter: Meter<'_>) -> Result<(Compression, Box<dyn Read + Send + '_>)> {
        let mut reader: Box<dyn Read + Send> = match self {
            Self::At(section) => Box::new(section.reader(meter)),
            Self::Stream { reader, .. } => Box::new(Metered { reader, meter, read: Arc::default() }),
        };
        let mut head = Vec::new();
        reader.by_ref().take(8).read_to_end(&mut head).map_err(|error| Error::io(&error))?;
        let compression = Compression::sniff(&head)?;
        let unpacked = compression.reader(io::Cursor::new(head).chain(reader));
        Ok((compression, unpacked.map_err(|error| Error::io(&error))?))
    }
}

/// Reads a JSON document; none when there is no such blob.
///
/// # Errors
/// When it cannot be read, or is not the JSON that it should be; the error names the member.
pub fn document<T: DeserializeOwned>(blobs: &dyn Blobs, name: &[u8]) -> Result<Option<T>> {
    let shown = || text::line(name, 200);
    let Some(resolved) = blobs.resolve(name).map_err(|error| error.at(shown()))? else { return Ok(None) };
    let body = blobs.document(&resolved).map_err(|error| error.at(shown()))?;
    serde_json::from_slice(&body)
        .map(Some)
        .map_err(|error| Error::because(format!("it is not the JSON of an image: {error}")).at(shown()))
}

/// Where the blob of a digest may be: in an OCI layout, or by its bare digest (skopeo's `dir:`).
///
/// # Errors
/// When links of the place lead nowhere sensible.
pub fn blob_name(blobs: &dyn Blobs, digest: &Digest) -> Result<Option<Vec<u8>>> {
    for name in [format!("blobs/{}/{}", digest.algorithm(), digest.encoded()), digest.encoded().to_owned()] {
        if let Some(found) = blobs.resolve(&normal_text(&name))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Reads a document from where it can be read at offsets.
pub(super) fn read_document(section: &Section) -> Result<Vec<u8>> {
    if section.length() > limits::DOCUMENT {
        return Err(too_long(section.length()));
    }
    section.head(usize::try_from(section.length()).unwrap_or(0)).map_err(|error| Error::io(&error))
}

/// The error for a document that is too long to be one.
pub(super) fn too_long(length: u64) -> Error {
    Error::because(format!(
        "it has {length} bytes, over the limit of {} for a JSON document",
        limits::DOCUMENT
    ))
}

/// The word for an archive: Docker's have a `manifest.json`.
pub(super) fn archive_kind(blobs: &dyn Blobs) -> &'static str {
    match blobs.resolve(b"manifest.json") {
        Ok(Some(_)) => "docker-archive",
        Ok(None) | Err(_) => "oci-archive",
    }
}
