//! Packages that apt brought along because others recommend them, told by dpkg's and apt's own records.
//!
//! Where there are no records, the history tells at least that recommended packages were not refused.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::advice::engine::claims::Claims;
use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::knowledge::package_managers::{
    builds as builds_something, is_for_building, takes_recommends,
};
use crate::analysis::Manager;
use crate::dockerfile::shell;
use crate::overlay::Slot;

const ID: &str = "recommends";

/// What is known of them.
#[derive(Debug)]
pub(in crate::advice) struct Recommended {
    /// The steps that install with recommendations, lowest first.
    pub(in crate::advice) guilty: Vec<usize>,
    /// The packages, with the one that recommends or needs each: indexes into the list of packages, largest first.
    /// Empty when there are no records.
    pub(in crate::advice) packages: Vec<(usize, usize)>,
    /// Names of packages that a step or a container uses: they have to be asked for.
    pub(in crate::advice) kept: Vec<String>,
}

/// Recommended packages that are needed, and what they need.
#[derive(Default)]
struct Kept {
    all: HashSet<usize>,
    named: Vec<String>,
}

/// Programs that talk to others over TLS, for which they need certificates.
const TLS: [&str; 12] =
    ["curl", "wget", "git", "pip", "pip3", "npm", "yarn", "pnpm", "go", "cargo", "bundle", "composer"];
const CERTIFICATES: &str = "ca-certificates";
/// Programs that compile what they install.
const COMPILING: [&str; 6] = ["pip", "pip3", "npm", "yarn", "gem", "bundle"];

/// The recommended packages of which a step or a container runs a program; certificates where something asks the
/// network, compilers where something is built.
fn kept(ledger: &Ledger<'_>, reasons: &HashMap<usize, usize>, guilty: &[usize]) -> Kept {
    let Some(&first) = guilty.first() else { return Kept::default() };
    let config = &ledger.image.config.config;
    let mut programs: BTreeSet<String> = BTreeSet::new();
    let mut builds = false;
    for layer in first..ledger.image.layers.len() {
        let command = ledger.image.command_of(layer);
        programs.extend(shell::commands(command).into_iter().map(|mut words| words.swap_remove(0)));
        builds |= builds_something(command);
    }
    let started = config.entrypoint.iter().chain(&config.cmd);
    programs.extend(
        started
            .flat_map(|word| word.split_whitespace())
            .map(|word| word.rsplit('/').next().unwrap_or(word).to_owned()),
    );
    builds |= programs.iter().any(|program| COMPILING.contains(&program.as_str()));
    let asks = programs.iter().any(|program| TLS.contains(&program.as_str()));
    let paths = &ledger.image.paths;
    let owners: HashSet<usize> = programs
        .iter()
        .flat_map(|program| ["usr/bin", "usr/sbin"].map(|place| format!("{place}/{program}")))
        .filter_map(|path| ledger.analysis.packages.owner_index(paths.find(path.as_bytes())?))
        .collect();
    let list = &ledger.analysis.packages.list;
    let mut kept = Kept::default();
    for &package in reasons.keys() {
        let name = list[package].name.as_str();
        let is_needed = owners.contains(&package)
            || asks && name == CERTIFICATES
            || builds && is_for_building(name) && !reasons.contains_key(&reasons[&package]);
        if is_needed {
            kept.all.insert(package);
            kept.named.push(name.to_owned());
        }
    }
    // and what these depend on; what they recommend goes, because they are asked for without it
    let needs: HashMap<usize, &[usize]> =
        ledger.analysis.packages.recommended.iter().map(|found| (found.package, &found.needs[..])).collect();
    let mut queue: Vec<usize> = kept.all.iter().copied().collect();
    while let Some(package) = queue.pop() {
        let more = needs.get(&package).into_iter().copied().flatten();
        queue.extend(more.filter(|&&more| kept.all.insert(more)));
    }
    kept.named.sort();
    kept
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let guilty: Vec<usize> = ledger
        .own_layers()
        .filter(|&layer| ledger.shell_run(layer).is_some())
        .filter(|&layer| {
            takes_recommends(ledger.image.command_of(layer))
                && ledger.image.layers[layer].content >= ledger.scale.floor
        })
        .collect();
    if ledger.analysis.packages.list.iter().any(|package| package.manager == Manager::Dpkg) {
        by_records(ledger, guilty);
    } else if !guilty.is_empty() {
        let draft = Draft::about(guilty.clone(), Severity::Low);
        ledger.file(ID, draft, Recommended { guilty, packages: Vec::new(), kept: Vec::new() });
    }
}

/// Bills the files of the packages that nobody needs.
fn by_records(ledger: &mut Ledger<'_>, guilty: Vec<usize>) {
    let packages = &ledger.analysis.packages;
    let reasons: HashMap<usize, usize> = packages
        .recommended
        .iter()
        .filter(|found| packages.list[found.package].layer().is_some_and(|layer| ledger.is_own(layer)))
        .map(|found| (found.package, found.by))
        .collect();
    let kept = kept(ledger, &reasons, &guilty);
    let reasons: HashMap<usize, usize> =
        reasons.into_iter().filter(|(package, _)| !kept.all.contains(package)).collect();
    let mut claims = Claims::default();
    for (path, slot) in ledger.union.rootfs.live() {
        let Slot::Entry(id) = slot else { continue };
        let is_extra = packages.owner_index(path).is_some_and(|owner| reasons.contains_key(&owner));
        if let Some(content) = ledger.union.content_of(id)
            && is_extra
            && ledger.is_own(ledger.image.layer_of(content))
        {
            ledger.claim(&mut claims, path, content);
        }
    }
    if claims.weight < ledger.scale.floor {
        return;
    }
    let mut packages: Vec<(usize, usize)> = reasons.into_iter().collect();
    packages.sort_unstable();
    ledger.file(ID, Draft::of(claims), Recommended { guilty, packages, kept: kept.named });
}
