//! Files that say where an engine is: they are small, and nothing else is read.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::limits;

/// The whole of a small file.
///
/// # Errors
/// When it is no regular file, has more than [`limits::SETTINGS`] bytes, or cannot be read.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    // a pipe would be waited for, a device never end
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut text = Vec::new();
    File::open(path)?.take(limits::SETTINGS + 1).read_to_end(&mut text)?;
    if text.len() as u64 > limits::SETTINGS {
        return Err(io::Error::other(format!("it has more than {} bytes, the limit", limits::SETTINGS)));
    }
    Ok(text)
}

/// An address as it may be shown: without a password.
pub(super) fn without_password(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").map_or(("", address), |(scheme, rest)| (scheme, rest));
    let separator = if scheme.is_empty() { "" } else { "://" };
    match rest.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}{separator}{name}:***@{host}")
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_files_are_settings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, b"{}").unwrap();
        assert_eq!(read(&path).unwrap(), b"{}");
        File::create(&path).unwrap().set_len(limits::SETTINGS + 1).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("the limit"));
        assert_eq!(read(folder.path()).unwrap_err().to_string(), "it is no regular file");
    }

    #[test]
    fn passwords_are_hidden() {
        for (address, shown) in [
            ("tcp://user:secret@host:2375", "tcp://user:***@host:2375"),
            ("user:p@ss@host:2375", "user:***@host:2375"),
            ("ssh://user@host", "ssh://user@host"),
            ("unix:///run/docker.sock", "unix:///run/docker.sock"),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
