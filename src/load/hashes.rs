//! Hashes bodies, to decide whether they are equal.

use super::bodies::ReadBodies;
use crate::error::Result;
use crate::image::{EntryId, Image};
use crate::layer::hash::BodyHasher;
use crate::source::{Progress, stream_error};

/// Read at a time, in bytes.
const PIECE: usize = 256 << 10;

/// The hashes of bodies of regular files, as [`crate::layer::Entry::hash`] has them.
///
/// # Errors
/// When the image is no longer there, or is not what it was.
pub fn hashes(
    bodies: &dyn ReadBodies,
    image: &Image,
    ids: &[EntryId],
    progress: &dyn Progress,
) -> Result<Vec<(EntryId, u64)>> {
    let mut read = Vec::with_capacity(ids.len());
    if ids.is_empty() {
        return Ok(read);
    }
    let mut piece = vec![0; PIECE];
    bodies.visit(image, ids, progress, &mut |id, body| {
        let mut hasher = BodyHasher::new();
        loop {
            match body.read(&mut piece) {
                Ok(0) => break,
                Ok(got) => hasher.update(&piece[..got]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(stream_error(&error)),
            }
        }
        read.push((id, hasher.finish()));
        Ok(())
    })?;
    Ok(read)
}
