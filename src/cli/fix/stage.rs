//! A copy of a build context with other files at its top, so that nothing of the user's is touched.
//!
//! Files are hard links where the file system allows it: they are only read.

use std::fs;
use std::io;
use std::path::Path;

/// Copies `from` to `to`, which is empty, but for what stands at `without`.
pub(super) fn copy(from: &Path, to: &Path, without: &Path) -> io::Result<()> {
    let mut folders = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = folders.pop() {
        for entry in fs::read_dir(&from)? {
            let entry = entry?;
            let (source, target) = (entry.path(), to.join(entry.file_name()));
            let kind = entry.file_type()?;
            if source == without || to.starts_with(&source) {
                continue;
            }
            if kind.is_dir() {
                fs::create_dir(&target)?;
                fs::set_permissions(&target, entry.metadata()?.permissions())?;
                folders.push((source, target));
            } else if kind.is_symlink() {
                link(&fs::read_link(&source)?, &target)?;
            } else if kind.is_file() && fs::hard_link(&source, &target).is_err() {
                fs::copy(&source, &target)?;
            }
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(not(unix))]
fn link(_to: &Path, _at: &Path) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_copied_but_for_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        fs::create_dir_all(from.join("x/y")).unwrap();
        fs::create_dir(&to).unwrap();
        fs::write(from.join("x/y/f"), "1").unwrap();
        fs::write(from.join(".dockerignore"), "2").unwrap();
        copy(&from, &to, &from.join(".dockerignore")).unwrap();
        assert_eq!(fs::read_to_string(to.join("x/y/f")).unwrap(), "1");
        assert!(!to.join(".dockerignore").exists());
    }
}
