//! The third tab: what to change in the Dockerfile, most bytes first, with the reason and the proof.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use ratatui::layout::{Position, Rect};

use crate::advice::Finding;
use crate::dockerfile::{Fix, Rebuilt};
use crate::image::PathId;
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout;
use crate::ui::list::List;
use crate::ui::look::Sort;
use crate::ui::pane::{Context, Count, Pane, Reply};
use crate::ui::request::Allow;
use crate::ui::text::{Painter, code, safe, wrap};
use crate::ui::tree::Filter;
use crate::ui::viewer::Page;
use crate::units;

/// The state of the tab.
pub(super) struct Advice {
    pub(super) list: List,
    pub(super) evidence: List,
    pub(super) in_evidence: bool,
    /// The findings that are shown, by their places in the advice.
    pub(super) shown: Vec<usize>,
    /// Only findings that name one of these layers.
    pub(super) layers: Option<RangeInclusive<usize>>,
    pub(super) marked: BTreeSet<usize>,
    sort: Sort,
    filter: Filter,
}

/// Where the parts are.
pub(super) struct Parts {
    pub(super) list: Rect,
    pub(super) why: Rect,
    pub(super) fix: Rect,
    pub(super) evidence: Rect,
}

/// What a finding costs, or `-` where it is not about bytes.
pub(super) fn bytes(finding: &Finding) -> String {
    if finding.bytes == 0 { "-".into() } else { units::size(finding.bytes) }
}

/// The findings that this one names, or that name this one, by their rules.
pub(super) fn related(data: &Data, at: usize) -> Vec<usize> {
    let findings = &data.advice.findings;
    let mentions = |from: &Finding, to: &Finding| {
        [&from.why, &from.snippet].into_iter().any(|text| {
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
            text.split(|c| !is_word(c)).any(|word| word == to.rule)
        })
    };
    let Some(here) = findings.get(at) else { return Vec::new() };
    let others = findings.iter().enumerate().filter(|(other, _)| *other != at);
    let named = others
        .filter(|(_, other)| other.rule != here.rule && (mentions(here, other) || mentions(other, here)));
    named.map(|(other, _)| other).collect()
}

/// Globs that hold these paths: each path, or where there are many their directories.
fn globs(data: &Data, paths: impl Iterator<Item = PathId>) -> Vec<String> {
    /// More paths than this are told by their directories.
    const MANY: usize = 4;
    let escaped = |path: PathId| -> Option<String> {
        let full = String::from_utf8(data.image.paths.full(path)).ok()?;
        Some(full.chars().fold(String::new(), |mut out, c| {
            if "*?[]{}!\\".contains(c) {
                out.push('\\');
            }
            out.push(c);
            out
        }))
    };
    let paths: BTreeSet<PathId> = paths.collect();
    if paths.len() <= MANY {
        return paths.into_iter().filter_map(escaped).collect();
    }
    let directories: BTreeSet<PathId> = paths.into_iter().map(|path| data.image.paths.parent(path)).collect();
    // a directory below another one is held by that
    let mut end = 0;
    let tops = directories.into_iter().filter(|path| {
        let is_top = *path != PathId::ROOT && path.0 >= end;
        if is_top {
            end = data.image.paths.end(*path).0;
        }
        is_top
    });
    tops.filter_map(escaped).map(|path| format!("{path}/**")).collect()
}

impl Advice {
    /// All findings in the order of the advice.
    pub(super) fn new(data: &Data) -> Self {
        Self {
            list: List::default(),
            evidence: List::default(),
            in_evidence: false,
            shown: (0..data.advice.findings.len()).collect(),
            layers: None,
            marked: BTreeSet::new(),
            sort: Sort::Severity,
            filter: Filter::plain(),
        }
    }

    /// Chooses and orders what is shown, and keeps the selected finding selected.
    fn fill(&mut self, data: &Data) {
        let findings = &data.advice.findings;
        let selected = self.shown.get(self.list.cursor).copied();
        let about = |at: &usize| {
            let layers = self.layers.as_ref();
            layers.is_none_or(|layers| findings[*at].layers.iter().any(|layer| layers.contains(layer)))
        };
        let accepts = |at: &usize| {
            let finding = &findings[*at];
            self.filter.accepts(&[&finding.rule, finding.severity.name(), &finding.title, &finding.snippet])
        };
        self.shown = (0..findings.len()).filter(about).filter(accepts).collect();
        match self.sort {
            Sort::Size => self.shown.sort_by_key(|at| Reverse(findings[*at].bytes)),
            Sort::Layer => self.shown.sort_by_key(|at| findings[*at].layers.first().copied()),
            Sort::Rule => self.shown.sort_by_key(|at| &findings[*at].rule),
            _ => {}
        }
        let place = self.shown.iter().position(|at| Some(*at) == selected);
        if place.is_none() {
            self.evidence = List::default();
        }
        self.list.cursor = place.unwrap_or(0);
    }

    pub(super) fn parts(&self, body: Rect) -> Parts {
        let third = body.height / 3;
        let rows = u16::try_from(self.shown.len()).unwrap_or(u16::MAX);
        let list = rows.saturating_add(2).min(third.max(4)).min(body.height);
        let left = body.height - list;
        let text = if left >= 6 { left * 6 / 10 } else { 0 };
        let at = |y: u16, height: u16| Rect { y: body.y + y, height, ..body };
        let middle = at(list, text);
        let half = if body.width >= 72 { body.width / 2 } else { body.width };
        let (why, fix) = if body.width >= 72 {
            (
                Rect { width: half, ..middle },
                Rect { x: middle.x + half + 1, width: body.width - half - 1, ..middle },
            )
        } else {
            let top = text / 2;
            (Rect { height: top, ..middle }, Rect { y: middle.y + top, height: text - top, ..middle })
        };
        Parts { list: at(0, list), why, fix, evidence: at(list + text, left - text) }
    }

    pub(super) fn finding<'a>(&self, data: &'a Data) -> Option<&'a Finding> {
        data.advice.findings.get(*self.shown.get(self.list.cursor)?)
    }

    fn path(&self, data: &Data) -> Option<(PathId, usize)> {
        let evidence = self.finding(data)?.evidence.get(self.evidence.cursor)?;
        Some((evidence.path, evidence.layer))
    }

    /// To the next finding that this one names, or that names this one.
    fn next_related(&mut self, data: &Data) -> Option<Reply> {
        let here = *self.shown.get(self.list.cursor)?;
        let related = related(data, here);
        let place = |at: usize| self.shown.iter().position(|shown| *shown == at);
        let after = related.iter().filter(|at| **at > here).chain(&related);
        match after.copied().find_map(place) {
            Some(row) => {
                self.list.cursor = row;
                self.evidence = List::default();
                None
            }
            None => Some(Reply::Say("no other finding names it, and it names none".into())),
        }
    }

    /// The fixes of the marked findings as one: their edits are made together, so that several of one step become
    /// one instruction. Fixes without edits follow as they are.
    fn combined(&self, data: &Data) -> Option<String> {
        if self.marked.is_empty() {
            return None;
        }
        let marked: Vec<&Finding> =
            self.marked.iter().filter_map(|at| data.advice.findings.get(*at)).collect();
        let title = |finding: &&Finding| format!("# {}: {}", finding.rule, safe(finding.title.as_bytes()));
        let mut parts = vec![marked.iter().map(title).collect::<Vec<_>>().join("\n")];
        let edits: Vec<_> = marked.iter().flat_map(|finding| finding.fix.edits.iter().cloned()).collect();
        if !edits.is_empty() {
            let notes = marked.iter().filter(|finding| !finding.fix.edits.is_empty());
            let mut notes: Vec<String> = notes.flat_map(|finding| finding.fix.notes.clone()).collect();
            notes.dedup();
            let texts = data.image.step_texts();
            parts.push(Rebuilt::fragment(&texts).snippet(&Fix { edits, notes }));
        }
        let rest = marked.iter().filter(|finding| finding.fix.edits.is_empty());
        parts.extend(rest.map(|finding| finding.snippet.trim_end().to_owned()));
        Some(parts.join("\n\n"))
    }
}

impl Pane for Advice {
    fn name(&self) -> &'static str {
        "Advice"
    }

    fn badge(&self, data: &Data) -> String {
        data.advice.findings.len().to_string()
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Advice, Scope::Caused, Scope::Marks, Scope::List, Scope::Global]
    }

    fn sorts(&self) -> &'static [Sort] {
        &[Sort::Severity, Sort::Size, Sort::Layer, Sort::Rule]
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let data = context.data;
        let parts = self.parts(context.body);
        let evidence = self.finding(data).map_or(0, |finding| finding.evidence.len());
        let height = usize::from(layout::inside(parts.list).height);
        match action {
            Action::NextPane => self.in_evidence = !self.in_evidence && evidence > 0,
            Action::Right if !self.in_evidence => self.in_evidence = evidence > 0,
            Action::Left if self.in_evidence => self.in_evidence = false,
            Action::Open => {
                let (path, layer) = self.path(data)?;
                return Some(Reply::Goto { layer, path });
            }
            Action::ToLayer => return self.finding(data)?.layers.first().map(|layer| Reply::Layer(*layer)),
            Action::Related => return self.next_related(data),
            Action::Mark => {
                let at = *self.shown.get(self.list.cursor)?;
                if !self.marked.remove(&at) {
                    self.marked.insert(at);
                }
                self.list.act(Action::Down, self.shown.len(), height);
                self.evidence = List::default();
            }
            _ if self.in_evidence => {
                _ = self.evidence.act(action, evidence, usize::from(layout::inside(parts.evidence).height));
            }
            Action::NextMatch => _ = self.list.act(Action::Down, self.shown.len(), height),
            Action::PreviousMatch => _ = self.list.act(Action::Up, self.shown.len(), height),
            _ => {
                if self.list.act(action, self.shown.len(), height) {
                    self.evidence = List::default();
                }
            }
        }
        None
    }

    fn close(&mut self, _cx: Context<'_>) -> bool {
        std::mem::take(&mut self.in_evidence) || !std::mem::take(&mut self.marked).is_empty()
    }

    fn settle(&mut self, context: Context<'_>) {
        if self.sort != context.sort {
            self.sort = context.sort;
            self.fill(context.data);
        }
        let parts = self.parts(context.body);
        self.list.settle(self.shown.len(), usize::from(layout::inside(parts.list).height));
        let evidence = self.finding(context.data).map_or(0, |finding| finding.evidence.len());
        self.evidence.settle(evidence, usize::from(layout::inside(parts.evidence).height));
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        self.draw_all(context.data, context.body, painter);
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let data = context.data;
        let parts = self.parts(context.body);
        if let Some(y) = layout::row_at(layout::inside(parts.list), at) {
            self.in_evidence = false;
            if self.list.top + y < self.shown.len() {
                self.list.cursor = self.list.top + y;
                self.evidence = List::default();
            }
        } else if let Some(y) = layout::row_at(layout::inside(parts.evidence), at) {
            let row = self.evidence.top + y;
            if row < self.finding(data)?.evidence.len() {
                if self.in_evidence && self.evidence.cursor == row {
                    return self.act(context, Action::Open);
                }
                self.in_evidence = true;
                self.evidence.cursor = row;
            }
        }
        None
    }

    fn wheel(&mut self, context: Context<'_>, at: Position, rows: isize) {
        let parts = self.parts(context.body);
        if parts.evidence.contains(at) {
            let length = self.finding(context.data).map_or(0, |finding| finding.evidence.len());
            self.evidence.wheel(rows, length, usize::from(layout::inside(parts.evidence).height));
        } else {
            self.list.wheel(rows, self.shown.len(), usize::from(layout::inside(parts.list).height));
        }
    }

    fn filter(&mut self) -> Option<&mut Filter> {
        Some(&mut self.filter)
    }

    fn filter_shown(&self) -> Option<&Filter> {
        Some(&self.filter)
    }

    fn refilter(&mut self, context: Context<'_>) {
        self.fill(context.data);
    }

    fn count(&self, context: Context<'_>) -> Option<Count> {
        let findings = &context.data.advice.findings;
        let bytes = self.shown.iter().map(|at| findings[*at].bytes).sum();
        Some(Count { shown: self.shown.len() as u64, all: findings.len() as u64, bytes, files: 0 })
    }

    fn selected(&self, context: Context<'_>) -> Option<PathId> {
        self.path(context.data).map(|(path, _)| path)
    }

    fn slot(&self, context: Context<'_>, path: PathId) -> Option<Slot> {
        let layer = self.path(context.data).map(|(_, layer)| layer)?;
        let entry = context.data.image.entry_in_layer(path, layer).map(Slot::Entry);
        entry.or_else(|| context.data.final_slot(path))
    }

    fn page(&self, context: Context<'_>) -> Option<Page> {
        let finding = self.finding(context.data).filter(|_| !self.in_evidence)?;
        let (bytes, severity) = (bytes(finding), finding.severity.name());
        let width = usize::from(context.body.width.saturating_sub(10)).min(100);
        let prose = wrap(&format!("{}\n\n{}", finding.title, finding.why), width).join("\n");
        Some(Page {
            title: finding.rule.clone(),
            about: format!("{bytes}  {severity}  {}", crate::text::layers(&finding.layers)),
            body: format!("{prose}\n\n{}\n", code(&finding.snippet, width).join("\n")),
            copied: finding.snippet.clone(),
        })
    }

    fn copied(&self, context: Context<'_>) -> Option<String> {
        if self.in_evidence {
            return Some(context.data.path_text(self.selected(context)?, false));
        }
        let one = || self.finding(context.data).map(|finding| finding.snippet.clone());
        self.combined(context.data).or_else(one)
    }

    fn allowed(&self, context: Context<'_>) -> Vec<Allow> {
        let Some(finding) = self.finding(context.data) else { return Vec::new() };
        let paths = finding.evidence.iter().map(|evidence| evidence.path);
        let globs = globs(context.data, paths);
        let mut ways = vec![Allow::Rule(finding.rule.clone())];
        if !globs.is_empty() {
            ways.push(Allow::Paths(globs));
        }
        ways
    }

    fn narrow(&mut self, context: Context<'_>, layers: Option<RangeInclusive<usize>>) {
        if self.layers != layers {
            self.layers = layers;
            self.in_evidence = false;
            self.fill(context.data);
        }
    }

    fn note(&self, context: Context<'_>) -> String {
        if self.marked.is_empty() {
            return String::new();
        }
        let marked = self.marked.iter().filter_map(|at| context.data.advice.findings.get(*at));
        let bytes = marked.map(|finding| finding.bytes).sum();
        format!("{} marked, {}; y copies their fixes", self.marked.len(), units::size(bytes))
    }
}
