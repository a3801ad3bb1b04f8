//! What is to change in one instruction, and the instruction with it changed.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use super::layout::Layout;
use super::words::{self, WordChange};
use crate::dockerfile::shell::{self, Part, TokenKind};
use crate::dockerfile::{Dockerfile, Form, Keyword, Node, Script};

/// Changes within one instruction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Of commands, by the number of the part.
    parts: BTreeMap<usize, PartPlan>,
    /// Commands to run at the end.
    appended: Vec<String>,
    /// What follows `--mount=`.
    mounts: Vec<String>,
    /// Options of a `COPY` or `ADD`.
    flags: Vec<String>,
    /// The commands as they are; read once, because there may be thousands of them, each with a change.
    commands: Option<Rc<Commands>>,
}

/// The commands of a shell script.
#[derive(Debug, PartialEq, Eq)]
struct Commands {
    text: String,
    spans: Vec<Range<usize>>,
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PartPlan {
    Removed,
    Words(Vec<WordChange>),
}

/// A change, or why it cannot be made.
pub(super) type Try<T = ()> = Result<T, String>;

impl Plan {
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.appended.is_empty() && self.mounts.is_empty() && self.flags.is_empty()
    }

    fn commands(&mut self, file: &Dockerfile, node: &Node) -> Try<Rc<Commands>> {
        if let Some(known) = &self.commands {
            return Ok(Rc::clone(known));
        }
        let script = script(file, node)?;
        let spans = shell::parts(&script.logical.text).into_iter().map(|part| part.span).collect();
        let read = Rc::new(Commands { text: script.logical.text, spans, form: script.form });
        self.commands = Some(Rc::clone(&read));
        Ok(read)
    }

    /// Adds a command at the end, unless the same runs there already.
    pub(super) fn append(&mut self, file: &Dockerfile, node: &Node, command: &str) -> Try {
        let script = script(file, node)?;
        let parts = shell::parts(&script.logical.text);
        let last = parts.last().map_or("", |part| &script.logical.text[part.span.clone()]);
        if parts.last().is_some_and(|part| part.joint == Some(TokenKind::Background)) {
            return Err("the RUN ends in a command in the background".into());
        }
        if matches!(shell::blank_words(last).first(), Some(&("exit" | "exec"))) {
            return Err(format!("nothing runs after `{last}`"));
        }
        let there: Vec<&str> = parts
            .iter()
            .enumerate()
            .filter(|(number, _)| !self.parts.contains_key(number))
            .map(|(_, part)| &script.logical.text[part.span.clone()])
            .collect();
        for part in shell::part_texts(command) {
            let is_there = there.iter().any(|there| shell::covers(there, part))
                || self.appended.iter().any(|appended| shell::covers(appended, part));
            if !is_there {
                self.appended.push(part.to_owned());
            }
        }
        Ok(())
    }

    /// Replaces a command. `was` is the history's text of it, which may differ in blanks and hidden values.
    pub(super) fn replace(
        &mut self,
        file: &Dockerfile,
        node: &Node,
        part: usize,
        was: &str,
        with: &[String],
    ) -> Try {
        let commands = self.commands(file, node)?;
        let Some(span) = commands.spans.get(part).cloned() else {
            return Err("the Dockerfile has another command there".into());
        };
        let there = shell::blank_words(&commands.text[span]);
        let was = shell::blank_words(was);
        let same = there.len() == was.len()
            && there.iter().zip(&was).all(|(there, was)| there == was || was.contains('…'));
        if !same {
            return Err("the Dockerfile has another command there".into());
        }
        if with.is_empty() {
            if matches!(self.parts.get(&part), Some(PartPlan::Words(_))) {
                return Err("another fix changes that command".into());
            }
            self.parts.insert(part, PartPlan::Removed);
            return Ok(());
        }
        let joined = with.join(" && ");
        if joined.contains('\n') && commands.form == Form::Line {
            return Err("a command of several lines does not fit into the RUN".into());
        }
        let changes = words::changes(&was, &shell::blank_words(&joined));
        if changes.iter().any(|change| change.with.iter().any(|word| word.contains('…'))) {
            return Err("it holds a value that was left out of the report".into());
        }
        match self.parts.entry(part).or_insert_with(|| PartPlan::Words(Vec::new())) {
            PartPlan::Removed => Err("another fix removes that command".into()),
            PartPlan::Words(all) => {
                words::merge(all, changes).then_some(()).ok_or("another fix changes that command".into())
            }
        }
    }

    pub(super) fn mount(&mut self, node: &Node, mount: &str) -> Try {
        if node.keyword != Some(Keyword::Run) {
            return Err("only a RUN has mounts".into());
        }
        let target = |mount: &str| {
            let keys = mount.split(',').filter_map(|pair| pair.split_once('='));
            let mut keys = keys.filter(|(key, _)| matches!(*key, "target" | "dst" | "destination"));
            keys.next().map(|(_, value)| value.trim_end_matches('/').to_owned())
        };
        let mut mounts = node.flags.iter().filter(|flag| flag.name == "mount").map(|flag| &flag.value);
        let same =
            |other: &String| other == mount || target(mount).is_some() && target(other) == target(mount);
        if !mounts.any(same) && !self.mounts.iter().any(same) {
            self.mounts.push(mount.to_owned());
        }
        Ok(())
    }

    pub(super) fn flag(&mut self, node: &Node, flag: &str) -> Try {
        if !node.keyword.is_some_and(Keyword::copies) {
            return Err("only COPY and ADD have such options".into());
        }
        let name = flag.split('=').next().unwrap_or(flag);
        let repeats = name == "--exclude";
        if let Some(other) = self.flags.iter().find(|other| !repeats && other.split('=').next() == Some(name))
        {
            return if other == flag { Ok(()) } else { Err(format!("another fix sets {other}")) };
        }
        if !self.flags.iter().any(|other| other == flag) {
            self.flags.push(flag.to_owned());
        }
        Ok(())
    }

    /// True when nothing of the instruction is left.
    pub(super) fn empties(&self, file: &Dockerfile, node: &Node) -> bool {
        let removed = self.parts.values().filter(|plan| **plan == PartPlan::Removed).count();
        removed > 0
            && self.appended.is_empty()
            && script(file, node).is_ok_and(|script| shell::parts(&script.logical.text).len() == removed)
    }

    /// The text of the instruction with everything changed.
    pub(super) fn render(&self, file: &Dockerfile, node: &Node) -> Try<String> {
        let mut changes: Vec<(Range<usize>, String)> = Vec::new();
        let layout = Layout::of(file, node);
        for flag in &self.flags {
            let name = flag.trim_start_matches('-').split('=').next().unwrap_or_default();
            match node.flag(name).filter(|_| name != "exclude") {
                Some(there) => changes.push((there.span.clone(), flag.clone())),
                None => changes.push((node.word.end..node.word.end, format!(" {flag}"))),
            }
        }
        for mount in &self.mounts {
            let after = if node.heredocs.is_empty() {
                let line_break = layout.line_break();
                // the blank after the keyword stays in front of the body
                line_break[..line_break.len() - usize::from(line_break.ends_with(' '))].to_owned()
            } else {
                String::new()
            };
            changes.push((node.word.end..node.word.end, format!(" --mount={mount}{after}")));
        }
        if !self.parts.is_empty() || !self.appended.is_empty() {
            let script = script(file, node)?;
            let parts = shell::parts(&script.logical.text);
            self.change_parts(&script, &parts, &layout, &mut changes)?;
            if !self.appended.is_empty() {
                changes.push(appended(file, node, &script, &parts, &layout, &self.appended));
            }
        }
        changes.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::new();
        let mut at = node.span.start;
        for (range, with) in changes {
            let Some(kept) = file.text.get(at..range.start) else {
                return Err("two changes of one command touch each other".into());
            };
            out.push_str(kept);
            out.push_str(&with);
            at = range.end;
        }
        out.push_str(&file.text[at..node.span.end]);
        Ok(out)
    }

    fn change_parts(
        &self,
        script: &Script,
        parts: &[Part],
        layout: &Layout,
        changes: &mut Vec<(Range<usize>, String)>,
    ) -> Try {
        let text = &script.logical.text;
        let stays = |number: usize| self.parts.get(&number) != Some(&PartPlan::Removed);
        for (&number, plan) in &self.parts {
            let span = &parts[number].span;
            match plan {
                PartPlan::Removed => {
                    let is_first = !(0..number).any(stays);
                    let (range, joint) = if is_first {
                        let next = parts.get(number + 1).map_or(span.end, |next| next.span.start);
                        (span.start..next, parts[number].joint)
                    } else {
                        (parts[number - 1].span.end..span.end, parts[number - 1].joint)
                    };
                    if joint == Some(TokenKind::Background) {
                        return Err("a command in the background stands beside it".into());
                    }
                    changes.push((script.logical.in_file(&range), String::new()));
                }
                PartPlan::Words(all) => {
                    let words: Vec<Range<usize>> = shell::blank_words(&text[span.clone()])
                        .into_iter()
                        .map(|word| {
                            let start = word.as_ptr() as usize - text.as_ptr() as usize;
                            start..start + word.len()
                        })
                        .collect();
                    for change in all {
                        changes.push(change_words(script, &words, change, layout));
                    }
                }
            }
        }
        Ok(())
    }
}

/// One change of words as a change of the file.
fn change_words(
    script: &Script,
    words: &[Range<usize>],
    change: &WordChange,
    layout: &Layout,
) -> (Range<usize>, String) {
    let joint = if script.form == Form::Line { layout.joint() } else { " && ".into() };
    let mut with = String::new();
    for word in &change.with {
        if word == "&&" {
            with.push_str(&joint);
        } else {
            with.push_str(if with.is_empty() || with.ends_with(&joint) { "" } else { " " });
            with.push_str(word);
        }
    }
    let range = &change.words;
    if range.is_empty() {
        if let Some(before) = words.get(range.start.wrapping_sub(1)) {
            let end = script.logical.in_file(before).end;
            return (end..end, if with.starts_with(&joint) { with } else { format!(" {with}") });
        }
        let start = words.first().map_or(0, |word| script.logical.in_file(word).start);
        return (start..start, if with.ends_with(&joint) { with } else { format!("{with} ") });
    }
    let covered = words[range.start].start..words[range.end - 1].end;
    if with.is_empty() {
        // the gap in front goes with the words; at the very start the gap after them
        let gone = match words.get(range.start.wrapping_sub(1)) {
            Some(before) => before.end..covered.end,
            None => covered.start..words.get(range.end).map_or(covered.end, |next| next.start),
        };
        return (script.logical.in_file(&gone), with);
    }
    (script.logical.in_file(&covered), with)
}

/// The commands at the end of a `RUN` as a change of the file.
fn appended(
    file: &Dockerfile,
    node: &Node,
    script: &Script,
    parts: &[Part],
    layout: &Layout,
    commands: &[String],
) -> (Range<usize>, String) {
    if script.form == Form::Heredoc {
        let content = node.heredocs[0].content.clone();
        let last = file.text[content.clone()].lines().last().unwrap_or_default();
        let indent = &last[..last.len() - last.trim_start().len()];
        let lines = commands.iter().map(|command| format!("{indent}{command}{}", layout.newline()));
        return (content.end..content.end, lines.collect());
    }
    let end = match script.form {
        Form::Line => parts.last().map_or(0, |part| part.span.end),
        _ => node.body.text.trim_end().len(),
    };
    let at = script.logical.in_file(&(end..end)).end;
    // after a heredoc's line no line can be continued
    let joint = if script.form == Form::Line { layout.joint() } else { " && ".into() };
    (at..at, commands.iter().flat_map(|command| [joint.as_str(), command]).collect())
}

/// What a `RUN` hands to its shell.
pub(super) fn script(file: &Dockerfile, node: &Node) -> Try<Script> {
    if node.keyword != Some(Keyword::Run) {
        return Err("the Dockerfile has no RUN there".into());
    }
    node.script(&file.text).ok_or("the RUN runs no shell, so no command can be added or changed".into())
}
