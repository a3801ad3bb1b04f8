//! What the IMAGE argument names.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A place to load an image from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// A file or a directory.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// The image inside the program.
    Demo,
}

/// The image behind `--demo`; assets/demo has the Dockerfile that it was built from.
pub(super) const DEMO: &[u8] = include_bytes!("../../assets/demo/demo.tar.zst");

/// Finds out what `image` names. A tag behind the directory of an OCI layout (`oci:DIR:TAG`) is given back beside it.
///
/// # Errors
/// When it is no path; the error says what else was tried.
pub(super) fn find(image: &OsStr) -> Result<(Input, Option<String>)> {
    if image == "-" {
        return Ok((Input::Stdin, None));
    }
    let shown = image.to_string_lossy().into_owned();
    if let Some((scheme, rest)) = shown.split_once(':')
        && matches!(scheme, "docker-archive" | "oci-archive" | "oci" | "dir")
        && !Path::new(image).exists()
    {
        return Ok(tagged(rest));
    }
    let path = PathBuf::from(image);
    if path.symlink_metadata().is_ok() || shown.contains(['/', '\\']) || path.extension().is_some() {
        return Ok((Input::Path(path), None));
    }
    Err(Error::because("there is no such file or directory here")
        .reading(shown.clone())
        .hint(format!("if it is an image of your engine, save it first: docker save {shown} -o image.tar")))
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

    fn path(text: &str) -> Input {
        find(OsStr::new(text)).unwrap().0
    }

    #[test]
    fn schemes_are_taken_off() {
        assert_eq!(path("docker-archive:some/app.tar"), Input::Path("some/app.tar".into()));
        assert_eq!(path("oci:layout"), Input::Path("layout".into()));
        assert_eq!(path("missing/app.tar"), Input::Path("missing/app.tar".into()));
        assert_eq!(path("app.tar"), Input::Path("app.tar".into()));
        assert_eq!(path("Cargo.toml"), Input::Path("Cargo.toml".into()));
        assert_eq!(tagged("src:v1"), (Input::Path("src".into()), Some("v1".into())));
    }

    #[test]
    fn a_bare_word_that_is_no_file_says_what_to_do() {
        let error = find(OsStr::new("nginx")).unwrap_err().to_string();
        assert!(error.contains("docker save nginx"), "{error}");
    }
}
