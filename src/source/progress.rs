//! How far the reading of an image is, and whether it should go on.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Follows the reading of an image: it learns what there is to read and how much of it is done, and decides
/// whether to go on. Called from several threads.
pub trait Progress: Sync {
    /// The parts that will be read, lowest layer first: what each is called and its length in bytes, 0 where
    /// that is unknown.
    fn begin(&self, _parts: &[(String, u64)]) {}

    /// So many more bytes of a part were read or skipped.
    fn advance(&self, _part: usize, _bytes: u64) {}

    /// True when the user wants to stop.
    fn stopped(&self) -> bool {
        false
    }
}

/// A [`Progress`] that shows nothing and never stops.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {}

/// The [`Progress`] of one part, or of something that counts as no part.
#[derive(Clone, Copy)]
pub struct Meter<'a> {
    progress: &'a dyn Progress,
    part: Option<usize>,
}

impl<'a> Meter<'a> {
    /// Counts for part `part`.
    pub fn part(progress: &'a dyn Progress, part: usize) -> Self {
        Self { progress, part: Some(part) }
    }

    /// Counts for no part, but can be stopped.
    pub fn uncounted(progress: &'a dyn Progress) -> Self {
        Self { progress, part: None }
    }

    /// So many more bytes were read or skipped.
    pub fn advance(self, bytes: u64) {
        if let Some(part) = self.part {
            self.progress.advance(part, bytes);
        }
    }

    /// True when the user wants to stop.
    pub fn stopped(self) -> bool {
        self.progress.stopped()
    }
}

impl Default for Meter<'_> {
    /// Shows nothing and never stops.
    fn default() -> Self {
        Self::uncounted(&NoProgress)
    }
}

/// A stream that says how much was read of it, and ends with an error when the user wants to stop.
pub(super) struct Metered<'p, R> {
    pub(super) reader: R,
    pub(super) meter: Meter<'p>,
    /// Bytes that were read so far.
    pub(super) read: Arc<AtomicU64>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.meter.stopped() {
                return Err(io::Error::other("interrupted"));
            }
            match self.reader.read(buffer) {
                // a reader that waits for its sender wakes up regularly
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(got) => {
                    self.read.fetch_add(got as u64, Ordering::Relaxed);
                    self.meter.advance(got as u64);
                    return Ok(got);
                }
            }
        }
    }
}
