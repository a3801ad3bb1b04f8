//! What only development needs, as npm's own lock of `node_modules` tells.
//!
//! npm writes `node_modules/.package-lock.json` after each installation: a row for each package, with `"dev": true`
//! where nothing but `devDependencies` asked for it. Source: npm's documentation, "package-lock.json".
//!
//! Where packages were asked for by name (`npm install express webpack`), all of them are `dependencies`. Then those
//! whose names say that they are for development go, with all that nothing else needs.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde_json::Value;

use super::ledger::Ledger;
use super::rule::{PathRule, Remedy};
use super::started::Started;
use crate::image::PathId;

/// The package.json in a directory.
fn manifest(ledger: &Ledger<'_>, directory: PathId) -> Option<Package> {
    let path = ledger.image.paths.child(directory, b"package.json")?;
    serde_json::from_slice(ledger.stack().body(path)?).ok()
}

#[derive(Deserialize)]
struct LockFile {
    #[serde(default)]
    packages: HashMap<String, Package>,
}

/// A row of the lock, or a project's package.json.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    dependencies: HashMap<String, Value>,
    #[serde(default)]
    optional_dependencies: HashMap<String, Value>,
    #[serde(default)]
    peer_dependencies: HashMap<String, Value>,
}

impl Package {
    /// The names of what it needs, as far as it is installed.
    fn needs(&self) -> impl Iterator<Item = &str> {
        let all = [&self.dependencies, &self.optional_dependencies, &self.peer_dependencies];
        all.into_iter().flat_map(HashMap::keys).map(String::as_str)
    }
}

impl LockFile {
    /// The places of packages for development: those that the lock marks, else those that only packages need whose
    /// names say it. `project` is the package.json beside `node_modules`.
    fn dev(&self, rule: Option<&PathRule>, project: Option<&Package>) -> Vec<&str> {
        let all = || self.packages.iter().map(|(place, package)| (place.as_str(), package));
        let marked: Vec<&str> = all().filter(|(_, package)| package.dev).map(|(place, _)| place).collect();
        let (Some(rule), Some(project), true) = (rule, project, marked.is_empty()) else { return marked };
        let (dev, kept): (Vec<&str>, Vec<&str>) = project.needs().partition(|name| is_named_dev(rule, name));
        if dev.is_empty() || kept.is_empty() {
            return marked;
        }
        let mut needed: HashSet<&str> = HashSet::new();
        let mut left: Vec<&str> = kept.iter().filter_map(|name| self.resolve("", name)).collect();
        while let Some(place) = left.pop() {
            if needed.insert(place)
                && let Some(package) = self.packages.get(place)
            {
                left.extend(package.needs().filter_map(|name| self.resolve(place, name)));
            }
        }
        all().map(|(place, _)| place).filter(|place| !place.is_empty() && !needed.contains(place)).collect()
    }

    /// The place of the package that another one finds by name: the closest `node_modules` that has it.
    fn resolve(&self, from: &str, name: &str) -> Option<&str> {
        let mut from = from;
        loop {
            let slash = if from.is_empty() { "" } else { "/" };
            if let Some((place, _)) =
                self.packages.get_key_value(&format!("{from}{slash}node_modules/{name}"))
            {
                return Some(place);
            }
            let at = from.rfind("node_modules/")?;
            from = from[..at].trim_end_matches('/');
        }
    }
}

/// True for a package that the globs of the rule name.
pub(in crate::advice) fn is_named_dev(rule: &PathRule, package: &str) -> bool {
    let name = package.rfind('@').filter(|&at| at > 0).map_or(package, |at| &package[..at]);
    let lists = rule.globs.iter().filter_map(|glob| glob.split(['{', '}']).nth(1));
    lists
        .flat_map(|list| list.split(','))
        .any(|known| known == name || known.starts_with('@') && name.starts_with(&format!("{known}/")))
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
        let rules = ledger.path_matches.rules();
        let rule = rules.iter().copied().find(|rule| rule.remedy == Remedy::Dependencies);
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
            let above = image.paths.parent(root);
            let project = String::from_utf8_lossy(&image.paths.full(above)).into_owned();
            let manifest = manifest(ledger, above);
            let mut dev = Vec::new();
            let mut names = Vec::new();
            for place in file.dev(rule, manifest.as_ref()) {
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
    pub(in crate::advice) fn started(&self, ledger: &Ledger<'_>, started: &Started) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        started.commands.iter().flatten().find_map(|word| self.package(ledger, word))
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
