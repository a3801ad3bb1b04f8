//! What a tar is read from: something that can be read and skipped.
//!
//! [`Stepping`] hops over a file and reads only what is needed; [`Streaming`] reads every byte
//! (a decompressor, a pipe); bytes in memory are an input themselves. The tar walker works with any of them.

use std::io::{self, Read};

use super::{Meter, Section};

/// A sequence of bytes that is read forwards.
pub trait Input {
    /// The next bytes, consumed: at least one unless the input has ended, `limit` at most.
    ///
    /// # Errors
    /// Those of the source underneath.
    fn take(&mut self, limit: usize) -> io::Result<&[u8]>;

    /// Skips `count` bytes and returns how many, fewer only at the end of the input.
    ///
    /// # Errors
    /// Those of the source underneath.
    fn skip(&mut self, count: u64) -> io::Result<u64>;

    /// True when reading the next `count` bytes costs about as little as skipping them.
    fn is_cheap(&self, count: u64) -> bool;

    /// Reads again from `back` bytes before the next one on, and returns how far `buffer` was filled: 0 where the input
    /// only moves forwards.
    ///
    /// # Errors
    /// Those of the source underneath.
    fn look_back(&self, _back: u64, _buffer: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }

    /// Fills `buffer` and returns how far, less only at the end of the input.
    ///
    /// # Errors
    /// Those of the source underneath.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < buffer.len() {
            let bytes = self.take(buffer.len() - done)?;
            if bytes.is_empty() {
                break;
            }
            buffer[done..done + bytes.len()].copy_from_slice(bytes);
            done += bytes.len();
        }
        Ok(done)
    }
}

/// The least that is read at once: a page, as the kernel does.
const PAGE: usize = 4096;
/// The most that is read at once where small members follow each other.
const WINDOW: usize = 64 << 10;

/// Reads a [`Section`], hopping over what is skipped.
///
/// The window is a page after a hop and doubles while what is read lies in a row, so that an
/// archive of large files costs a page each and one of tiny files few system calls.
pub struct Stepping<'a> {
    section: Section,
    meter: Meter<'a>,
    buffer: Vec<u8>,
    /// The part of `buffer` that is not consumed yet.
    start: usize,
    end: usize,
    /// Where the buffer ends in the section.
    position: u64,
    window: usize,
}

impl<'a> Stepping<'a> {
    /// Starts at the beginning of `section`.
    pub fn new(section: Section, meter: Meter<'a>) -> Self {
        Self { section, meter, buffer: vec![0; WINDOW], start: 0, end: 0, position: 0, window: PAGE }
    }
}

impl Input for Stepping<'_> {
    fn take(&mut self, limit: usize) -> io::Result<&[u8]> {
        if self.start == self.end {
            if self.meter.stopped() {
                return Err(io::Error::other("interrupted"));
            }
            let got = self.section.read_at(&mut self.buffer[..self.window], self.position)?;
            (self.start, self.end) = (0, got);
            self.position += got as u64;
            self.window = (self.window * 2).min(WINDOW);
            self.meter.advance(got as u64);
        }
        let count = limit.min(self.end - self.start);
        let from = self.start;
        self.start += count;
        Ok(&self.buffer[from..from + count])
    }

    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let buffered = (self.end - self.start) as u64;
        if count <= buffered {
            #[expect(clippy::cast_possible_truncation, reason = "not more than is buffered")]
            let count = count as usize;
            self.start += count;
            return Ok(count as u64);
        }
        let hop = (count - buffered).min(self.section.length().saturating_sub(self.position));
        self.start = self.end;
        self.position += hop;
        if hop > PAGE as u64 {
            self.window = PAGE;
        }
        self.meter.advance(hop);
        Ok(buffered + hop)
    }

    fn is_cheap(&self, count: u64) -> bool {
        count <= PAGE as u64
    }

    fn look_back(&self, back: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let next = self.position - (self.end - self.start) as u64;
        next.checked_sub(back).map_or(Ok(0), |at| self.section.read_at(buffer, at))
    }
}

impl Input for &[u8] {
    fn take(&mut self, limit: usize) -> io::Result<&[u8]> {
        let (taken, left) = self.split_at(limit.min(self.len()));
        *self = left;
        Ok(taken)
    }

    fn skip(&mut self, count: u64) -> io::Result<u64> {
        Ok(Input::take(self, usize::try_from(count).unwrap_or(usize::MAX))?.len() as u64)
    }

    fn is_cheap(&self, _count: u64) -> bool {
        true
    }
}

/// Reads a stream; what is skipped is read and dropped.
pub struct Streaming<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<R: Read> Streaming<R> {
    /// Starts at the position of `reader`.
    pub fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; 2 * WINDOW], start: 0, end: 0 }
    }

    /// The next bytes without consuming them: `count` (64 KiB at most), fewer only where the stream ends.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        let count = count.min(WINDOW);
        if self.start > 0 && self.end - self.start < count {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        while self.end - self.start < count {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(got) => self.end += got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.buffer[self.start..self.end.min(self.start + count)])
    }

    /// Reads to the end and returns the number of bytes.
    ///
    /// # Errors
    /// Those of the reader; a decompressor checks its sums only here.
    pub fn drain(&mut self) -> io::Result<u64> {
        self.skip(u64::MAX)
    }
}

impl<R: Read> Input for Streaming<R> {
    fn take(&mut self, limit: usize) -> io::Result<&[u8]> {
        if self.start == self.end {
            // after an error nothing is left, not the old bytes once more
            (self.start, self.end) = (0, 0);
            self.end = loop {
                match self.reader.read(&mut self.buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            };
        }
        let count = limit.min(self.end - self.start);
        let from = self.start;
        self.start += count;
        Ok(&self.buffer[from..from + count])
    }

    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut left = count;
        while left > 0 {
            let limit = usize::try_from(left).unwrap_or(usize::MAX);
            let got = self.take(limit)?.len() as u64;
            if got == 0 {
                break;
            }
            left -= got;
        }
        Ok(count - left)
    }

    fn is_cheap(&self, _count: u64) -> bool {
        true
    }
}
