//! What the image is made of, judging by its files: the distribution, the interpreters, the program that it runs.
//!
//! Rules use it to say which smaller base would do. All of it describes the final root filesystem, except for the
//! release of the base.

use super::package_managers::PACKAGE_MANAGERS;
use super::packages::Places;
use crate::image::{EntryId, Image, PathId};
use crate::layer::Elf;
use crate::overlay::{Slot, Stack};

/// What is known of the system in an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct System {
    /// The distribution of the base layers.
    pub base: Option<Release>,
    /// The distribution of the final root filesystem.
    pub release: Option<Release>,
    /// The package managers that could install more: `apt-get`, `apk`, …
    pub installers: Vec<&'static str>,
    /// The interpreters and run-time environments found, in the order of their paths.
    pub runtimes: Vec<Runtime>,
    /// The program that a container starts, if it can be found.
    pub program: Option<Program>,
}

/// A distribution, as os-release(5) tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// `ID`: `debian`, `alpine`; `linux` if it is missing.
    pub id: String,
    /// `VERSION_ID`: `12`. Rolling distributions have none.
    pub version: Option<String>,
    /// `VERSION_CODENAME`: `bookworm`.
    pub codename: Option<String>,
    /// `PRETTY_NAME`: `Debian GNU/Linux 12 (bookworm)`.
    pub pretty_name: Option<String>,
}

/// What runs programs of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// `python3.11`
    Python,
    /// `node`
    Node,
    /// `java` without `javac`
    Jre,
    /// `java` with `javac`
    Jdk,
    /// `ruby`
    Ruby,
    /// `php`
    Php,
    /// `dotnet`
    Dotnet,
}

impl Language {
    /// Its name, as its images are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Jre => "jre",
            Self::Jdk => "jdk",
            Self::Ruby => "ruby",
            Self::Php => "php",
            Self::Dotnet => "dotnet",
        }
    }

    /// The variable in which official images record its version.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Python => "PYTHON_VERSION",
            Self::Node => "NODE_VERSION",
            Self::Jre | Self::Jdk => "JAVA_VERSION",
            Self::Ruby => "RUBY_VERSION",
            Self::Php => "PHP_VERSION",
            Self::Dotnet => "DOTNET_VERSION",
        }
    }
}

/// An interpreter or run-time environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runtime {
    /// What it runs.
    pub language: Language,
    /// Its version, if the file's name or the environment says it: `3.11`.
    pub version: Option<String>,
    /// The file.
    pub path: PathId,
    /// The layer that holds it.
    pub layer: usize,
}

/// The program that a container starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// The file, links followed.
    pub path: PathId,
    /// The layer that holds it.
    pub layer: usize,
    /// Its headers; none for scripts, and for files below 16 KiB.
    pub elf: Option<Elf>,
}

impl Program {
    /// True if it certainly needs no shared libraries.
    pub fn is_static(&self) -> bool {
        self.elf.is_some_and(|elf| !elf.needs_loader)
    }
}

/// Finds out what the image is made of. The first `base_layers` layers are its base.
pub fn system(stack: Stack<'_>, base_layers: usize) -> System {
    let image = stack.image;
    let mut places = Places::new(stack);
    System {
        base: base_release(image, base_layers),
        release: RELEASES.into_iter().find_map(|name| {
            let body = stack.body(places.resolve(name)?)?;
            Some(Release::parse(body))
        }),
        installers: PACKAGE_MANAGERS
            .iter()
            .filter(|manager| places.resolve(manager.program).is_some())
            .map(|manager| manager.name)
            .collect(),
        runtimes: runtimes(stack, &mut places),
        program: program(stack, &mut places),
    }
}

const RELEASES: [&[u8]; 2] = [b"etc/os-release", b"usr/lib/os-release"];

impl Release {
    /// Reads an os-release: shell assignments, whose values may be in quotes.
    fn parse(text: &[u8]) -> Self {
        let mut release = Self { id: "linux".to_owned(), ..Self::default() };
        for line in text.split(|&b| b == b'\n') {
            let line = String::from_utf8_lossy(line);
            let Some((name, value)) = line.trim().split_once('=') else { continue };
            let value = ['"', '\'']
                .into_iter()
                .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
                .unwrap_or(value);
            if value.is_empty() {
                continue;
            }
            match name {
                "ID" => value.clone_into(&mut release.id),
                "VERSION_ID" => release.version = Some(value.to_owned()),
                "VERSION_CODENAME" => release.codename = Some(value.to_owned()),
                "PRETTY_NAME" => release.pretty_name = Some(value.to_owned()),
                _ => {}
            }
        }
        release
    }
}

/// The release in the highest base layer that stores one.
fn base_release(image: &Image, base_layers: usize) -> Option<Release> {
    let end = image.layers[..base_layers.min(image.layers.len())].last()?.entries.end;
    let of = |name| {
        let path = image.paths.find(name)?;
        image.timeline.of(path).iter().rev().filter(|id| id.0 < end).find_map(|&id| image.excerpts.body(id))
    };
    RELEASES.into_iter().find_map(of).map(Release::parse)
}

/// Directories that hold programs; `*` is any directory.
const PROGRAMS: [&str; 8] = [
    "bin",
    "opt/*/*/bin",
    "opt/*/bin",
    "usr/bin",
    "usr/lib/jvm/*/bin",
    "usr/local/*/bin",
    "usr/local/bin",
    "usr/share/dotnet",
];

fn runtimes(stack: Stack<'_>, places: &mut Places<'_>) -> Vec<Runtime> {
    let Stack { image, union } = stack;
    let mut found = Vec::new();
    for pattern in PROGRAMS {
        for directory in directories(stack, pattern) {
            for path in image.paths.children(directory) {
                let name = image.paths.name(path);
                let Some((language, version)) = language(name) else { continue };
                // links are other names of what is found elsewhere
                let Some(content) = union.rootfs.entry(path).and_then(|id| union.content_of(id)) else {
                    continue;
                };
                let is_jdk = language == Language::Jre && places.child(directory, b"javac").is_some();
                let language = if is_jdk { Language::Jdk } else { language };
                let version = version.or_else(|| variable(image, language.variable()));
                found.push(Runtime { language, version, path, layer: image.layer_of(content) });
            }
        }
    }
    found.sort_by_key(|runtime| runtime.path);
    found
}

/// The directories of the final root filesystem that match a pattern.
fn directories(stack: Stack<'_>, pattern: &str) -> Vec<PathId> {
    let Stack { image, union } = stack;
    let mut found = vec![PathId::ROOT];
    for part in pattern.split('/') {
        found = found
            .into_iter()
            .flat_map(|directory| image.paths.children(directory))
            .filter(|&path| part == "*" || image.paths.name(path) == part.as_bytes())
            .filter(|&path| union.rootfs.is_directory(image, path))
            .collect();
    }
    found
}

/// The language that a program of this name runs, and the version in the name.
fn language(name: &[u8]) -> Option<(Language, Option<String>)> {
    let name = std::str::from_utf8(name).ok()?;
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let language = match stem {
        "python" => Language::Python,
        "node" | "nodejs" => Language::Node,
        "java" => Language::Jre,
        "ruby" => Language::Ruby,
        "php" => Language::Php,
        "dotnet" => Language::Dotnet,
        _ => return None,
    };
    let version = &name[stem.len()..];
    Some((language, (!version.is_empty()).then(|| version.to_owned())))
}

/// A variable of the environment that containers get.
fn variable(image: &Image, name: &str) -> Option<String> {
    let assignments = &image.config.config.env;
    let value = assignments.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// The first word of entrypoint and command, looked up as the kernel and the shell would.
fn program(stack: Stack<'_>, places: &mut Places<'_>) -> Option<Program> {
    let Stack { image, union } = stack;
    let runtime = &image.config.config;
    let words = if runtime.entrypoint.is_empty() { &runtime.cmd } else { &runtime.entrypoint };
    // the shell form: the program is the first word of the text
    let word = match words.as_slice() {
        [shell, flag, text, ..] if flag == "-c" && shell.ends_with("sh") => {
            text.split_whitespace().find(|word| *word != "exec" && !word.contains('='))?
        }
        [first, ..] => first,
        [] => return None,
    };
    let path = if word.contains('/') {
        places.resolve(word.as_bytes())
    } else {
        let usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        let search = variable(image, "PATH");
        let mut directories = search.as_deref().unwrap_or(usual).split(':').take(64);
        directories.find_map(|directory| places.resolve(format!("{directory}/{word}").as_bytes()))
    }?;
    let Some(Slot::Entry(id)) = union.rootfs.get(path) else { return None };
    let content: EntryId = union.content_of(id)?;
    Some(Program { path, layer: image.layer_of(content), elf: image.excerpts.elf(content) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_with_and_without_quotes() {
        let text = b"# x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID='12'\nBAD\nVERSION_CODENAME=\n";
        let release = Release::parse(text);
        assert_eq!(release.pretty_name.as_deref(), Some("Debian GNU/Linux 12 (bookworm)"));
        assert_eq!((release.id.as_str(), release.version.as_deref()), ("debian", Some("12")));
        assert_eq!(release.codename, None);
        assert_eq!(Release::parse(b"").id, "linux");
    }

    #[test]
    fn interpreters_are_told_by_name() {
        let of = |name: &str| language(name.as_bytes());
        assert_eq!(of("python3.11"), Some((Language::Python, Some("3.11".into()))));
        assert_eq!(of("node"), Some((Language::Node, None)));
        assert_eq!(of("php8.2"), Some((Language::Php, Some("8.2".into()))));
        for other in ["python3.11-config", "javac", "nodejs-doc", "", "3"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
