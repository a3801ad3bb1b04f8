//! Loads an older image and compares another one with it.

use super::request::Request;
use crate::compare::Comparison;
use crate::error::{Error, Result};
use crate::image::Image;
use crate::load::{self, Examination, ReadBodies};
use crate::oci::Platform;

/// Loads an older image; returns it, and what changed from it to `new`, whose files `bodies` reads again.
///
/// # Errors
/// When it cannot be read, or is for another platform.
pub(super) fn against(
    old: &Request,
    new: &Examination,
    bodies: Option<&dyn ReadBodies>,
    progress: &dyn load::Progress,
) -> Result<(Examination, Comparison)> {
    let (old, old_bodies) = old.run(progress)?;
    check_platforms(&old.image, &new.image)?;
    let comparison = load::compared((&old, old_bodies.as_deref()), (new, bodies), progress)?;
    Ok((old, comparison))
}

/// Refuses images of different platforms, in which nearly every file differs.
fn check_platforms(before: &Image, after: &Image) -> Result<()> {
    let [old, new] = [before, after].map(|image| &image.about.platform);
    let is_known = |platform: &Platform| !platform.os.is_empty() && !platform.architecture.is_empty();
    if is_known(old) && is_known(new) && (&old.os, &old.architecture) != (&new.os, &new.architecture) {
        let why = format!("OLD is for {old} and NEW for {new}, so nearly every file would differ");
        return Err(Error::because(why).hint("choose a platform that both have with --platform"));
    }
    Ok(())
}
