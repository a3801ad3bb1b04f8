//! The third tab: what to change in the Dockerfile, most bytes first, with the reason and the proof.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use ratatui::layout::{Position, Rect};

use super::advice_links::{combined, globs, related};
use crate::advice::Finding;
use crate::image::PathId;
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout;
use crate::ui::list::List;
use crate::ui::look::Sort;
use crate::ui::pane::{Context, Count, Pane, Reply};
use crate::ui::request::Allow;
use crate::ui::text::{Painter, code, wrap};
use crate::ui::tree::Filter;
use crate::ui::viewer::Page;
use crate::units;

/// The state of the tab.
pub(super) struct Advice {
    pub(super) list: List,
    pub(super) evidence: List,
    pub(super) in_evidence: bool,
    /// The findings that are shown, as indexes into the advice.
    pub(super) shown: Vec<usize>,
    /// Shows only findings that name one of these layers.
    pub(super) layers: Option<RangeInclusive<usize>>,
    pub(super) marked: BTreeSet<usize>,
    sort: Sort,
    filter: Filter,
}

/// The areas of the tab.
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

    /// Moves to the next finding that this one names, or that names this one.
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
        combined(context.data, &self.marked).or_else(one)
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

    fn marked_rules(&self, context: Context<'_>) -> Vec<String> {
        let marked = self.marked.iter().filter_map(|at| context.data.advice.findings.get(*at));
        let rules: BTreeSet<&String> = marked.map(|finding| &finding.rule).collect();
        rules.into_iter().cloned().collect()
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
