//! The unpacked bytes of a layer's blob.

use sha2::{Digest as _, Sha256};

use super::line::digest;
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::source::{Compression, Meter, Section};

/// Passes the unpacked bytes of a blob to `take`.
pub(super) fn unpacked(
    blob: &Section,
    compression: Compression,
    meter: Meter<'_>,
    mut take: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> Result<()> {
    let mut reader = compression.reader(blob.reader(meter)).map_err(|error| Error::io(&error))?;
    let mut piece = vec![0; 256 << 10];
    loop {
        let got =
            std::io::Read::read(&mut reader, &mut piece).map_err(|e| crate::source::stream_error(&e))?;
        if got == 0 {
            return Ok(());
        }
        take(&piece[..got]).map_err(|error| Error::io(&error))?;
    }
}

/// The digest of a blob's bytes, unpacked.
pub(super) fn sum(blob: &Section, compression: Compression, meter: Meter<'_>) -> Result<Digest> {
    let mut sum = Sha256::new();
    unpacked(blob, compression, meter, |bytes| {
        sum.update(bytes);
        Ok(())
    })?;
    Ok(digest(sum))
}
