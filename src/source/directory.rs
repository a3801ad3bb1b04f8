//! An image laid out as files of a directory: an OCI layout, skopeo's `dir:`, an unpacked archive.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::Section;
use super::store::{Store, check_document};
use crate::error::{Error, Result};

/// A directory whose files are the blobs. Nothing outside it is read: names are normalised, and a
/// symbolic link that leads out is refused.
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// Takes `path` as the root.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self { root: fs::canonicalize(path).map_err(|error| Error::io(&error))? })
    }

    /// The bytes of a file; `name` is a resolved one.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn section(&self, name: &[u8]) -> Result<Section> {
        let open = || Section::whole(File::open(self.path(name).unwrap_or_default())?);
        open().map_err(|error| Error::io(&error))
    }

    fn path(&self, name: &[u8]) -> Option<PathBuf> {
        Some(self.root.join(std::str::from_utf8(name).ok()?))
    }
}

impl Store for Directory {
    fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>> {
        let Some(real) = self.path(name).and_then(|path| fs::canonicalize(path).ok()) else {
            return Ok(None);
        };
        let Ok(inside) = real.strip_prefix(&self.root) else {
            return Err(Error::because("it is a link that leads out of the directory"));
        };
        Ok(real.is_file().then(|| inside.to_str().map(|name| name.as_bytes().to_vec())).flatten())
    }

    fn body(&self, name: &[u8]) -> Result<Vec<u8>> {
        let section = self.section(name)?;
        check_document(section.length())?;
        section.head(usize::try_from(section.length()).unwrap_or(0)).map_err(|error| Error::io(&error))
    }
}
