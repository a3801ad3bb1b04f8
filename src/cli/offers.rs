//! What the UI offers to open: the images of an archive that holds several, or where nothing was named the images
//! of the engines, the archives in the folder, and the demo.

use std::ffi::OsStr;
use std::path::Path;

use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::source::{Candidate, Catalog, ImageSelector, Listed, Location, NoProgress, list_images};
use crate::ui::Offered;
use crate::units;

/// Most entries of the folder that are looked at.
const MOST: usize = 10_000;

/// The images in a file or directory, where it holds several and can be looked at without reading it whole.
///
/// # Errors
/// When it cannot be read.
pub(super) fn images(location: &Location) -> Result<Vec<Offered>> {
    if location.path().is_none() {
        return Ok(Vec::new());
    }
    let blobs = location.open(&NoProgress)?;
    let Some(catalog) = Catalog::read(&*blobs)? else { return Ok(Vec::new()) };
    Ok(catalog.candidates.iter().filter(|candidate| candidate.is_complete()).filter_map(offered).collect())
}

fn offered(candidate: &Candidate) -> Option<Offered> {
    let digest = candidate.manifest_digest.as_ref().or(candidate.config.digest.as_ref())?;
    let short: String = digest.as_str().chars().take("sha256:".len() + 12).collect();
    let label = if candidate.tags.is_empty() { short } else { candidate.tags.join(", ") };
    let layers = crate::text::counted(candidate.layers.len() as u64, "layer", "layers");
    let note = format!("{}  {layers}", candidate.platform);
    Some(Offered { label, note, key: digest.as_str().to_owned() })
}

/// True for an image that [`images`] offered, false for one of [`places`].
pub(super) fn is_image(offered: &Offered) -> bool {
    Digest::parse(&offered.key).is_some()
}

/// What chooses an image that [`images`] offered.
pub(super) fn selector(offered: &Offered, selector: &ImageSelector) -> ImageSelector {
    ImageSelector { image: Some(offered.key.clone()), platform: selector.platform.clone() }
}

/// What there is to open where nothing was named.
pub(super) fn places() -> Vec<Offered> {
    let mut offered = folder(Path::new("."));
    offered.extend(list_images().into_iter().map(|Listed { engine, name }| Offered {
        key: format!("{}:{name}", engine.name()),
        note: engine.name().into(),
        label: name,
    }));
    offered.push(Offered {
        label: "the demo".into(),
        note: "a small real image inside the program".into(),
        key: String::new(),
    });
    offered
}

/// The archives and image layouts in a folder, the newest first.
fn folder(folder: &Path) -> Vec<Offered> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten().take(MOST) {
        let path = entry.path();
        let Ok(about) = path.metadata() else { continue };
        let is_layout = about.is_dir() && path.join("index.json").is_file() && path.join("blobs").is_dir();
        if (about.is_file() && is_archive(&path)) || is_layout {
            let bytes = if is_layout { "OCI layout".into() } else { units::size(about.len()) };
            let name = entry.file_name();
            // a name that is no text cannot be named by text
            let Some(name) = name.to_str().map(str::to_owned) else { continue };
            let key = format!("./{name}");
            found.push((about.modified().ok(), Offered { label: name, note: format!("file  {bytes}"), key }));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.label.cmp(&b.1.label)));
    found.into_iter().map(|(_, offered)| offered).collect()
}

/// True for names that saved images have.
fn is_archive(path: &Path) -> bool {
    let end = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    let is_packed_tar =
        path.file_stem().is_some_and(|stem| Path::new(stem).extension() == Some(OsStr::new("tar")));
    matches!(end, "tar" | "tgz") || (matches!(end, "gz" | "zst") && is_packed_tar)
}

/// The place that [`places`] offered.
pub(super) fn location(offered: &Offered, query: &crate::source::EngineQuery) -> Location {
    if offered.key.is_empty() { Location::demo() } else { Location::parse(OsStr::new(&offered.key), query) }
}

/// The error when no image is named and there is no terminal to choose on.
pub(super) fn nothing_named() -> Error {
    Error::because("no image is named").hint("try `layercake --demo`, or `layercake --help`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_and_layouts_of_a_folder_are_offered() {
        let place = tempfile::tempdir().unwrap();
        for name in ["app.tar", "app.tar.gz", "notes.txt", "data.gz", "x.tgz", "y.tar.zst"] {
            std::fs::write(place.path().join(name), "x").unwrap();
        }
        std::fs::create_dir_all(place.path().join("layout/blobs")).unwrap();
        std::fs::write(place.path().join("layout/index.json"), "{}").unwrap();
        std::fs::create_dir(place.path().join("other.tar")).unwrap();
        assert!(folder(place.path()).iter().all(|offered| !is_image(offered)));
        let mut names: Vec<String> = folder(place.path()).into_iter().map(|offered| offered.label).collect();
        names.sort();
        assert_eq!(names, ["app.tar", "app.tar.gz", "layout", "x.tgz", "y.tar.zst"]);
    }
}
