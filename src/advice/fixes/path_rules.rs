//! The change for files of a path rule: in every step that wrote some, and for what they are.
//!
//! The texts of `assets/rules.toml` say it in general; they are shown where the history has nothing to change.

use super::{apt, cleaning, dependencies, edits, ignore, volumes};
use crate::advice::engine::finding::{Confidence, Evidence};
use crate::advice::engine::ledger::{Found, Ledger};
use crate::advice::engine::phrases::has_sum;
use crate::advice::engine::places;
use crate::advice::engine::rule::{Group, PathRule, Remedy, Stage};
use crate::advice::rules::files::PathFacts;
use crate::analysis::package_managers::{PACKAGE_MANAGERS, PackageManager};
use crate::dockerfile::{Edit, Fix, shell};
use crate::image::PathId;

/// What makes apt empty its cache after each installation, in the official images of Debian and Ubuntu.
const DOCKER_CLEAN: &[u8] = b"etc/apt/apt.conf.d/docker-clean";
/// Most places that a command names.
const PLACES: usize = 6;

/// The change, for the steps that are to blame.
pub(super) fn fix(ledger: &Ledger<'_>, found: &Found<'_>, facts: &PathFacts) -> Fix {
    let rule = found.rule;
    if let Some(fix) = staged(ledger, found) {
        return fix;
    }
    let special = match rule.remedy {
        Remedy::Dependencies => dependencies::fix(ledger, rule, facts),
        Remedy::Documents => before_installs(ledger, facts, |manager| manager.without_docs),
        Remedy::Languages => languages(ledger),
        Remedy::EarlyLayer => {
            Some(Fix::note("early in the Dockerfile, in a layer of its own that all versions share"))
        }
        Remedy::Volume => Some(volumes::fix(ledger, found, "--volume NAME:", general(rule))),
        Remedy::Tmpfs => Some(volumes::fix(ledger, found, "--tmpfs ", general(rule))),
        Remedy::Context | Remedy::Step => None,
    };
    if let Some(fix) = special {
        return fix;
    }
    let mut fix = Fix::default();
    for &layer in &facts.origins {
        for edit in at(ledger, rule, found, facts, layer) {
            if !fix.edits.contains(&edit) {
                fix.edits.push(edit);
            }
        }
    }
    if fix.edits.is_empty() {
        return general(rule);
    }
    if !rule.mounts.is_empty() && fix.edits.iter().any(|edit| !matches!(edit, Edit::AddMount { .. })) {
        let mounts = mounts(ledger, found);
        if mounts.is_empty() {
            return fix;
        }
        let clean =
            ledger.image.paths.find(DOCKER_CLEAN).filter(|&path| ledger.union.rootfs.entry(path).is_some());
        // what empties the cache has to go first
        let keep = match clean.filter(|_| rule.manager == "apt") {
            Some(_) => "rm -f /etc/apt/apt.conf.d/docker-clean && …",
            None => "…",
        };
        fix.notes.push(format!(
            "or, with BuildKit, keep it for the next build and out of the image:\nRUN {} \\\n    {keep}",
            mounts.join(" \\\n    ")
        ));
    }
    fix
}

/// The cache mounts for the files of a rule: of directories in which some are. apt's belong together.
fn mounts(ledger: &Ledger<'_>, found: &Found<'_>) -> Vec<String> {
    let (rule, home) = (found.rule, home(ledger, found));
    let evidence = found.claims.evidence();
    let paths: Vec<String> = evidence.iter().map(|evidence| full(ledger, evidence.path)).collect();
    let holds = |to: &String| {
        let to = at_home(to, &home);
        let is_in = |path: &String| path.strip_prefix(&to).is_some_and(|rest| rest.starts_with('/'));
        paths.iter().any(is_in)
    };
    let is_wanted = |to: &&String| holds(to) || rule.manager == "apt" && rule.mounts.iter().any(holds);
    rule.mounts.iter().filter(is_wanted).map(|to| format!("--mount={}", mount(rule, to, &home))).collect()
}

/// What the row says, where no step can be changed.
pub(super) fn general(rule: &PathRule) -> Fix {
    let lines = rule.fix.trim().lines().map(|line| line.strip_prefix("# ").unwrap_or(line));
    let notes: Vec<String> = lines.map(str::to_owned).collect();
    if notes.is_empty() {
        return Fix::note(format!("leave out the step that writes {}, or remove them in it", rule.what()));
    }
    Fix { edits: Vec::new(), notes }
}

/// The stages, or a word about the finding that shows them.
fn staged(ledger: &Ledger<'_>, found: &Found<'_>) -> Option<Fix> {
    if !matches!(found.rule.stage, Some(Stage::Needs | Stage::Beside)) {
        return None;
    }
    let shows = ledger.staged()?;
    if found.rule.stage == Some(Stage::Beside) && is_carried(ledger, found) {
        return None;
    }
    let mut fix = Fix::note(format!("the two stages under `{}` leave these behind as well", shows.rule.id));
    // what is built may lie in a directory that is mounted
    let mounts: Vec<String> =
        mounts(ledger, found).into_iter().filter(|mount| !mount.ends_with("/target")).collect();
    if !mounts.is_empty() {
        fix.notes.push(format!(
            "with BuildKit, the stage that builds can keep them for the next build: RUN {}",
            mounts.join(" ")
        ));
    }
    Some(fix)
}

/// True when most of the files are in what a second stage copies.
fn is_carried(ledger: &Ledger<'_>, found: &Found<'_>) -> bool {
    let paths = &ledger.image.paths;
    let carried =
        ledger.staged().and_then(|shows| shows.staged.as_ref()).map_or(&[][..], |staged| &staged.carried);
    let evidence = found.claims.evidence();
    let inside =
        evidence.iter().filter(|evidence| carried.iter().any(|&place| paths.holds(place, evidence.path)));
    let bytes = |sum: u64, evidence: &Evidence| sum + evidence.bytes;
    inside.fold(0, bytes) * 2 > evidence.iter().fold(0, bytes)
}

/// The edits of one guilty step.
fn at(ledger: &Ledger<'_>, rule: &PathRule, found: &Found<'_>, facts: &PathFacts, layer: usize) -> Vec<Edit> {
    if rule.group == Group::Own && !rule.fix.is_empty() {
        return Vec::new();
    }
    let command = ledger.image.command_of(layer);
    if ledger.is_from_context(layer) {
        let patterns = ignore::patterns(ledger, layer, places::of(ledger, &found.claims, Some(layer)));
        return if patterns.is_empty() { Vec::new() } else { vec![Edit::Ignore { patterns }] };
    }
    if ledger.shell_run(layer).is_none()
        || matches!(rule.remedy, Remedy::Context) && !facts.ran.contains(&layer)
    {
        return Vec::new();
    }
    if rule.manager == "apt" {
        return apt::edits(ledger);
    }
    let ran = facts.ran.contains(&layer) || rule.hist.is_empty();
    if let Some((from, to)) = rule.swap.as_ref().filter(|_| ran) {
        let swapped = swapped(ledger, layer, from, to);
        if !swapped.is_empty() {
            return swapped;
        }
    }
    let places = places::of(ledger, &found.claims, Some(layer));
    let all = places.len();
    let clean = Some(&rule.clean).filter(|clean| ran && !clean.is_empty());
    let is_cleaned = |place| clean.is_some_and(|clean| cleaning::removes(clean, &full(ledger, place)));
    let rest: Vec<PathId> = places.into_iter().filter(|&place| !is_cleaned(place)).collect();
    let is_done = clean.is_some_and(|clean| command.contains(clean.as_str()));
    let Some(removal) = removal(ledger, rule, &rest) else {
        // what the row's command leaves cannot be named
        let edit = clean.filter(|_| rest.is_empty() && !is_done);
        return edit.and_then(|clean| edits::append(ledger, layer, clean.clone())).into_iter().collect();
    };
    let clean = clean.filter(|clean| !is_done && rest.len() < all && !clean.is_empty());
    let commands: Vec<&str> = clean.map(String::as_str).into_iter().chain([removal.as_str()]).collect();
    edits::append(ledger, layer, commands.join(" && ")).into_iter().collect()
}

/// A path as the commands of the table name it.
fn full(ledger: &Ledger<'_>, path: PathId) -> String {
    format!("/{}", String::from_utf8_lossy(&ledger.image.paths.full(path)))
}

/// The command with the options that leave nothing behind; `pip3` as `pip`.
fn swapped(ledger: &Ledger<'_>, layer: usize, from: &str, to: &str) -> Vec<Edit> {
    let flag = to.strip_prefix(from).unwrap_or_default().trim();
    let (program, rest) = from.split_once(' ').unwrap_or((from, ""));
    let forms = [from.to_owned(), format!("{program}3 {rest}")];
    edits::replace(ledger, layer, |part| {
        if !flag.is_empty() && part.contains(flag) {
            return None;
        }
        let form = forms.iter().find(|form| shell::runs(part, form) && part.contains(form.as_str()))?;
        Some(vec![part.replacen(form.as_str(), &format!("{form} {flag}"), 1)])
    })
}

/// The command that removes what was found: only what surely can go, and only when few places hold all of it.
fn removal(ledger: &Ledger<'_>, rule: &PathRule, places: &[PathId]) -> Option<String> {
    let is_kept = matches!(rule.group, Group::Toolchain | Group::Secret | Group::Structure)
        || rule.group == Group::Own && !rule.fix.is_empty();
    if is_kept || rule.confidence == Confidence::Judgement {
        return None;
    }
    let words: Option<Vec<String>> = places.iter().map(|&place| ledger.word(place)).collect();
    let words = words.filter(|words| (1..=PLACES).contains(&words.len()))?;
    if words.iter().any(|word| has_sum(word)) {
        return None;
    }
    Some(format!("rm -rf {}", words.join(" ")))
}

/// What follows `--mount=` for a cache.
fn mount(rule: &PathRule, to: &str, home: &str) -> String {
    let to = at_home(to, home);
    // only one apt at a time may use its directories
    let sharing = if rule.manager == "apt" { ",sharing=locked" } else { "" };
    format!("type=cache,target={to}{sharing}")
}

/// A directory below the home of root as one below another home.
fn at_home(to: &str, home: &str) -> String {
    to.strip_prefix("/root/").map_or_else(|| to.to_owned(), |rest| format!("{home}/{rest}"))
}

/// The home directory that a cache lies in.
fn home(ledger: &Ledger<'_>, found: &Found<'_>) -> String {
    let evidence = found.claims.evidence();
    let path = evidence.first().and_then(|evidence| ledger.word(evidence.path)).unwrap_or_default();
    let user = path.strip_prefix("/home/").and_then(|rest| rest.split('/').next());
    user.map_or_else(|| "/root".into(), |user| format!("/home/{user}"))
}

/// An option of the package manager in every installation that brings such files.
fn before_installs(
    ledger: &Ledger<'_>,
    facts: &PathFacts,
    option: impl Fn(&PackageManager) -> Option<&'static str>,
) -> Option<Fix> {
    let mut fix = Fix::default();
    for &layer in &facts.origins {
        for manager in PACKAGE_MANAGERS {
            let Some(option) = option(manager) else { continue };
            for install in manager.installs {
                if !ledger.image.command_of(layer).contains(option) {
                    fix.edits.extend(edits::swap(ledger, layer, install, &format!("{install} {option}")));
                }
            }
        }
    }
    (!fix.edits.is_empty()).then_some(fix)
}

/// A setting that leaves languages out, before the first installation of this Dockerfile.
fn languages(ledger: &Ledger<'_>) -> Option<Fix> {
    let installers = &ledger.analysis.system.installers;
    let manager = PACKAGE_MANAGERS.iter().find(|manager| installers.contains(&manager.name))?;
    let setting = manager.without_languages?;
    let is_first = |layer: &usize| {
        let command = ledger.image.command_of(*layer);
        manager.installs.iter().any(|install| shell::runs(command, install))
    };
    let before = ledger.own_layers().find(is_first).and_then(|layer| ledger.step_id(layer))?;
    Some(Fix::one(Edit::InsertStep { before: Some(before), lines: vec![format!("RUN {setting}")] }))
}
