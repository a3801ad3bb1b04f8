//! The packages that a second stage has to install: those that the Dockerfile asks for and that are not for building,
//! and those that hold what programs need: interpreters, libraries, certificates. What these need in turn comes along.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::python;
use crate::advice::engine::ledger::Ledger;
use crate::advice::engine::owners::is_of_the_system;
use crate::advice::engine::started::{Search, Started};
use crate::advice::knowledge::package_managers::{self, is_for_building};
use crate::analysis::package_managers::PackageManager;
use crate::analysis::{Manager, Relations};
use crate::dockerfile::Keyword;
use crate::image::PathId;
use crate::overlay::Slot;

/// What programs look for by a path, so that no dependency names it.
const LOOKED_FOR: [&str; 5] = ["ca-certificates", "tzdata", "netbase", "media-types", "locales"];
/// What Python's programs import without saying so, and the whole of its library.
const OF_PYTHON: [&str; 4] = ["python3", "python3-distutils", "python3-setuptools", "python3-pkg-resources"];

/// The packages of the second stage.
#[derive(Debug, Default)]
pub(in crate::advice) struct Closure {
    /// What installs them.
    pub(in crate::advice) manager: Option<&'static PackageManager>,
    /// As they are asked for.
    pub(in crate::advice) install: Vec<String>,
    /// All that are there then, by their places in the list of packages.
    pub(in crate::advice) kept: HashSet<usize>,
    /// What is not known of them.
    pub(in crate::advice) gaps: Vec<String>,
}

impl Closure {
    /// Follows what a container starts, and what the programs and libraries at `carried` need.
    pub(in crate::advice) fn of(ledger: &Ledger<'_>, started: &Started, carried: &[PathId]) -> Self {
        let mut closure = Self::default();
        let stack = ledger.stack();
        let relations = Relations::of(stack);
        let named = closure.named(ledger);
        let system = System::of(ledger);
        let mut roots: Vec<(String, String)> = Vec::new();
        let mut asked: Vec<(String, String)> = Vec::new();
        let mut needed: BTreeSet<String> = BTreeSet::new();
        needed.extend(started.programs.iter().filter_map(|&path| system.owner(ledger, path)));
        needed.extend(interpreters(ledger, &system, carried));
        needed.extend(closure.libraries(ledger, &system, carried));
        let required = python::required(ledger, carried);
        needed.extend(required.into_iter().filter_map(|path| system.owner(ledger, path)));
        for word in named {
            let name = word.split(['=', ':', '/']).next().unwrap_or(&word).to_owned();
            let found = match &relations {
                Some(relations) => relations.installed(&name).collect(),
                // without records nothing is known
                None if system.by_name.contains_key(&name) || system.by_name.is_empty() => vec![name.clone()],
                None => Vec::new(),
            };
            if found.is_empty() {
                continue;
            }
            if found.iter().any(|found| needed.contains(found))
                || !is_for_building(&name) && !is_installer(&name)
            {
                asked.push((name, word));
            }
        }
        let is_python =
            needed.iter().chain(asked.iter().map(|(name, _)| name)).any(|name| name.starts_with("python3"));
        roots.extend(asked);
        let more = LOOKED_FOR.iter().chain(OF_PYTHON.iter().filter(|_| is_python));
        needed.extend(more.filter(|name| system.own.contains(**name)).map(ToString::to_string));
        let Some(relations) = relations else {
            closure.settle_by_owner(&system, roots, needed);
            return closure;
        };
        let mut all = relations.needs(roots.iter().map(|(name, _)| name.as_str()));
        // the whole of Python before its parts
        let mut order: Vec<String> =
            OF_PYTHON.iter().filter(|name| needed.contains(**name)).map(ToString::to_string).collect();
        order.extend(needed);
        for name in order {
            if system.own.contains(&name) && !all.contains(&name) {
                all.extend(relations.needs([name.as_str()]));
                roots.push((name.clone(), name));
            }
        }
        let takes_recommends = ledger
            .own_layers()
            .any(|layer| package_managers::takes_recommends(ledger.image.command_of(layer)));
        let recommended = |all: &BTreeSet<String>| {
            relations.recommended(all).into_iter().filter(|_| takes_recommends).find(|name| {
                system.own.contains(name)
                    && !all.contains(name)
                    && !is_for_building(name)
                    && !is_installer(name)
                    && !is_document(name)
            })
        };
        while let Some(name) = recommended(&all) {
            all.extend(relations.needs([name.as_str()]));
            roots.push((name.clone(), name));
        }
        closure.kept = all.iter().filter_map(|name| system.by_name.get(name).copied()).collect();
        // what the base has need not be asked for
        closure.install = roots
            .into_iter()
            .filter(|(name, _)| system.own.contains(name) || !system.by_name.contains_key(name))
            .map(|(_, word)| word)
            .collect();
        closure
    }

    /// What the Dockerfile asks for by name.
    fn named(&mut self, ledger: &Ledger<'_>) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for layer in ledger.own_layers().filter(|&layer| ledger.is_made_by(layer, Keyword::Run)) {
            let command = ledger.image.command_of(layer);
            if command.contains("dpkg -i") || command.contains("dpkg --install") {
                self.gaps.push("a package that dpkg installed from a file".into());
            }
            let Some((manager, packages)) = package_managers::installed(command) else { continue };
            self.manager.get_or_insert(manager);
            for word in packages {
                if word.contains(['$', '`', '*', '(', '<', '>']) {
                    self.gaps.push(format!("the packages that {word} stands for"));
                } else if word.contains('/') && word.starts_with(['.', '/'])
                    || word.to_ascii_lowercase().ends_with(".deb")
                    || word.contains("://")
                {
                    self.gaps.push(format!("the package in the file {word}"));
                } else if !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        if self.manager.is_some() && takes_other_sources(ledger) {
            self.gaps.push("packages from a source that a step added and removed again".into());
        }
        words
    }

    /// Packages that hold libraries which programs ask for.
    fn libraries(&mut self, ledger: &Ledger<'_>, system: &System, carried: &[PathId]) -> BTreeSet<String> {
        let image = ledger.image;
        let content = |path: PathId| ledger.union.content_of(ledger.union.rootfs.entry(path)?);
        let mut wanted: HashSet<&[u8]> = HashSet::new();
        for &path in carried {
            let Some(content) = content(path) else { continue };
            match image.excerpts.libraries(content) {
                Some(libraries) => wanted.extend(libraries.iter().map(|name| &**name)),
                // libraries of wheels and modules bring theirs along
                None if image.excerpts.elf(content).is_some_and(|elf| elf.needs_loader)
                    && self.gaps.len() < 8 =>
                {
                    self.gaps.push(format!("the libraries that {} needs", ledger.path(path)));
                }
                None => {}
            }
        }
        let mut found: HashMap<&[u8], Vec<PathId>> = HashMap::new();
        if !wanted.is_empty() {
            for (path, _) in ledger.union.rootfs.live() {
                let name = image.paths.name(path);
                if name.windows(3).any(|part| part == b".so") && wanted.contains(name) {
                    found.entry(name).or_default().push(path);
                }
            }
        }
        let carried: HashSet<PathId> = carried.iter().copied().collect();
        let mut packages = BTreeSet::new();
        for paths in found.values() {
            // what is carried over, or stands in the base, is there
            let is_there = |&path: &PathId| carried.contains(&path) || system.owner(ledger, path).is_none();
            if !paths.iter().any(is_there) {
                packages.extend(paths.iter().filter_map(|&path| system.owner(ledger, path)));
            }
        }
        packages
    }

    /// Where no relationships are known: the packages that were asked for and found, and whatever they bring.
    fn settle_by_owner(&mut self, system: &System, roots: Vec<(String, String)>, needed: BTreeSet<String>) {
        let needed = needed.into_iter().map(|name| (name.clone(), name));
        for (name, word) in roots.into_iter().chain(needed) {
            if !self.install.contains(&word) {
                self.kept.extend(system.by_name.get(&name));
                self.install.push(word);
            }
        }
        if self.manager.is_some() {
            self.gaps.push("what the packages to install need in turn".into());
        }
    }
}

/// The packages of the system's package manager.
struct System {
    by_name: HashMap<String, usize>,
    /// Those that own layers brought.
    own: HashSet<String>,
}

impl System {
    fn of(ledger: &Ledger<'_>) -> Self {
        let image = ledger.image;
        let mut of_base: HashSet<String> = HashSet::new();
        if let Some(lists) = image.paths.find(b"var/lib/dpkg/info") {
            for path in image.paths.children(lists) {
                let Some(name) = image.paths.name(path).strip_suffix(b".list") else { continue };
                let first = image.timeline.of(path).first();
                if first.is_some_and(|&id| !ledger.is_own(image.layer_of(id))) {
                    let name = name.split(|&byte| byte == b':').next().unwrap_or(name);
                    of_base.insert(String::from_utf8_lossy(name).into_owned());
                }
            }
        }
        let mut by_name = HashMap::new();
        let mut own = HashSet::new();
        for (number, package) in ledger.analysis.packages.list.iter().enumerate() {
            if !is_of_the_system(ledger, number) {
                continue;
            }
            by_name.entry(package.name.clone()).or_insert(number);
            let is_own = match package.manager {
                Manager::Dpkg if !of_base.is_empty() => !of_base.contains(&package.name),
                _ => package.layer().is_none_or(|layer| ledger.is_own(layer)),
            };
            if is_own {
                own.insert(package.name.clone());
            }
        }
        Self { by_name, own }
    }

    /// The package of own layers that owns a path.
    fn owner(&self, ledger: &Ledger<'_>, path: PathId) -> Option<String> {
        let owner =
            ledger.analysis.packages.owner_index(path).filter(|&owner| is_of_the_system(ledger, owner))?;
        let name = &ledger.analysis.packages.list[owner].name;
        self.own.contains(name).then(|| name.clone())
    }
}

/// Packages of the interpreters that the first lines of carried scripts name.
fn interpreters(ledger: &Ledger<'_>, system: &System, carried: &[PathId]) -> Vec<String> {
    let mut search = Search::of(ledger);
    let mut words: BTreeSet<String> = BTreeSet::new();
    for &path in carried {
        let Some(text) = search.script(path) else { continue };
        words.extend(text.lines().next().unwrap_or_default().split_whitespace().map(str::to_owned));
    }
    let found = words.iter().flat_map(|word| search.find(word)).collect::<Vec<_>>();
    found.into_iter().filter_map(|path| system.owner(ledger, path)).collect()
}

/// Programs that install what a project needs: for building, unless a container starts them.
fn is_installer(name: &str) -> bool {
    matches!(
        name,
        "npm"
            | "yarn"
            | "yarnpkg"
            | "pnpm"
            | "composer"
            | "bundler"
            | "ruby-bundler"
            | "pipx"
            | "python3-venv"
            | "python3-virtualenv"
            | "virtualenv"
    )
}

fn is_document(name: &str) -> bool {
    name.ends_with("-doc") || name.starts_with("manpages") || name.ends_with("-man")
}

/// True when a step added a source of packages that is not there any more.
fn takes_other_sources(ledger: &Ledger<'_>) -> bool {
    let adds = |layer: usize| {
        let command = ledger.image.command_of(layer);
        ["sources.list", "add-apt-repository", "nodesource", "apt-key", "extrepo"]
            .iter()
            .any(|word| command.contains(word))
    };
    let paths = &ledger.image.paths;
    let lives = || {
        let Some(place) = paths.find(b"etc/apt") else { return false };
        (place.0..paths.end(place).0).map(PathId).any(|path| {
            let Some(Slot::Entry(id)) = ledger.union.rootfs.get(path) else { return false };
            let name = paths.name(path);
            ledger.is_own(ledger.image.layer_of(id))
                && (name.ends_with(b".list") || name.ends_with(b".sources"))
        })
    };
    ledger.own_layers().any(adds) && !lives()
}
