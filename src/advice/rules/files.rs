//! The path rules at work: live files that their paths give away, billed to one rule each.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::{Structural, installs, multi_stage};
use crate::advice::claims::Claims;
use crate::advice::ledger::{Draft, Ledger};
use crate::advice::packages::{Owners, is_of_the_system};
use crate::advice::rule::{Group, PathRule, RuleInfo};
use crate::advice::{Confidence, Severity, apt, fixes, package_managers, shell};
use crate::image::{EntryId, PathId};
use crate::layer::ElfKind;
use crate::overlay::Slot;
use crate::source::limits;
use crate::units;

static BASE: RuleInfo = RuleInfo::new(
    "base-content",
    Group::Runtime,
    "The base image carries files that a smaller one would not",
    "They came with FROM, and no step of this Dockerfile can take them away. A smaller variant of the same base would not bring them.",
    "FROM debian:bookworm-slim",
)
.with(Confidence::Judgement, Some(Severity::Info));
static SMALL: RuleInfo = RuleInfo::new(
    "small-leftovers",
    Group::Leftover,
    "Small left-overs that path rules name, too small for a finding each",
    "None of them matters by its size. They are listed because they tell how the image was built.",
    "RUN COMMAND && rm -f FILE",
)
.with(Confidence::Likely, Some(Severity::Info));

pub(super) const RULE: Structural = Structural { infos: &[&BASE, &SMALL], find };

/// Not seen yet; seen under a name that no rule knows.
const UNSEEN: u8 = u8::MAX;
const KEPT: u8 = u8::MAX - 1;

fn find(ledger: &mut Ledger<'_>) {
    let rules = ledger.path_matches.rules().to_vec();
    let candidates = candidates(ledger);
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
    let large = rules.iter().zip(&own).filter(|(rule, (claims, _))| claims.weight >= floor(rule));
    multi_stage::announce(ledger, large.map(|(rule, (claims, _))| (rule.id.as_str(), claims.bytes)));
    let floors: Vec<u64> = rules.iter().map(|rule| floor(rule)).collect();
    for ((rule, (claims, owners)), floor) in rules.iter().zip(own).zip(floors) {
        if claims.weight >= floor {
            let names = owners.names(ledger, claims.bytes);
            let mut draft = draft(ledger, rule, claims);
            if let Some(names) = names.filter(|_| matches!(rule.group, Group::Toolchain | Group::Runtime)) {
                draft.title = format!("{}: {names}", draft.title);
            }
            // what depends on the image's purpose never stands in the way of what does not
            if rule.confidence == Confidence::Judgement {
                let is_small = ledger.scale.severity(&draft.claims) == Severity::Low;
                draft.severity = Some(if is_small { Severity::Info } else { Severity::Low });
            }
            ledger.file(&rule.info(), draft);
        } else if claims.entries > 0 && rule.confidence != Confidence::Judgement && claims.bytes > 0 {
            small_names.push(rule.what());
            // what no package manager wrote is the user's own doing
            let evidence = claims.evidence();
            let own = evidence.iter().find(|evidence| !ledger.path_matches.is_package_file(evidence.path));
            examples.extend(own.or(evidence.first()).copied());
            small.absorb(claims, ledger.settings.evidence);
        }
    }
    if small.entries > 0 && small.bytes >= ledger.scale.floor / 100 {
        let title = format!("Small left-overs: {}", small_names.join(", "));
        let why =
            "None of them matters by its size; they are listed because they tell how the image was built."
                .into();
        let fix = examples
            .iter()
            .take(8)
            .map(|evidence| format!("# layer {}: {}", evidence.layer, ledger.path(evidence.path)))
            .collect::<Vec<_>>()
            .join("\n");
        ledger.file(&SMALL, Draft { title, why, fix, claims: small, ..Draft::default() });
    }
    file_base(ledger, base, &rules, &base_by_rule);
}

/// Live files of path rules: only those all of whose names a rule knows, under the rule that comes first.
fn candidates(ledger: &Ledger<'_>) -> Vec<(PathId, EntryId, usize)> {
    let mut seen = vec![UNSEEN; ledger.image.entries.len()];
    let mut found: Vec<(PathId, EntryId)> = Vec::new();
    let mut known = Packaged::new();
    let rules = ledger.path_matches.rules();
    let dumps = rules.iter().position(|rule| rule.id == "core-dumps").map(|number| (number, rules[number]));
    for (path, slot) in ledger.union.rootfs.live() {
        let Slot::Entry(entry) = slot else { continue };
        let Some(content) = ledger.union.content_of(entry) else { continue };
        let size = ledger.image.entry(content).size;
        let rule = ledger
            .path_matches
            .rule(path)
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

/// False for files that a rule's globs match and that it is not about.
fn is_meant(
    ledger: &Ledger<'_>,
    path: PathId,
    content: EntryId,
    rule: &PathRule,
    known: &mut Packaged,
) -> bool {
    match rule.id.as_str() {
        "core-dumps" => is_dump(ledger, path, content),
        "python-bytecode" => !is_compiled_by_a_package(ledger, path, known),
        _ => true,
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

/// Whether the modules of a directory belong to packages of the system, asked once for each directory.
type Packaged = HashMap<PathId, bool>;

/// True for bytecode beside sources that a package of the system owns: the package's scripts compile it, and again
/// after every upgrade, so no step of a Dockerfile can sensibly leave it out.
fn is_compiled_by_a_package(ledger: &Ledger<'_>, path: PathId, known: &mut Packaged) -> bool {
    let paths = &ledger.image.paths;
    let owned = |path| {
        ledger.analysis.packages.owner_index(path).is_some_and(|owner| is_of_the_system(ledger, owner))
    };
    let directory = paths.parent(path);
    let sources = if paths.name(directory) == b"__pycache__" { paths.parent(directory) } else { directory };
    let is_module = |path: &PathId| paths.name(*path).ends_with(b".py") && owned(*path);
    owned(path)
        || *known.entry(sources).or_insert_with(|| paths.children(sources).any(|path| is_module(&path)))
}

fn draft(ledger: &Ledger<'_>, rule: &PathRule, claims: Claims) -> Draft {
    // who wrote the files first: a later chown stores them again, but is not to blame for them
    let mut origins = BTreeMap::<usize, u64>::new();
    for evidence in claims.evidence() {
        *origins.entry(ledger.origin(evidence.path, evidence.entry)).or_default() += evidence.bytes;
    }
    let mut by_bytes: Vec<(usize, u64)> = origins.into_iter().collect();
    by_bytes.sort_by_key(|(layer, bytes)| (Reverse(*bytes), *layer));
    let ran = |layer: usize| rule.hist.iter().any(|hint| shell::runs(ledger.image.command_of(layer), hint));
    let guilty = by_bytes.iter().map(|(layer, _)| *layer).find(|&layer| ran(layer));
    let guilty = guilty.or_else(|| by_bytes.first().map(|(layer, _)| *layer));
    let shares: Vec<String> = claims
        .by_bytes()
        .into_iter()
        .take(3)
        .map(|(layer, part)| format!("{} in {}", units::size(part.bytes), ledger.layer(layer)))
        .collect();
    let mut why = format!("{}. {}", shares.join(", "), rule.why);
    if let Some(layer) = guilty.filter(|layer| !claims.layers.contains_key(layer)) {
        why = format!("{why} First written by {}.", ledger.layer(layer));
    }
    // where dpkg's records tell, the rule about recommendations has said it
    let is_told = claims.evidence().first().is_some_and(|most| {
        ledger.analysis.packages.owner_index(most.path).is_some_and(|owner| is_of_the_system(ledger, owner))
    });
    let fix = if let Some(layer) =
        guilty.filter(|&layer| rule.group == Group::Toolchain && !is_told && brings_recommends(ledger, layer))
    {
        why = format!("{why} Nobody asked for them: they came with what the packages recommend.");
        apt::lean_install(ledger, layer)
    } else {
        fixes::of_rule(ledger, rule, guilty.map(|layer| (layer, ran(layer))), &claims)
    };
    let mut layers: Vec<usize> = claims.layers.keys().copied().chain(guilty).collect();
    layers.sort_unstable();
    layers.dedup();
    Draft { title: rule.title().to_owned(), why, fix, claims, layers, ..Draft::default() }
}

/// True for an `apt-get install` that names no compiler, and yet brings one.
fn brings_recommends(ledger: &Ledger<'_>, layer: usize) -> bool {
    let command = ledger.image.command_of(layer);
    let packages = package_managers::installed(command).map(|(_, packages)| packages).unwrap_or_default();
    installs::takes_recommends(command)
        && !packages.iter().any(|name| package_managers::is_for_building(name))
}

/// One line for all that the base brings: nobody can act on more.
fn file_base(ledger: &mut Ledger<'_>, claims: Claims, rules: &[&PathRule], by_rule: &[u64]) {
    if claims.weight < ledger.scale.floor {
        return;
    }
    let mut parts: Vec<(u64, &str)> = by_rule
        .iter()
        .zip(rules)
        .map(|(bytes, rule)| (*bytes, rule.what()))
        .filter(|(bytes, _)| *bytes > 0)
        .collect();
    parts.sort_by_key(|(bytes, _)| Reverse(*bytes));
    let list: Vec<String> =
        parts.iter().take(5).map(|(bytes, what)| format!("{} of {what}", units::size(*bytes))).collect();
    let title = "The base image carries files that a smaller one would not".to_owned();
    let why = format!(
        "{}. They came with FROM, and no step of this Dockerfile can take them away.",
        list.join(", ")
    );
    let fix = fixes::smaller_base(ledger);
    ledger.file(&BASE, Draft { title, why, fix, claims, ..Draft::default() });
}
