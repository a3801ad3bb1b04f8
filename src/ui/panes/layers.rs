//! The first tab: the list of layers, beside it the files of the selected one, below it the details.

use ratatui::layout::{Position, Rect};

use super::details;
use super::files::Files;
use super::layer_rows::LayerRows;
use crate::image::PathId;
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout::{self, Split};
use crate::ui::list::List;
use crate::ui::pane::{Context, Pane, Reply};
use crate::ui::text::{self, Painter};
use crate::ui::tree::{Filter, Mark};
use crate::units;

/// Rows of the details, their title included.
const DETAILS: u16 = 5;

/// The state of the tab.
pub(super) struct Layers {
    rows: LayerRows,
    list: List,
    /// The row that a comparison starts at.
    anchor: Option<usize>,
    files: Files,
    in_files: bool,
}

impl Layers {
    /// Shows what the first layer behind the base changed: the first one that the user can change.
    pub(super) fn new(data: &Data) -> Self {
        let mut tab = Self {
            rows: LayerRows::new(data),
            list: List::default(),
            anchor: None,
            files: Files::new(data),
            in_files: false,
        };
        let first = data.analysis.base_layers.min(data.image.layers.len().saturating_sub(1));
        tab.list.cursor = tab.rows.row_of(data, first);
        tab.show(data);
        tab
    }

    fn split(&self, body: Rect) -> Split {
        layout::split(body, self.in_files, DETAILS)
    }

    /// Brings the tree to the selected layers.
    fn show(&mut self, data: &Data) {
        if data.image.layers.is_empty() {
            return;
        }
        let here = self.rows.layers(data, self.list.cursor);
        let (mut from, mut to) = here.into_inner();
        if let Some(anchor) = self.anchor {
            let there = self.rows.layers(data, anchor);
            from = from.min(*there.start());
            to = to.max(*there.end());
        }
        self.files.go(data, from, to);
    }

    fn step(&mut self, data: &Data, action: Action) {
        self.list.act(action, self.rows.len(data), 1);
        self.show(data);
    }

    fn fold(&mut self, data: &Data) -> Option<Reply> {
        if data.analysis.base_layers < 2 {
            return Some(Reply::Say("the base has fewer than two layers: there is nothing to fold".into()));
        }
        let layer = *self.rows.layers(data, self.list.cursor).start();
        self.anchor = None;
        self.rows.is_folded = !self.rows.is_folded;
        self.list.cursor = self.rows.row_of(data, layer);
        self.show(data);
        None
    }

    fn compare(&mut self, data: &Data) -> Option<Reply> {
        self.anchor = if self.anchor.is_some() { None } else { Some(self.list.cursor) };
        self.show(data);
        self.anchor.map(|_| Reply::Say("comparing: move to another layer; c or Esc ends it".into()))
    }

    fn draw_layers(&self, context: Context<'_>, pane: Rect, painter: &mut Painter<'_>) {
        let data = context.data;
        let count = data.image.layers.len();
        let note = format!("{} own, {} base", count - data.analysis.base_layers, data.analysis.base_layers);
        painter.title(pane, "Layers", &note, !self.in_files);
        let wide = pane.width >= 44;
        let (wasted, command) = if wide { (24, 34) } else { (15, 25) };
        let dim = painter.theme.dim;
        let heading = layout::inside(pane);
        painter.right(heading, 2, 0, 4, "#", dim);
        painter.right(heading, 6, 0, 9, "SIZE", dim);
        painter.right(heading, wasted, 0, 9, "WASTED", dim);
        painter.put(heading, command, 0, pane.width, "COMMAND", dim);
        let area = layout::rows(pane);
        let length = self.rows.len(data);
        let sum = |row: usize| {
            self.rows.layers(data, row).fold((0, 0), |(size, wasted), layer| {
                let totals = &data.analysis.layers[layer];
                (size + totals.content, wasted + totals.wasted)
            })
        };
        let most = (0..length).map(|row| sum(row).0).max().unwrap_or(0);
        for (y, row) in (0_u16..).zip(self.list.window(length, usize::from(area.height))) {
            let layers = self.rows.layers(data, row);
            let is_base = data.is_base(*layers.start());
            let style = if is_base { dim } else { painter.theme.text };
            let (size, lost) = sum(row);
            let is_compared = self.anchor.is_some_and(|anchor| {
                (anchor.min(self.list.cursor)..=anchor.max(self.list.cursor)).contains(&row)
            });
            if is_compared {
                painter.put(area, 0, y, 1, "┃", painter.theme.accent);
            }
            painter.right(area, 2, y, 4, &self.rows.label(data, row), style);
            painter.right(area, 6, y, 9, &units::size(size), style);
            if wide {
                painter.bar(area, 16, y, 8, (size, most), if is_base { dim } else { painter.theme.bar });
            }
            if lost > 0 {
                painter.right(area, wasted, y, 9, &units::size(lost), painter.theme.waste);
            } else {
                painter.right(area, wasted, y, 9, "·", dim);
            }
            let text = if layers.start() == layers.end() {
                data.command(*layers.start())
            } else {
                format!("{} layers of the base image", layers.end() - layers.start() + 1)
            };
            painter.put(area, command, y, area.width, &text, style);
            if row == self.list.cursor {
                painter.select(area, y, !self.in_files);
            }
        }
    }

    fn draw_files(&self, context: Context<'_>, pane: Rect, painter: &mut Painter<'_>) {
        let (from, to) = self.files.span.layers();
        let which = if from == to { format!("Layer {to}") } else { format!("Layers {from}–{to}") };
        let merged = self.files.marks.has(Mark::Unchanged);
        let title = match (merged, from == to) {
            (true, _) => format!("All files up to layer {to}"),
            (false, true) => format!("{which}: what it changed"),
            (false, false) => format!("{which}: what they changed"),
        };
        let (files, bytes) = self.files.totals(context.data);
        let mut hidden = String::new();
        for mark in [Mark::Added, Mark::Modified, Mark::Removed] {
            if !self.files.marks.has(mark) {
                hidden.push_str("without ");
                hidden.push_str(mark.name());
                hidden.push_str(" ── ");
            }
        }
        let sort = if self.files.tree.sort == crate::ui::tree::Sort::Name { "by name ── " } else { "" };
        let note = format!("{hidden}{sort}{} ── {}", text::files(files), units::size(bytes));
        painter.title(pane, &title, &note, self.in_files);
        self.files.draw(context.data, pane, self.in_files, painter);
    }
}

impl Pane for Layers {
    fn name(&self) -> &'static str {
        "Layers"
    }

    fn scopes(&self) -> &'static [Scope] {
        if self.in_files {
            &[Scope::Tree, Scope::Layers, Scope::List, Scope::Global]
        } else {
            &[Scope::LayerList, Scope::Layers, Scope::Tree, Scope::List, Scope::Global]
        }
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let data = context.data;
        match action {
            Action::NextPane => self.in_files = !self.in_files,
            Action::PreviousLayer => self.step(data, Action::Up),
            Action::NextLayer => self.step(data, Action::Down),
            Action::Fold => return self.fold(data),
            Action::Compare => return self.compare(data),
            _ if self.in_files => {
                let height = usize::from(layout::rows(self.split(context.body).right).height);
                return self.files.act(data, action, height);
            }
            Action::Open | Action::Right => self.in_files = true,
            _ => {
                let height = usize::from(layout::rows(self.split(context.body).left).height);
                if self.list.act(action, self.rows.len(data), height) {
                    self.show(data);
                } else if matches!(
                    action,
                    Action::Merged
                        | Action::Added
                        | Action::Modified
                        | Action::Removed
                        | Action::Sort
                        | Action::CollapseAll
                        | Action::ExpandAll
                        | Action::NextMatch
                        | Action::PreviousMatch
                ) {
                    return self.files.act(data, action, height);
                }
            }
        }
        None
    }

    fn close(&mut self, context: Context<'_>) -> bool {
        if self.anchor.take().is_some() {
            self.show(context.data);
            return true;
        }
        false
    }

    fn settle(&mut self, context: Context<'_>) {
        let split = self.split(context.body);
        self.list.settle(self.rows.len(context.data), usize::from(layout::rows(split.left).height));
        let height = usize::from(layout::rows(split.right).height);
        let rows = self.files.tree.rows().len();
        self.files.tree.list.settle(rows, height);
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        let split = self.split(context.body);
        if split.left.width > 0 {
            self.draw_layers(context, split.left, painter);
        }
        if split.right.width > 0 {
            self.draw_files(context, split.right, painter);
        }
        if split.below.height > 0 {
            match self.files.selected() {
                Some(path) if self.in_files => {
                    details::path(context.data, split.below, &self.files.span, path, painter);
                }
                _ => details::layer(context.data, split.below, self.files.span.layers().1, painter),
            }
        }
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let split = self.split(context.body);
        if let Some(y) = layout::row_at(layout::rows(split.left), at) {
            self.in_files = false;
            let row = self.list.top + y;
            if row < self.rows.len(context.data) {
                self.list.cursor = row;
                self.show(context.data);
            }
        } else if let Some(y) = layout::row_at(layout::rows(split.right), at) {
            let again = self.in_files && self.files.tree.list.cursor == self.files.tree.list.top + y;
            self.in_files = true;
            let row = self.files.tree.list.top + y;
            if again {
                return self.act(context, Action::Open);
            }
            if row < self.files.tree.rows().len() {
                self.files.tree.list.cursor = row;
                self.files.tree.note();
            }
        }
        None
    }

    fn wheel(&mut self, context: Context<'_>, at: Position, rows: isize) {
        let split = self.split(context.body);
        if split.left.contains(at) {
            let height = usize::from(layout::rows(split.left).height);
            self.list.wheel(rows, self.rows.len(context.data), height);
            self.show(context.data);
        } else if split.right.contains(at) {
            let height = usize::from(layout::rows(split.right).height);
            let length = self.files.tree.rows().len();
            self.files.tree.list.wheel(rows, length, height);
            self.files.tree.note();
        }
    }

    fn filter(&mut self) -> Option<&mut Filter> {
        Some(&mut self.files.filter)
    }

    fn filter_shown(&self) -> Option<&Filter> {
        Some(&self.files.filter)
    }

    fn refilter(&mut self, context: Context<'_>) {
        self.files.refilter(context.data);
    }

    fn selected(&self, _cx: Context<'_>) -> Option<PathId> {
        self.files.selected()
    }

    fn slot(&self, _cx: Context<'_>, path: PathId) -> Option<Slot> {
        self.files.span.slot(path)
    }

    fn copied(&self, context: Context<'_>) -> Option<String> {
        if self.in_files {
            return Some(context.data.path_text(self.files.selected()?, false));
        }
        Some(context.data.command(*self.rows.layers(context.data, self.list.cursor).end()))
    }

    fn goto(&mut self, context: Context<'_>, layer: usize, path: PathId) {
        let data = context.data;
        self.anchor = None;
        if data.is_base(layer) {
            self.rows.is_folded = false;
        }
        self.list.cursor = self.rows.row_of(data, layer);
        self.in_files = true;
        self.show(data);
        self.files.reveal(data, path);
    }

    fn note(&self, context: Context<'_>) -> String {
        let (from, to) = self.files.span.layers();
        let of = context.data.image.layers.len().saturating_sub(1);
        if from == to {
            format!("layer {to} of 0–{of}")
        } else {
            format!("layers {from}–{to} of 0–{of}")
        }
    }
}
