//! Indexes what passes by once, before it is known what is needed: every member that may be a layer, and the
//! whole archive as one layer, as long as it may be a root file system.

use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::digest::is_hex;
use crate::error::{Error, Result};
use crate::layer::hash::BodyHasher;
use crate::layer::{Budget, Indexer, LayerIndex, index_stream};
use crate::source::tar::{BLOCK, Type, Walk};
use crate::source::{Blobs, Compression, Length, Passed, PassedBody, looks_like_tar, stream_error};

/// What was indexed while an archive passed by; nothing of one whose blobs can be opened by name.
pub(super) struct Indexed<'b> {
    budget: &'b Budget,
    /// Every member that is a layer, by its name, with the length of its blob.
    layers: HashMap<Vec<u8>, (LayerIndex, u64)>,
    /// Members that looked like layers but could not be read; an error only if the image needs them.
    failed: HashMap<Vec<u8>, Error>,
    /// The archive as one layer, until a name in it shows that it is a saved image.
    whole: Option<Indexer<'b>>,
}

impl<'b> Indexed<'b> {
    /// Lets `blobs` pass. `budget` bounds what is kept of layers, `whole` what is kept of the archive as one layer.
    ///
    /// # Errors
    /// When the archive is damaged.
    pub(super) fn of(blobs: &mut dyn Blobs, budget: &'b Budget, whole: &'b Budget) -> Result<(Self, Length)> {
        let mut indexed =
            Self { budget, layers: HashMap::new(), failed: HashMap::new(), whole: Some(Indexer::new(whole)) };
        let length = blobs.pass(&mut |passed| {
            indexed.take(passed)?;
            Ok(ControlFlow::Continue(()))
        })?;
        if let Some(whole) = &mut indexed.whole {
            whole.end(length.lone_zero_block);
        }
        Ok((indexed, length))
    }

    fn take(&mut self, passed: Passed<'_, '_>) -> Result<()> {
        let Passed { name, member, body } = passed;
        // directories are not listed where an archive can be read at offsets either
        let is_listed = matches!(member.kind, Type::File | Type::HardLink | Type::Symlink);
        if self.whole.is_some() && is_listed && is_part_of_an_image(name) {
            self.whole = None;
        }
        match body {
            PassedBody::Layer(compression, walk) => {
                let indexed = match &mut self.whole {
                    None => index(walk.body(), compression, member.size, self.budget),
                    Some(whole) => {
                        let mut body = Hashing { reader: walk.body(), hasher: BodyHasher::new() };
                        let indexed = index(&mut body, compression, member.size, self.budget);
                        io::copy(&mut body, &mut io::sink()).map_err(|error| stream_error(&error))?;
                        whole.add_hashed(member, body.hasher.finish())?;
                        indexed
                    }
                };
                match indexed {
                    Ok(Some(index)) => _ = self.layers.insert(name.to_vec(), (index, member.size)),
                    Ok(None) => {}
                    Err(error) => _ = self.failed.insert(name.to_vec(), error),
                }
            }
            PassedBody::Document(text) => {
                if let Some(whole) = &mut self.whole {
                    whole.add(member, &mut Walk::within(text, member.size))?;
                }
            }
            PassedBody::Other(walk) => {
                if let Some(whole) = &mut self.whole {
                    whole.add(member, walk)?;
                }
            }
        }
        Ok(())
    }

    /// Takes out the index of a layer and the length of its blob; none when it did not pass.
    ///
    /// # Errors
    /// When it passed, but could not be read.
    pub(super) fn layer(&mut self, name: &[u8]) -> Result<Option<(LayerIndex, u64)>> {
        match self.failed.remove(name) {
            Some(error) => Err(error),
            None => Ok(self.layers.remove(name)),
        }
    }

    /// The archive that passed as one layer; none when nothing passed, or a saved image did.
    ///
    /// # Errors
    /// When it is over a limit.
    pub(super) fn whole(self) -> Result<Option<LayerIndex>> {
        self.whole.map(Indexer::finish).transpose()
    }
}

/// Indexes a body as a layer; none when there is no tar in it.
fn index(
    body: impl Read + Send,
    compression: Compression,
    stored: u64,
    budget: &Budget,
) -> Result<Option<LayerIndex>> {
    let mut reader = compression.reader(body).map_err(|error| Error::io(&error))?;
    let mut head = Vec::with_capacity(BLOCK);
    reader.by_ref().take(BLOCK as u64).read_to_end(&mut head).map_err(|error| stream_error(&error))?;
    if !head.is_empty() && !looks_like_tar(&head) {
        return Ok(None);
    }
    let reader = io::Cursor::new(head).chain(reader);
    // what is sent waits while it is unpacked, so that another thread does the rest
    let is_shared = compression != Compression::None && rayon::current_num_threads() > 1;
    index_stream(reader, compression, stored, is_shared, budget).map(Some)
}

/// A reader that hashes what is read.
struct Hashing<R> {
    reader: R,
    hasher: BodyHasher,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.reader.read(buffer)?;
        self.hasher.update(&buffer[..got]);
        Ok(got)
    }
}

/// True for names that saved images have at their top and file systems do not.
pub(super) fn is_part_of_an_image(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let first = name.split('/').next().unwrap_or(name);
    let stem = first.strip_prefix("sha256:").unwrap_or(first);
    let stem = stem.split('.').next().unwrap_or(stem);
    matches!(name, "oci-layout" | "repositories" | "index.json" | "manifest.json" | "blobs" | "blobs/sha256")
        || name.starts_with("blobs/sha256/")
        || is_hex(stem, 64)
}
