//! What a path holds, told by its content.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::tar::BLOCK;
use super::{Archive, Compression, Directory, Meter, Section, looks_like_tar};
use crate::error::{Error, Result};

/// A place that may hold an image.
pub enum Opened {
    /// A tar that can be read at offsets.
    Archive(Archive, Section),
    /// A tar inside a compression, which can only pass by.
    Packed(Compression, Section),
    /// A directory.
    Directory(Directory),
}

/// Opens a file or a directory.
///
/// # Errors
/// When it cannot be opened, or is neither a tar nor a directory.
pub fn open(path: &Path, meter: &dyn Meter) -> Result<Opened> {
    let metadata = fs::metadata(path).map_err(|error| Error::io(&error))?;
    if metadata.is_dir() {
        return Ok(Opened::Directory(Directory::open(path)?));
    }
    if !metadata.is_file() {
        return Err(Error::because("it is neither a file nor a directory")
            .hint("to read a pipe, use `-` as the image and redirect it to standard input"));
    }
    let section = File::open(path).and_then(Section::whole).map_err(|error| Error::io(&error))?;
    let head = section.head(BLOCK).map_err(|error| Error::io(&error))?;
    if head.is_empty() {
        return Err(
            Error::because("the file is empty").hint("save the image again: docker save IMAGE -o FILE")
        );
    }
    match Compression::sniff(&head)? {
        Compression::None if looks_like_tar(&head) => {
            let archive = Archive::list(section.clone(), meter)?;
            Ok(Opened::Archive(archive, section))
        }
        Compression::None => Err(not_an_image()),
        compression => Ok(Opened::Packed(compression, section)),
    }
}

/// The error for something that is no tar at all.
pub fn not_an_image() -> Error {
    Error::because("it is no image archive: there is no tar in it")
        .hint("make one with: docker save IMAGE -o FILE")
}

impl Opened {
    /// The unpacked stream of a packed archive.
    ///
    /// # Errors
    /// When the decompressor cannot be set up.
    pub fn unpacked<'a>(
        compression: Compression,
        section: &Section,
        meter: &'a dyn Meter,
    ) -> Result<Box<dyn Read + 'a>> {
        compression.reader(section.reader(meter)).map_err(|error| Error::io(&error))
    }
}
