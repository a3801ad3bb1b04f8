//! The first tab: the list of layers, beside it the files of the selected one, below it the details.

use std::ops::RangeInclusive;

use ratatui::layout::Position;

use super::details;
use super::files::{self, Files};
use super::layer_page;
use super::layer_rows::LayerRows;
use crate::image::PathId;
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout::{self, Split};
use crate::ui::list::List;
use crate::ui::look::Sort;
use crate::ui::pane::{Context, Count, Extracted, Pane, Reply};
use crate::ui::text::Painter;
use crate::ui::tree::{Filter, Tree};
use crate::ui::viewer::Page;

/// Rows of the details, their title included.
const DETAILS: u16 = 6;

/// The state of the tab.
pub(super) struct Layers {
    pub(super) rows: LayerRows,
    pub(super) list: List,
    /// The row that a comparison starts at.
    anchor: Option<usize>,
    pub(super) files: Files,
    pub(super) in_files: bool,
}

impl Layers {
    /// Shows the own layer with most waste, else the largest own one, else the largest.
    pub(super) fn new(data: &Data) -> Self {
        let layers = &data.analysis.layers;
        let own = data.analysis.base_layers.min(layers.len().saturating_sub(1));
        // the first of equals
        let first =
            (own..layers.len()).rev().max_by_key(|&layer| (layers[layer].wasted, layers[layer].content));
        let first = first.unwrap_or(0);
        let mut tab = Self {
            rows: LayerRows::new(data),
            list: List::default(),
            anchor: None,
            files: Files::new(data, first),
            in_files: false,
        };
        tab.list.cursor = tab.rows.row_of(first);
        tab.show(data);
        tab
    }

    fn split(&self, context: Context<'_>) -> Split {
        layout::split(context.body, context.look.left, self.in_files, DETAILS)
    }

    /// The layers that are selected: those of the row, or all of a comparison.
    fn layers(&self) -> Option<RangeInclusive<usize>> {
        let here = self.rows.layers(self.list.cursor)?;
        let Some(there) = self.anchor.and_then(|anchor| self.rows.layers(anchor)) else { return Some(here) };
        Some(*here.start().min(there.start())..=*here.end().max(there.end()))
    }

    /// True when a row is part of a comparison.
    pub(super) fn is_compared(&self, row: usize) -> bool {
        self.anchor.is_some_and(|anchor| {
            (anchor.min(self.list.cursor)..=anchor.max(self.list.cursor)).contains(&row)
        })
    }

    /// Shows the selected layers in the tree.
    fn show(&mut self, data: &Data) {
        if let Some(layers) = self.layers() {
            self.files.go(data, *layers.start(), *layers.end());
        }
    }

    fn step(&mut self, data: &Data, action: Action) {
        self.list.act(action, self.rows.len(), 1);
        self.show(data);
    }

    fn fold(&mut self, data: &Data) -> Option<Reply> {
        if data.analysis.base_layers < 2 {
            return Some(Reply::Say("the base has fewer than two layers: there is nothing to fold".into()));
        }
        let layer = self.rows.layers(self.list.cursor).map_or(0, |layers| *layers.start());
        self.anchor = None;
        self.rows.fold(data, !self.rows.is_folded());
        self.list.cursor = self.rows.row_of(layer);
        self.show(data);
        None
    }

    fn compare(&mut self, data: &Data) -> Option<Reply> {
        self.anchor = if self.anchor.is_some() { None } else { Some(self.list.cursor) };
        self.show(data);
        self.anchor.map(|_| Reply::Say("comparing: move to another layer; c or Esc ends it".into()))
    }

    fn only_wasted(&mut self, data: &Data, height: usize) -> Option<Reply> {
        if data.analysis.totals.wasted == 0 {
            return Some(Reply::Say("nothing is wasted".into()));
        }
        let layer = self.rows.layers(self.list.cursor).map_or(0, |layers| *layers.start());
        self.anchor = None;
        self.files.act(data, Action::OnlyWasted, height);
        self.rows.only_wasted(data, self.files.only_wasted);
        self.list.cursor = self.rows.row_of(layer);
        self.show(data);
        None
    }

    /// Moves to the next match in this layer, or in the next layer that has any.
    fn jump(&mut self, data: &Data, forward: bool) -> Option<Reply> {
        if self.files.jump(data, forward) {
            self.in_files = true;
            return None;
        }
        let Some(found) = &self.files.filter.found else {
            return Some(Reply::Say("no further change in this layer".into()));
        };
        let hits = |row: &usize| {
            let layers = self.rows.layers(*row);
            layers.is_some_and(|layers| {
                layers.clone().any(|layer| found.layers.get(layer).is_some_and(|n| *n > 0))
            })
        };
        let here = self.list.cursor;
        let next = if self.files.is_merged() || self.anchor.is_some() {
            Some(here)
        } else if forward {
            (here + 1..self.rows.len()).chain(0..=here).find(hits)
        } else {
            (0..here).rev().chain((here..self.rows.len()).rev()).find(hits)
        };
        let Some(row) = next else {
            return Some(Reply::Say("no layer has a match".into()));
        };
        self.list.cursor = row;
        self.show(data);
        if !self.files.jump_to_end(data, forward) {
            return Some(Reply::Say("no match among the kinds that are shown".into()));
        }
        self.in_files = true;
        let layer = self.files.span.layers().1;
        Some(Reply::Say(if row == here {
            "from the other end again".into()
        } else {
            format!("now in layer {layer}")
        }))
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

    fn sorts(&self) -> &'static [Sort] {
        files::SORTS
    }

    fn offers(&self, action: Action) -> bool {
        self.in_files || !matches!(action, Action::Mark | Action::Parent)
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let data = context.data;
        let split = self.split(context);
        let height = usize::from(layout::rows(split.right).height);
        match action {
            Action::NextPane => self.in_files = !self.in_files,
            Action::PreviousLayer => self.step(data, Action::Up),
            Action::NextLayer => self.step(data, Action::Down),
            Action::Fold => return self.fold(data),
            Action::Compare => return self.compare(data),
            Action::OnlyWasted => return self.only_wasted(data, height),
            Action::NextMatch => return self.jump(data, true),
            Action::PreviousMatch => return self.jump(data, false),
            Action::Findings => return self.layers().map(Reply::Findings),
            Action::WastedHere => return self.layers().map(Reply::WastedOf),
            _ if self.in_files => return self.files.act(data, action, height),
            Action::Open | Action::Right => self.in_files = true,
            _ => {
                let height = usize::from(layout::rows(split.left).height);
                if self.list.act(action, self.rows.len(), height) {
                    self.show(data);
                } else if matches!(
                    action,
                    Action::Merged
                        | Action::Added
                        | Action::Modified
                        | Action::Removed
                        | Action::CollapseAll
                        | Action::ExpandAll
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
        self.files.marked.clear()
    }

    fn settle(&mut self, context: Context<'_>) {
        let split = self.split(context);
        self.files.set_sort(context.data, context.sort);
        self.list.settle(self.rows.len(), usize::from(layout::rows(split.left).height));
        let height = usize::from(layout::rows(split.right).height);
        self.files.on_tree(context.data, |tree, shape| tree.settle(shape, height));
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        let split = self.split(context);
        if split.left.width > 0 {
            self.draw_layers(context.data, context.look, split.left, painter);
        }
        if split.right.width > 0 {
            self.draw_files(context.data, context.look, split.right, painter);
        }
        if split.below.height > 0 {
            match (self.files.selected(), self.layers()) {
                (Some(path), _) if self.in_files => {
                    details::path(context.data, split.below, &self.files, path, painter);
                }
                (_, Some(layers)) => details::layers(context.data, split.below, &layers, painter),
                _ => {}
            }
        }
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let split = self.split(context);
        if let Some(y) = layout::row_at(layout::rows(split.left), at) {
            self.in_files = false;
            let row = self.list.top + y;
            if row < self.rows.len() {
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
            if row < self.files.tree.len() {
                self.files.tree.list.cursor = row;
                self.files.on_tree(context.data, Tree::note);
            }
        }
        None
    }

    fn wheel(&mut self, context: Context<'_>, at: Position, rows: isize) {
        let split = self.split(context);
        if split.left.contains(at) {
            let height = usize::from(layout::rows(split.left).height);
            self.list.wheel(rows, self.rows.len(), height);
            self.show(context.data);
        } else if split.right.contains(at) {
            let height = usize::from(layout::rows(split.right).height);
            self.files.on_tree(context.data, |tree, shape| {
                let length = tree.len();
                tree.list.wheel(rows, length, height);
                tree.note(shape);
            });
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

    fn filter_kept(&mut self) {
        self.in_files = true;
    }

    fn count(&self, context: Context<'_>) -> Option<Count> {
        Some(self.files.count(context.data))
    }

    fn elsewhere(&self) -> Option<String> {
        let (from, to) = self.files.span.layers();
        self.files.filter.found.as_ref()?.elsewhere(from, to)
    }

    fn selected(&self, _cx: Context<'_>) -> Option<PathId> {
        self.files.selected()
    }

    fn slot(&self, _cx: Context<'_>, path: PathId) -> Option<Slot> {
        self.files.span.slot(path)
    }

    fn extracted(&self, context: Context<'_>) -> Option<Extracted> {
        let (from, to) = self.files.span.layers();
        let what = match (self.files.is_merged(), from == to) {
            (true, _) => format!("as merged up to layer {to}"),
            (false, true) => format!("only what layer {to} wrote"),
            (false, false) => format!("only what layers {from}–{to} wrote"),
        };
        let path = if self.in_files { self.files.selected()? } else { PathId::ROOT };
        Some(Extracted { path, what, slots: self.files.written(context.data, path) })
    }

    fn page(&self, context: Context<'_>) -> Option<Page> {
        let layers = self.layers().filter(|_| !self.in_files)?;
        Some(layer_page::page(context.data, &layers))
    }

    fn copied(&self, context: Context<'_>) -> Option<String> {
        if self.in_files {
            let text = |path| context.data.path_text(path, false);
            return self.files.marked.lines(text).or_else(|| Some(text(self.files.selected()?)));
        }
        Some(context.data.command(*self.layers()?.end()))
    }

    fn goto(&mut self, context: Context<'_>, layer: usize, path: PathId) {
        let data = context.data;
        self.choose(data, layer);
        self.in_files = true;
        self.files.reveal(data, path);
    }

    fn goto_layer(&mut self, context: Context<'_>, layer: usize) {
        self.choose(context.data, layer);
        self.in_files = false;
    }

    fn layer(&self, _cx: Context<'_>) -> Option<usize> {
        Some(self.files.span.layers().1)
    }

    fn note(&self, context: Context<'_>) -> String {
        let marked = self.files.marked.note(&context.data.image, &context.look, |path| {
            self.files.sums.bytes(&context.data.image, path)
        });
        if let Some(marked) = marked {
            return marked;
        }
        let (from, to) = self.files.span.layers();
        let of = context.data.image.layers.len().saturating_sub(1);
        if from == to {
            format!("layer {to} of 0–{of}")
        } else {
            format!("layers {from}–{to} of 0–{of}")
        }
    }
}

impl Layers {
    /// Selects a layer and shows it even if it was hidden.
    fn choose(&mut self, data: &Data, layer: usize) {
        self.anchor = None;
        self.rows.only_wasted(data, false);
        if std::mem::take(&mut self.files.only_wasted) {
            self.files.refresh(data);
        }
        if data.is_base(layer) && data.analysis.base_layers > 1 {
            self.rows.fold(data, false);
        }
        self.list.cursor = self.rows.row_of(layer);
        self.show(data);
    }
}
