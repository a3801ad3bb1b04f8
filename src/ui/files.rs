//! Files that the UI writes for the user: reports, fixes, the configuration. They are written whole or not at all, and
//! nothing is overwritten but what the user was shown.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::data::Data;
use super::request::Change;
use super::text::safe;
use crate::error::{Error, describe_io};
use crate::fix::NewFile;
use crate::report::{self, FORMATS};

/// A path as typed: `~` and `~/` stand for the home directory, as in a shell.
pub(super) fn expand(typed: &Path, home: Option<&Path>) -> PathBuf {
    match (typed.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => typed.to_owned(),
    }
}

/// Writes a report to a file that is not there yet, and says what was done.
pub(super) fn export(data: &Data, format: usize, into: &Path) -> String {
    let Some(format) = FORMATS.get(format) else { return "there is no such format".into() };
    let input = report::Input::new(data);
    let mut text = Vec::new();
    match format.write(&mut text, &input, &report::Options::default()) {
        Ok(()) => save(&text, &expand(into, std::env::home_dir().as_deref())),
        Err(error) => format!("not written: {}", describe_io(&error)),
    }
}

/// Writes a file that is not there yet, and says what was done.
pub(super) fn save(bytes: &[u8], into: &Path) -> String {
    let written =
        write(bytes, into).and_then(|file| file.persist_noclobber(into).map_err(|error| error.error));
    said(into, written.map(|_| ()))
}

/// Makes a change that the user was shown, unless a file is not what it was then.
pub(super) fn replace(change: &Change) -> String {
    let mut replace = |path: &Path, text: &str| {
        let written =
            write(text.as_bytes(), path).and_then(|file| file.persist(path).map_err(|error| error.error));
        written.map_err(|error| Error::io(&error).at(path.display().to_string()))?;
        Ok(())
    };
    let names: Vec<String> =
        change.files.iter().map(|file| safe(file.path.as_os_str().as_encoded_bytes())).collect();
    match NewFile::write_all(&change.files, &mut replace) {
        Ok(()) => format!("wrote {}; {}", names.join(" and "), change.next),
        Err(error) => format!("not written: {}", safe(error.to_string().as_bytes())),
    }
}

/// Writes the bytes to a temporary file beside `into`, with the mode of the file there or of a new one.
fn write(bytes: &[u8], into: &Path) -> io::Result<tempfile::NamedTempFile> {
    let directory = into.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let before = std::fs::metadata(into).map(|about| about.permissions());
        builder.permissions(before.unwrap_or_else(|_| std::fs::Permissions::from_mode(0o644)));
    }
    let mut file = builder.prefix(".layercake-").tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn said(path: &Path, written: io::Result<()>) -> String {
    let place = safe(path.as_os_str().as_encoded_bytes());
    match written {
        Ok(()) => format!("wrote {place}"),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            format!("not written: {place} is there already")
        }
        Err(error) => format!("not written: {place}: {}", describe_io(&error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::ui::sample;

    #[test]
    fn a_tilde_is_the_home_directory() {
        let home = Some(Path::new("/home/user"));
        assert_eq!(expand(Path::new("~"), home), Path::new("/home/user"));
        assert_eq!(expand(Path::new("~/out/x"), home), Path::new("/home/user/out/x"));
        assert_eq!(expand(Path::new("~other/x"), home), Path::new("~other/x"));
        assert_eq!(expand(Path::new("a/~"), home), Path::new("a/~"));
        assert_eq!(expand(Path::new("~/x"), None), Path::new("~/x"));
    }

    #[test]
    fn a_report_is_written_once() {
        let data = sample::data(&[&[("a", 3)]]);
        let place = tempfile::tempdir().unwrap();
        let json = FORMATS.iter().position(|format| format.name == "json").unwrap();
        let path = place.path().join("report.json");
        assert!(export(&data, json, &path).starts_with("wrote "));
        assert!(fs::read_to_string(&path).unwrap().contains("\"schema\": 1"));
        assert!(export(&data, json, &path).ends_with("is there already"));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
        let said = export(&data, json, &place.path().join("missing/report.json"));
        assert!(said.starts_with("not written: "), "{said}");
    }

    #[test]
    fn a_change_that_was_shown_replaces_the_file() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(".layercake.toml");
        fs::write(&path, "old").unwrap();
        let file = NewFile { path: path.clone(), old: Some("old".into()), new: "new".into() };
        let change = Change {
            title: String::new(),
            about: Vec::new(),
            diff: String::new(),
            files: vec![file],
            next: "",
            is_new: false,
        };
        assert!(replace(&change).starts_with("wrote "));
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        // it is no longer what the user was shown
        assert!(replace(&change).contains("changed meanwhile"));
    }
}
