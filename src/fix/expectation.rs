//! What may be different in a rebuilt image, and why.

use std::collections::{BTreeSet, HashSet};

use super::predict::Prediction;
use super::volatile::is_volatile;
use crate::compare::Side;
use crate::image::{EntryId, PathId};
use crate::layer::Kind;
use crate::overlay::Slot;

/// Why a path may differ though no finding claims it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excuse {
    /// A rebuild of the Dockerfile as it was differs there as well.
    EachBuild,
    /// A log, a cache, a record with times.
    Volatile,
    /// It lists packages that went, or their scripts have written it.
    Packages,
}

/// What is known of the old image and of what should go.
pub(super) struct Expectation<'a> {
    pub(super) old: &'a Side<'a>,
    /// None when the image does not tell.
    pub(super) prediction: Option<&'a Prediction>,
    /// All paths that are gone.
    pub(super) gone: &'a BTreeSet<PathId>,
    /// The contents that other paths still have.
    pub(super) kept: &'a HashSet<EntryId>,
    /// The paths in which a rebuild of the Dockerfile as it was differs from the image.
    pub(super) drift: &'a BTreeSet<Vec<u8>>,
}

impl Expectation<'_> {
    /// Why a path may differ in any way.
    pub(super) fn excuse(&self, path: &[u8]) -> Option<Excuse> {
        if is_volatile(path) {
            return Some(Excuse::Volatile);
        }
        self.drift.contains(path).then_some(Excuse::EachBuild)
    }

    /// True for a path of the old image that may go.
    pub(super) fn may_go(&self, path: PathId) -> bool {
        self.prediction.is_some_and(|prediction| Claims { of: self, prediction }.holds(path))
    }

    /// True for a path of the old image whose content a finding claimed: it may be smaller now.
    pub(super) fn is_claimed(&self, path: PathId) -> bool {
        let is_shrunk = |prediction: &Prediction| {
            self.old.content(path).is_some_and(|content| prediction.shrunk.contains_key(&content))
        };
        self.prediction.is_some_and(|prediction| prediction.paths.contains(&path) || is_shrunk(prediction))
    }

    /// Why the content of a path of the old image, or its mode or owner, may be another.
    pub(super) fn excuse_of_change(&self, path: PathId, name: &[u8]) -> Option<Excuse> {
        let is_of_packages = || self.is_of_scripts(path, name) || self.is_list_of_modules(path);
        self.excuse(name).or_else(|| is_of_packages().then_some(Excuse::Packages))
    }

    /// The lists that npm, yarn and pnpm keep of a `node_modules` that packages went from.
    fn is_list_of_modules(&self, path: PathId) -> bool {
        let (Some(prediction), paths) = (self.prediction, &self.old.image.paths) else { return false };
        let directory = paths.parent(path);
        let modules = match paths.name(path) {
            b"package.json"
            | b"package-lock.json"
            | b"npm-shrinkwrap.json"
            | b"yarn.lock"
            | b"pnpm-lock.yaml" => paths.child(directory, b"node_modules"),
            b".package-lock.json" | b".yarn-integrity" | b".yarn-state.yml" | b".modules.yaml" => {
                Some(directory)
            }
            _ => None,
        };
        modules.is_some_and(|modules| prediction.paths.range(modules..paths.end(modules)).next().is_some())
    }

    /// Something in the directories of the system that no package owns, of a layer that packages went from: the
    /// package manager's records, and what the scripts of packages keep.
    fn is_of_scripts(&self, path: PathId, name: &[u8]) -> bool {
        let Some(prediction) = self.prediction else { return false };
        let packages = &self.old.analysis.packages;
        let of_system = SYSTEM.iter().any(|start| name.starts_with(start.as_bytes()));
        let layer = self.old.layer(path);
        let mut layers = prediction.packages.iter().flat_map(|&package| packages.list[package].layers.iter());
        of_system
            && packages.owner_index(path).is_none()
            && layers.any(|&(of_package, _)| layer.is_some_and(|layer| layer >= of_package))
    }
}

/// Where the scripts of packages write.
const SYSTEM: [&str; 6] = ["etc/", "var/lib/", "var/cache/", "usr/lib/", "usr/share/", "lib/"];

/// What may go.
struct Claims<'a> {
    of: &'a Expectation<'a>,
    prediction: &'a Prediction,
}

impl Claims<'_> {
    /// True for a path that a finding claimed, and for what goes with one: what lies below it, further names of its
    /// content, the rest of its package, links that lead nowhere now, and directories that would be empty.
    fn holds(&self, path: PathId) -> bool {
        let (paths, prediction) = (&self.of.old.image.paths, self.prediction);
        let mut at = path;
        while !prediction.paths.contains(&at) {
            let parent = paths.parent(at);
            if parent == at {
                return self.goes_along(path);
            }
            at = parent;
        }
        true
    }

    fn goes_along(&self, path: PathId) -> bool {
        let (image, prediction) = (self.of.old.image, self.prediction);
        let of_package = self
            .of
            .old
            .analysis
            .packages
            .owner_index(path)
            .is_some_and(|package| prediction.packages.contains(&package));
        let of_content =
            self.of.old.content(path).is_some_and(|content| prediction.entries.contains(&content));
        if of_package || of_content || self.is_swept(path) {
            return true;
        }
        let target = match self.of.old.slot(path) {
            Some(Slot::Entry(id)) if image.entry(id).kind == Kind::Symlink => Some(image.link_text(id)),
            Some(Slot::Entry(id)) if !image.entry(id).kind.is_directory() => {
                return self.is_alternative(path);
            }
            _ => None,
        };
        if let Some(target) = target {
            let target = resolved(&image.paths.full(image.paths.parent(path)), target);
            // `/lib` and `/bin` are links to `/usr/lib` and `/usr/bin` on most systems
            return self.is_gone(&target) || self.is_gone(&[b"usr/", target.as_slice()].concat());
        }
        let below = (path.0 + 1..image.paths.end(path).0).map(PathId);
        let mut below = below.filter(|&path| self.of.old.slot(path).is_some()).peekable();
        if below.peek().is_none() {
            return self.is_of_scripts(path);
        }
        below.all(|path| self.of.gone.contains(&path))
    }

    /// Something that frees nothing, without bytes or with another name that stays, in a directory of which all is gone
    /// and some was claimed.
    fn is_swept(&self, path: PathId) -> bool {
        let (old, paths) = (self.of.old, &self.of.old.image.paths);
        let frees_nothing =
            old.bytes(path) == 0 || old.content(path).is_some_and(|content| self.of.kept.contains(&content));
        let is_emptied = |directory: PathId| {
            let mut below = (directory.0 + 1..paths.end(directory).0).map(PathId);
            below.all(|path| old.slot(path).is_none() || self.of.gone.contains(&path))
        };
        let claimed =
            |directory: PathId| self.prediction.paths.range(directory..paths.end(directory)).next().is_some();
        let mut directory = paths.parent(path);
        while frees_nothing && directory != PathId::ROOT && is_emptied(directory) {
            if claimed(directory) {
                return true;
            }
            directory = paths.parent(directory);
        }
        false
    }

    /// An empty directory of a layer that packages went from: their scripts make such.
    fn is_of_scripts(&self, path: PathId) -> bool {
        let layer = self.of.old.layer(path);
        let layers = |&package: &usize| self.of.old.analysis.packages.list[package].layers.iter();
        let mut layers = self.prediction.packages.iter().flat_map(layers);
        layers.any(|&(of_package, _)| Some(of_package) == layer)
    }

    fn is_gone(&self, path: &[u8]) -> bool {
        self.of.old.image.paths.find(path).is_some_and(|path| self.of.gone.contains(&path))
    }

    /// dpkg's note of an alternative whose link is gone.
    fn is_alternative(&self, path: PathId) -> bool {
        let full = self.of.old.image.paths.full(path);
        full.strip_prefix(b"var/lib/dpkg/alternatives/")
            .is_some_and(|name| self.is_gone(&[b"etc/alternatives/", name].concat()))
    }
}

/// Where a symbolic link in `folder` leads, by its text alone.
fn resolved(folder: &[u8], target: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let start: &[u8] = if target.starts_with(b"/") { b"" } else { folder };
    for part in start.split(|&byte| byte == b'/').chain(target.split(|&byte| byte == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join(&b'/')
}
