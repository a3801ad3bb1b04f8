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
mod node;
mod places;
mod python;
mod recommends;
mod rpm;

use crate::image::{Image, PathId};
use crate::overlay::Union;
use claims::Claims;
pub(super) use places::Places;

/// What installed a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manager {
    /// Debian's and Ubuntu's.
    Dpkg,
    /// Alpine's and Wolfi's.
    Apk,
    /// Fedora's, Red Hat's and SUSE's.
    Rpm,
    /// pip and others that write `dist-info`.
    Python,
    /// npm and others that fill `node_modules`.
    Node,
}

impl Manager {
    /// The word for it, in text and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dpkg => "dpkg",
            Self::Apk => "apk",
            Self::Rpm => "rpm",
            Self::Python => "python",
            Self::Node => "node",
        }
    }
}

/// An installed package. The same version at several places (in several `node_modules`) is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// What installed it.
    pub manager: Manager,
    /// Its name.
    pub name: String,
    /// Its version, where it is told.
    pub version: Option<String>,
    /// Bytes of its files.
    pub bytes: u64,
    /// Number of its files, further names of a file included.
    pub files: u64,
    /// The layers that its bytes are in, the one with most first.
    pub layers: Vec<(usize, u64)>,
}

impl Package {
    /// The layer with most of its bytes; none when it has no bytes.
    pub fn layer(&self) -> Option<usize> {
        self.layers.first().map(|&(layer, _)| layer)
    }
}

/// A package that is there only because another recommends it, or because such a one needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recommended {
    /// The package: an index into [`Packages::list`].
    pub package: usize,
    /// What recommends or needs it: an index into [`Packages::list`].
    pub by: usize,
}

/// All packages of an image.
#[derive(Debug, Default)]
pub struct Packages {
    /// Most bytes first, then by manager, name and version.
    pub list: Vec<Package>,
    /// Live bytes that no package owns.
    pub unowned: u64,
    /// Packages that `--no-install-recommends` would have left out: in the order of `list`.
    pub recommended: Vec<Recommended>,
    /// Package managers whose records are there but cannot be read.
    pub unread: Vec<Manager>,
    /// The owner of each path, as an index into `list`; empty when there are no packages.
    owners: Vec<u32>,
}

/// No package: the value of an owner.
const NOBODY: u32 = u32::MAX;

impl Packages {
    /// The package that owns the file at a path of the final root filesystem: an index into `list`.
    pub fn owner_index(&self, path: PathId) -> Option<usize> {
        self.owners.get(path.index()).filter(|&&owner| owner != NOBODY).map(|&owner| owner as usize)
    }

    /// The package that owns the file at a path of the final root filesystem.
    pub fn owner(&self, path: PathId) -> Option<&Package> {
        self.list.get(self.owner_index(path)?)
    }
}

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
