//! Where the blobs and documents of a new image go: the tar of an archive, or a directory.
//!
//! A member's header precedes its body, but a blob is named by its digest, which is known only at its end. So room is
//! left for the header, which is filled in afterwards.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use rayon::prelude::*;

use super::line::digest;
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::source::tar::{BLOCK, octal, seal};
use crate::source::{Section, write_file_at};
use sha2::{Digest as _, Sha256};

/// A new image while it is written.
pub(super) struct Store {
    place: Place,
    /// Names of the blobs written so far: equal layers are stored once.
    names: HashSet<String>,
}

enum Place {
    /// A tar, and where it ends so far.
    Tar(File, u64),
    /// An OCI layout.
    Directory(PathBuf),
}

/// Where a blob is written: in a file, from an offset on.
pub(super) struct Spot<'a> {
    pub(super) file: &'a File,
    pub(super) at: u64,
}

impl Write for Spot<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write_file_at(self.file, bytes, self.at)?;
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is known of a blob when it was written.
pub(super) trait Blob {
    /// Its digest and its length.
    fn about(&self) -> (&Digest, u64);
}

impl Blob for (Digest, u64) {
    fn about(&self) -> (&Digest, u64) {
        (&self.0, self.1)
    }
}

const BLOCK_LENGTH: u64 = BLOCK as u64;

impl Store {
    /// Writes a tar into an empty file.
    pub(super) fn tar(file: File) -> Result<Self> {
        let mut end = 0;
        for name in ["blobs/", "blobs/sha256/"] {
            write_file_at(&file, &header(name, 0), end).map_err(|error| Error::io(&error))?;
            end += BLOCK_LENGTH;
        }
        Ok(Self { place: Place::Tar(file, end), names: HashSet::new() })
    }

    /// Writes an OCI layout into an empty directory.
    pub(super) fn directory(path: PathBuf) -> Result<Self> {
        fs::create_dir_all(path.join("blobs/sha256")).map_err(|error| Error::io(&error))?;
        Ok(Self { place: Place::Directory(path), names: HashSet::new() })
    }

    /// Stores a document as a blob.
    pub(super) fn document(&mut self, bytes: &[u8]) -> Result<Digest> {
        let (digest, _) = self.blob(|mut spot| {
            spot.write_all(bytes).map_err(|error| Error::io(&error))?;
            Ok((digest(Sha256::new_with_prefix(bytes)), bytes.len() as u64))
        })?;
        Ok(digest)
    }

    /// Stores a document under a name of its own.
    pub(super) fn file(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let written = match &mut self.place {
            Place::Directory(path) => fs::write(path.join(name), bytes),
            Place::Tar(file, end) => {
                let size = bytes.len() as u64;
                let mut whole = [&header(name, size)[..], bytes].concat();
                whole.resize(whole.len().next_multiple_of(BLOCK), 0);
                let at = *end;
                *end += whole.len() as u64;
                write_file_at(file, &whole, at)
            }
        };
        written.map_err(|error| Error::io(&error))
    }

    /// Ends the tar.
    pub(super) fn finish(self) -> Result<()> {
        match self.place {
            Place::Directory(_) => Ok(()),
            Place::Tar(mut file, end) => {
                let ended = write_file_at(&file, &[0; 2 * BLOCK], end).and_then(|()| file.flush());
                ended.map_err(|error| Error::io(&error))
            }
        }
    }

    /// Stores what `write` writes, under the digest that it returns.
    pub(super) fn blob<B: Blob>(&mut self, write: impl FnOnce(Spot<'_>) -> Result<B>) -> Result<B> {
        let told = |error: io::Error| Error::io(&error);
        match &mut self.place {
            Place::Directory(path) => {
                let part = path.join("blobs/part");
                let blob = write(Spot { file: &File::create(&part).map_err(told)?, at: 0 })?;
                let name = name(blob.about().0);
                fs::rename(&part, path.join(&name)).map_err(told)?;
                self.names.insert(name);
                Ok(blob)
            }
            Place::Tar(file, end) => {
                let blob = write(Spot { file, at: *end + BLOCK_LENGTH })?;
                let (digest, size) = blob.about();
                let name = name(digest);
                if self.names.insert(name.clone()) {
                    *end = enclose(file, *end, &name, size).map_err(told)?;
                } else {
                    file.set_len(*end).map_err(told)?;
                }
                Ok(blob)
            }
        }
    }

    /// Stores several blobs at once, on all cores, each of a known length. `write` gets the number of each.
    pub(super) fn blobs<B: Blob + Send>(
        &mut self,
        lengths: &[u64],
        write: impl Fn(usize, Spot<'_>) -> Result<B> + Sync,
    ) -> Result<Vec<B>> {
        let told = |error: io::Error| Error::io(&error);
        match &mut self.place {
            Place::Directory(path) => {
                let part = |number: usize| path.join(format!("blobs/part-{number}"));
                let write = |number: usize| {
                    write(number, Spot { file: &File::create(part(number)).map_err(told)?, at: 0 })
                };
                let blobs: Vec<B> = (0..lengths.len()).into_par_iter().map(write).collect::<Result<_>>()?;
                for (number, blob) in blobs.iter().enumerate() {
                    let name = name(blob.about().0);
                    fs::rename(part(number), path.join(&name)).map_err(told)?;
                    self.names.insert(name);
                }
                Ok(blobs)
            }
            Place::Tar(file, end) => {
                let mut starts = Vec::with_capacity(lengths.len());
                for length in lengths {
                    starts.push(*end);
                    *end += BLOCK_LENGTH + length.next_multiple_of(BLOCK_LENGTH);
                }
                let write =
                    |number: usize| write(number, Spot { file: &*file, at: starts[number] + BLOCK_LENGTH });
                let blobs: Vec<B> = (0..lengths.len()).into_par_iter().map(write).collect::<Result<_>>()?;
                *end = starts.first().copied().unwrap_or(*end);
                for (blob, (start, length)) in blobs.iter().zip(starts.iter().zip(lengths)) {
                    let (digest, size) = blob.about();
                    if size != *length {
                        let why = "the image changed while it was read";
                        return Err(Error::because(why).hint("start again"));
                    }
                    let name = name(digest);
                    if self.names.insert(name.clone()) {
                        if start != end {
                            // an equal one before it is not stored again
                            let body = Section::whole(file.try_clone().map_err(told)?).map_err(told)?;
                            body.copy_to(start + BLOCK_LENGTH, size, file, *end + BLOCK_LENGTH)
                                .map_err(told)?;
                        }
                        *end = enclose(file, *end, &name, size).map_err(told)?;
                    }
                }
                file.set_len(*end).map_err(told)?;
                Ok(blobs)
            }
        }
    }
}

/// Writes what belongs around the body of a member that starts at `start`; says where the next one starts.
fn enclose(file: &File, start: u64, name: &str, size: u64) -> io::Result<u64> {
    write_file_at(file, &header(name, size), start)?;
    let (end, next) =
        (start + BLOCK_LENGTH + size, start + BLOCK_LENGTH + size.next_multiple_of(BLOCK_LENGTH));
    let missing = usize::try_from(next - end).unwrap_or(0);
    write_file_at(file, &[0; BLOCK][..missing], end)?;
    Ok(next)
}

/// The name of a blob.
pub(super) fn name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.encoded())
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
