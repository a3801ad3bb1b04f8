//! What the user named, before anything of it is opened.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::engine::{self, ContainerPlace, EngineQuery};
use super::file::Saved;
use super::place::Place;
use super::stream::{InMemory, Stdin};
use super::{Blobs, Engine, Progress};
use crate::error::Result;

/// A place, and perhaps which of its images is meant.
#[derive(Debug, Clone)]
pub struct Location {
    place: Arc<dyn Place>,
    /// The image that is named along with the place, as in `oci:DIR:TAG`.
    pub image: Option<String>,
    /// How far its contents are trusted.
    pub trust: Trust,
}

/// How far the contents of a place are trusted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trust {
    /// What packed layers, and a packed archive, may unpack to beyond [`limits::EXPANSION`](crate::limits::EXPANSION) times their size; none
    /// for the usual limit.
    pub unpacked: Option<u64>,
    /// Whether the digests of layers are computed and held to what the configuration says.
    pub verify: bool,
}

/// A kind of place that is named as `SCHEME:REST`.
struct Scheme {
    names: &'static [&'static str],
    /// Reads the scheme's name and what follows the colon.
    read: fn(&str, &str) -> Named,
}

/// All kinds of places that are named by a scheme.
const SCHEMES: [Scheme; 3] = [
    Scheme {
        names: &["docker-archive", "oci-archive", "oci", "dir"],
        read: |_, rest| Named::Place(Location::tagged(rest)),
    },
    Scheme {
        names: engine::SCHEMES,
        read: |scheme, rest| {
            let engines = Engine::named(scheme).map_or(Engine::ALL.to_vec(), |engine| vec![engine]);
            Named::Image(engines, rest.to_owned())
        },
    },
    Scheme { names: &["container"], read: |_, rest| Named::Container(rest.to_owned()) },
];

/// What an argument names.
enum Named {
    /// A place of its own.
    Place(Location),
    /// An image that one of these engines should have.
    Image(Vec<Engine>, String),
    /// A container that an engine should have.
    Container(String),
}

/// Endings of file names, which no image of an engine has.
const ENDINGS: [&str; 4] = ["tar", "gz", "tgz", "zst"];

impl Location {
    /// Any kind of place.
    pub fn new(place: impl Place + 'static) -> Self {
        Self { place: Arc::new(place), image: None, trust: Trust::default() }
    }

    /// A file or a directory.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::new(Saved(path.into()))
    }

    /// Standard input.
    pub fn stdin() -> Self {
        Self::new(Stdin)
    }

    /// The image inside the program; assets/demo has the Dockerfile that it was built from.
    pub fn demo() -> Self {
        let bytes = &include_bytes!("../../assets/demo/demo.tar.zst")[..];
        Self::new(InMemory {
            name: "the built-in image".into(),
            shown: "(built in)".into(),
            bytes: Arc::new(bytes.into()),
        })
    }

    /// An archive in memory.
    pub fn bytes(name: &str, bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        Self::new(InMemory { name: name.into(), shown: name.into(), bytes: Arc::new(bytes.into()) })
    }

    /// The same, trusted so far.
    #[must_use]
    pub fn trusted(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// An image of an engine.
    pub fn engine(engine: Engine, reference: &str, query: EngineQuery) -> Self {
        Self::new(query.images(vec![engine], vec![reference.to_owned()]))
    }

    /// Opens the place.
    ///
    /// # Errors
    /// When it is not there, or holds nothing that can be read.
    pub fn open<'p>(&self, progress: &'p dyn Progress) -> Result<Box<dyn Blobs + 'p>> {
        let mut blobs = self.place.open(progress)?;
        if let Some(bytes) = self.trust.unpacked {
            blobs.allow(bytes);
        }
        Ok(blobs)
    }

    /// Reads an argument: `-`, `SCHEME:REST`, a path where there is one, else the name of an image that
    /// one of the engines has. `query` says how to ask engines.
    pub fn parse(text: &OsStr, query: &EngineQuery) -> Self {
        match Self::read(text) {
            Named::Place(location) => location,
            Named::Image(engines, reference) => Self::new(query.images(engines, vec![reference])),
            Named::Container(name) => Self::new(ContainerPlace::new(*query, name)),
        }
    }

    /// Reads several arguments. Images of one engine become one place, because an engine sends what several have in
    /// common only once; `*` as the name means all of its images.
    pub fn several(texts: &[OsString], query: &EngineQuery) -> Vec<Self> {
        let mut locations = Vec::new();
        let mut images: Vec<(Vec<Engine>, Vec<String>)> = Vec::new();
        for text in texts {
            match Self::read(text) {
                Named::Place(location) => locations.push(location),
                Named::Container(name) => locations.push(Self::new(ContainerPlace::new(*query, name))),
                Named::Image(engines, reference) if reference == "*" => {
                    images.push((engines, vec![reference]));
                }
                Named::Image(engines, reference) => match images.iter_mut().find(|one| one.0 == engines) {
                    Some((_, references)) if *references != ["*"] => references.push(reference),
                    _ => images.push((engines, vec![reference])),
                },
            }
        }
        let images = images.into_iter().map(|(engines, names)| Self::new(query.images(engines, names)));
        locations.extend(images);
        locations
    }

    fn read(text: &OsStr) -> Named {
        if text == "-" {
            return Named::Place(Self::stdin());
        }
        let path = Path::new(text);
        let shown = text.to_string_lossy();
        if let Some((name, rest)) = shown.split_once(':')
            && let Some(scheme) = SCHEMES.iter().find(|scheme| scheme.names.contains(&name))
            && !path.exists()
        {
            return (scheme.read)(name, rest);
        }
        let has_ending =
            |path: &Path| path.extension().is_some_and(|end| ENDINGS.iter().any(|known| end == *known));
        if let Some(location) = Self::in_place(&shown, has_ending) {
            return Named::Place(location);
        }
        if path.symlink_metadata().is_ok() || has_ending(path) || shown.starts_with(['/', '.']) {
            return Named::Place(Self::path(path));
        }
        Named::Image(Engine::ALL.to_vec(), shown.into_owned())
    }

    /// A path that may be followed by a tag.
    fn tagged(rest: &str) -> Self {
        Self::in_place(rest, |_| true).unwrap_or_else(|| Self::path(rest))
    }

    /// `PATH:NAME`, where there is such a path, and no path is called like the whole. Names of images have
    /// colons too.
    fn in_place(text: &str, fits: impl Fn(&Path) -> bool) -> Option<Self> {
        if Path::new(text).exists() {
            return None;
        }
        let splits = text.match_indices(':').map(|(at, _)| (Path::new(&text[..at]), &text[at + 1..]));
        let (path, name) =
            splits.filter(|(_, name)| !name.is_empty()).find(|(path, _)| path.exists() && fits(path))?;
        Some(Self { image: Some(name.to_owned()), ..Self::path(path) })
    }
}

impl std::ops::Deref for Location {
    type Target = dyn Place;

    fn deref(&self) -> &Self::Target {
        &*self.place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Location {
        Location::parse(OsStr::new(text), &EngineQuery::default())
    }

    fn found(text: &str) -> Option<PathBuf> {
        parsed(text).path().map(Path::to_owned)
    }

    #[test]
    fn schemes_are_taken_off() {
        assert_eq!(found("docker-archive:some/app.tar"), Some("some/app.tar".into()));
        assert_eq!(found("oci:layout"), Some("layout".into()));
        assert_eq!(found("docker:app:1"), None);
        assert_eq!(parsed("docker:app:1").name(), "app:1");
        let tagged = parsed("oci:src:v1");
        assert_eq!((tagged.path(), tagged.image.as_deref()), (Some(Path::new("src")), Some("v1")));
    }

    #[test]
    fn a_path_is_a_path_and_anything_else_an_image() {
        for path in ["missing/app.tar", "app.tar", "./app", "/app", "Cargo.toml", "src"] {
            assert_eq!(found(path), Some(path.into()), "{path}");
        }
        for name in ["app", "app:1.2", "registry.example:5000/team/app:1", "team/app"] {
            assert_eq!((found(name), parsed(name).name()), (None, name.into()), "{name}");
        }
        assert_eq!(parsed("-").name(), "standard input");
    }
}
