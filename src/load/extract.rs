//! Writes files and directories of an image to the disk, below a directory that the user names.
//!
//! Nothing is ever written outside of it or over something that is there: every directory and every file
//! is created, never overwritten: if one exists, everything stops and what was written so far is removed. Bodies are
//! read in one pass over each layer. Symbolic links are made last, so that nothing is written through one.
//! Devices, pipes and set-user-id bits are left out.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Examination, ReadBodies};
use crate::error::{Error, Result, describe_io};
use crate::image::{EntryId, PathId};
use crate::layer::Kind;
use crate::source::{NoProgress, stream_error};

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extracted {
    /// Files and symbolic links.
    pub files: u64,
    /// Devices, pipes, and hard links to nothing.
    pub left_out: u64,
}

/// Writes a path and all below it below the directory `into`: `paths` in ascending order, each with the entry
/// that stands there; none for a directory that is only implied.
///
/// # Errors
/// When something of it is there already, or cannot be read or written. Nothing is left then.
pub fn extract(
    examination: &Examination,
    bodies: &dyn ReadBodies,
    paths: &[(PathId, Option<EntryId>)],
    into: &Path,
) -> Result<Extracted> {
    let mut made = Made::default();
    let extracted = write_all(examination, bodies, paths, into, &mut made);
    if extracted.is_err() {
        made.remove();
    }
    extracted
}

/// What was made, in its order.
#[derive(Default)]
struct Made(Vec<(PathBuf, bool)>);

impl Made {
    fn directory(&mut self, path: PathBuf) -> Result<()> {
        fs::create_dir(&path).map_err(|error| failed(&path, &error))?;
        self.0.push((path, true));
        Ok(())
    }

    #[cfg_attr(not(unix), expect(unused_variables, reason = "there are no modes"))]
    fn file(&mut self, path: &Path, mode: u32) -> Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode & 0o777);
        let file = options.open(path).map_err(|error| failed(path, &error))?;
        self.0.push((path.to_owned(), false));
        Ok(file)
    }

    fn link(&mut self, path: PathBuf, text: &[u8]) -> Result<()> {
        link(text, &path).map_err(|error| failed(&path, &error))?;
        self.0.push((path, false));
        Ok(())
    }

    /// Removes everything again, as far as possible.
    fn remove(self) {
        for (path, is_directory) in self.0.into_iter().rev() {
            _ = if is_directory { fs::remove_dir(path) } else { fs::remove_file(path) };
        }
    }
}

fn write_all(
    examination: &Examination,
    bodies: &dyn ReadBodies,
    paths: &[(PathId, Option<EntryId>)],
    into: &Path,
    made: &mut Made,
) -> Result<Extracted> {
    let Examination { image, union, .. } = examination;
    let Some(&(top, _)) = paths.first() else { return Err(Error::because("nothing is selected")) };
    fs::create_dir_all(into).map_err(|error| failed(into, &error))?;
    let prefix = image.paths.full(image.paths.parent(top)).len();
    let mut extracted = Extracted::default();
    let (mut files, mut links) = (HashMap::<EntryId, Vec<(PathBuf, EntryId)>>::new(), Vec::new());
    for &(path, id) in paths {
        let full = image.paths.full(path);
        let target = into.join(relative(&full[prefix..])?);
        let Some(id) = id else {
            made.directory(target)?;
            continue;
        };
        match image.entry(id).kind {
            Kind::Directory => made.directory(target)?,
            Kind::File | Kind::HardLink => match union.content_of(id) {
                Some(content) => files.entry(content).or_default().push((target, id)),
                None => extracted.left_out += 1,
            },
            Kind::Symlink => links.push((target, image.link_text(id))),
            _ => extracted.left_out += 1,
        }
    }
    let wanted: Vec<EntryId> = files.keys().copied().collect();
    let mut fault = None;
    let visited = bodies.visit(image, &wanted, &NoProgress, &mut |content, body| {
        let targets = files.remove(&content).unwrap_or_default();
        extracted.files += targets.len() as u64;
        let written = write_body(examination, content, body, &targets, made);
        // reported as an error of writing, not of reading the image
        written.map_err(|error| {
            fault = Some(error);
            Error::Interrupted
        })
    });
    if let Some(fault) = fault {
        return Err(fault);
    }
    visited?;
    for (target, text) in links {
        made.link(target, text)?;
        extracted.files += 1;
    }
    Ok(extracted)
}

/// Writes one body under all its names.
fn write_body(
    examination: &Examination,
    content: EntryId,
    body: &mut dyn Read,
    targets: &[(PathBuf, EntryId)],
    made: &mut Made,
) -> Result<()> {
    let image = &examination.image;
    let mut first: Option<&Path> = None;
    for (target, id) in targets {
        let mut file = made.file(target, image.attrs_of(*id).mode)?;
        let copied = match first {
            None => io::copy(body, &mut file).map_err(|error| stream_error(&error)),
            Some(first) => File::open(first)
                .and_then(|mut source| io::copy(&mut source, &mut file))
                .map_err(|error| Error::io(&error)),
        };
        let shown = || target.display().to_string();
        if copied.map_err(|error| error.at(shown()))? != image.entry(content).size {
            return Err(Error::because("its content ends too early").at(shown()));
        }
        first = Some(target);
    }
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> Error {
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists => "it is there already".to_owned(),
        _ => describe_io(error),
    };
    Error::because(why).at(path.display().to_string())
}

/// A path of the image as one that cannot leave the directory it is joined to.
fn relative(bytes: &[u8]) -> Result<PathBuf> {
    let mut out = PathBuf::new();
    for part in bytes.split(|&byte| byte == b'/').filter(|part| !part.is_empty()) {
        let is_unsafe = matches!(part, b"." | b"..")
            || part.contains(&0)
            || (cfg!(windows) && part.iter().any(|byte| b"\\:".contains(byte)));
        let Some(name) = name(part).filter(|_| !is_unsafe) else {
            return Err(Error::because("the name cannot be written").at(String::from_utf8_lossy(part)));
        };
        out.push(name);
    }
    if out.as_os_str().is_empty() {
        return Err(Error::because("the root cannot be written; choose a directory in it"));
    }
    Ok(out)
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems cannot write every name")]
fn name(part: &[u8]) -> Option<&std::ffi::OsStr> {
    Some(std::os::unix::ffi::OsStrExt::from_bytes(part))
}

#[cfg(not(unix))]
fn name(part: &[u8]) -> Option<&std::ffi::OsStr> {
    std::str::from_utf8(part).map(std::ffi::OsStr::new).ok()
}

#[cfg(unix)]
fn link(text: &[u8], target: &Path) -> io::Result<()> {
    let text: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(text);
    std::os::unix::fs::symlink(text, target)
}

#[cfg(not(unix))]
fn link(_text: &[u8], _target: &Path) -> io::Result<()> {
    Err(io::Error::other("symbolic links are not written on this system"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_the_directory() {
        assert!(relative(b"a/../b").is_err());
        assert!(relative(b"").is_err());
        assert_eq!(relative(b"/a/b").unwrap(), PathBuf::from("a/b"));
    }
}
