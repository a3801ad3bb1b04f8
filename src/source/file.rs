//! Files and directories that hold an image, recognised by their content.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::archive::Archive;
use super::blobs::Blobs;
use super::directory::Directory;
use super::passing::{Passing, not_an_image};
use super::place::Place;
use super::tar::BLOCK;
use super::{Compression, Meter, Progress, Section, looks_like_tar};
use crate::error::{Error, Result};

/// A file or a directory.
#[derive(Debug)]
pub(super) struct Saved(pub(super) PathBuf);

impl Place for Saved {
    fn name(&self) -> String {
        self.0.display().to_string()
    }

    fn open<'p>(&self, progress: &'p dyn Progress) -> Result<Box<dyn Blobs + 'p>> {
        let shown = self.name();
        let metadata = fs::metadata(&self.0).map_err(|error| Error::io(&error))?;
        if metadata.is_dir() {
            return Ok(Box::new(Directory::open(&self.0, shown)?));
        }
        if !metadata.is_file() {
            return Err(Error::because("it is neither a file nor a directory")
                .hint("to read a pipe, use `-` as the image and redirect it to standard input"));
        }
        let section = File::open(&self.0).and_then(Section::whole).map_err(|error| Error::io(&error))?;
        let head = section.head(BLOCK).map_err(|error| Error::io(&error))?;
        if head.is_empty() {
            return Err(
                Error::because("the file is empty").hint("save the image again: docker save IMAGE -o FILE")
            );
        }
        match Compression::sniff(&head)? {
            Compression::None if looks_like_tar(&head) => {
                Ok(Box::new(Archive::list(section, shown, Meter::uncounted(progress))?))
            }
            Compression::None => Err(not_an_image()),
            _ => {
                let reader = section.reader(Meter::default());
                Ok(Box::new(Passing::open(reader, shown, section.length(), progress)?))
            }
        }
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.0)
    }
}
