//! Walks the members of a tar: ustar, GNU and pax.
//!
//! Why not a library's iterator: the bodies of extension headers must be bounded, global pax headers are
//! no members, and bodies must be skipped by seeking where the input can. The walker fills one
//! [`Member`] at a time, which the caller reuses, and never holds a body.
//!
//! Sources: POSIX.1-2017 pax ("ustar Interchange Format", "pax Extended Header"), the GNU tar manual
//! ("Basic Tar Format"), and the leniency of Go's archive/tar, which writes most layers.

mod header;
mod member;
mod pax;
mod put;
pub mod whiteout;

use std::io::Read;

use super::{Input, Streaming, limits, stream_error};
use crate::error::{Error, Result};
use header::Header;
pub use header::{looks_like_tar, seal};
pub use member::{BLOCK, Member, Type};
pub use pax::Records;
pub use put::{octal, pad};

/// Walks a tar from member to member.
pub struct Walk<I> {
    input: I,
    /// Bytes consumed so far.
    position: u64,
    /// Bytes of the current body that are not consumed yet.
    left: u64,
    /// The end of the current body.
    padding: u64,
    globals: pax::Globals,
    /// Where a single block of zeros ended the archive although more follows.
    lone_zero_block: Option<u64>,
    /// The headers of the current member as stored, if they are kept.
    recorded: Option<Vec<u8>>,
}

impl<I: Input> Walk<I> {
    /// Starts at the first header.
    pub fn new(input: I) -> Self {
        Self {
            input,
            position: 0,
            left: 0,
            padding: 0,
            globals: pax::Globals::default(),
            lone_zero_block: None,
            recorded: None,
        }
    }

    /// Starts at the first header, and keeps the headers of the current member.
    pub fn recording(input: I) -> Self {
        Self { recorded: Some(Vec::new()), ..Self::new(input) }
    }

    /// The headers of the current member as stored, its extension headers first.
    pub fn recorded(&self) -> &[u8] {
        self.recorded.as_deref().unwrap_or_default()
    }

    /// Reads the next member's headers into `member`; false at the end of the archive.
    ///
    /// # Errors
    /// When the tar is cut short or damaged, or an extension header is over its bound. The error says where.
    pub fn next(&mut self, member: &mut Member) -> Result<bool> {
        let mut local: Option<pax::Records> = None;
        if let Some(recorded) = &mut self.recorded {
            recorded.clear();
        }
        let (mut long_name, mut long_link) = (None, None);
        loop {
            self.finish_body()?;
            let at = self.position;
            let mut block = [0; BLOCK];
            match self.fill(&mut block)? {
                0 if local.is_none() && long_name.is_none() && long_link.is_none() => return Ok(false),
                got if got < block.len() => return Err(cut_short(at, "in a header")),
                _ => {}
            }
            let Some(header) = Header::parse(&block, at)? else {
                // two blocks of zeros end a tar; Go reports anything else after the first as damage
                let got = self.fill(&mut block)?;
                self.lone_zero_block = (got == BLOCK && block != [0; BLOCK]).then_some(at);
                return Ok(false);
            };
            match header.kind() {
                Type::PaxLocal => local = Some(pax::Records::parse(&self.extension(&header, at)?, at)?),
                Type::PaxGlobal => {
                    let records = pax::Records::parse(&self.extension(&header, at)?, at)?;
                    self.globals.merge(records, at)?;
                }
                Type::LongName => long_name = Some(text(self.extension(&header, at)?)),
                Type::LongLink => long_link = Some(text(self.extension(&header, at)?)),
                kind => {
                    header.fill(member, at)?;
                    if kind == Type::Sparse {
                        self.skip_sparse_maps(&block)?;
                        member.kind = Type::File;
                    }
                    if let Some(name) = long_name {
                        member.name = name;
                    }
                    if let Some(link) = long_link {
                        member.link = link;
                    }
                    self.globals.apply(member, at)?;
                    if let Some(records) = local {
                        records.apply(member, at)?;
                    }
                    if !member.kind.has_body() {
                        member.size = 0;
                    }
                    member.offset = self.position;
                    self.start_body(member.size);
                    return Ok(true);
                }
            }
        }
    }

    /// True if reading the current body costs about as little as skipping it.
    pub fn is_body_cheap(&self) -> bool {
        self.input.is_cheap(self.left)
    }

    /// Bytes of the current body that are still to be read.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// The next bytes of the current body; empty once all of it was read.
    ///
    /// # Errors
    /// When the tar ends before the body does.
    pub fn chunk(&mut self) -> Result<&[u8]> {
        if self.left == 0 {
            return Ok(&[]);
        }
        let limit = usize::try_from(self.left).unwrap_or(usize::MAX);
        let bytes = self.input.take(limit).map_err(|error| stream_error(&error))?;
        if bytes.is_empty() {
            return Err(cut_short(self.position, "in the body of a member"));
        }
        self.left -= bytes.len() as u64;
        self.position += bytes.len() as u64;
        Ok(bytes)
    }

    /// Skips the next `count` bytes of the current body, or what is left of it.
    ///
    /// # Errors
    /// When the tar ends before that.
    pub fn skip_in_body(&mut self, count: u64) -> Result<()> {
        let count = count.min(self.left);
        let got = self.input.skip(count).map_err(|error| stream_error(&error))?;
        self.left -= got;
        self.position += got;
        if got < count { Err(cut_short(self.position, "in the body of a member")) } else { Ok(()) }
    }

    /// Reads again from `back` bytes before the next one on, and returns how far `buffer` was filled: 0 where the input
    /// only moves forwards.
    ///
    /// # Errors
    /// Those of the input.
    pub fn look_back(&self, back: u64, buffer: &mut [u8]) -> Result<usize> {
        self.input.look_back(back, buffer).map_err(|error| stream_error(&error))
    }

    /// The current body as a reader.
    pub fn body(&mut self) -> Body<'_, I> {
        Body { walk: self }
    }

    /// Bytes consumed so far.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The offset of a single block of zeros that ended the archive although something else follows it.
    pub fn lone_zero_block(&self) -> Option<u64> {
        self.lone_zero_block
    }

    /// The input after the last member's header or body.
    pub fn input(&mut self) -> &mut I {
        &mut self.input
    }

    fn start_body(&mut self, size: u64) {
        self.left = size;
        self.padding = size.next_multiple_of(BLOCK as u64) - size;
    }

    /// Starts inside a body of `size` bytes.
    pub fn within(input: I, size: u64) -> Self {
        Self { left: size, ..Self::new(input) }
    }

    /// Skips what is left of the current body. Missing padding at the end is accepted, as tar does.
    fn finish_body(&mut self) -> Result<()> {
        let whole = self.left + self.padding;
        if whole > 0 {
            let got = self.input.skip(whole).map_err(|error| stream_error(&error))?;
            self.position += got;
            if got < self.left {
                return Err(cut_short(self.position, "in the body of a member"));
            }
            (self.left, self.padding) = (0, 0);
        }
        Ok(())
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let got = self.input.fill(buffer).map_err(|error| stream_error(&error))?;
        self.position += got as u64;
        if let Some(recorded) = &mut self.recorded {
            recorded.extend_from_slice(&buffer[..got]);
            // what fills up the last block of an extension header is skipped, not read
            recorded.resize(recorded.len().next_multiple_of(BLOCK), 0);
        }
        Ok(got)
    }

    /// The body of an extension header.
    fn extension(&mut self, header: &Header<'_>, at: u64) -> Result<Vec<u8>> {
        let size = header.size(at)?;
        if size > limits::EXTENSION {
            return Err(Error::because(format!(
                "the extension header at offset {at} has {size} bytes, over the limit of {}",
                limits::EXTENSION
            )));
        }
        self.start_body(size);
        let mut body = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
        let got = self.fill(&mut body)?;
        self.left -= got as u64;
        if got < body.len() {
            return Err(cut_short(self.position, "in an extension header"));
        }
        Ok(body)
    }

    /// An old GNU sparse file may have further blocks of its map between header and body.
    fn skip_sparse_maps(&mut self, block: &[u8; BLOCK]) -> Result<()> {
        let mut more = block[482] != 0;
        while more {
            let mut map = [0; BLOCK];
            if self.fill(&mut map)? < map.len() {
                return Err(cut_short(self.position, "in a sparse map"));
            }
            more = map[504] != 0;
        }
        Ok(())
    }
}

impl<R: Read> Walk<Streaming<R>> {
    /// The first bytes of what is left of the present body, `count` at most, without consuming them.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn peek(&mut self, count: usize) -> Result<&[u8]> {
        let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(count);
        self.input.peek(count).map_err(|error| stream_error(&error))
    }
}

/// The body of one member, read as a stream.
pub struct Body<'a, I> {
    walk: &'a mut Walk<I>,
}

impl<I: Input> Read for Body<'_, I> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let limit = usize::try_from(self.walk.left).unwrap_or(usize::MAX).min(buffer.len());
        if limit == 0 {
            return Ok(0);
        }
        let bytes = self.walk.input.take(limit)?;
        if bytes.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        buffer[..bytes.len()].copy_from_slice(bytes);
        self.walk.left -= bytes.len() as u64;
        self.walk.position += bytes.len() as u64;
        Ok(bytes.len())
    }
}

fn cut_short(at: u64, place: &str) -> Error {
    Error::because(format!("the tar is cut short at offset {at}, {place}"))
        .hint("save or copy the image again")
}

/// A long name without the NUL that ends it.
fn text(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = bytes.iter().position(|&b| b == 0) {
        bytes.truncate(end);
    }
    bytes
}

#[cfg(test)]
mod tests;
