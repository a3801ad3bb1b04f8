//! The packages of the final root filesystem, and the bytes that each owns.
//!
//! Names and versions come from the package managers' own records, bytes are counted from the image's entries:
//! a package owns the files that its list names, as far as they are still there. A file is owned once, by
//! the first that names it: the system's package manager before the languages'. Each content counts once, however
//! many hard links name it.

mod apk;
mod claims;
mod dpkg;
mod fields;
mod model;
mod node;
mod places;
mod python;
mod recommends;
mod rpm;

use crate::image::Image;
use crate::overlay::Union;
use claims::Claims;
pub use model::{Manager, Package, Packages, Recommended};
pub(super) use places::Places;

/// Finds the packages of `image`.
pub fn packages(image: &Image, union: &Union) -> Packages {
    let mut claims = Claims::new(image, union);
    let recommended = dpkg::read(&mut claims);
    apk::read(&mut claims);
    rpm::read(&mut claims);
    python::read(&mut claims);
    node::read(&mut claims);
    let unread = unread(&claims);
    claims.settle(&recommended, unread)
}

/// Where package managers keep records that are not read here.
const RPM: [&[u8]; 4] = [
    b"var/lib/rpm/Packages",
    b"usr/lib/sysimage/rpm/Packages",
    b"var/lib/rpm/Packages.db",
    b"usr/lib/sysimage/rpm/Packages.db",
];

/// Package managers that have records which were not read: rpm's older ones are in formats of their own, and
/// others' may have been too large to keep.
fn unread(claims: &Claims<'_>) -> Vec<Manager> {
    let is_there = |path: &[u8]| claims.live_file(path).is_some();
    let is_lost = |path: &[u8]| is_there(path) && claims.body(path).is_none();
    let mut unread = Vec::new();
    if is_lost(dpkg::STATUS) {
        unread.push(Manager::Dpkg);
    }
    if apk::INSTALLED.into_iter().any(is_lost) {
        unread.push(Manager::Apk);
    }
    // what rpm wrote in its older formats is no matter once it moved to the new one
    if rpm::DATABASES.into_iter().any(is_lost)
        || RPM.into_iter().any(is_there) && !rpm::DATABASES.into_iter().any(is_there)
    {
        unread.push(Manager::Rpm);
    }
    unread
}

#[cfg(test)]
pub(super) mod tests;
