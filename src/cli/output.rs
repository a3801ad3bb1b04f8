//! Where reports go: standard output, where a closed pipe is no error, or a file, whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::error::{Error, Result, describe_io};

/// Writes to standard output.
///
/// # Errors
/// Any but a closed pipe (`layercake … | head`).
pub(super) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(failed("standard output", &error)),
        _ => Ok(()),
    }
}

/// Writes to a temporary file beside `path` and renames it when it is complete.
///
/// # Errors
/// When it cannot be written; then nothing is left behind, and an existing file is unchanged.
pub(super) fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let shown = path.display().to_string();
    // a device or a pipe cannot be replaced by a file, only written to
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        let file = std::fs::File::create(path).map_err(|error| failed(&shown, &error))?;
        let mut out = BufWriter::new(file);
        return write(&mut out).and_then(|()| out.flush()).map_err(|error| failed(&shown, &error));
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let attempt = || {
        let file = tempfile::Builder::new()
            .prefix(".layercake-")
            .permissions(permissions())
            .tempfile_in(directory)?;
        let mut out = BufWriter::with_capacity(64 << 10, file);
        write(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.persist(path).map_err(|error| error.error)
    };
    attempt().map(drop).map_err(|error| failed(&shown, &error))
}

/// Those of an ordinary new file; the user's mask is applied to them.
#[cfg(unix)]
fn permissions() -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o666)
}

fn failed(what: &str, error: &io::Error) -> Error {
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

    #[test]
    fn a_missing_directory_is_named() {
        let error = to_file(Path::new("no/such/dir/out.json"), |_| Ok(())).unwrap_err().to_string();
        assert_eq!(error, "cannot write no/such/dir/out.json: no such file or directory");
    }
}
