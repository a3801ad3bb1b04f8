//! A Dockerfile while edits are made to it.

use std::ops::Range;

use super::order::{Placed, conflict};
use super::run::{Plan, Try};
use crate::dockerfile::write::SOURCE;
use crate::dockerfile::{Dockerfile, Keyword, Node, StepId};

/// The sources and the destination of what copies from the build context.
fn copied(node: &Node) -> Option<(String, &str)> {
    let words: Vec<&str> = node.body.text.split_ascii_whitespace().collect();
    let (last, sources) = words.split_last()?;
    let is_it =
        node.keyword.is_some_and(Keyword::copies) && node.flag("from").is_none() && node.words().is_none();
    is_it.then(|| (sources.join(" "), *last))
}

/// Something of the file that keeps its place or moves as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Blank lines, comments that belong to nothing, directives: an index into [`Draft::gaps`].
    Gap(usize),
    /// An instruction: an index into [`Dockerfile::nodes`].
    Node(usize),
}

/// What becomes of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Kept,
    Removed,
    Replaced(Vec<String>),
    /// Joined to the `RUN` of this number.
    Joined(usize),
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Comments directly above it, from the start of their first line.
    pub(super) comments: Range<usize>,
    /// From the start of its line to after its last line break.
    pub(super) lines: Range<usize>,
    pub(super) state: State,
    pub(super) plan: Plan,
    /// Instructions to stand in front of it.
    pub(super) before: Vec<String>,
    /// `RUN`s that are joined to it, by number.
    pub(super) joined: Vec<usize>,
    /// What stands after `FROM` now.
    pub(super) from: Option<String>,
}

/// The file, and everything that is to change in it.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    pub(super) file: &'a Dockerfile,
    /// The instruction of each step.
    nodes: &'a [Option<usize>],
    pub(super) gaps: Vec<Range<usize>>,
    pub(super) order: Vec<Piece>,
    pub(super) items: Vec<Item>,
    /// Instructions to stand at the end.
    pub(super) end: Vec<String>,
    /// The last stage is two.
    is_split: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn new(file: &'a Dockerfile, nodes: &'a [Option<usize>]) -> Self {
        let text = &file.text;
        let (mut gaps, mut order, mut items) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = 0;
        for (number, node) in file.nodes.iter().enumerate() {
            let start = text[..node.span.start].rfind('\n').map_or(0, |end| end + 1).max(at);
            // comments right above belong to the instruction; those above the first may be directives
            let mut comments = start;
            while number > 0 && comments > at {
                let line = text[at..comments - 1].rfind('\n').map_or(at, |end| at + end + 1);
                if !text[line..comments].trim_start().starts_with('#') {
                    break;
                }
                comments = line;
            }
            if comments > at {
                order.push(Piece::Gap(gaps.len()));
                gaps.push(at..comments);
            }
            at = text[node.span.end..].find('\n').map_or(text.len(), |end| node.span.end + end + 1);
            order.push(Piece::Node(number));
            items.push(Item {
                comments: comments..start,
                lines: start..at,
                state: State::Kept,
                plan: Plan::default(),
                before: Vec::new(),
                joined: Vec::new(),
                from: None,
            });
        }
        if at < text.len() {
            order.push(Piece::Gap(gaps.len()));
            gaps.push(at..text.len());
        }
        Self { file, nodes, gaps, order, items, end: Vec::new(), is_split: false }
    }

    /// The instruction of a step that can still be changed, and its number.
    pub(super) fn node(&self, step: StepId) -> Try<(usize, &'a Node)> {
        let file = self.file;
        let number = self.number(step)?;
        match self.items[number].state {
            State::Kept | State::Joined(_) => Ok((number, &file.nodes[number])),
            State::Removed => Err("another fix removes the instruction".into()),
            State::Replaced(_) => Err("another fix replaces the instruction".into()),
        }
    }

    /// The number of a step's instruction.
    fn number(&self, step: StepId) -> Try<usize> {
        let number = self.nodes.get(step.index()).copied().flatten();
        let number = number.ok_or("the step has no line in this Dockerfile")?;
        if self.file.nodes[number].keyword == Some(Keyword::Onbuild) {
            return Err("an ONBUILD made the step, for every image that is built on that stage".into());
        }
        Ok(number)
    }

    pub(super) fn plan(&mut self, number: usize) -> &mut Plan {
        &mut self.items[number].plan
    }

    pub(super) fn is_split(&self) -> bool {
        self.is_split
    }

    /// Lines in which a source that the history lost has the name that the file has for it: that of the step `of`, whose
    /// place they take, or else of what copies to the same destination.
    pub(super) fn named(&self, lines: &[String], of: Option<StepId>) -> Try<Vec<String>> {
        let own = of.and_then(|step| copied(self.node(step).ok()?.1));
        let mut named = Vec::new();
        for line in lines {
            if let Some((start, _)) = line.split_once('…').filter(|_| !line.starts_with('#')) {
                named.push(self.with_value(start)?);
                continue;
            }
            if !line.contains(SOURCE) || self.file.text.contains(SOURCE) {
                named.push(line.clone());
                continue;
            }
            let to = line.split_ascii_whitespace().last();
            let with_destination = || {
                let mut all = self.file.nodes.iter().filter_map(copied);
                all.find(|(_, last)| to.is_some_and(|to| leads_to(last, to)))
            };
            let found = own.clone().or_else(with_destination);
            let (sources, _) = found.ok_or("the history lost the name of a source that it needs")?;
            named.push(line.replace(SOURCE, &sources));
        }
        Ok(named)
    }

    /// The instruction of the file that starts like a line whose value was left out.
    fn with_value(&self, start: &str) -> Try<String> {
        let plain = |text: &str| text.replace(['"', '\''], "");
        let wanted = plain(start);
        let (keyword, start) = wanted.split_once(' ').unwrap_or((&wanted, ""));
        let fits = |node: &&Node| {
            let is_it = node.keyword.is_some_and(|known| known.as_str() == keyword);
            is_it
                && plain(&node.body.text)
                    .split_ascii_whitespace()
                    .any(|word| !start.is_empty() && word.starts_with(start.trim()))
        };
        let node = self.file.nodes.iter().find(fits).ok_or("the history lost a value that it needs")?;
        Ok(self.file.text[node.span.clone()].to_owned())
    }

    /// Removes an instruction, or writes others in its place.
    pub(super) fn replace(&mut self, step: StepId, lines: Option<&[String]>) -> Try {
        let state = lines.map_or(State::Removed, |lines| State::Replaced(lines.to_vec()));
        let number = self.nodes.get(step.index()).copied().flatten();
        if number.is_some_and(|number| self.items[number].state == state) {
            return Ok(());
        }
        let (number, _) = self.node(step)?;
        let item = &mut self.items[number];
        if !item.plan.is_empty() || item.state != State::Kept || !item.joined.is_empty() {
            return Err("another fix changes the instruction".into());
        }
        item.state = state;
        Ok(())
    }

    pub(super) fn insert(&mut self, before: Option<StepId>, lines: &[String]) -> Try {
        let list = match before {
            None => &mut self.end,
            Some(step) => {
                let number = self.number(step)?;
                let leader =
                    if let State::Joined(leader) = self.items[number].state { leader } else { number };
                &mut self.items[leader].before
            }
        };
        for line in lines {
            if !list.contains(line) {
                list.push(line.clone());
            }
        }
        Ok(())
    }

    pub(super) fn from(&mut self, with: &str) -> Try {
        let stage = self.file.stages().last().cloned().ok_or("the Dockerfile has no FROM")?;
        let words: Vec<&str> = self.file.nodes[stage.start].body.text.split_ascii_whitespace().collect();
        let is_stage = |name: &str| {
            self.file.stages().iter().any(|stage| {
                let body: Vec<&str> =
                    self.file.nodes[stage.start].body.text.split_ascii_whitespace().collect();
                body.get(2).is_some_and(|other| other.eq_ignore_ascii_case(name))
            })
        };
        let image = words.first().ok_or("its FROM names no image")?;
        if is_stage(image) {
            return Err(format!("its last stage is FROM {image}, which is a stage itself"));
        }
        let item = &mut self.items[stage.start];
        if item.from.as_deref().is_some_and(|other| other != with) {
            return Err("another fix replaces the base".into());
        }
        if with.contains(char::is_whitespace) || with.is_empty() {
            return Err("this is no name of an image".into());
        }
        item.from = Some(with.to_owned());
        Ok(())
    }

    /// Makes the only stage the build of another, whose instructions `run` are.
    pub(super) fn split(&mut self, finish: &[String], run: &[String], same_base: bool) -> Try {
        if self.is_split {
            return Err("another fix splits the stage".into());
        }
        let stages = self.file.stages();
        let [stage] = stages.as_slice() else {
            return Err("the Dockerfile has several stages already".into());
        };
        let touched = |item: &Item| item.state != State::Kept || !item.plan.is_empty() || item.from.is_some();
        if self.items.iter().any(touched) {
            return Err("other fixes change the one stage".into());
        }
        let words: Vec<&str> = self.file.nodes[stage.start].body.text.split_ascii_whitespace().collect();
        let (image, name) = match words.as_slice() {
            [image] => (*image, None),
            [image, word, name] if word.eq_ignore_ascii_case("as") => (*image, Some(*name)),
            _ => return Err("the FROM line cannot be read".into()),
        };
        if name.is_none() {
            self.items[stage.start].from = Some(format!("{image} AS build"));
        }
        let platform = self.file.nodes[stage.start].flag("platform");
        let platform =
            platform.map_or_else(String::new, |flag| format!("{} ", &self.file.text[flag.span.clone()]));
        for (number, item) in self.items.iter_mut().enumerate().skip(stage.start) {
            let keyword = self.file.nodes[number].keyword;
            if keyword.is_some_and(Keyword::is_setting) {
                item.state = State::Removed;
            }
        }
        self.end.extend(finish.iter().cloned());
        self.end.push(String::new());
        let from = format!("--from={}", name.unwrap_or("build"));
        for (number, line) in run.iter().enumerate() {
            self.end.push(if number == 0 && same_base && line.starts_with("FROM ") {
                format!("FROM {platform}{image}")
            } else {
                line.replacen("--from=build", &from, 1)
            });
        }
        self.is_split = true;
        Ok(())
    }

    /// Joins `RUN`s where the first of them stands.
    pub(super) fn join(&mut self, steps: &[StepId]) -> Try {
        let mut members: Vec<usize> = Vec::new();
        for &step in steps {
            let (number, node) = self.node(step)?;
            super::run::script(self.file, node)?;
            let leader = if let State::Joined(leader) = self.items[number].state { leader } else { number };
            members.push(leader);
            members.extend(&self.items[leader].joined);
        }
        let place = |number: &usize| self.order.iter().position(|piece| *piece == Piece::Node(*number));
        members.sort_by_key(place);
        members.dedup();
        let [leader, rest @ ..] = members.as_slice() else { return Ok(()) };
        for member in rest {
            let range = place(leader).unwrap_or(0)..place(member).unwrap_or(0);
            for piece in &self.order[range] {
                if let Piece::Node(other) = *piece
                    && !members.contains(&other)
                    && self.items[other].state != State::Removed
                    && let Some(why) = conflict(self.placed(*member), self.placed(other))
                {
                    return Err(why);
                }
            }
        }
        for &number in rest {
            self.items[number].state = State::Joined(*leader);
            self.items[number].joined.clear();
            let before = std::mem::take(&mut self.items[number].before);
            self.items[*leader].before.extend(before);
        }
        self.items[*leader].joined = rest.to_vec();
        Ok(())
    }

    /// Moves an instruction in front of another. `vouched`: the fix itself brings what it needs of what it passes.
    pub(super) fn shift(&mut self, step: StepId, before: StepId, vouched: bool) -> Try {
        let ((number, _), (target, _)) = (self.node(step)?, self.node(before)?);
        let place = |number: usize| self.order.iter().position(|piece| *piece == Piece::Node(number));
        let (from, to) = (place(number).unwrap_or(0), place(target).unwrap_or(0));
        if from <= to {
            return if from + 1 == to || from == to {
                Ok(())
            } else {
                Err("it stands in front already".into())
            };
        }
        if self.items[number].state != State::Kept || !self.items[number].joined.is_empty() {
            return Err("another fix joins the instruction to others".into());
        }
        for piece in &self.order[to..from] {
            if let Piece::Node(other) = *piece
                && self.items[other].state != State::Removed
                && !(vouched && self.file.nodes[other].keyword.is_some_and(Keyword::copies))
                && let Some(why) = conflict(self.placed(number), self.placed(other))
            {
                return Err(why);
            }
        }
        if vouched {
            // what the fix brings stands in front of what needs it
            let mut brought = std::mem::take(&mut self.items[target].before);
            brought.append(&mut self.items[number].before);
            self.items[number].before = brought;
        }
        let piece = self.order.remove(from);
        self.order.insert(to, piece);
        Ok(())
    }

    fn placed(&self, number: usize) -> Placed<'_> {
        let node = &self.file.nodes[number];
        Placed { keyword: node.keyword, body: &node.body.text }
    }

    /// The instruction of a step, whatever became of it.
    pub(super) fn touched(&self, step: StepId) -> Option<usize> {
        self.nodes.get(step.index()).copied().flatten()
    }
}

/// True when a destination of the file is the absolute one of the history.
fn leads_to(file: &str, step: &str) -> bool {
    let trim = |path: &str| path.trim_start_matches("./").trim_end_matches('/').to_owned();
    let (file, step) = (trim(file), trim(step));
    file == step || !file.starts_with('/') && (file == "." || step.ends_with(&format!("/{file}")))
}
