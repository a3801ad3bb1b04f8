//! Two examined images held against each other, their bodies too where nothing cheaper tells whether they are equal.

use super::bodies::ReadBodies;
use super::examination::Examination;
use super::hashes::hashes;
use crate::compare::{Comparison, Hashes, candidates, compare};
use crate::error::Result;
use crate::source::Progress;

/// An examined image, and what reads its bodies again; none for one that passed by only once, which was hashed then.
pub type Readable<'a> = (&'a Examination, Option<&'a dyn ReadBodies>);

/// What changed from one image to another.
///
/// # Errors
/// When the image is no longer there, or is not what it was.
pub fn compared(old: Readable<'_>, new: Readable<'_>, progress: &dyn Progress) -> Result<Comparison> {
    let (before, after) = (old.0.side(), new.0.side());
    let wanted = candidates(&before, &after);
    let read = |(examination, bodies): Readable<'_>, ids: &[_]| {
        bodies.map_or_else(|| Ok(Vec::new()), |bodies| hashes(bodies, &examination.image, ids, progress))
    };
    let hashes = Hashes::new(read(old, &wanted.old)?, read(new, &wanted.new)?);
    Ok(compare(&before, &after, &hashes))
}
