//! Blocks of a tar on their way into the new image: each is hashed, compressed and written by whichever thread is free.
//!
//! There are no threads for this alone. The one that makes the tar helps when the line is long, and where it is the only
//! one it does everything.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::blocks::Block;
use super::packing::Packing;
use crate::digest::Digest;
use crate::error::{Error, Result};

/// The header of a gzip file (RFC 1952, 2.3): no name, no time, an unknown system.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// The last block of a deflate stream, empty.
const LAST_BLOCK: [u8; 2] = [3, 0];
/// Most blocks in the line that are not compressed: enough to have others join in before the one that makes the tar
/// does their work.
const PLAIN: usize = 4;
/// How long a thread that has nothing to do waits before it looks again.
const TICK: Duration = Duration::from_millis(10);

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    /// The digest of the tar.
    pub(super) diff_id: Digest,
    /// The digest of the blob.
    pub(super) digest: Digest,
    /// Bytes of the blob.
    pub(super) size: u64,
}

/// The line of blocks. No lock is waited for while another is held, but that of the queue, which is held only briefly.
pub(super) struct Line<'a> {
    packing: Packing,
    /// Most blocks in the line.
    limit: usize,
    queue: Mutex<Queue>,
    /// Something was done.
    moved: Condvar,
    /// The hash of the tar.
    sum: Mutex<Sha256>,
    out: Mutex<Output<'a>>,
}

#[derive(Default)]
struct Queue {
    unhashed: VecDeque<Arc<Block>>,
    /// What is to be written, in order.
    pieces: VecDeque<Piece>,
    /// How many pieces were taken from the front.
    taken: usize,
    /// Nothing more is to be done, perhaps because of an error.
    is_stopped: bool,
    error: Option<io::Error>,
}

enum Piece {
    /// Not compressed yet.
    Waiting(Arc<Block>),
    /// Being compressed.
    Busy,
    /// To be written as it is.
    Plain(Arc<Block>),
    /// Compressed, with the check sum of the block that gzip needs.
    Packed(Vec<u8>, flate2::Crc),
}

/// What was written.
struct Output<'a> {
    out: &'a mut (dyn Write + Send),
    /// Of a tar that is not compressed the hash is known anyway.
    sum: Option<Sha256>,
    size: u64,
    whole: flate2::Crc,
}

impl Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        if let Some(sum) = &mut self.sum {
            sum.update(bytes);
        }
        self.size += bytes.len() as u64;
        Ok(())
    }
}

impl<'a> Line<'a> {
    /// An empty line that ends in `out`.
    pub(super) fn new(packing: Packing, out: &'a mut (dyn Write + Send)) -> Self {
        let is_packed = packing != Packing::None;
        let mut output = Output { out, sum: is_packed.then(Sha256::new), size: 0, whole: flate2::Crc::new() };
        let mut queue = Queue::default();
        if matches!(packing, Packing::Gzip(_)) {
            queue.failed(output.write(&GZIP_HEADER));
        }
        Self {
            packing,
            limit: if is_packed { 2 * rayon::current_num_threads() + 2 } else { PLAIN },
            queue: Mutex::new(queue),
            moved: Condvar::new(),
            sum: Mutex::new(Sha256::new()),
            out: Mutex::new(output),
        }
    }

    /// Adds a block at the end.
    pub(super) fn add(&self, block: Arc<Block>) {
        let mut queue = self.queue();
        queue.unhashed.push_back(Arc::clone(&block));
        let is_packed = self.packing != Packing::None;
        queue.pieces.push_back(if is_packed { Piece::Waiting(block) } else { Piece::Plain(block) });
    }

    /// Does one thing that is to be done; false where there is none, or others do them all.
    pub(super) fn help(&self) -> bool {
        let _guard = Guard(self);
        let did = self.write() || self.hash() || self.compress();
        if did {
            self.moved.notify_all();
        }
        did
    }

    fn write(&self) -> bool {
        let Some(mut out) = free(&self.out) else { return false };
        let Some(piece) = self.queue().finished() else { return false };
        let written = match piece {
            Piece::Packed(bytes, sum) => {
                out.whole.combine(&sum);
                out.write(&bytes)
            }
            Piece::Plain(block) => out.write(&block),
            Piece::Waiting(_) | Piece::Busy => Ok(()),
        };
        self.queue().failed(written);
        true
    }

    fn hash(&self) -> bool {
        let Some(mut sum) = free(&self.sum) else { return false };
        let Some(block) = self.queue().unhashed() else { return false };
        sum.update(&**block);
        true
    }

    fn compress(&self) -> bool {
        let Some((number, block)) = self.queue().waiting() else { return false };
        let packed = self.packing.compress(&block).map(|bytes| {
            let mut sum = flate2::Crc::new();
            if matches!(self.packing, Packing::Gzip(_)) {
                sum.update(&block);
            }
            Piece::Packed(bytes, sum)
        });
        let mut queue = self.queue();
        let place = number - queue.taken;
        match (packed, queue.pieces.get_mut(place)) {
            (Some(packed), Some(piece)) => *piece = packed,
            _ => queue.failed(Err(io::Error::other("a block could not be compressed"))),
        }
        true
    }

    /// Waits, and helps, until there is room for another block.
    pub(super) fn make_room(&self) -> io::Result<()> {
        self.shorten(self.limit - 1);
        if self.queue().is_stopped { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }

    /// Waits, and helps, until all is done.
    pub(super) fn clear(&self) {
        self.shorten(0);
    }

    fn shorten(&self, length: usize) {
        let is_short = |queue: &Queue| {
            queue.is_stopped || (queue.pieces.len() <= length && queue.unhashed.len() <= length)
        };
        while !is_short(&self.queue()) {
            if !self.help() {
                let queue = self.queue();
                if !is_short(&queue) {
                    // others are at it, and say when they are done
                    drop(self.moved.wait_timeout(queue, TICK));
                }
            }
        }
    }

    /// Leaves the rest undone.
    pub(super) fn stop(&self) {
        self.queue().is_stopped = true;
    }

    /// What was stored; the error of writing, else that of `filled`.
    pub(super) fn finish(self, filled: Result<()>) -> Result<Stored> {
        let told = |error: io::Error| Error::io(&error);
        let queue = self.queue.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = queue.error {
            return Err(told(error));
        }
        filled?;
        let mut out = self.out.into_inner().unwrap_or_else(PoisonError::into_inner);
        if matches!(self.packing, Packing::Gzip(_)) {
            let (sum, amount) = (out.whole.sum(), out.whole.amount());
            let end = [&LAST_BLOCK[..], &sum.to_le_bytes(), &amount.to_le_bytes()].concat();
            out.write(&end).map_err(told)?;
        }
        let diff_id = digest(self.sum.into_inner().unwrap_or_else(PoisonError::into_inner));
        let digest = out.sum.map_or_else(|| diff_id.clone(), digest);
        Ok(Stored { diff_id, digest, size: out.size })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// The first piece, if it can be written.
    fn finished(&mut self) -> Option<Piece> {
        let is_finished = matches!(self.pieces.front(), Some(Piece::Plain(_) | Piece::Packed(..)));
        (is_finished && !self.is_stopped).then(|| {
            self.taken += 1;
            self.pieces.pop_front()
        })?
    }

    fn unhashed(&mut self) -> Option<Arc<Block>> {
        if self.is_stopped { None } else { self.unhashed.pop_front() }
    }

    /// The first block that no one compresses, and its number. It is busy from now on.
    fn waiting(&mut self) -> Option<(usize, Arc<Block>)> {
        let is_waiting = |piece: &Piece| matches!(piece, Piece::Waiting(_));
        let place = self.pieces.iter().position(is_waiting).filter(|_| !self.is_stopped)?;
        match std::mem::replace(self.pieces.get_mut(place)?, Piece::Busy) {
            Piece::Waiting(block) => Some((self.taken + place, block)),
            _ => None,
        }
    }

    /// Notes an error, if it is the first.
    fn failed(&mut self, done: io::Result<()>) {
        if let Err(error) = done {
            self.is_stopped = true;
            self.error.get_or_insert(error);
        }
    }
}

/// Stops the line when a thread that helps panics, so that no one waits for it.
struct Guard<'a, 'b>(&'a Line<'b>);

impl Drop for Guard<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.queue().failed(Err(io::Error::other("a thread that writes the layer ended early")));
        }
    }
}

/// Takes a lock that no one holds.
fn free<T>(lock: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match lock.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// `sha256:…`
pub(super) fn digest(sum: Sha256) -> Digest {
    Digest::sha256(&sum.finalize().into())
}
