//! Extracting: the question where to write, and the sentence after writing.

use std::path::Path;

use super::data::Data;
use super::pane::Extracted;
use super::prompt::{Prompt, Purpose};
use super::text::{counted, safe};
use crate::image::{EntryId, PathId};
use crate::load;
use crate::overlay::Slot;
use crate::units;

/// Asks where to write what is to be extracted.
pub(super) fn question(data: &Data, what: Extracted) -> Result<Prompt, String> {
    if data.bodies.is_none() {
        return Err("this image passed by once: its files cannot be read again".into());
    }
    let Extracted { path, what: about, slots } = what;
    let paths: Vec<_> = slots
        .into_iter()
        .filter(|(path, _)| *path != PathId::ROOT)
        .map(|(path, slot)| match slot {
            Slot::Implied => (path, None),
            Slot::Entry(id) => (path, Some(id)),
        })
        .collect();
    if paths.is_empty() || (path != PathId::ROOT && paths[0].0 != path) {
        return Err("nothing stands there".into());
    }
    let bytes: u64 = paths.iter().filter_map(|(_, id)| *id).map(|id| data.image.entry(id).size).sum();
    let name = data.path_text(path, false);
    let size = units::size(bytes);
    let what = match paths.len() as u64 - 1 {
        all if path == PathId::ROOT => format!("{}, {size}", counted(all + 1, "path", "paths")),
        0 => format!("{name}, {size}"),
        below => format!("{name} and {} below it, {size}", counted(below, "path", "paths")),
    };
    Ok(Prompt {
        title: "Extract",
        what,
        about,
        label: "below the directory",
        text: "./extracted".into(),
        purpose: Purpose::Extract(paths),
    })
}

/// Writes the paths below `into`, and says what was done.
pub(super) fn extract(data: &Data, paths: &[(PathId, Option<EntryId>)], into: &Path) -> String {
    let Some(bodies) = &data.bodies else { return "not written: the files cannot be read again".into() };
    match load::extract(data, &**bodies, paths, into) {
        Ok(load::Extracted { files, left_out }) => {
            let but = match left_out {
                0 => String::new(),
                some => format!(", {} left out", counted(some, "special file", "special files")),
            };
            let files = counted(files, "file", "files");
            format!("wrote {files} below {}{but}", safe(into.as_os_str().as_encoded_bytes()))
        }
        Err(error) => format!("not written: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::ui::sample;

    fn all(data: &Data, top: &str) -> Vec<(PathId, Option<EntryId>)> {
        let top = data.image.paths.find(top.as_bytes()).unwrap();
        let range = (top.0..data.image.paths.end(top).0).map(PathId);
        let slots = range.filter_map(|path| Some((path, data.final_slot(path)?))).collect();
        let asked = question(data, Extracted { path: top, what: String::new(), slots }).unwrap();
        match asked.purpose {
            Purpose::Extract(paths) => paths,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_directory_is_written_and_never_over_what_is_there() {
        let data = sample::data(&[&[("etc/app/a", 3), ("etc/app/sub/b", 2), ("etc/other", 1)]]);
        let place = tempfile::tempdir().unwrap();
        let paths = all(&data, "etc/app");
        let said = extract(&data, &paths, place.path());
        assert!(said.starts_with("wrote 2 files"), "{said}");
        assert_eq!(fs::read(place.path().join("app/a")).unwrap().len(), 3);
        assert_eq!(fs::read(place.path().join("app/sub/b")).unwrap().len(), 2);
        assert!(!place.path().join("other").exists());
        let said = extract(&data, &paths, place.path());
        assert!(said.contains("it is there already"), "{said}");
    }
}
