//! What only development needs, as npm's own lock of `node_modules` tells.
//!
//! npm writes `node_modules/.package-lock.json` after each installation: a row for each package, with `"dev": true`
//! where nothing but `devDependencies` asked for it. Source: npm's documentation, "package-lock.json".

use std::collections::HashMap;

use serde::Deserialize;

use super::ledger::Ledger;
use super::started::Started;
use crate::image::PathId;

#[derive(Deserialize)]
struct LockFile {
    #[serde(default)]
    packages: HashMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    dev: bool,
}

/// The `node_modules` directories with a lock.
#[derive(Debug, Default)]
pub(in crate::advice) struct Locks(Vec<Lock>);

#[derive(Debug)]
struct Lock {
    /// The paths of the directory.
    all: std::ops::Range<u32>,
    /// The paths of packages for development, in ascending order.
    dev: Vec<std::ops::Range<u32>>,
    /// The names of these packages.
    names: Vec<String>,
}

impl Locks {
    /// Reads the locks of the final root filesystem.
    pub(in crate::advice) fn of(ledger: &Ledger<'_>) -> Self {
        let image = ledger.image;
        let mut locks = Vec::new();
        for (id, _) in image.excerpts.iter() {
            let path = image.path_of(id);
            if image.paths.name(path) != b".package-lock.json" || ledger.union.rootfs.entry(path) != Some(id)
            {
                continue;
            }
            let read = image.excerpts.body(id).and_then(|body| serde_json::from_slice::<LockFile>(body).ok());
            let Some(file) = read else { continue };
            let root = image.paths.parent(path);
            let project = String::from_utf8_lossy(&image.paths.full(image.paths.parent(root))).into_owned();
            let mut dev = Vec::new();
            let mut names = Vec::new();
            for (place, _) in file.packages.iter().filter(|(_, package)| package.dev) {
                let full = format!("{project}/{place}");
                if let Some(found) = image.paths.find(full.trim_start_matches('/').as_bytes()) {
                    dev.push(found.0..image.paths.end(found).0);
                }
                if let Some(name) =
                    place.strip_prefix("node_modules/").filter(|name| !name.contains("node_modules/"))
                {
                    names.push(name.to_owned());
                }
            }
            dev.sort_by_key(|range| range.start);
            locks.push(Lock { all: root.0..image.paths.end(root).0, dev, names });
        }
        Self(locks)
    }

    /// Whether a path belongs to a package for development; none where no lock tells.
    pub(in crate::advice) fn is_dev(&self, path: PathId) -> Option<bool> {
        // a lock without a single one tells of packages that were asked for by name: names have to tell then
        let holds = |lock: &&Lock| lock.all.contains(&path.0) && !lock.dev.is_empty();
        let lock = self.0.iter().rev().find(holds)?;
        let after = lock.dev.partition_point(|range| range.start <= path.0);
        Some(lock.dev[..after].iter().rev().take(8).any(|range| range.contains(&path.0)))
    }

    /// The package for development that a container starts, told by its commands and the scripts of the project.
    pub(in crate::advice) fn started(&self, ledger: &Ledger<'_>) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let commands = Started::of(ledger).commands;
        commands.iter().flatten().find_map(|word| self.package(ledger, word))
    }

    /// The directories of packages for development, each with its `node_modules`.
    pub(in crate::advice) fn dev(&self) -> impl Iterator<Item = (PathId, PathId)> {
        self.0.iter().flat_map(|lock| lock.dev.iter().map(|dev| (PathId(dev.start), PathId(lock.all.start))))
    }

    /// The package for development that a word of a command is about: its program, or a part of it.
    fn package(&self, ledger: &Ledger<'_>, word: &str) -> Option<String> {
        let name = word.rsplit("node_modules/.bin/").next().unwrap_or(word);
        let known =
            |name: &str| self.0.iter().flat_map(|lock| &lock.names).find(|known| *known == name).cloned();
        let of_part = || {
            let mut parts = name.split('/');
            let first = parts.next()?;
            if first.starts_with('@') { known(&format!("{first}/{}", parts.next()?)) } else { known(first) }
        };
        of_part().or_else(|| {
            let image = ledger.image;
            let directory = image.config.config.working_dir.trim_matches('/');
            let program = image
                .paths
                .find(format!("{directory}/node_modules/.bin/{name}").trim_start_matches('/').as_bytes())?;
            let link = ledger.union.rootfs.entry(program)?;
            let target = String::from_utf8_lossy(image.link_text(link)).into_owned();
            let place = target.strip_prefix("../")?;
            let mut parts = place.split('/');
            let first = parts.next()?;
            if first.starts_with('@') { known(&format!("{first}/{}", parts.next()?)) } else { known(first) }
        })
    }
}
