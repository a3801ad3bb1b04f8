//! The path rules at work: live files that their paths give away, billed to one rule each.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::toolbox::is_toolbox;
use crate::advice::engine::claims::Claims;
use crate::advice::engine::finding::{Confidence, Evidence, Severity};
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::engine::node_locks::Locks;
use crate::advice::engine::owners::{Owners, is_of_the_system};
use crate::advice::engine::rule::{Confirm, Group, PathRule, Remedy};
use crate::advice::engine::started::Started;
use crate::advice::knowledge::package_managers;
use crate::dockerfile::shell;
use crate::image::{EntryId, PathId};
use crate::layer::ElfKind;
use crate::overlay::Slot;
use crate::source::limits;

const BASE: &str = "base-content";
const SMALL: &str = "small-leftovers";

/// What is known of the files of a path rule.
#[derive(Debug)]
pub(in crate::advice) struct PathFacts {
    /// The layers that stored them first, lowest first: a later chown stores them again and is not to blame.
    pub(in crate::advice) origins: Vec<usize>,
    /// Those of them that ran one of the rule's commands.
    pub(in crate::advice) ran: BTreeSet<usize>,
    /// The one that is most to blame.
    pub(in crate::advice) guilty: Option<usize>,
    pub(in crate::advice) owners: Owners,
    /// Nobody asked for them: an installation brought what its packages recommend.
    pub(in crate::advice) by_recommendation: bool,
    /// The package among them that a container starts.
    pub(in crate::advice) started: Option<String>,
    /// No lock in the image tells which packages are for development: some are known by their names, and what these
    /// need is not.
    pub(in crate::advice) is_untold: bool,
}

/// Files too small for a finding each.
#[derive(Debug)]
pub(in crate::advice) struct SmallLeftovers {
    pub(in crate::advice) names: Vec<String>,
    pub(in crate::advice) examples: Vec<Evidence>,
}

/// What the base brings.
#[derive(Debug)]
pub(in crate::advice) struct BaseContent {
    /// Bytes, and what they are: most bytes first.
    pub(in crate::advice) parts: Vec<(u64, String)>,
}

/// Not seen yet; seen under a name that no rule knows.
const UNSEEN: u8 = u8::MAX;
const KEPT: u8 = u8::MAX - 1;

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let rules = ledger.path_matches.rules().to_vec();
    let locks = Locks::of(ledger);
    let candidates = candidates(ledger, &locks);
    let started = Started::of(ledger);
    let is_toolbox = is_toolbox(ledger, &started);
    let mut own = vec![(Claims::default(), Owners::default()); rules.len()];
    let mut base = Claims::default();
    let mut base_by_rule = vec![0_u64; rules.len()];
    for (path, entry, number) in candidates {
        let layer = ledger.image.layer_of(entry);
        if ledger.is_own(layer) {
            let (claims, owners) = &mut own[number];
            if ledger.claim(claims, path, entry) {
                owners.add(ledger, path, ledger.image.entry(entry).size);
            }
        } else if !rules[number].own && ledger.claim(&mut base, path, entry) {
            base_by_rule[number] += ledger.image.entry(entry).size;
        }
    }
    let mut small = Claims::default();
    let (mut small_names, mut examples) = (Vec::new(), Vec::new());
    let floor = |rule: &PathRule| match rule.group {
        Group::Toolchain | Group::Runtime => ledger.scale.high_floor,
        _ => ledger.scale.floor,
    };
    let floors: Vec<u64> = rules.iter().map(|rule| floor(rule)).collect();
    for ((&rule, (claims, owners)), floor) in rules.iter().zip(own).zip(floors) {
        if claims.weight >= floor {
            // what depends on the image's purpose never stands in the way of what does not
            let severity = (rule.confidence == Confidence::Judgement).then(|| {
                let is_small = ledger.scale.severity(&claims) == Severity::Low;
                if is_small { Severity::Info } else { Severity::Low }
            });
            let mut facts = facts(ledger, rule, &claims, owners);
            if rule.remedy == Remedy::Dependencies {
                facts.started = locks.started(ledger, &started);
                let evidence = claims.evidence();
                facts.is_untold = evidence.iter().any(|evidence| locks.is_dev(evidence.path).is_none());
            }
            // an image that is there for its tools has them on purpose
            let is_meant = facts.started.is_some()
                || is_toolbox && rule.stage.is_some()
                || rule.remedy == Remedy::Documents && is_reader(ledger, &started);
            let severity = if is_meant { Some(Severity::Info) } else { severity };
            let mut layers: Vec<usize> = claims.layers.keys().copied().chain(facts.guilty).collect();
            layers.sort_unstable();
            layers.dedup();
            ledger.file_rule(rule, Draft { claims, layers, severity, ..Draft::default() }, facts);
        } else if claims.entries > 0 && rule.confidence != Confidence::Judgement && claims.bytes > 0 {
            small_names.push(rule.what().to_owned());
            // what no package manager wrote is the user's own doing
            let evidence = claims.evidence();
            let own = evidence.iter().find(|evidence| !ledger.path_matches.is_package_file(evidence.path));
            examples.extend(own.or(evidence.first()).copied());
            small.absorb(claims, ledger.settings.evidence);
        }
    }
    if small.entries > 0 && small.bytes >= ledger.scale.floor / 100 {
        let facts = SmallLeftovers { names: small_names, examples };
        ledger.file(SMALL, Draft::of(small), facts);
    }
    file_base(ledger, base, &rules, &base_by_rule);
}

/// Live files of path rules: only those all of whose names a rule knows, under the rule that comes first.
fn candidates(ledger: &Ledger<'_>, locks: &Locks) -> Vec<(PathId, EntryId, usize)> {
    let mut seen = vec![UNSEEN; ledger.image.entries.len()];
    let mut found: Vec<(PathId, EntryId)> = Vec::new();
    let mut known = Known::default();
    let rules = ledger.path_matches.rules();
    let dependencies = rules.iter().position(|rule| rule.remedy == Remedy::Dependencies);
    keep_linked(ledger, &mut seen);
    let is_dumps = |rule: &&PathRule| rule.confirm == Some(Confirm::CoreDump);
    let dumps = rules.iter().position(is_dumps).map(|number| (number, rules[number]));
    for (path, slot) in ledger.union.rootfs.live() {
        let Slot::Entry(entry) = slot else { continue };
        let Some(content) = ledger.union.content_of(entry) else { continue };
        let size = ledger.image.entry(content).size;
        let mut matched = ledger.path_matches.rule(path);
        // where npm's lock tells, no list of names is asked
        if let (Some(number), Some(is_dev)) = (dependencies, locks.is_dev(path)) {
            match matched {
                Some((other, _)) if other == number && !is_dev => matched = None,
                None if is_dev => matched = Some((number, rules[number])),
                Some((other, _)) if other > number && is_dev => matched = Some((number, rules[number])),
                _ => {}
            }
        }
        let rule = matched
            .filter(|(_, rule)| size >= rule.least && is_meant(ledger, path, content, rule, &mut known))
            // a core dump tells itself, whatever it is called
            .or_else(|| dumps.filter(|(_, rule)| size >= rule.least && is_core(ledger, content)));
        let state = &mut seen[content.index()];
        let number = rule.map_or(KEPT, |(number, _)| u8::try_from(number).unwrap_or(KEPT));
        match *state {
            UNSEEN => {
                *state = number;
                if number != KEPT {
                    found.push((path, content));
                }
            }
            KEPT => {}
            _ if number == KEPT => *state = KEPT,
            _ => *state = (*state).min(number),
        }
    }
    found
        .into_iter()
        .filter(|(_, content)| seen[content.index()] != KEPT)
        .map(|(path, content)| (path, content, usize::from(seen[content.index()])))
        .collect()
}

/// A file with another name that no rule of the same kind knows stays in its layer when this name goes, also when a
/// later layer hides the other name.
fn keep_linked(ledger: &Ledger<'_>, seen: &mut [u8]) {
    for id in ledger.image.hard_links() {
        if let Some(content) = ledger.union.content_of(id) {
            let names = [ledger.image.path_of(id), ledger.image.path_of(content)];
            let rules = names.map(|path| ledger.path_matches.rule(path).map(|(number, _)| number));
            if rules[0] != rules[1] {
                seen[content.index()] = KEPT;
            }
        }
    }
}

/// False for files that a rule's globs match and that it is not about.
fn is_meant(ledger: &Ledger<'_>, path: PathId, content: EntryId, rule: &PathRule, known: &mut Known) -> bool {
    match rule.confirm {
        Some(Confirm::CoreDump) => is_dump(ledger, path, content),
        Some(Confirm::Copied) => ledger.is_from_context(ledger.image.layer_of(content)),
        Some(Confirm::NotCopied) => {
            let layer = ledger.image.layer_of(content);
            !ledger.is_own(layer) || !ledger.is_from_context(layer)
        }
        Some(Confirm::NotPlugged) => !known.is_plugged(ledger),
        Some(Confirm::NotFromAPackage) => !is_compiled_by_a_package(ledger, path, known),
        Some(Confirm::Written) => ledger.image.written_layer() == Some(ledger.image.layer_of(content)),
        // asked while paths are matched
        Some(Confirm::NotTheProject) | None => true,
    }
}

/// False for what is only called `core`: a core dump says so in its ELF header. Smaller ones were not looked at.
fn is_dump(ledger: &Ledger<'_>, path: PathId, content: EntryId) -> bool {
    !ledger.image.paths.name(path).starts_with(b"core")
        || ledger.image.entry(content).size < limits::EXECUTABLE
        || is_core(ledger, content)
}

fn is_core(ledger: &Ledger<'_>, content: EntryId) -> bool {
    ledger.image.excerpts.elf(content).is_some_and(|elf| elf.kind == ElfKind::Core)
}

/// What is asked of many files and answered once.
#[derive(Default)]
struct Known {
    /// Whether the modules of a directory belong to packages of the system.
    packaged: HashMap<PathId, bool>,
    /// Whether programs find their packages in yarn's cache.
    is_plugged: Option<bool>,
}

impl Known {
    fn is_plugged(&mut self, ledger: &Ledger<'_>) -> bool {
        *self.is_plugged.get_or_insert_with(|| ledger.lives_named(&[b".pnp.cjs", b".pnp.js"]))
    }
}

/// True for bytecode beside sources that a package of the system owns: the package's scripts compile it, and again
/// after every upgrade, so no step of a Dockerfile can sensibly leave it out.
fn is_compiled_by_a_package(ledger: &Ledger<'_>, path: PathId, known: &mut Known) -> bool {
    let paths = &ledger.image.paths;
    let owned = |path| {
        ledger.analysis.packages.owner_index(path).is_some_and(|owner| is_of_the_system(ledger, owner))
    };
    let directory = paths.parent(path);
    let sources = if paths.name(directory) == b"__pycache__" { paths.parent(directory) } else { directory };
    let is_module = |path: &PathId| paths.name(*path).ends_with(b".py") && owned(*path);
    owned(path)
        || *known
            .packaged
            .entry(sources)
            .or_insert_with(|| paths.children(sources).any(|path| is_module(&path)))
}

/// Who wrote the files, and how they came.
fn facts(ledger: &Ledger<'_>, rule: &PathRule, claims: &Claims, owners: Owners) -> PathFacts {
    let mut bytes = BTreeMap::<usize, u64>::new();
    for evidence in claims.evidence() {
        *bytes.entry(ledger.origin(evidence.path, evidence.entry)).or_default() += evidence.bytes;
    }
    let ran = |layer: usize| rule.hist.iter().any(|hint| shell::runs(ledger.image.command_of(layer), hint));
    let mut by_bytes: Vec<(usize, u64)> = bytes.iter().map(|(layer, bytes)| (*layer, *bytes)).collect();
    by_bytes.sort_by_key(|(layer, bytes)| (Reverse(*bytes), *layer));
    let guilty = by_bytes.iter().map(|(layer, _)| *layer).find(|&layer| ran(layer));
    let guilty = guilty.or_else(|| by_bytes.first().map(|(layer, _)| *layer));
    let origins: Vec<usize> = bytes.into_keys().filter(|&layer| ledger.is_own(layer)).collect();
    // where dpkg's records tell, the rule about recommendations has said it
    let is_told = claims.evidence().first().is_some_and(|most| {
        ledger.analysis.packages.owner_index(most.path).is_some_and(|owner| is_of_the_system(ledger, owner))
    });
    let by_recommendation = rule.group == Group::Toolchain
        && !is_told
        && guilty.is_some_and(|layer| brings_recommends(ledger, layer));
    let ran = origins.iter().copied().filter(|&layer| ran(layer)).collect();
    PathFacts { origins, ran, guilty, owners, by_recommendation, started: None, is_untold: false }
}

/// True for an `apt-get install` that names no compiler, and yet brings one.
fn brings_recommends(ledger: &Ledger<'_>, layer: usize) -> bool {
    let command = ledger.image.command_of(layer);
    let packages = package_managers::installed(command).map(|(_, packages)| packages).unwrap_or_default();
    package_managers::takes_recommends(command)
        && !packages.iter().any(|name| package_managers::is_for_building(name))
}

/// True where a container starts a program that shows manual pages.
fn is_reader(ledger: &Ledger<'_>, started: &Started) -> bool {
    let is_one = |path: &PathId| matches!(ledger.image.paths.name(*path), b"man" | b"info" | b"pinfo");
    started.programs.iter().any(is_one)
}

/// One line for all that the base brings: nobody can act on more.
fn file_base(ledger: &mut Ledger<'_>, claims: Claims, rules: &[&PathRule], by_rule: &[u64]) {
    if claims.weight < ledger.scale.floor {
        return;
    }
    let mut parts: Vec<(u64, String)> = by_rule
        .iter()
        .zip(rules)
        .map(|(bytes, rule)| (*bytes, rule.what().to_owned()))
        .filter(|(bytes, _)| *bytes > 0)
        .collect();
    parts.sort_by_key(|(bytes, _)| Reverse(*bytes));
    ledger.file(BASE, Draft::of(claims), BaseContent { parts });
}
