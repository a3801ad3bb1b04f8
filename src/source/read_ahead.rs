//! Reads a stream on a separate thread, so that its reader can give up.
//!
//! A blocked read cannot be cancelled. Here it blocks the thread, while the consumer of the bytes wakes up a few
//! times a second: with [`ErrorKind::Interrupted`](io::ErrorKind::Interrupted), upon which every loop of the
//! standard library reads on and its reader asks [`Progress`](crate::source::Progress) whether the user wants to stop, and with
//! an error after too long a silence. Reading ahead also overlaps the engine's work with ours.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Bytes per read, and how many such pieces are on their way at most.
const PIECE: usize = 256 << 10;
const PIECES: usize = 4;
/// How long a reader waits before it checks again.
const TICK: Duration = Duration::from_millis(100);

/// The near end: what the thread has read.
pub(super) struct ReadAhead {
    /// The stream itself, when no thread could be started: then the reader cannot give up.
    direct: Option<Box<dyn Read + Send>>,
    full: Receiver<io::Result<Vec<u8>>>,
    empty: SyncSender<Vec<u8>>,
    piece: Vec<u8>,
    taken: usize,
    /// When the last byte came, or the reader last had enough to do.
    heard: Option<Instant>,
    silence: Duration,
    /// How the stream ended: well, or with what error. A reader that goes on after an error must not take it
    /// for a good end.
    end: Option<Result<(), String>>,
}

impl ReadAhead {
    /// Starts reading `far`, which may be silent for at most `silence`.
    pub(super) fn start(far: impl Read + Send + 'static, silence: Duration) -> Self {
        let (send_full, full) = sync_channel(PIECES);
        let (empty, take_empty) = sync_channel(PIECES);
        let far = Arc::new(Mutex::new(Some(far)));
        let taken = Arc::clone(&far);
        let started = std::thread::Builder::new().spawn(move || {
            let far = taken.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(far) = far {
                read_all(far, &send_full, &take_empty);
            }
        });
        let mut direct: Option<Box<dyn Read + Send>> = None;
        if started.is_err() {
            let far = far.lock().unwrap_or_else(PoisonError::into_inner).take();
            direct = far.map(|far| -> Box<dyn Read + Send> { Box::new(far) });
        }
        Self { direct, full, empty, piece: Vec::new(), taken: 0, heard: None, silence, end: None }
    }

    /// Waits for the next piece; none when the stream is at its end.
    fn next(&mut self) -> io::Result<bool> {
        let since = *self.heard.get_or_insert_with(Instant::now);
        match self.full.recv_timeout(TICK) {
            Ok(Ok(piece)) => {
                self.heard = None;
                let used = std::mem::replace(&mut self.piece, piece);
                self.taken = 0;
                // a full channel means that enough pieces wait
                _ = self.empty.try_send(used);
                Ok(true)
            }
            Ok(Err(error)) => {
                self.end = Some(Err(error.to_string()));
                Err(error)
            }
            Err(RecvTimeoutError::Disconnected) => {
                self.end = Some(Ok(()));
                Ok(false)
            }
            Err(RecvTimeoutError::Timeout) if since.elapsed() >= self.silence => {
                let text = format!("nothing came for {} s", self.silence.as_secs());
                Err(io::Error::new(io::ErrorKind::TimedOut, text))
            }
            Err(RecvTimeoutError::Timeout) => Err(io::ErrorKind::Interrupted.into()),
        }
    }
}

impl Read for ReadAhead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(direct) = &mut self.direct {
            return direct.read(buffer);
        }
        match &self.end {
            Some(Err(error)) => return Err(io::Error::other(error.clone())),
            Some(Ok(())) => return Ok(0),
            None if buffer.is_empty() => return Ok(0),
            None => {}
        }
        if self.taken == self.piece.len() && !self.next()? {
            return Ok(0);
        }
        let left = self.piece.get(self.taken..).unwrap_or_default();
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.taken += count;
        Ok(count)
    }
}

/// Reads to the end, to an error, or until the receiver is gone.
fn read_all(mut far: impl Read, full: &SyncSender<io::Result<Vec<u8>>>, empty: &Receiver<Vec<u8>>) {
    loop {
        let mut piece = empty.try_recv().unwrap_or_default();
        piece.resize(PIECE, 0);
        let result = match far.read(&mut piece) {
            Ok(0) => return,
            Ok(count) => {
                piece.truncate(count);
                Ok(piece)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = result.is_err();
        if full.send(result).is_err() || failed {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_in_order() {
        let bytes: Vec<u8> = (0..=250).cycle().take(3 * PIECE + 17).collect();
        let mut got = Vec::new();
        ReadAhead::start(io::Cursor::new(bytes.clone()), TICK).read_to_end(&mut got).unwrap();
        assert!(got == bytes);
    }

    #[test]
    fn errors_come_after_the_bytes_before_them() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the line is cut"))
            }
        }
        let mut got = Vec::new();
        let error =
            ReadAhead::start(io::Cursor::new(b"some").chain(Broken), TICK).read_to_end(&mut got).unwrap_err();
        assert_eq!((got.as_slice(), error.to_string().as_str()), (&b"some"[..], "the line is cut"));
    }

    #[test]
    fn silence_is_not_waited_out() {
        let (held, silent) = io::pipe().map(|(read, write)| (write, read)).unwrap();
        let mut read_ahead = ReadAhead::start(silent, TICK * 2);
        // woken in between, and then given up
        assert_eq!(read_ahead.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::Interrupted);
        let error = read_ahead.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(held);
    }
}
