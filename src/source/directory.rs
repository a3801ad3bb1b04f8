//! An image laid out as files of a directory: an OCI layout, skopeo's `dir:`, an unpacked archive.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::blobs::{Blobs, Contents, read_document};
use super::{Section, limits};
use crate::error::{Error, Result};

/// A directory whose files are the blobs. Nothing outside it is read: names are normalised, and a
/// symbolic link that leads out is refused.
pub(super) struct Directory {
    shown: String,
    root: PathBuf,
}

impl Directory {
    /// Takes `path` as the root.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(super) fn open(path: &Path, shown: String) -> Result<Self> {
        let root = fs::canonicalize(path).map_err(|error| Error::io(&error))?;
        Ok(Self { shown, root })
    }

    fn section(&self, name: &[u8]) -> Result<Section> {
        let open = || Section::whole(File::open(self.path(name).unwrap_or_default())?);
        open().map_err(|error| Error::io(&error))
    }

    fn path(&self, name: &[u8]) -> Option<PathBuf> {
        Some(self.root.join(std::str::from_utf8(name).ok()?))
    }
}

impl Blobs for Directory {
    fn shown(&self) -> &str {
        &self.shown
    }

    fn kind(&self) -> &'static str {
        if matches!(self.resolve(b"index.json"), Ok(Some(_))) { "oci" } else { "dir" }
    }

    fn names(&self) -> Result<Vec<Vec<u8>>> {
        let (mut names, mut folders) = (Vec::new(), vec![self.root.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(|error| Error::io(&error))? {
                let path = entry.map_err(|error| Error::io(&error))?.path();
                let Ok(kind) = path.symlink_metadata().map(|metadata| metadata.file_type()) else { continue };
                if kind.is_dir() {
                    folders.push(path);
                } else if let Some(name) = path.strip_prefix(&self.root).ok().and_then(Path::to_str) {
                    names.push(name.as_bytes().to_vec());
                }
                if names.len() + folders.len() >= limits::MEMBERS {
                    return Ok(names);
                }
            }
        }
        Ok(names)
    }

    fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>> {
        let Some(path) = self.path(name) else { return Ok(None) };
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(Error::io(&error)),
        };
        let Ok(inside) = real.strip_prefix(&self.root) else {
            return Err(Error::because("it is a link that leads out of the directory"));
        };
        Ok(real.is_file().then(|| inside.to_str().map(|name| name.as_bytes().to_vec())).flatten())
    }

    fn document(&self, name: &[u8]) -> Result<Vec<u8>> {
        read_document(&self.section(name)?)
    }

    fn open(&self, name: &[u8]) -> Result<Contents> {
        Ok(Contents::At(self.section(name)?))
    }
}
