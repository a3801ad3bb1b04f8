//! The packages of the final root filesystem, and the bytes that each owns.
//!
//! Names and versions come from the package managers' own records, bytes from the image's entries: a package owns the
//! files that its list names and that still exist. The first package that names a file owns it, and the system's
//! package manager comes before those of languages. Each content counts once, however
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
mod relations;
mod rpm;

use crate::layer::records::{APK, DPKG, RPM};
use crate::overlay::Stack;
use claims::Claims;
pub use model::{Manager, Package, Packages, Recommended};
pub(crate) use places::Places;
pub use relations::Relations;

/// Finds the packages of `image`.
pub fn packages(stack: Stack<'_>) -> Packages {
    let mut claims = Claims::new(stack);
    let recommended = dpkg::read(&mut claims);
    apk::read(&mut claims);
    rpm::read(&mut claims);
    python::read(&mut claims);
    node::read(&mut claims);
    let unread = unread(&claims);
    claims.settle(&recommended, unread)
}

/// Package managers whose records were not read: older ones of rpm are in other formats, and any may have been too
/// large to keep.
fn unread(claims: &Claims<'_>) -> Vec<Manager> {
    let is_there = |path: &[u8]| claims.live_file(path).is_some();
    let is_lost = |path: Vec<u8>| is_there(&path) && claims.body(&path).is_none();
    let mut unread = Vec::new();
    for (manager, records) in [(Manager::Dpkg, DPKG), (Manager::Apk, APK), (Manager::Rpm, RPM)] {
        // records in older formats do not matter once there is a new database
        let is_older = || records.older_databases().any(|path| is_there(&path));
        let is_new = || records.databases().any(|path| is_there(&path));
        if records.databases().any(is_lost) || is_older() && !is_new() {
            unread.push(manager);
        }
    }
    unread
}

#[cfg(test)]
pub(super) mod tests;
