//! Where the new image goes.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use tempfile::{TempDir, TempPath};

use super::interrupt;
use crate::cli::output::unfinished;
use crate::error::{Error, Result, describe_io};
use crate::slim::Form;
use crate::source::{Engine, Location, Progress as _, engine};

/// Where the new image goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A file.
    File(PathBuf, Form),
    /// A new directory.
    Directory(PathBuf),
    /// An engine, which loads it under this name.
    Engine(Engine, String),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, _) | Self::Directory(path) => write!(f, "{}", path.display()),
            Self::Engine(engine, name) => write!(f, "{}:{name}", engine.name()),
        }
    }
}

impl Target {
    /// Reads the argument.
    pub(super) fn parse(text: &OsStr) -> Result<Self> {
        let shown = text.to_string_lossy();
        let (scheme, rest) = shown.split_once(':').unwrap_or(("", &shown));
        Ok(match scheme {
            "docker-archive" => Self::File(rest.into(), Form::DockerArchive),
            "oci-archive" => Self::File(rest.into(), Form::OciArchive),
            "oci" => Self::Directory(rest.into()),
            "docker" | "podman" => {
                let engine = if scheme == "docker" { Engine::Docker } else { Engine::Podman };
                let name = tag(rest).map_err(|why| Error::because(why).at(shown.clone()))?;
                Self::Engine(engine, name)
            }
            _ => Self::File(text.into(), Form::DockerArchive),
        })
    }

    /// The form of what is written.
    pub(super) fn form(&self) -> Form {
        match self {
            Self::File(_, form) => *form,
            Self::Directory(_) => Form::OciDirectory,
            Self::Engine(..) => Form::DockerArchive,
        }
    }

    /// The engine that will load it.
    pub(super) fn engine(&self) -> Option<Engine> {
        match self {
            Self::Engine(engine, _) => Some(*engine),
            Self::File(..) | Self::Directory(_) => None,
        }
    }

    /// The name that the target gives the new image.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Engine(_, name) => Some(name),
            Self::File(..) | Self::Directory(_) => None,
        }
    }

    /// Refuses, before anything is read, to write over the old image, into a directory that is not empty, or where there
    /// is no directory.
    pub(super) fn check(&self, input: &Location) -> Result<()> {
        let (Self::File(path, _) | Self::Directory(path)) = self else { return Ok(()) };
        let refuse = |why: &str, hint: &str| {
            Err(Error::because(format!("cannot write {}: {why}", path.display())).hint(hint))
        };
        if let (Some(input), Ok(output)) = (input.path(), path.canonicalize())
            && input.canonicalize().is_ok_and(|input| input == output)
        {
            return refuse("it is the image that is read", "name another file");
        }
        match self {
            Self::File(..) if path.is_dir() => refuse("it is a directory", "name a file, or oci:DIRECTORY"),
            Self::File(..) if path.exists() && !path.is_file() => {
                refuse("it is not a regular file", "name a file")
            }
            Self::Directory(_) if path.exists() && !is_empty(path) => {
                refuse("it is not empty", "name a new or an empty directory")
            }
            _ if path.file_name().is_none() => refuse("it has no name", "name a file"),
            _ if !folder(path).is_dir() => {
                refuse("its directory does not exist", "create the directory first")
            }
            _ => Ok(()),
        }
    }

    /// Refuses to write over a file.
    pub(super) fn check_new(&self) -> Result<()> {
        match self {
            Self::File(path, _) if path.exists() => {
                Err(Error::because(format!("cannot write {self}: it is there already"))
                    .hint("name another file"))
            }
            _ => Ok(()),
        }
    }

    /// Adds the target to an error about writing it; errors about the old image stay as they are.
    pub(super) fn told(&self, error: Error) -> Error {
        match &error {
            Error::Problem(problem) if problem.what.is_empty() && problem.place.is_none() => {
                Error::because(format!("cannot write {self}: {problem}"))
            }
            _ => error,
        }
    }
}

fn is_empty(path: &Path) -> bool {
    path.read_dir().is_ok_and(|mut entries| entries.next().is_none())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file or directory next to the target, which is removed unless it is kept.
pub(super) enum Place {
    File(TempPath),
    Directory(TempDir),
}

impl Place {
    /// Creates it, empty. For an engine it is in the directory for temporary files.
    pub(super) fn beside(target: &Target) -> Result<Self> {
        let told =
            |error: std::io::Error| Error::because(format!("cannot write {target}: {}", describe_io(&error)));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".layercake-");
        match target {
            Target::File(path, _) => {
                let file = unfinished().tempfile_in(folder(path)).map_err(told)?;
                Ok(Self::File(file.into_temp_path()))
            }
            Target::Directory(path) => builder.tempdir_in(folder(path)).map(Self::Directory).map_err(told),
            Target::Engine(..) => {
                builder.suffix(".tar").tempfile().map(|file| Self::File(file.into_temp_path())).map_err(told)
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Directory(directory) => directory.path(),
        }
    }

    /// Renames it to the target, or has the engine load it.
    pub(super) fn keep(self, target: &Target) -> Result<()> {
        let told =
            |error: &std::io::Error| Error::because(format!("cannot write {target}: {}", describe_io(error)));
        match (self, target) {
            (Self::File(path), Target::File(to, _)) => path.persist(to).map_err(|error| told(&error.error)),
            (Self::Directory(from), Target::Directory(to)) => {
                open_up(from.path()).map_err(|error| told(&error))?;
                // an empty directory gives way
                std::fs::rename(from.path(), to).map_err(|error| told(&error))?;
                _ = from.keep();
                Ok(())
            }
            (place, Target::Engine(engine, name)) => {
                let stopped = || interrupt::Stop.stopped();
                let loaded = engine::actions::load(*engine, place.path(), &stopped)
                    .map_err(|error| Error::because(error.why).at(target.to_string()))?;
                if !loaded {
                    return Err(Error::Interrupted);
                }
                let found = engine.find(name).map(drop);
                found.map_err(|_| {
                    Error::because(format!(
                        "{} says that it loaded the image, but has no image called {name}",
                        engine.name()
                    ))
                })
            }
            (place, _) => {
                Err(Error::because(format!("cannot write {target} from {}", place.path().display())))
            }
        }
    }
}

/// A temporary directory is private to its owner; a new image gets the usual permissions.
#[cfg(unix)]
fn open_up(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // the permissions that the user's mask gave this directory
    let mode = path.join("blobs").metadata()?.permissions().mode();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & 0o777))
}

/// Other systems have no such permissions.
#[cfg(not(unix))]
fn open_up(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Checks the name of an image: components of lower-case letters and digits, and a tag.
pub(super) fn tag(text: &str) -> std::result::Result<String, String> {
    let (name, tag) = match text.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
        Some((name, tag)) => (name, Some(tag)),
        None => (text, None),
    };
    let first = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_component =
        |part: &str| part.starts_with(first) && part.chars().all(|c| first(c) || "._-:".contains(c));
    let is_tag =
        |tag: &str| !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if name.split('/').all(is_component) && tag.is_none_or(is_tag) {
        Ok(text.to_owned())
    } else {
        Err("write it as name:tag, for example app:slim".into())
    }
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn names_of_images_are_checked() {
        for good in ["app", "app:slim", "team/app:1.2-RC", "registry.example:5000/team/app"] {
            assert!(tag(good).is_ok(), "{good}");
        }
        for bad in ["", "App", "-o", "app:", "app:a b", "../app", "app/"] {
            assert!(tag(bad).is_err(), "{bad}");
        }
    }
}
