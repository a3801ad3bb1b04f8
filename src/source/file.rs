//! Files and directories that hold an image, recognised by their content.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::archive::Archive;
use super::blobs::Blobs;
use super::directory::Directory;
use super::passing::{Passing, not_an_image};
use super::place::Place;
use super::tar::BLOCK;
use super::{Compression, Meter, Progress, Section, looks_like_tar};
use crate::error::{Error, Result};
use crate::text;

/// Most names of a folder that a misspelt one is compared with.
const MOST_NAMES: usize = 10_000;

/// The error for a path that does not exist, with the name nearby that was probably meant.
fn missing(path: &Path) -> Error {
    let error = Error::io(&io::ErrorKind::NotFound.into());
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return error };
    let names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .take(MOST_NAMES)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    match text::nearest(name, names.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{}`?", path.with_file_name(near).display())),
        None => error,
    }
}

/// A file or a directory.
#[derive(Debug)]
pub(super) struct Saved(pub(super) PathBuf);

impl Place for Saved {
    fn name(&self) -> String {
        self.0.display().to_string()
    }

    fn open<'p>(&self, progress: &'p dyn Progress) -> Result<Box<dyn Blobs + 'p>> {
        let shown = self.name();
        let metadata = fs::metadata(&self.0).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => missing(&self.0),
            _ => Error::io(&error),
        })?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_is_told_what_is_near() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("web-node.tar"), "x").unwrap();
        let said = missing(&place.path().join("web-nide.tar")).to_string();
        assert!(said.contains("did you mean `") && said.ends_with("web-node.tar`?"), "{said}");
        assert_eq!(missing(&place.path().join("something-else")).to_string(), "no such file or directory");
        assert_eq!(missing(&place.path().join("no/folder.tar")).to_string(), "no such file or directory");
    }
}
