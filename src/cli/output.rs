//! Where reports go: standard output, where a closed pipe is no error, or a file, whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::interrupt::{self, Reporting};
use crate::error::{Error, Result, describe_io};

/// Most symbolic links that are followed from a name to a file that is not there yet.
const LINKS: usize = 16;

/// Writes to standard output.
///
/// # Errors
/// Any but a closed pipe (`layercake … | head`).
pub(super) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let _reporting = Reporting::begin(None);
    let mut out = BufWriter::with_capacity(64 << 10, Stoppable::new(io::stdout().lock()));
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(failed("standard output", &error)),
        _ => Ok(()),
    }
}

/// Writes to a temporary file in the folder of `path` and renames it when it is complete. A symbolic link stays: the
/// file that it points to is written. An existing file keeps its mode.
///
/// # Errors
/// When it cannot be written; then nothing is left behind, and an existing file is unchanged.
pub(super) fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let shown = path.display().to_string();
    // a device or a pipe cannot be replaced by a file, only written to
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        let _reporting = Reporting::begin(None);
        let file = std::fs::File::create(path).map_err(|error| failed(&shown, &error))?;
        let mut out = BufWriter::new(Stoppable::new(file));
        return write(&mut out).and_then(|()| out.flush()).map_err(|error| failed(&shown, &error));
    }
    let target = target(path);
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let attempt = || {
        let file = unfinished().tempfile_in(directory)?;
        if let Ok(metadata) = target.metadata() {
            file.as_file().set_permissions(metadata.permissions())?;
        }
        let _reporting = Reporting::begin(Some(file.path().to_owned()));
        let mut out = BufWriter::with_capacity(64 << 10, Stoppable::new(file));
        write(&mut out)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?.writer;
        file.persist(&target).map_err(|error| error.error)
    };
    attempt().map(drop).map_err(|error| failed(&shown, &error))
}

/// The file that a name leads to, symbolic links followed; it need not be there.
pub(super) fn target(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Ok(link) = std::fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(link);
    }
    path
}

/// A writer that fails as soon as the user wants to stop.
struct Stoppable<W> {
    writer: W,
    stop: Arc<AtomicBool>,
}

impl<W> Stoppable<W> {
    fn new(writer: W) -> Self {
        Self { writer, stop: interrupt::flag() }
    }
}

impl<W: Write> Write for Stoppable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("interrupted"));
        }
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Makes files that do not have their final name yet, with the permissions of any new file.
pub(super) fn unfinished<'a>() -> tempfile::Builder<'a, 'a> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".layercake-");
    // the user's mask is applied to it
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

fn failed(what: &str, error: &io::Error) -> Error {
    if interrupt::flag().load(Ordering::Relaxed) {
        return Error::Interrupted;
    }
    Error::because(format!("cannot write {what}: {}", describe_io(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.json");
        to_file(&path, |out| out.write_all(b"first")).unwrap();
        let error = to_file(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("the disk is full"))
        });
        assert_eq!(
            error.unwrap_err().to_string(),
            format!("cannot write {}: the disk is full", path.display())
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_and_modes_are_kept() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::write(&real, b"old").unwrap();
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
        symlink("real", &link).unwrap();
        to_file(&link, |out| out.write_all(b"new")).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read(&real).unwrap(), b"new");
        assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        // one that leads nowhere makes its file
        symlink("later", folder.path().join("dangling")).unwrap();
        to_file(&folder.path().join("dangling"), |out| out.write_all(b"made")).unwrap();
        assert_eq!(std::fs::read(folder.path().join("later")).unwrap(), b"made");
    }

    #[test]
    fn a_missing_directory_is_named() {
        let error = to_file(Path::new("no/such/dir/out.json"), |_| Ok(())).unwrap_err().to_string();
        assert_eq!(error, "cannot write no/such/dir/out.json: no such file or directory");
    }
}
