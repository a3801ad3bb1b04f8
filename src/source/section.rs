//! A window of a file that is read at offsets.
//!
//! Reading at offsets leaves no shared cursor between threads, and unlike a memory map it does not
//! kill the program when the file shrinks meanwhile.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::{Compression, Meter};
use crate::error::{Error, Result};

/// `length` bytes of a file from `start` on.
#[derive(Debug, Clone)]
pub struct Section {
    file: Arc<File>,
    start: u64,
    length: u64,
}

impl Section {
    /// The whole file.
    ///
    /// # Errors
    /// When the file's length is unknown.
    pub fn whole(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), start: 0, length })
    }

    /// The `length` bytes from `offset` on, cut where this section ends.
    #[must_use]
    pub fn part(&self, offset: u64, length: u64) -> Self {
        let offset = offset.min(self.length);
        Self {
            file: Arc::clone(&self.file),
            start: self.start + offset,
            length: length.min(self.length - offset),
        }
    }

    /// How its bytes are compressed, by their beginning.
    ///
    /// # Errors
    /// When it cannot be read, or is compressed in a way that nobody here can read.
    pub fn compression(&self) -> Result<Compression> {
        Compression::sniff(&self.head(8).map_err(|error| Error::io(&error))?)
    }

    /// Length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads into `buffer` from `offset` on, until it is full or the section ends.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn read_at(&self, mut buffer: &mut [u8], mut offset: u64) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        if buffer.len() > left {
            buffer = &mut buffer[..left];
        }
        let mut done = 0;
        while !buffer.is_empty() {
            match read_file_at(&self.file, buffer, self.start + offset) {
                Ok(0) => break,
                Ok(n) => {
                    buffer = &mut buffer[n..];
                    offset += n as u64;
                    done += n;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Writes `length` bytes from `offset` on to `out`, from its offset `to` on. The system copies them where it can,
    /// without handing them to this program.
    ///
    /// # Errors
    /// Those of the operating system; when the section is shorter.
    pub fn copy_to(&self, offset: u64, length: u64, out: &File, to: u64) -> io::Result<()> {
        let mut done = copy_in_kernel((&self.file, self.start + offset), length, (out, to));
        let mut piece = vec![0; usize::try_from(length - done).unwrap_or(PIECE).min(PIECE)];
        while done < length {
            let wanted = usize::try_from(length - done).unwrap_or(PIECE).min(PIECE);
            let got = self.read_at(&mut piece[..wanted], offset + done)?;
            if got == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            write_file_at(out, &piece[..got], to + done)?;
            done += got as u64;
        }
        Ok(())
    }

    /// The first bytes, `count` at most.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn head(&self, count: usize) -> io::Result<Vec<u8>> {
        let mut head = vec![0; count];
        let got = self.read_at(&mut head, 0)?;
        head.truncate(got);
        Ok(head)
    }

    /// The section as a stream that counts in `meter` what is read, and ends with an error when the user wants to stop.
    pub fn reader<'a>(&self, meter: Meter<'a>) -> SectionReader<'a> {
        SectionReader { section: self.clone(), position: 0, meter }
    }
}

/// Bytes that are read and written at once where the system does not copy.
const PIECE: usize = 1 << 20;

/// Has the system copy bytes from one file to another; gives how many it copied. What stopped it is no matter here:
/// reading and writing the rest meets the same error, or works.
#[cfg(target_os = "linux")]
fn copy_in_kernel((from, mut offset): (&File, u64), length: u64, (to, mut target): (&File, u64)) -> u64 {
    let mut copied = 0;
    while copied < length {
        let left = usize::try_from(length - copied).unwrap_or(usize::MAX);
        match rustix::fs::copy_file_range(from, Some(&mut offset), to, Some(&mut target), left) {
            Ok(0) | Err(_) => break,
            Ok(count) => copied += count as u64,
        }
    }
    copied
}

/// Other systems have no such call.
#[cfg(not(target_os = "linux"))]
fn copy_in_kernel(_from: (&File, u64), _length: u64, _to: (&File, u64)) -> u64 {
    0
}

#[cfg(unix)]
fn read_file_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_file_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// Writes all of `bytes` to a file, from `offset` on.
///
/// # Errors
/// Those of the operating system.
#[cfg(unix)]
pub fn write_file_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

/// Writes all of `bytes` to a file, from `offset` on.
///
/// # Errors
/// Those of the operating system.
#[cfg(windows)]
pub fn write_file_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, offset)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => {
                bytes = &bytes[count..];
                offset += count as u64;
            }
        }
    }
    Ok(())
}

/// A [`Section`] read from its start to its end.
pub struct SectionReader<'a> {
    section: Section,
    position: u64,
    meter: Meter<'a>,
}

impl Read for SectionReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.stopped() {
            return Err(io::Error::other("interrupted"));
        }
        let got = self.section.read_at(buffer, self.position)?;
        self.position += got as u64;
        self.meter.advance(got as u64);
        Ok(got)
    }
}
