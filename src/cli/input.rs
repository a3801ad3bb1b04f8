//! What the IMAGE argument names.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::source::Engine;

/// A place to load an image from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// A file or a directory.
    Path(PathBuf),
    /// An image of the first of these engines that has it.
    Engine(Vec<Engine>, String),
    /// Standard input.
    Stdin,
    /// The image inside the program.
    Demo,
}

/// The image behind `--demo`; assets/demo has the Dockerfile that it was built from.
pub(super) const DEMO: &[u8] = include_bytes!("../../assets/demo/demo.tar.zst");

/// Finds out what `image` names: a path where there is one, else an image of an engine. A tag behind the directory of an OCI layout (`oci:DIR:TAG`) is given back beside it.
pub(super) fn find(image: &OsStr) -> (Input, Option<String>) {
    if image == "-" {
        return (Input::Stdin, None);
    }
    let shown = image.to_string_lossy().into_owned();
    if let Some((scheme, rest)) = shown.split_once(':')
        && matches!(scheme, "docker-archive" | "oci-archive" | "oci" | "dir")
        && !Path::new(image).exists()
    {
        return tagged(rest);
    }
    if let Some((scheme, reference)) = shown.split_once(':')
        && let Some(engine) = Engine::named(scheme)
        && !Path::new(image).exists()
    {
        return (Input::Engine(vec![engine], reference.to_owned()), None);
    }
    let path = PathBuf::from(image);
    let is_file_name =
        path.extension().is_some_and(|end| ["tar", "gz", "tgz", "zst"].iter().any(|e| end == *e));
    if path.symlink_metadata().is_ok() || is_file_name || shown.starts_with(['/', '.']) {
        return (Input::Path(path), None);
    }
    (Input::Engine(Engine::ALL.to_vec(), shown), None)
}

/// A path that may have a tag behind it.
fn tagged(rest: &str) -> (Input, Option<String>) {
    let path = Path::new(rest);
    match rest.rsplit_once(':') {
        Some((shorter, tag)) if !path.exists() && Path::new(shorter).exists() => {
            (Input::Path(shorter.into()), Some(tag.to_owned()))
        }
        _ => (Input::Path(path.into()), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Input {
        find(OsStr::new(text)).0
    }

    #[test]
    fn schemes_are_taken_off() {
        assert_eq!(found("docker-archive:some/app.tar"), Input::Path("some/app.tar".into()));
        assert_eq!(found("oci:layout"), Input::Path("layout".into()));
        assert_eq!(found("docker:app:1"), Input::Engine(vec![Engine::Docker], "app:1".into()));
        assert_eq!(tagged("src:v1"), (Input::Path("src".into()), Some("v1".into())));
    }

    #[test]
    fn a_path_is_a_path_and_anything_else_an_image() {
        for path in ["missing/app.tar", "app.tar", "./app", "/app", "Cargo.toml", "src"] {
            assert_eq!(found(path), Input::Path(path.into()));
        }
        for name in ["app", "app:1.2", "registry.example:5000/team/app:1", "team/app"] {
            assert_eq!(found(name), Input::Engine(Engine::ALL.to_vec(), name.into()));
        }
        assert_eq!(found("-"), Input::Stdin);
    }
}
