//! Where the blobs and documents of a new image go: the tar of an archive, or a directory.
//!
//! A member's header precedes its body, but a blob is named by its digest, which is known only at its end. So room is
//! left for the header, which is filled in afterwards.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::PathBuf;

use super::blocks::Blocks;
use super::pack::{Packing, Stored, digest, pack};
use super::unpack::sum;
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::source::tar::{BLOCK, octal, seal};
use crate::source::{Compression, Meter, Section};
use sha2::{Digest as _, Sha256};

/// A new image while it is written.
pub(super) struct Store {
    place: Place,
    /// Names of the blobs written so far: equal layers are stored once.
    names: HashSet<String>,
}

enum Place {
    /// A tar.
    Tar(File),
    /// An OCI layout.
    Directory(PathBuf),
}

/// Bytes that are copied at once: so soon does it stop when it is told to.
const PIECE: u64 = 16 << 20;

impl Store {
    /// Writes a tar into an empty file.
    pub(super) fn tar(file: File) -> Result<Self> {
        let mut store = Self { place: Place::Tar(file), names: HashSet::new() };
        for name in ["blobs/", "blobs/sha256/"] {
            let Place::Tar(file) = &mut store.place else { continue };
            file.write_all(&header(name, 0)).map_err(|error| Error::io(&error))?;
        }
        Ok(store)
    }

    /// Writes an OCI layout into an empty directory.
    pub(super) fn directory(path: PathBuf) -> Result<Self> {
        fs::create_dir_all(path.join("blobs/sha256")).map_err(|error| Error::io(&error))?;
        Ok(Self { place: Place::Directory(path), names: HashSet::new() })
    }

    /// Stores the tar that `fill` makes as a blob.
    pub(super) fn pack(
        &mut self,
        packing: Packing,
        fill: impl FnOnce(&mut Blocks<'_>) -> Result<()>,
    ) -> Result<Stored> {
        let mut stored = None;
        self.blob(|out| {
            let packed = pack(packing, out, fill)?;
            let about = (packed.digest.clone(), packed.size);
            stored = Some(packed);
            Ok(about)
        })?;
        stored.ok_or_else(|| Error::because("nothing was stored"))
    }

    /// Copies a blob. `known` is its digest, when it is known.
    pub(super) fn copy(
        &mut self,
        blob: &Section,
        known: Option<&Digest>,
        meter: Meter<'_>,
    ) -> Result<(Digest, u64)> {
        let known = known.filter(|digest| digest.algorithm() == "sha256").cloned();
        self.blob(|out| {
            let mut at = 0;
            while at < blob.length() {
                if meter.stopped() {
                    return Err(Error::Interrupted);
                }
                let piece = PIECE.min(blob.length() - at);
                blob.copy_to(at, piece, out).map_err(|error| Error::io(&error))?;
                at += piece;
                meter.advance(piece);
            }
            let digest = match known {
                Some(known) => known,
                None => sum(blob, Compression::None, meter)?,
            };
            Ok((digest, at))
        })
    }

    /// Stores a document as a blob.
    pub(super) fn document(&mut self, bytes: &[u8]) -> Result<Digest> {
        let (digest, _) = self.blob(|out| {
            out.write_all(bytes).map_err(|error| Error::io(&error))?;
            Ok((digest(Sha256::new_with_prefix(bytes)), bytes.len() as u64))
        })?;
        Ok(digest)
    }

    /// Stores a document under a name of its own.
    pub(super) fn file(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let written = match &mut self.place {
            Place::Directory(path) => fs::write(path.join(name), bytes),
            Place::Tar(file) => file
                .write_all(&header(name, bytes.len() as u64))
                .and_then(|()| file.write_all(bytes))
                .and_then(|()| fill_block(file, bytes.len() as u64)),
        };
        written.map_err(|error| Error::io(&error))
    }

    /// Ends the tar.
    pub(super) fn finish(self) -> Result<()> {
        match self.place {
            Place::Directory(_) => Ok(()),
            Place::Tar(mut file) => {
                file.write_all(&[0; 2 * BLOCK]).and_then(|()| file.flush()).map_err(|error| Error::io(&error))
            }
        }
    }

    /// Stores what `write` writes, under the digest that it returns with the number of bytes.
    fn blob(&mut self, write: impl FnOnce(&mut File) -> Result<(Digest, u64)>) -> Result<(Digest, u64)> {
        let told = |error: io::Error| Error::io(&error);
        match &mut self.place {
            Place::Directory(path) => {
                let part = path.join("blobs/part");
                let mut file = File::create(&part).map_err(told)?;
                let (digest, size) = write(&mut file)?;
                let name = name(&digest);
                fs::rename(&part, path.join(&name)).map_err(told)?;
                self.names.insert(name);
                Ok((digest, size))
            }
            Place::Tar(file) => {
                let start = file.stream_position().map_err(told)?;
                file.seek(SeekFrom::Start(start + BLOCK as u64)).map_err(told)?;
                let (digest, size) = write(file)?;
                let name = name(&digest);
                let end = if self.names.insert(name.clone()) {
                    fill_block(file, size).map_err(told)?;
                    let end = file.stream_position().map_err(told)?;
                    file.seek(SeekFrom::Start(start)).map_err(told)?;
                    file.write_all(&header(&name, size)).map_err(told)?;
                    end
                } else {
                    file.set_len(start).map_err(told)?;
                    start
                };
                file.seek(SeekFrom::Start(end)).map_err(told)?;
                Ok((digest, size))
            }
        }
    }
}

/// The name of a blob.
pub(super) fn name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.encoded())
}

fn fill_block(file: &mut File, size: u64) -> io::Result<()> {
    let missing = size.next_multiple_of(BLOCK as u64) - size;
    file.write_all(&[0; BLOCK][..usize::try_from(missing).unwrap_or(0)])
}

/// The header of a member of the archive: a directory when its name ends with a slash.
fn header(name: &str, size: u64) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let is_directory = name.ends_with('/');
    header[..name.len()].copy_from_slice(name.as_bytes());
    octal(&mut header[100..108], if is_directory { 0o755 } else { 0o644 });
    octal(&mut header[108..116], 0);
    octal(&mut header[116..124], 0);
    if size < 1 << 33 {
        octal(&mut header[124..136], size);
    } else {
        // too large for octal digits: binary, as GNU tar writes it
        header[124] = 0x80;
        header[128..136].copy_from_slice(&size.to_be_bytes());
    }
    octal(&mut header[136..148], 0);
    header[156] = if is_directory { b'5' } else { b'0' };
    header[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut header);
    header
}
