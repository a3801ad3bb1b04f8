//! Building in one stage and running in another: what the second stage needs, and what it leaves behind.
//!
//! The build stage is the Dockerfile as it is. Every living path that an own step wrote is accounted for: the second
//! stage copies it, a package that it installs brings it, or only the build needs it. What cannot be
//! accounted for is a gap, and stages with gaps are a sketch.

mod again;
mod closure;
mod cover;
pub(in crate::advice) mod distroless;
mod living;
mod python;

use std::collections::BTreeSet;

use super::engine::base_images;
use super::engine::finding::Staged;
use super::engine::ledger::Ledger;
use super::engine::node_locks::Locks;
use super::engine::owners::is_of_the_system;
use super::engine::rule::Stage;
use super::engine::started::Started;
use super::knowledge::languages::INSTALLERS;
use crate::dockerfile::shell;
use crate::image::PathId;
use crate::overlay::Slot;
pub(in crate::advice) use closure::Closure;
use cover::Cover;
use living::{Fate, Living};

/// More copies than these are no Dockerfile that a person wants.
const MOST_COPIES: usize = 24;

/// What a second stage is made of.
#[derive(Debug)]
pub(in crate::advice) struct Plan {
    /// Another image to run on; none: the same.
    pub(in crate::advice) base: Option<String>,
    pub(in crate::advice) closure: Closure,
    /// The files of users and groups, where steps made some.
    pub(in crate::advice) users: Vec<PathId>,
    /// Directories to carry over.
    pub(in crate::advice) whole: Vec<PathId>,
    /// Files to carry over.
    pub(in crate::advice) files: Vec<PathId>,
    /// Symbolic links to make.
    pub(in crate::advice) links: Vec<PathId>,
    /// Directories to make.
    pub(in crate::advice) made: Vec<PathId>,
    /// What goes before the directories are carried over.
    pub(in crate::advice) removed: Vec<PathId>,
    /// Commands that take out of the build stage what only development needs, and where they run.
    pub(in crate::advice) prunes: Vec<(PathId, &'static str)>,
    /// Commands of the build that change what packages and the base bring, so that they run again.
    pub(in crate::advice) again: Vec<String>,
    /// Shared libraries are carried to where the loader finds them by its cache only.
    pub(in crate::advice) needs_ldconfig: bool,
    /// The account, for those that check it.
    pub(in crate::advice) staged: Staged,
}

impl Plan {
    /// The plan for an image; none where nothing was built, or where what a container starts is for building.
    pub(in crate::advice) fn of(ledger: &Ledger<'_>) -> Option<Self> {
        let started = Started::of(ledger);
        if is_for_building(ledger, &started) {
            return None;
        }
        let mut living = Living::of(ledger, &started);
        if living.carried.is_empty() {
            return None;
        }
        let closure = Closure::of(ledger, &started, &living.carried);
        for (path, owner) in std::mem::take(&mut living.changed) {
            if closure.kept.contains(&owner) {
                living.carry(path);
            }
        }
        let dev = dev(ledger, &living);
        let dev_paths: Vec<PathId> = dev.iter().map(|(path, _)| *path).collect();
        let mut cover = Cover::of(ledger, &living, &dev_paths);
        let users = users(ledger, &mut cover);
        let prunes = prunes(ledger, &cover, &dev);
        let base = base_images::run(ledger);
        let mut gaps = closure.gaps.clone();
        let copies = cover.whole.len() + cover.files.len().min(MOST_COPIES) / 4;
        if copies > MOST_COPIES {
            gaps.push(format!("{copies} places that the build wrote to: too many to name"));
        }
        let names = cover
            .whole
            .iter()
            .chain(&cover.files)
            .chain(&cover.links)
            .chain(&cover.made)
            .chain(&cover.removed);
        gaps.extend(
            names
                .filter(|&&path| !can_be_named(ledger, path))
                .map(|&path| format!("{}, a name that cannot be written", ledger.path(path))),
        );
        if base.is_some() {
            gaps.push("whatever the other base lacks".into());
        }
        let again = again::commands(ledger, &living, &cover, &closure);
        let needs_ldconfig = needs_ldconfig(ledger, &living);
        let staged = account(ledger, &living, &cover, &closure, base.is_some(), gaps);
        let Cover { whole, files, links, removed, made, .. } = cover;
        Some(Self {
            base,
            closure,
            users,
            whole,
            files,
            links,
            made,
            removed,
            prunes,
            again,
            needs_ldconfig,
            staged,
        })
    }
}

/// True where a container starts what a finding calls a compiler.
fn is_for_building(ledger: &Ledger<'_>, started: &Started) -> bool {
    started.programs.iter().any(|&path| {
        let rule = ledger.path_matches.rule(path);
        let content = || ledger.union.content_of(ledger.union.rootfs.entry(path)?);
        rule.is_some_and(|(_, rule)| rule.stage == Some(Stage::Needs))
            && content().is_some_and(|id| ledger.is_claimed(id))
    })
}

/// Packages for development, each with the project that it belongs to.
fn dev(ledger: &Ledger<'_>, living: &Living) -> Vec<(PathId, PathId)> {
    if !living.has_dev {
        return Vec::new();
    }
    let mut dev: Vec<(PathId, PathId)> =
        Locks::of(ledger).dev().map(|(path, modules)| (path, ledger.image.paths.parent(modules))).collect();
    dev.sort_unstable();
    dev
}

/// What takes them out again.
fn prunes(ledger: &Ledger<'_>, cover: &Cover, dev: &[(PathId, PathId)]) -> Vec<(PathId, &'static str)> {
    let projects: BTreeSet<PathId> =
        dev.iter().map(|(_, project)| *project).filter(|&project| cover.holds(ledger, project)).collect();
    let npm = INSTALLERS.iter().find_map(|installer| installer.prune);
    projects.into_iter().filter_map(|project| Some((project, npm?))).collect()
}

/// The files of users and groups, where they were changed and somebody but root matters. They are not carried over
/// another way.
fn users(ledger: &Ledger<'_>, cover: &mut Cover) -> Vec<PathId> {
    const FILES: [&[u8]; 6] =
        [b"etc/group", b"etc/gshadow", b"etc/passwd", b"etc/shadow", b"etc/subgid", b"etc/subuid"];
    let image = ledger.image;
    let files: Vec<PathId> = FILES
        .iter()
        .filter_map(|name| image.paths.find(name))
        .filter(|&path| ledger.union.rootfs.entry(path).is_some_and(|id| ledger.is_own(image.layer_of(id))))
        .collect();
    cover.files.retain(|path| !files.contains(path));
    let user = image.config.config.user.split(':').next().unwrap_or_default();
    let is_owned = |path: &PathId| {
        let paths = (path.0..image.paths.end(*path).0).map(PathId);
        paths
            .filter_map(|path| ledger.union.rootfs.entry(path))
            .any(|id| image.attrs_of(id).uid != 0 || image.attrs_of(id).gid != 0)
    };
    let matters = !matches!(user, "" | "root" | "0")
        || cover.whole.iter().chain(&cover.files).chain(&cover.made).any(is_owned);
    if matters { files } else { Vec::new() }
}

fn can_be_named(ledger: &Ledger<'_>, path: PathId) -> bool {
    ledger.word(path).is_some_and(|word| !word.contains(['\'', '*', '?', '[', ' ', '$', '\\', '"']))
}

/// True where shared libraries stand in directories that only the loader's cache knows.
fn needs_ldconfig(ledger: &Ledger<'_>, living: &Living) -> bool {
    let paths = &ledger.image.paths;
    let runs = |layer: usize| shell::runs(ledger.image.command_of(layer), "ldconfig");
    let is_library = |&path: &PathId| {
        let name = paths.name(path);
        name.windows(3).any(|part| part == b".so") && paths.full(paths.parent(path)) == b"usr/local/lib"
    };
    ledger.own_layers().any(runs) || living.carried.iter().any(is_library)
}

/// What the stages come to.
fn account(
    ledger: &Ledger<'_>,
    living: &Living,
    cover: &Cover,
    closure: &Closure,
    has_other_base: bool,
    gaps: Vec<String>,
) -> Staged {
    let image = ledger.image;
    let mut left = Vec::new();
    let mut by_scripts = 0;
    for (path, slot) in ledger.union.rootfs.live() {
        let own = match slot {
            Slot::Entry(id) => ledger.is_own(image.layer_of(id)),
            Slot::Implied => false,
        };
        if !own {
            continue;
        }
        let is_kept = match living.fate(path) {
            Some(Fate::Packaged) => {
                let owner = ledger.analysis.packages.owner_index(path);
                owner.is_some_and(|owner| closure.kept.contains(&owner))
            }
            Some(Fate::Carried) => true,
            _ => false,
        };
        if living.fate(path) == Some(Fate::Scripts) && is_written_for(ledger, closure, path) {
            let content = ledger.union.rootfs.entry(path).and_then(|id| ledger.union.content_of(id));
            by_scripts += content.map_or(0, |content| image.entry(content).size);
        }
        if !is_kept {
            left.push(path);
        }
    }
    let base_layers = if has_other_base { 0 } else { ledger.analysis.base_layers };
    let base_bytes: u64 = image.layers[..base_layers].iter().map(|layer| layer.content).sum();
    let packages = ledger.analysis.packages.list.iter().enumerate();
    let packages =
        packages.filter(|(number, _)| closure.kept.contains(number) && is_of_the_system(ledger, *number));
    let own = packages.flat_map(|(_, package)| &package.layers).filter(|(layer, _)| ledger.is_own(*layer));
    let installed: u64 = own.map(|(_, bytes)| bytes).sum();
    let carried =
        cover.whole.iter().chain(&cover.files).chain(&cover.links).chain(&cover.made).copied().collect();
    Staged {
        bytes: base_bytes + installed + by_scripts + cover.bytes,
        carried,
        left,
        gaps,
        packages: dropped(ledger, closure),
    }
}

/// True for what scripts wrote beside the files of a package of the second stage: bytecode beside its source.
fn is_written_for(ledger: &Ledger<'_>, closure: &Closure, path: PathId) -> bool {
    let paths = &ledger.image.paths;
    let (parent, name) = (paths.parent(path), paths.name(path));
    let is_bytecode = paths.name(parent) == b"__pycache__";
    let directory = if is_bytecode { paths.parent(parent) } else { parent };
    let stem = name.split(|&byte| byte == b'.').next().unwrap_or(name);
    let is_kept = |path: PathId| {
        let owner = ledger.analysis.packages.owner_index(path);
        owner.is_some_and(|owner| closure.kept.contains(&owner))
    };
    let is_source = |path: PathId| !is_bytecode || paths.name(path).strip_suffix(b".py") == Some(stem);
    paths.full(directory).starts_with(b"usr/lib/")
        && paths.children(directory).any(|path| is_source(path) && is_kept(path))
}

/// The packages of own layers that a second stage does not have.
fn dropped(ledger: &Ledger<'_>, closure: &Closure) -> Vec<usize> {
    let all = ledger.analysis.packages.list.iter().enumerate();
    let own = all.filter(|(number, package)| {
        is_of_the_system(ledger, *number) && package.layer().is_some_and(|layer| ledger.is_own(layer))
    });
    own.map(|(number, _)| number).filter(|number| !closure.kept.contains(number)).collect()
}
