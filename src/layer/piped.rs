//! A stream that a thread of its own reads and unpacks, while what came out of it is walked and hashed.
//!
//! The bytes are not copied on the way: they are walked in the pieces into which they were unpacked, and the pieces go
//! back and forth.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::Builder;

use crate::source::{Input, Streaming};

/// Bytes of a piece, and how many of them wait at most.
const PIECE: usize = 256 << 10;
const PIECES: usize = 4;

/// The near end of the pipe.
pub(super) struct Piped {
    full: Receiver<io::Result<Vec<u8>>>,
    empty: Sender<Vec<u8>>,
    piece: Vec<u8>,
    taken: usize,
    /// Why the stream ended early.
    error: Option<io::Error>,
}

/// Something that a tar is walked in, and that is read to its end afterwards.
pub(super) trait Drained: Input {
    /// Reads to the end, and says how many bytes there were. An error that was met before is given again.
    fn drained(&mut self) -> io::Result<u64>;
}

impl<R: Read> Drained for Streaming<R> {
    fn drained(&mut self) -> io::Result<u64> {
        self.drain()
    }
}

/// What is done with the near end, whichever it is.
pub(super) trait Work {
    /// What it gives.
    type Output;

    /// Does it.
    fn with<I: Drained>(self, input: I) -> Self::Output;
}

/// Reads `reader` on a thread of its own, and does `work` with what it gives. Where no thread can be started, one
/// does both.
pub(super) fn piped<W: Work>(reader: impl Read + Send, work: W) -> W::Output {
    let far = Mutex::new(Some(reader));
    let take = || far.lock().unwrap_or_else(PoisonError::into_inner).take();
    std::thread::scope(|scope| {
        let (send_full, full) = sync_channel(PIECES);
        let (empty, take_empty) = channel();
        let read = || {
            if let Some(far) = take() {
                read_all(far, send_full, take_empty);
            }
        };
        if Builder::new().spawn_scoped(scope, read).is_ok() {
            return work.with(Piped { full, empty, piece: Vec::new(), taken: 0, error: None });
        }
        // the thread that did not start has not taken the reader
        match take() {
            Some(reader) => work.with(Streaming::new(reader)),
            None => work.with(Streaming::new(io::empty())),
        }
    })
}

/// Reads to the end, to an error, or until no one listens. The channels are closed when it is done.
#[expect(clippy::needless_pass_by_value, reason = "dropping them tells the other end")]
fn read_all(mut far: impl Read, full: SyncSender<io::Result<Vec<u8>>>, empty: Receiver<Vec<u8>>) {
    loop {
        let mut piece = empty.try_recv().unwrap_or_default();
        piece.resize(PIECE, 0);
        let mut length = 0;
        let failed = loop {
            match far.read(&mut piece[length..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
                Ok(0) => break None,
                Ok(got) => length += got,
            }
            if length == PIECE {
                break None;
            }
        };
        let is_last = length < PIECE;
        piece.truncate(length);
        if length > 0 && full.send(Ok(piece)).is_err() {
            return;
        }
        if let Some(error) = failed {
            _ = full.send(Err(error));
            return;
        }
        if is_last {
            return;
        }
    }
}

impl Input for Piped {
    fn take(&mut self, limit: usize) -> io::Result<&[u8]> {
        if self.taken == self.piece.len() && self.error.is_none() {
            match self.full.recv() {
                Ok(Ok(piece)) => {
                    let used = std::mem::replace(&mut self.piece, piece);
                    // it may have ended meanwhile
                    _ = self.empty.send(used);
                }
                Ok(Err(error)) => {
                    self.piece.clear();
                    self.error = Some(error);
                }
                // the end
                Err(_) => self.piece.clear(),
            }
            self.taken = 0;
        }
        if self.error.is_some() && self.taken == self.piece.len() {
            return Err(io::Error::other("the stream broke off"));
        }
        let from = self.taken;
        self.taken = self.piece.len().min(from.saturating_add(limit));
        Ok(&self.piece[from..self.taken])
    }

    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut left = count;
        while left > 0 {
            let got = self.take(usize::try_from(left).unwrap_or(usize::MAX))?.len() as u64;
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

impl Drained for Piped {
    fn drained(&mut self) -> io::Result<u64> {
        let rest = self.skip(u64::MAX);
        match self.error.take() {
            Some(error) => Err(error),
            None => rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct All;

    impl Work for All {
        type Output = (Vec<u8>, io::Result<u64>);

        fn with<I: Drained>(self, mut input: I) -> Self::Output {
            let mut all = Vec::new();
            while let Ok(bytes) = input.take(10_007) {
                if bytes.is_empty() {
                    break;
                }
                all.extend_from_slice(bytes);
            }
            (all, input.drained())
        }
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("it broke"))
        }
    }

    fn bytes(count: usize) -> Vec<u8> {
        (0..=250).cycle().take(count).collect()
    }

    #[test]
    fn everything_comes_in_order() {
        for count in [0, 1, PIECE, 9 * PIECE + 17] {
            let (all, rest) = piped(&bytes(count)[..], All);
            assert!(all == bytes(count), "{count}");
            assert_eq!(rest.unwrap(), 0);
        }
    }

    #[test]
    fn an_error_comes_after_the_bytes_before_it_and_again_at_the_end() {
        let (all, rest) = piped(io::Cursor::new(bytes(PIECE + 5)).chain(Broken), All);
        assert!(all == bytes(PIECE + 5));
        assert_eq!(rest.unwrap_err().to_string(), "it broke");
    }

    #[test]
    fn nobody_waits_for_a_reader_whose_listener_has_left() {
        struct Leave;
        impl Work for Leave {
            type Output = ();
            fn with<I: Drained>(self, mut input: I) {
                input.take(1).unwrap();
            }
        }
        piped(io::repeat(7), Leave);
    }
}
