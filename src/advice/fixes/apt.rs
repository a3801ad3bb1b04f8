//! Installing with apt and leaving nothing behind, by the image's own steps.

use super::edits;
use crate::advice::engine::ledger::Ledger;
use crate::advice::knowledge::package_managers;
use crate::analysis::package_managers::{PACKAGE_MANAGERS, PackageManager};
use crate::dockerfile::{Edit, shell};

/// A step of this Dockerfile that fetches lists, or installs from them.
struct Apt {
    layer: usize,
    updates: bool,
    installs: bool,
}

fn manager() -> impl Iterator<Item = &'static PackageManager> {
    PACKAGE_MANAGERS.iter().filter(|manager| manager.has_lists())
}

fn updates(command: &str) -> bool {
    manager().flat_map(|manager| manager.updates).any(|update| shell::runs(command, update))
}

fn installs(command: &str) -> bool {
    manager().flat_map(|manager| manager.installs).any(|install| shell::runs(command, install))
}

/// Every step cleans up after itself, and those that install from the lists of an earlier step fetch their own: an
/// `apt-get update` that stands alone goes, with what it leaves.
pub(super) fn edits(ledger: &Ledger<'_>) -> Vec<Edit> {
    let steps: Vec<Apt> = ledger
        .own_layers()
        .filter(|&layer| ledger.shell_run(layer).is_some())
        .map(|layer| {
            let command = ledger.image.command_of(layer);
            Apt { layer, updates: updates(command), installs: installs(command) }
        })
        .filter(|step| step.updates || step.installs)
        .collect();
    let clean = clean(ledger);
    let mut all = Vec::new();
    let mut has_lists = false;
    // the installation that an update was joined to
    let mut joined = None;
    for (at, step) in steps.iter().enumerate() {
        let command = ledger.image.command_of(step.layer);
        let is_last_user = !steps[at + 1..].iter().any(|later| later.installs);
        has_lists |= step.updates;
        if step.updates && !step.installs {
            if let Some(next) = steps.get(at + 1).filter(|next| ledger.is_next(step.layer, next.layer)) {
                let pair = ledger.step_id(step.layer).zip(ledger.step_id(next.layer));
                all.extend(pair.map(|(update, install)| Edit::MergeRuns { steps: vec![update, install] }));
                joined = Some(next.layer);
                continue;
            }
            let needed_alone = is_last_user && steps.iter().all(|step| !step.installs);
            let drop = |part: &str| updates(part).then(Vec::new);
            all.extend(edits::replace(ledger, step.layer, if needed_alone { |_: &str| None } else { drop }));
            if needed_alone {
                all.extend(edits::append(ledger, step.layer, rest(&clean, command)));
            }
            continue;
        }
        if !step.updates && has_lists && joined != Some(step.layer) {
            let update = manager().find_map(|manager| manager.updates.first()).copied().unwrap_or_default();
            let parts = shell::part_texts(command);
            let first = parts.iter().position(|part| installs(part));
            all.extend(first.zip(ledger.shell_run(step.layer)).map(|(part, step)| Edit::ReplaceCommand {
                step,
                part,
                with: vec![update.to_owned(), parts[part].to_owned()],
            }));
        }
        let rest = rest(&clean, command);
        all.extend(edits::append(ledger, step.layer, rest));
    }
    all
}

/// The end of an apt step of this image: it removes whatever apt left in own layers, so that following one finding
/// does not bring the next.
pub(super) fn clean(ledger: &Ledger<'_>) -> String {
    let first = ledger.image.layers.get(ledger.analysis.base_layers).map_or(0, |layer| layer.entries.start);
    let end = u32::try_from(ledger.image.entries.len()).unwrap_or(u32::MAX);
    let (mut archives, mut indexes) = (false, false);
    for directory in [&b"var/cache/apt"[..], b"var/cache/apt/archives"] {
        let Some(place) = ledger.image.paths.find(directory) else { continue };
        for path in ledger.image.paths.children(place) {
            let name = ledger.image.paths.name(path);
            let is_there =
                || ledger.image.timeline.of(path).iter().any(|entry| (first..end).contains(&entry.0));
            archives |= name.ends_with(b".deb") && is_there();
            indexes |= name.ends_with(b".bin") && is_there();
        }
    }
    let archives = if archives { " /var/cache/apt/archives/*.deb" } else { "" };
    let indexes = if indexes { " /var/cache/apt/*.bin" } else { "" };
    format!("rm -rf /var/lib/apt/lists/*{archives}{indexes}")
}

/// What of a clean-up a command does not do already; empty when it does all of it.
pub(super) fn rest(clean: &str, command: &str) -> String {
    let removed: Vec<String> = shell::commands(command)
        .into_iter()
        .filter(|words| words[0] == "rm")
        .flat_map(|words| {
            shell::operands(&words).map(|word| word.trim_end_matches('/').to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let is_done =
        |place: &&str| removed.iter().any(|done| done == place || place.strip_suffix("/*") == Some(done));
    let places: Vec<&str> =
        clean.split(' ').filter(|word| word.starts_with('/')).filter(|place| !is_done(place)).collect();
    if places.is_empty() { String::new() } else { format!("rm -rf {}", places.join(" ")) }
}

/// Installations without what packages only recommend, and cleaned up; none for steps that install with something else.
pub(super) fn lean(ledger: &Ledger<'_>, layers: &[usize], kept: &[String]) -> Vec<Edit> {
    // what is needed of it is asked for in the first installation
    let mut asked: Vec<&str> = kept.iter().map(String::as_str).collect();
    let mut all = Vec::new();
    for &layer in layers {
        let command = ledger.image.command_of(layer);
        let Some((manager, _)) = package_managers::installed(command) else { continue };
        if !package_managers::takes_recommends(command) {
            continue;
        }
        all.extend(edits::replace(ledger, layer, |part| {
            let mut lean = package_managers::without_recommends(manager, part);
            if lean == part {
                return None;
            }
            for name in asked.drain(..) {
                lean = format!("{lean} {name}");
            }
            Some(vec![lean])
        }));
    }
    all
}
