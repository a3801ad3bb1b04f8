//! Unpacking an archive and keeping no copy of it.

use super::edits;
use crate::advice::engine::ledger::Ledger;
use crate::advice::engine::unpacking::{Unpacking, is_same_archive};
use crate::advice::knowledge::archives::ending;
use crate::dockerfile::{Edit, Fix, shell};
use crate::image::{EntryId, PathId};
use crate::overlay::Fate;

/// The changes; `layer` stored the archive, `to` is where it was unpacked to when the command does not tell. None when the
/// steps do not tell what to change.
pub(super) fn fix(
    ledger: &Ledger<'_>,
    path: PathId,
    layer: usize,
    unpacking: Option<&Unpacking>,
    to: Option<&str>,
) -> Option<Fix> {
    let full = ledger.word(path)?;
    let name = full.rsplit('/').next()?.trim_matches('\'').to_owned();
    if ledger.shell_run(layer).is_some() {
        return fetched(ledger, &full, layer, unpacking);
    }
    let unpacking = unpacking?;
    let command = ledger.image.command_of(layer);
    if !ledger.is_from_context(layer) {
        return None;
    }
    let words: Vec<&str> =
        command.split_whitespace().skip(1).filter(|word| !word.starts_with("--")).collect();
    let source = *words.first()?;
    if source.contains("://") {
        return remote(ledger, &full, layer, source, unpacking);
    }
    let is_alone = source.rsplit('/').next() == Some(name.as_str()) && words.len() == 2;
    let is_lost = source.starts_with("file:");
    if !is_alone && !is_lost {
        return Some(Fix::note(format!(
            "keep {name} out of {}: copy it in a step of its own, or mount it for the step that unpacks it",
            ledger.layer(layer)
        )));
    }
    // the history of the old builder has no names of sources
    let shown = if is_lost { "<SOURCE>" } else { source };
    let step = ledger.step_id(layer)?;
    let to = unpacking.to.as_deref().or(to);
    let is_tar = ending(&name).is_some_and(|(_, tar)| tar.is_some());
    if let Some(to) = to.filter(|to| unpacking.is_plain && is_tar && stays(ledger, path, unpacking.layer, to))
    {
        let line = format!("ADD {shown} {}/", to.trim_end_matches('/'));
        let mut fix = Fix::one(Edit::ReplaceStep { step, lines: vec![line] });
        fix.edits.extend(without(ledger, unpacking.layer, &name, true));
        fix.notes.push("ADD unpacks an archive of the build context and keeps no copy".into());
        return Some(fix);
    }
    if !ledger.is_buildkit() {
        return Some(Fix::note(format!(
            "with BuildKit, mount {name} for the step that unpacks it: \
            RUN --mount=type=bind,source={shown},target={full}"
        )));
    }
    // it is there while the step runs, and no layer stores it
    let mut fix = Fix::one(Edit::RemoveStep { step });
    let run = ledger.shell_run(unpacking.layer)?;
    fix.edits.push(Edit::AddMount { step: run, mount: format!("type=bind,source={shown},target={full}") });
    fix.edits.extend(without(ledger, unpacking.layer, &name, false));
    Some(fix)
}

/// True when what was unpacked is still where it was unpacked to: what `ADD` unpacks is stored, so that moving or
/// removing it afterwards would save nothing.
fn stays(ledger: &Ledger<'_>, archive: PathId, layer: usize, to: &str) -> bool {
    let (image, union) = (ledger.image, ledger.union);
    let Some(to) = image.paths.find(to.trim_matches('/').as_bytes()) else { return false };
    let below = |entry: &EntryId| (to.0..image.paths.end(to).0).contains(&image.path_of(*entry).0);
    let live = image.layer_entries(layer).filter(below).filter(|&entry| union.fate(entry) == Fate::Live);
    let bytes: u64 = live.map(|entry| image.entry(entry).size).sum();
    let packed = image.timeline.of(archive).first().map_or(0, |&entry| image.entry(entry).size);
    bytes * 2 >= packed
}

/// An archive that a command fetched.
fn fetched(ledger: &Ledger<'_>, full: &str, layer: usize, unpacking: Option<&Unpacking>) -> Option<Fix> {
    let removal = format!("rm -f {full}");
    match unpacking {
        Some(step) if step.layer != layer => {
            if !ledger.is_next(layer, step.layer) {
                return None;
            }
            let steps = vec![ledger.step_id(layer)?, ledger.step_id(step.layer)?];
            let mut fix = Fix::one(Edit::MergeRuns { steps });
            fix.edits.extend(edits::append(ledger, step.layer, removal));
            Some(fix)
        }
        _ => edits::append(ledger, layer, removal).map(Fix::one),
    }
}

/// An archive that `ADD` fetched: the step that unpacks it fetches it itself, when it has something to do that with.
fn remote(ledger: &Ledger<'_>, full: &str, layer: usize, url: &str, unpacking: &Unpacking) -> Option<Fix> {
    let has = |program: &[u8]| {
        let path = ledger.image.paths.find(program)?;
        let entry = ledger.union.rootfs.entry(path)?;
        (ledger.image.layer_of(entry) <= unpacking.layer).then_some(())
    };
    let fetch = match (has(b"usr/bin/curl"), has(b"usr/bin/wget")) {
        (Some(()), _) => format!("curl -fsSL -o {full} {url}"),
        (_, Some(())) => format!("wget -q -O {full} {url}"),
        _ => {
            return Some(Fix::note(format!(
                "fetch, unpack and remove it in one RUN, in place of {}; that takes curl or wget, which this image does not have",
                ledger.layer(layer)
            )));
        }
    };
    let name = full.rsplit('/').next()?;
    let run = ledger.shell_run(unpacking.layer)?;
    let parts = shell::part_texts(ledger.image.command_of(unpacking.layer));
    let part = parts.iter().position(|part| is_same_archive(part, name))?;
    let with = vec![fetch, (*parts.get(part)?).to_owned()];
    let mut fix = Fix::one(Edit::RemoveStep { step: ledger.step_id(layer)? });
    fix.edits.push(Edit::ReplaceCommand { step: run, part, with });
    if !parts.iter().any(|part| removes(part, name)) {
        fix.edits.extend(edits::append(ledger, unpacking.layer, format!("rm -f {full}")));
    }
    Some(fix)
}

fn removes(part: &str, name: &str) -> bool {
    let commands = shell::commands(part);
    commands.iter().any(|words| {
        words[0] == "rm" && shell::operands(words).any(|word| word.rsplit('/').next() == Some(name))
    })
}

/// The step that unpacked an archive without the commands that remove it, and without those that unpack it.
fn without(ledger: &Ledger<'_>, layer: usize, name: &str, unpacks_too: bool) -> Vec<Edit> {
    edits::replace(ledger, layer, |part| {
        let commands = shell::commands(part);
        let [words] = commands.as_slice() else { return None };
        if words[0] == "rm" && removes(part, name) {
            let rest: Vec<&str> = part
                .split_whitespace()
                .filter(|word| word.trim_matches(['"', '\'']).rsplit('/').next() != Some(name))
                .collect();
            let is_all = rest.iter().skip(1).all(|word| word.starts_with('-'));
            return Some(if is_all { Vec::new() } else { vec![rest.join(" ")] });
        }
        (unpacks_too && is_same_archive(part, name)).then(Vec::new)
    })
}
