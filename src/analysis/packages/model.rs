//! What is known of the packages of an image.

use crate::image::PathId;

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
    /// Its version, if it is recorded.
    pub version: Option<String>,
    /// Bytes of its files.
    pub bytes: u64,
    /// Number of its files, hard links included.
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

/// A package that is there only because another recommends it, or because a recommended one needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommended {
    /// The package: an index into [`Packages::list`].
    pub package: usize,
    /// What recommends or needs it: an index into [`Packages::list`].
    pub by: usize,
    /// Those of the recommended packages that it depends on itself: indexes into [`Packages::list`].
    pub needs: Vec<usize>,
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
    /// Package managers whose records exist but cannot be read.
    pub unread: Vec<Manager>,
    /// The owner of each path, as an index into `list`; empty when there are no packages.
    pub(super) owners: Vec<u32>,
}

/// No package: the value of an owner.
pub(super) const NOBODY: u32 = u32::MAX;

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
