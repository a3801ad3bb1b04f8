//! One account of every living path that an own step wrote: a second stage carries it over, packages make it again, or
//! the build alone needs it.

use std::collections::BTreeSet;

use crate::advice::engine::finding::Confidence;
use crate::advice::engine::ledger::Ledger;
use crate::advice::engine::node_locks::Locks;
use crate::advice::engine::owners::is_of_the_system;
use crate::advice::engine::rule::Group;
use crate::advice::engine::started::Started;
use crate::advice::knowledge::building;
use crate::advice::knowledge::package_managers;
use crate::dockerfile::{Keyword, shell};
use crate::image::{EntryId, PathId};
use crate::layer::Kind;
use crate::overlay::Slot;

/// What becomes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The base has it.
    Base,
    /// A second stage needs it.
    Carried,
    /// Only the build needs it.
    Left,
    /// Scripts of packages write it.
    Scripts,
    /// A package owns it.
    Packaged,
}

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// It installs packages and tidies up.
    Packages,
    /// It installs packages, and does more.
    Mixed,
    /// It does something else.
    Other,
}

/// The account.
pub(super) struct Living {
    /// By path; none where nothing lives.
    fates: Vec<Option<Fate>>,
    /// Files and links to carry over, in the order of their paths.
    pub(super) carried: Vec<PathId>,
    /// Directories of own steps that no package owns.
    pub(super) directories: Vec<PathId>,
    /// Files of packages that a step may have changed, with their owners.
    pub(super) changed: Vec<(PathId, usize)>,
    /// Packages for development are left behind.
    pub(super) has_dev: bool,
    /// Layers whose steps install packages and do nothing else.
    installs: Vec<bool>,
}

impl Living {
    pub(super) fn of(ledger: &Ledger<'_>, started: &Started) -> Self {
        let account = Account::of(ledger, started);
        let mut living = Self {
            fates: vec![None; ledger.image.paths.len() as usize],
            carried: Vec::new(),
            directories: Vec::new(),
            changed: Vec::new(),
            has_dev: account.drops_dev,
            installs: account.purposes.iter().map(|&purpose| purpose == Purpose::Packages).collect(),
        };
        let mut name = Vec::new();
        for (path, slot) in ledger.union.rootfs.live() {
            let Slot::Entry(id) = slot else { continue };
            let layer = ledger.image.layer_of(id);
            let fate =
                if ledger.is_own(layer) { account.fate(path, id, layer, &mut name) } else { Fate::Base };
            living.fates[path.index()] = Some(fate);
            let is_directory = ledger.image.entry(id).kind == Kind::Directory;
            match fate {
                Fate::Carried if is_directory => living.directories.push(path),
                Fate::Carried => living.carried.push(path),
                Fate::Packaged if !is_directory && account.may_have_changed(path, layer, &mut name) => {
                    let owner = ledger.analysis.packages.owner_index(path);
                    living.changed.extend(owner.map(|owner| (path, owner)));
                }
                _ => {}
            }
        }
        living
    }

    pub(super) fn fate(&self, path: PathId) -> Option<Fate> {
        self.fates[path.index()]
    }

    /// True for a layer whose step installs packages and does nothing else.
    pub(super) fn installs(&self, layer: usize) -> bool {
        self.installs[layer]
    }

    /// Carries over a file of a package.
    pub(super) fn carry(&mut self, path: PathId) {
        self.fates[path.index()] = Some(Fate::Carried);
        let at = self.carried.partition_point(|&other| other < path);
        self.carried.insert(at, path);
    }
}

/// What the fates follow from.
struct Account<'a, 'l> {
    ledger: &'a Ledger<'l>,
    programs: &'a BTreeSet<PathId>,
    purposes: Vec<Purpose>,
    locks: Locks,
    drops_dev: bool,
    /// Something is compiled, so sources are for building.
    compiles: bool,
    certificates: bool,
}

impl<'a, 'l> Account<'a, 'l> {
    fn of(ledger: &'a Ledger<'l>, started: &'a Started) -> Self {
        let command = |layer: usize| ledger.image.command_of(layer);
        let locks = Locks::of(ledger);
        let drops_dev = locks.dev().next().is_some() && locks.started(ledger, started).is_none();
        Self {
            purposes: (0..ledger.image.layers.len()).map(|layer| purpose(ledger, layer)).collect(),
            programs: &started.programs,
            drops_dev,
            locks,
            compiles: ledger.own_layers().any(|layer| package_managers::builds(command(layer))),
            certificates: ledger
                .own_layers()
                .any(|layer| shell::runs(command(layer), "update-ca-certificates")),
            ledger,
        }
    }

    fn fate(&self, path: PathId, id: EntryId, layer: usize, name: &mut Vec<u8>) -> Fate {
        let ledger = self.ledger;
        let packages = &ledger.analysis.packages;
        if packages.owner_index(path).is_some_and(|owner| is_of_the_system(ledger, owner)) {
            return Fate::Packaged;
        }
        let is_alternative = ledger.image.link_text(id).starts_with(b"/etc/alternatives/");
        if self.programs.contains(&path) && !is_alternative {
            return Fate::Carried;
        }
        let purpose = self.purposes[layer];
        if is_alternative && purpose == Purpose::Mixed {
            return Fate::Scripts;
        }
        name.clear();
        ledger.image.paths.write(path, name);
        let is_certificates = self.certificates && name.starts_with(b"etc/ssl/certs");
        if !is_certificates && (purpose == Purpose::Packages || building::is_of_packages(name)) {
            return Fate::Scripts;
        }
        if !is_certificates
            && (ledger.path_matches.is_package_file(path)
                || purpose == Purpose::Mixed
                    && building::is_of_scripts(name)
                    && !is_named(ledger.image.command_of(layer), name))
        {
            return Fate::Scripts;
        }
        let entry = ledger.image.entry(id);
        if entry.kind == Kind::Directory {
            let is_new = ledger
                .image
                .timeline
                .of(path)
                .first()
                .is_some_and(|&first| ledger.is_own(ledger.image.layer_of(first)));
            return if is_new { Fate::Carried } else { Fate::Base };
        }
        let Some(content) = ledger.union.content_of(id) else { return Fate::Carried };
        if self.is_dropped(path, content) || self.compiles && building::is_source(name) {
            return Fate::Left;
        }
        Fate::Carried
    }

    /// True for files that findings claim as caches, compilers, left-overs, or packages for development.
    fn is_dropped(&self, path: PathId, content: EntryId) -> bool {
        let ledger = self.ledger;
        if !ledger.is_claimed(content) {
            return false;
        }
        if self.drops_dev && self.locks.is_dev(path) == Some(true) {
            return true;
        }
        ledger.path_matches.rule(path).is_some_and(|(_, rule)| {
            rule.confidence != Confidence::Judgement
                && matches!(
                    rule.group,
                    Group::Cache | Group::Toolchain | Group::Leftover | Group::Archive | Group::Context
                )
        })
    }

    /// True for a file of a package that a step other than the packages' own stored, or that is a setting.
    fn may_have_changed(&self, path: PathId, layer: usize, name: &mut Vec<u8>) -> bool {
        if self.purposes[layer] == Purpose::Packages {
            return false;
        }
        let timeline = self.ledger.image.timeline.of(path);
        if timeline.len() > 1 && self.purposes[layer] == Purpose::Other {
            return true;
        }
        name.clear();
        self.ledger.image.paths.write(path, name);
        name.starts_with(b"etc/")
    }
}

fn purpose(ledger: &Ledger<'_>, layer: usize) -> Purpose {
    if !ledger.is_made_by(layer, Keyword::Run) {
        return Purpose::Other;
    }
    let command = ledger.image.command_of(layer);
    let installs = package_managers::installed(command).is_some() || package_managers::changes(command);
    let writes =
        command.replace("2>&1", "").replace(">/dev/null", "").replace("> /dev/null", "").contains('>');
    let is_plain = |words: &Vec<String>| {
        package_managers::is_tidying(words) || package_managers::changes(&words.join(" "))
    };
    match (installs, !writes && shell::commands(command).iter().all(is_plain)) {
        (true, true) => Purpose::Packages,
        (true, false) => Purpose::Mixed,
        (false, _) => Purpose::Other,
    }
}

/// True when a command names a path, or a directory above it that is not one of everybody's.
fn is_named(command: &str, path: &[u8]) -> bool {
    let path = format!("/{}", String::from_utf8_lossy(path));
    let ends = path.match_indices('/').map(|(at, _)| at).skip(3).chain([path.len()]);
    ends.into_iter().any(|end| command.contains(&path[..end]))
}
