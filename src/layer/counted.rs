//! A layer's bytes as they are unpacked: counted, and summed up where its digest is asked for.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::LayerIndex;
use super::budget::Budget;
use crate::digest::Digest;
use crate::error::Result;
use crate::limits;
use crate::source::Compression;

/// Gives the index its digest, if that is asked for: of all bytes that pass the reader which `index` makes.
pub(super) fn summed(
    budget: &Budget,
    index: impl FnOnce(Option<&Mutex<Sha256>>) -> Result<LayerIndex>,
) -> Result<LayerIndex> {
    if !budget.verifies() {
        return index(None);
    }
    let sum = Mutex::new(Sha256::new());
    let mut layer = index(Some(&sum))?;
    let sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    layer.diff_id = Some(Digest::sha256(&sum.finalize().into()));
    Ok(layer)
}

/// A reader that fails once all packed layers together are over the limit, and sums up what passes.
pub(super) struct Counted<'a, R> {
    reader: R,
    /// Bytes that are free.
    free: u64,
    budget: &'a Budget,
    sum: Option<&'a Mutex<Sha256>>,
}

impl<'a, R> Counted<'a, R> {
    pub(super) fn new(
        reader: R,
        compression: Compression,
        stored: u64,
        budget: &'a Budget,
        sum: Option<&'a Mutex<Sha256>>,
    ) -> Self {
        let free = match compression {
            Compression::None => u64::MAX,
            _ => stored.saturating_mul(limits::EXPANSION),
        };
        Self { reader, free, budget, sum }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.reader.read(buffer)?;
        let beyond = (got as u64).saturating_sub(self.free);
        self.free = self.free.saturating_sub(got as u64);
        if let Some(sum) = self.sum {
            sum.lock().unwrap_or_else(PoisonError::into_inner).update(&buffer[..got]);
        }
        self.budget.unpack(beyond).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let budget = Budget::default();
        budget.unpack(limits::UNPACKED - (1 << 20)).unwrap();
        let mut endless = Counted::new(std::io::repeat(0), Compression::Gzip, 1000, &budget, None);
        let error = std::io::copy(&mut endless, &mut std::io::sink()).unwrap_err();
        assert!(error.to_string().contains("beyond 200 times their size, the limit"), "{error}");
        // what is not packed, or unpacks to less, is free
        for (compression, stored) in [(Compression::None, 0), (Compression::Zstd, 5000)] {
            let mut reader =
                Counted::new(std::io::repeat(0).take(1_000_000), compression, stored, &budget, None);
            std::io::copy(&mut reader, &mut std::io::sink()).unwrap();
        }
    }
}
