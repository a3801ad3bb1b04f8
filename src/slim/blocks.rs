//! The tar of a new layer while it is made: bytes of any number come in, blocks of one size go out.

use std::io;
use std::ops::Deref;
use std::sync::mpsc::Sender;

/// A part of the tar, which is hashed and compressed at the same time. Its memory is used again when both are done:
/// fresh memory for each block would cost page faults that add up to a third of the cost of copying.
pub(super) struct Block {
    bytes: Vec<u8>,
    used: usize,
    home: Sender<Vec<u8>>,
}

impl Block {
    /// `used` bytes of a buffer, which goes to `home` in the end.
    pub(super) fn new(bytes: Vec<u8>, used: usize, home: Sender<Vec<u8>>) -> Self {
        Self { bytes, used, home }
    }
}

impl Deref for Block {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.used]
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // at the end there is no one to take it
        _ = self.home.send(std::mem::take(&mut self.bytes));
    }
}

/// Fetches bytes from an offset on, and says how many.
pub(super) type Read<'a> = dyn FnMut(&mut [u8], u64) -> io::Result<usize> + 'a;

/// What takes the bytes of a tar.
pub(super) trait Out {
    /// The next bytes.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// The next `length` bytes, which `read` fetches. `look` sees each piece.
    fn read(&mut self, length: u64, read: &mut Read<'_>, look: &mut dyn FnMut(&[u8])) -> io::Result<()>;
}

/// Counts bytes and reads none of them.
#[derive(Default)]
pub(super) struct Count(pub(super) u64);

impl Out for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 += bytes.len() as u64;
        Ok(())
    }

    fn read(&mut self, length: u64, _: &mut Read<'_>, _: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        self.0 += length;
        Ok(())
    }
}

/// Takes the bytes of a tar, in pieces of any size, and cuts them into blocks.
pub(super) struct Blocks<'a> {
    /// The block that is filled: `used` bytes of it are.
    bytes: Vec<u8>,
    used: usize,
    /// Passes a block on and returns another of the same size.
    send: &'a mut dyn FnMut(Vec<u8>, usize) -> io::Result<Vec<u8>>,
}

impl<'a> Blocks<'a> {
    /// Starts to fill `bytes`. `send` passes a block on and returns another buffer of the same size.
    pub(super) fn new(
        bytes: Vec<u8>,
        send: &'a mut dyn FnMut(Vec<u8>, usize) -> io::Result<Vec<u8>>,
    ) -> Self {
        Self { bytes, used: 0, send }
    }

    fn filled(&mut self, more: usize) -> io::Result<()> {
        self.used += more;
        if self.used == self.bytes.len() { self.flush() } else { Ok(()) }
    }

    /// Passes on what is there.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.bytes = (self.send)(std::mem::take(&mut self.bytes), std::mem::take(&mut self.used))?;
        Ok(())
    }
}

impl Out for Blocks<'_> {
    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = &mut self.bytes[self.used..];
            let (first, rest) = bytes.split_at(bytes.len().min(room.len()));
            room[..first.len()].copy_from_slice(first);
            bytes = rest;
            self.filled(first.len())?;
        }
        Ok(())
    }

    fn read(&mut self, length: u64, read: &mut Read<'_>, look: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let mut done = 0;
        while done < length {
            let room = &mut self.bytes[self.used..];
            let wanted = room.len().min(usize::try_from(length - done).unwrap_or(usize::MAX));
            let got = read(&mut room[..wanted], done)?;
            if got == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            look(&room[..got]);
            done += got as u64;
            self.filled(got)?;
        }
        Ok(())
    }
}
