//! Edits of many findings made to one Dockerfile.
//!
//! Each fix is made whole or not at all, in the order in which they are given, so that the first of two that conflict
//! wins. A fix is tried on a copy of the draft; what cannot be done, would
//! change what the image is, or would not read back as the instructions that it should be, is skipped with a reason.
//! So any subset of fixes gives a text that parses.

mod check;
mod draft;
mod layout;
mod merge;
mod order;
mod render;
mod run;
mod tidy;
mod words;

use std::collections::HashMap;

pub(super) use check::{is_dangerous, is_one as one_instruction};
use draft::Draft;
use run::Try;

use super::{Dockerfile, Edit, Fix, Form, Keyword, LineRange, StepId, StepText, shell};

/// What edits are made to.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The Dockerfile.
    pub file: &'a Dockerfile,
    /// The instruction of each step of the history, by number; none where the file has none.
    pub nodes: &'a [Option<usize>],
    /// The steps of the history, which the edits count.
    pub steps: &'a [StepText<'a>],
    /// Whether the builder is `BuildKit`: mounts and heredocs need it.
    pub buildkit: bool,
}

/// A Dockerfile with edits made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Composed {
    /// The new text.
    pub text: String,
    /// Lines for the `.dockerignore`.
    pub ignore: Vec<String>,
    /// What was done.
    pub applied: Vec<Applied>,
    /// What was not.
    pub skipped: Vec<Skipped>,
}

/// A fix that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Which, in the order they were given.
    pub fix: usize,
    /// Its edits, and the lines of the old file that they change.
    pub edits: Vec<(Edit, Option<LineRange>)>,
}

/// A fix that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Which, in the order they were given.
    pub fix: usize,
    /// Why: a clause in small letters.
    pub reason: String,
}

/// Makes all the fixes that can be made, first to last.
pub fn compose(target: Target<'_>, fixes: &[&Fix]) -> Composed {
    let mut draft = Draft::new(target.file, target.nodes);
    let mut cut = Cut::default();
    let mut composed = Composed { text: target.file.text.clone(), ..Composed::default() };
    // two stages change everything else: they come first, whatever their order
    let splits = |fix: &Fix| fix.edits.iter().any(|edit| matches!(edit, Edit::SplitStages { .. }));
    let mut order: Vec<usize> = (0..fixes.len()).collect();
    order.sort_by_key(|&number| !splits(fixes[number]));
    for number in order {
        let fix = fixes[number];
        let mut tried = draft.clone();
        let mut ignore = composed.ignore.clone();
        let mut make = || -> Try<String> {
            if fix.edits.is_empty() {
                return Err("it needs a decision that only a person can make".into());
            }
            for edit in &fix.edits {
                apply(&mut tried, target, &mut cut, fix, edit, &mut ignore)?;
            }
            let text = tried.render()?;
            check::whole(target.file, &text)?;
            Ok(text)
        };
        match make() {
            Ok(text) => {
                let lines = |edit: &Edit| {
                    let spans = edit.steps().iter().filter_map(|&step| draft.touched(step));
                    let lines = spans.map(|node| target.file.lines(&target.file.nodes[node].span));
                    lines.reduce(|a, b| LineRange { from: a.from.min(b.from), to: a.to.max(b.to) })
                };
                let edits = fix.edits.iter().map(|edit| (edit.clone(), lines(edit))).collect();
                composed.applied.push(Applied { fix: number, edits });
                composed.text = text;
                composed.ignore = ignore;
                draft = tried;
            }
            Err(reason) => composed.skipped.push(Skipped { fix: number, reason }),
        }
    }
    composed.applied.sort_by_key(|applied| applied.fix);
    composed.skipped.sort_by_key(|skipped| skipped.fix);
    composed
}

/// The commands of the history's steps, cut once: a step may have thousands, each with an edit.
#[derive(Default)]
struct Cut<'a>(HashMap<StepId, Vec<&'a str>>);

impl<'a> Cut<'a> {
    fn command(&mut self, target: Target<'a>, step: StepId, part: usize) -> Option<&'a str> {
        let parts = self.0.entry(step).or_insert_with(|| {
            target.steps.get(step.index()).map(|step| shell::part_texts(step.command)).unwrap_or_default()
        });
        parts.get(part).copied()
    }
}

fn apply<'a>(
    draft: &mut Draft<'a>,
    target: Target<'a>,
    cut: &mut Cut<'a>,
    fix: &Fix,
    edit: &Edit,
    ignore: &mut Vec<String>,
) -> Try {
    if draft.is_split() && !matches!(edit, Edit::Ignore { .. }) {
        return Err("two stages make it unnecessary".into());
    }
    let file = draft.file;
    match edit {
        Edit::AppendCommand { step, command } => {
            let (number, node) = draft.node(*step)?;
            draft.plan(number).append(file, node, command)
        }
        Edit::ReplaceCommand { step, part, with } => {
            let (number, node) = draft.node(*step)?;
            let was = cut.command(target, *step, *part).ok_or("the step has no such command")?;
            draft.plan(number).replace(file, node, *part, was, with)
        }
        Edit::AddMount { step, mount } => {
            let (number, node) = draft.node(*step)?;
            if !target.buildkit {
                return Err("mounts need BuildKit".into());
            }
            draft.plan(number).mount(node, mount)
        }
        Edit::AddFlag { step, flag } => {
            let (number, node) = draft.node(*step)?;
            let is_new =
                ["--exclude", "--link", "--parents", "--chmod"].iter().any(|new| flag.starts_with(new));
            if is_new && !target.buildkit {
                return Err(format!("{} needs BuildKit", flag.split('=').next().unwrap_or(flag)));
            }
            draft.plan(number).flag(node, flag)
        }
        Edit::MergeRuns { steps } => {
            let has_heredoc = |number: usize| {
                let node = &file.nodes[number];
                node.script(&file.text).is_some_and(|script| script.form != Form::Line)
            };
            if !target.buildkit && steps.iter().any(|&step| draft.touched(step).is_some_and(has_heredoc)) {
                return Err("heredocs need BuildKit".into());
            }
            draft.join(steps)
        }
        Edit::MoveStep { step, before } => {
            let brings = |other: &Edit| {
                matches!(other, Edit::InsertStep { before: at, lines } if *at == Some(*before)
                    && lines.iter().any(|line| line.starts_with(Keyword::Copy.as_str())))
            };
            draft.shift(*step, *before, fix.edits.iter().any(brings))
        }
        Edit::RemoveStep { step } => draft.replace(*step, None),
        Edit::ReplaceStep { step, lines } => {
            let lines = draft.named(lines, Some(*step))?;
            builds(target, &lines)?;
            draft.replace(*step, Some(&lines))
        }
        Edit::InsertStep { before, lines } => {
            let lines = draft.named(lines, None)?;
            builds(target, &lines)?;
            draft.insert(*before, &lines)
        }
        Edit::ReplaceFrom { with } => draft.from(with),
        Edit::SplitStages { finish, run, base, .. } => {
            let run = draft.named(run, None)?;
            builds(target, finish)?;
            builds(target, &run)?;
            draft.split(finish, &run, base.is_none())
        }
        Edit::Ignore { patterns } => {
            for pattern in patterns {
                if pattern.chars().any(|c| check::is_dangerous(c) || c == '\n' || c == '\r') {
                    return Err("a pattern holds control characters".into());
                }
                if !ignore.contains(pattern) {
                    ignore.push(pattern.clone());
                }
            }
            Ok(())
        }
    }
}

/// Lines that the builder knows.
fn builds(target: Target<'_>, lines: &[String]) -> Try {
    for line in lines {
        let parsed = check::lines(target.file.escape, line)?;
        let needs = |node: &super::Node| !node.heredocs.is_empty() || node.flag("mount").is_some();
        if !target.buildkit && parsed.nodes.iter().any(needs) {
            return Err("its lines need BuildKit".into());
        }
    }
    Ok(())
}

/// The lines that a fix changes, as they are with it; notes are comments.
pub(super) struct Snippet {
    pub(super) text: String,
    /// Whether all edits are made; those that cannot be are comments.
    pub(super) is_whole: bool,
}

impl Snippet {
    pub(super) fn new(target: Target<'_>, fix: &Fix) -> Self {
        let mut lines: Vec<String> =
            fix.notes.iter().map(|note| format!("# {}", note.replace('\n', "\n# "))).collect();
        let mut draft = Draft::new(target.file, target.nodes);
        let mut cut = Cut::default();
        let mut ignore = Vec::new();
        let mut is_whole = true;
        for edit in &fix.edits {
            match edit {
                // these are about the whole file, of which a part is shown
                Edit::ReplaceFrom { with } => lines.push(format!("FROM {with}")),
                Edit::SplitStages { build, finish, run, .. } => {
                    let parts: [&[String]; 4] = [build, finish, &[String::new()], run];
                    for part in parts {
                        let named = draft.named(part, None);
                        is_whole &= named.is_ok();
                        lines.extend(named.unwrap_or_else(|_| part.to_vec()));
                    }
                }
                _ => {
                    if let Err(reason) = apply(&mut draft, target, &mut cut, fix, edit, &mut ignore) {
                        is_whole = false;
                        lines.push(format!("# by hand, because {reason}: {}", edit.describe()));
                    }
                }
            }
        }
        match draft.changed() {
            Ok(changed) => lines.extend(changed),
            Err(reason) => {
                is_whole = false;
                lines.push(format!("# by hand, because {reason}"));
            }
        }
        if !ignore.is_empty() {
            lines.push("# .dockerignore".into());
            lines.extend(ignore);
        }
        Self { text: lines.join("\n"), is_whole }
    }
}

/// The lines that a fix changes in a Dockerfile; none when not all of it can be made there.
pub fn snippet(target: Target<'_>, fix: &Fix) -> Option<String> {
    let Snippet { text, is_whole } = Snippet::new(target, fix);
    is_whole.then_some(text)
}

#[cfg(test)]
mod tests;
