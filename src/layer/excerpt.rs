//! What is kept of a few bodies of a layer: package databases and os-release in full, of executables their headers, of
//! files of credentials a verdict.
//!
//! Nothing reads a tar after loading, so what later rooms want to know of contents has to be picked up while the
//! layer is read. [`Wanted::of`] decides by path and size. What is kept is bounded per file and,
//! over all layers, by a [`Budget`].

use std::sync::Arc;

use super::budget::Budget;
use super::credentials::{self, SecretCheck};
use super::elf::{self, Elf, Libraries};
use super::secret_files::Form;
use super::{hash, records, rpm};
use crate::error::Result;
use crate::source::tar::Walk;
use crate::source::{Input, limits};

/// What is kept of one body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Excerpt {
    /// The whole of a package manager's database or list of files, or of an os-release.
    Database(Arc<[u8]>),
    /// The whole of a package.json.
    PackageJson(Arc<[u8]>),
    /// What the headers of an executable, library or core dump say, and the libraries that it asks for where that could
    /// be read.
    Elf(Elf, Option<Libraries>),
    /// The whole of a short script.
    Script(Arc<[u8]>),
    /// Whether a file that may hold a secret does.
    Credentials(SecretCheck),
}

/// How a body is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Database,
    /// rpm's, reduced to names, versions and paths.
    RpmDatabase,
    PackageJson,
    Executable,
    /// A smaller one, known by its mode or its name; only so many of them are read.
    SmallExecutable,
    Credentials(Form),
}

impl Wanted {
    /// Whether the body of a regular file is wanted, by its normalised path, its size and its mode.
    pub(super) fn of(path: &[u8], size: u64, mode: u32) -> Option<Self> {
        let slash = path.iter().rposition(|&b| b == b'/');
        let (directory, name) = slash.map_or((&path[..0], path), |at| (&path[..at], &path[at + 1..]));
        if (1..=limits::CREDENTIALS).contains(&size)
            && let Some(form) = credentials::form(directory, name)
        {
            return Some(Self::Credentials(form));
        }
        if records::RPM.is_database(directory, name) {
            return (size <= limits::RPM_DATABASE).then_some(Self::RpmDatabase);
        }
        if is_database(directory, name) {
            return (size <= limits::DATABASE).then_some(Self::Database);
        }
        if size >= limits::EXECUTABLE {
            return Some(Self::Executable);
        }
        if (mode & 0o111 != 0 || is_library(name))
            && (size >= limits::SMALL_EXECUTABLE || size > 0 && !is_of_a_system(path))
        {
            return Some(Self::SmallExecutable);
        }
        (name == b"package.json" && size <= limits::PACKAGE_JSON && is_package(directory))
            .then_some(Self::PackageJson)
    }
}

/// Places that packages of distributions and of languages fill. Of small programs only those elsewhere are looked at:
/// what somebody built, and the scripts that start it.
fn is_of_a_system(path: &[u8]) -> bool {
    const PLACES: [&[u8]; 9] =
        [b"usr/bin/", b"usr/sbin/", b"usr/lib", b"usr/share/", b"bin/", b"sbin/", b"lib", b"var/", b"etc/"];
    let is_module = |part: &[u8]| matches!(part, b"node_modules" | b"site-packages" | b".git");
    PLACES.iter().any(|place| path.starts_with(place)) || path.split(|&b| b == b'/').any(is_module)
}

/// `libc.so.6`, `_json.cpython-311.so`
fn is_library(name: &[u8]) -> bool {
    name.ends_with(b".so") || name.windows(4).any(|part| part == b".so.")
}

/// The databases of package managers, their lists of files, and os-release.
fn is_database(directory: &[u8], name: &[u8]) -> bool {
    match name {
        b"os-release" => matches!(directory, b"etc" | b"usr/lib"),
        b"extended_states" => directory == b"var/lib/apt",
        b"RECORD" | b"METADATA" => directory.ends_with(b".dist-info"),
        // what npm installed, and the scripts of the project
        b".package-lock.json" => directory.ends_with(b"node_modules"),
        b"package.json" => is_project(directory),
        _ => {
            (directory == b"var/lib/dpkg/info" && name.ends_with(b".list"))
                || directory == b"var/lib/dpkg/status.d"
                || records::DPKG.is_database(directory, name)
                || records::APK.is_database(directory, name)
        }
    }
}

/// Whether a package.json in this directory is a project's own: neither an installed package's nor one of the thousands
/// that distributions put under `/usr/share/nodejs`.
fn is_project(directory: &[u8]) -> bool {
    let distribution = [&b"usr/share/"[..], b"usr/lib/"].iter().any(|top| directory.starts_with(top));
    !distribution && !directory.split(|&b| b == b'/').any(|part| part == b"node_modules")
}

/// Whether npm or its like installed a package in this directory: `node_modules/NAME` or `node_modules/@SCOPE/NAME`.
fn is_package(directory: &[u8]) -> bool {
    let mut parts = directory.rsplit(|&b| b == b'/').skip(1);
    match parts.next() {
        Some(b"node_modules") => true,
        Some([b'@', ..]) => parts.next() == Some(b"node_modules"),
        _ => false,
    }
}

/// Takes what is wanted from the current body of `walk`. Also returns the body's hash, 0 if the body was not read
/// whole.
pub(super) fn take<I: Input>(
    wanted: Wanted,
    walk: &mut Walk<I>,
    budget: &Budget,
) -> Result<(Option<Excerpt>, u64)> {
    let size = walk.left();
    if matches!(wanted, Wanted::Executable | Wanted::SmallExecutable) && size > limits::SCRIPT {
        let (examined, hash) = elf::examine(walk)?;
        return Ok((examined.map(|(elf, libraries)| Excerpt::Elf(elf, libraries)), hash));
    }
    // of the others only the verdict is kept; of rpm's records less than the whole
    let fits = match wanted {
        Wanted::Database => budget.take_database(size),
        Wanted::PackageJson => budget.take_package_json(size),
        _ => true,
    };
    if !fits {
        let hash = if walk.is_body_cheap() { hash::passing(walk)? } else { 0 };
        return Ok((None, hash));
    }
    let mut body = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    while walk.left() > 0 {
        body.extend_from_slice(walk.chunk()?);
    }
    let hash = hash::body(&body);
    if matches!(wanted, Wanted::Executable | Wanted::SmallExecutable) {
        let excerpt = match elf::of_body(&body) {
            Some((elf, libraries)) => Some(Excerpt::Elf(elf, libraries)),
            None if body.starts_with(b"#!") && budget.take_script(size) => Some(Excerpt::Script(body.into())),
            None => None,
        };
        return Ok((excerpt, hash));
    }
    if let Wanted::Credentials(form) = wanted {
        return Ok((Some(Excerpt::Credentials(credentials::examine(form, &body))), hash));
    }
    if wanted == Wanted::RpmDatabase {
        let packages = rpm::reduce(&body)
            .filter(|packages| budget.take_database(u64::try_from(packages.len()).unwrap_or(u64::MAX)));
        return Ok((packages.map(|packages| Excerpt::Database(packages.into())), hash));
    }
    let body: Arc<[u8]> = body.into();
    Ok((
        Some(if wanted == Wanted::Database { Excerpt::Database(body) } else { Excerpt::PackageJson(body) }),
        hash,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_few_paths_are_wanted() {
        let database = [
            "etc/os-release",
            "usr/lib/os-release",
            "var/lib/dpkg/status",
            "var/lib/dpkg/status.d/base",
            "var/lib/dpkg/info/libc6:amd64.list",
            "var/lib/apt/extended_states",
            "lib/apk/db/installed",
            "usr/lib/python3/dist-packages/flask-2.0.dist-info/RECORD",
            "usr/lib/python3/dist-packages/flask-2.0.dist-info/METADATA",
            "app/package.json",
            "app/node_modules/.package-lock.json",
        ];
        for path in database {
            assert_eq!(Wanted::of(path.as_bytes(), 100, 0o644), Some(Wanted::Database), "{path}");
            assert_eq!(Wanted::of(path.as_bytes(), limits::DATABASE + 1, 0o644), None, "{path}");
        }
        for path in ["app/node_modules/a/package.json", "node_modules/@s/a/package.json"] {
            assert_eq!(Wanted::of(path.as_bytes(), 100, 0o644), Some(Wanted::PackageJson), "{path}");
        }
        let unwanted =
            ["node_modules/a/lib/package.json", "usr/share/nodejs/a/package.json", "status", "x/RECORD"];
        for path in unwanted {
            assert_eq!(Wanted::of(path.as_bytes(), 100, 0o644), None, "{path}");
        }
        assert_eq!(Wanted::of(b"usr/bin/big", limits::EXECUTABLE, 0o644), Some(Wanted::Executable));
        assert_eq!(Wanted::of(b"usr/bin/big", limits::EXECUTABLE - 1, 0o644), None);
        for (path, mode) in [("usr/bin/a", 0o755), ("usr/lib/liba.so", 0o644), ("usr/lib/liba.so.6", 0o644)] {
            let of = |size| Wanted::of(path.as_bytes(), size, mode);
            assert_eq!(of(limits::SMALL_EXECUTABLE), Some(Wanted::SmallExecutable), "{path}");
            assert_eq!(of(limits::SMALL_EXECUTABLE - 1), None, "{path}");
        }
    }
}
