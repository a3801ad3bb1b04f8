//! Hashes of file bodies, by which equal contents are found.
//!
//! XXH3 with 64 bits is as fast as memory. Only bodies of equal size are compared, so two different files of a million
//! look equal by chance once in some hundred million images. An image made to deceive could do it on purpose, but
//! only to look more wasteful than it is.

use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::error::Result;
use crate::source::Input;
use crate::source::tar::Walk;

/// The hash of a whole body; never 0, which means "not read".
pub fn body(bytes: &[u8]) -> u64 {
    xxh3_64(bytes).max(1)
}

/// Hashes a body that arrives in pieces.
#[derive(Default)]
pub struct BodyHasher(Xxh3Default);

impl BodyHasher {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self(Xxh3Default::new())
    }

    /// The next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all pieces: what [`body`] gives for the whole.
    pub fn finish(&self) -> u64 {
        self.0.digest().max(1)
    }
}

/// Reads the current body of `walk` to its end and hashes it.
pub(super) fn passing<I: Input>(walk: &mut Walk<I>) -> Result<u64> {
    let whole = walk.left();
    let first = walk.chunk()?;
    if first.len() as u64 == whole {
        return Ok(body(first));
    }
    let mut hasher = BodyHasher::new();
    hasher.update(first);
    while walk.left() > 0 {
        hasher.update(walk.chunk()?);
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hash_like_the_whole() {
        let bytes: Vec<u8> = (0..10_000_u32).map(|i| (i % 251) as u8).collect();
        let mut hasher = BodyHasher::new();
        bytes.chunks(777).for_each(|chunk| hasher.update(chunk));
        assert_eq!(hasher.finish(), body(&bytes));
        assert_ne!(body(b""), 0);
    }
}
