//! Making edits out of what the steps of the image say.

use crate::advice::engine::ledger::Ledger;
use crate::dockerfile::{Edit, shell};

/// Runs a command at the end of the `RUN` that made a layer; none when another kind of step did.
pub(super) fn append(ledger: &Ledger<'_>, layer: usize, command: impl Into<String>) -> Option<Edit> {
    let command = command.into();
    let there = shell::part_texts(ledger.image.command_of(layer));
    let is_there = |part: &&str| there.iter().any(|there| shell::covers(there, part));
    let is_there = shell::part_texts(&command).iter().all(is_there);
    let step = ledger.shell_run(layer).filter(|_| !command.is_empty() && !is_there)?;
    Some(Edit::AppendCommand { step, command })
}

/// Other commands in place of those parts of a layer's `RUN` for which `with` gives some; no commands take the part
/// away, and a step of which nothing is left goes as a whole.
pub(super) fn replace(
    ledger: &Ledger<'_>,
    layer: usize,
    mut with: impl FnMut(&str) -> Option<Vec<String>>,
) -> Vec<Edit> {
    let Some(step) = ledger.shell_run(layer) else { return Vec::new() };
    let command = ledger.image.command_of(layer);
    let parts = shell::parts(command);
    let changes: Vec<Option<Vec<String>>> =
        parts.iter().map(|part| with(&command[part.span.clone()])).collect();
    // a step that would only change directory does nothing
    let is_idle = |part: &str| {
        shell::commands(part).iter().all(|words| matches!(words[0].as_str(), "cd" | "true" | "set"))
    };
    let goes = |(part, change): (&shell::Part, &Option<Vec<String>>)| match change {
        Some(with) => with.is_empty(),
        None => is_idle(&command[part.span.clone()]),
    };
    let is_changed = changes.iter().any(Option::is_some);
    if is_changed && parts.iter().zip(&changes).all(goes) {
        return vec![Edit::RemoveStep { step }];
    }
    changes
        .into_iter()
        .enumerate()
        .filter_map(|(part, with)| Some(Edit::ReplaceCommand { step, part, with: with? }))
        .collect()
}

/// Each command `from` of a layer's `RUN` as `to`.
pub(super) fn swap(ledger: &Ledger<'_>, layer: usize, from: &str, to: &str) -> Vec<Edit> {
    replace(ledger, layer, |part| part.contains(from).then(|| vec![part.replace(from, to)]))
}
