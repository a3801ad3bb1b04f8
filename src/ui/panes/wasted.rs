//! The second tab: every path with wasted bytes, as a list or as a tree, and why they are wasted.

use std::cmp::Reverse;
use std::ops::RangeInclusive;

use ratatui::layout::{Position, Rect};

use super::marked::Marked;
use crate::analysis::Wasted;
use crate::image::PathId;
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout;
use crate::ui::list::List;
use crate::ui::look::Sort;
use crate::ui::pane::{Context, Count, Pane, Reply};
use crate::ui::text::Painter;
use crate::ui::tree::{Acted, Filter, Shape, Sums, Tree, Wanted, Weight};
use crate::units;

const DETAILS: u16 = 6;

/// The state of the tab.
pub(super) struct WastedTab {
    pub(super) is_tree: bool,
    pub(super) list: List,
    /// Indexes of the wasted paths that are shown, in the order of the list.
    shown: Vec<u32>,
    /// Wasted paths without the filter.
    all: usize,
    sort: Sort,
    /// Only what is wasted of these layers.
    pub(super) layers: Option<RangeInclusive<usize>>,
    filter: Filter,
    pub(super) tree: Tree,
    pub(super) sums: Sums,
    pub(super) marked: Marked,
    /// For each path its place in the analysis' list, by path.
    by_path: Vec<(PathId, u32)>,
    /// False until the tab is opened: the sums of a large image take memory.
    is_filled: bool,
}

impl WastedTab {
    /// A list, most bytes first.
    pub(super) fn new(data: &Data) -> Self {
        let mut by_path: Vec<_> =
            (0..).zip(&data.analysis.wasted).map(|(at, wasted)| (wasted.path, at)).collect();
        by_path.sort_unstable();
        Self {
            is_tree: false,
            list: List::default(),
            shown: Vec::new(),
            all: 0,
            sort: Sort::default(),
            layers: None,
            filter: Filter::default(),
            tree: Tree::new(&data.image),
            sums: Sums::default(),
            marked: Marked::default(),
            by_path,
            is_filled: false,
        }
    }

    /// Wasted bytes of a path, in the layers that are shown.
    pub(super) fn bytes(&self, data: &Data, wasted: &Wasted) -> u64 {
        match &self.layers {
            None => wasted.bytes,
            Some(layers) => {
                let copies = data.analysis.copies_of(wasted).iter();
                copies.filter(|copy| layers.contains(&copy.layer)).map(|copy| copy.bytes).sum()
            }
        }
    }

    fn fill(&mut self, data: &Data) {
        self.is_filled = true;
        let mut sums = std::mem::take(&mut self.sums);
        let shown = self.by_path.iter().filter_map(|&(path, at)| {
            let bytes = self.bytes(data, &data.analysis.wasted[at as usize]);
            let is_shown = bytes > 0 && self.filter.shows(path);
            is_shown.then(|| (path, Weight { bytes, is_file: true, ..Weight::default() }))
        });
        sums.fill(data.image.paths.len(), shown);
        self.sums = sums;
        let wasted = &data.analysis.wasted;
        let is_shown = |at: &u32| self.sums.is_own(wasted[*at as usize].path);
        self.shown = (0..).zip(wasted).map(|(at, _)| at).filter(is_shown).collect();
        self.all = match &self.layers {
            None => wasted.len(),
            Some(_) => wasted.iter().filter(|wasted| self.bytes(data, wasted) > 0).count(),
        };
        self.order(data);
    }

    fn order(&mut self, data: &Data) {
        let wasted = |at: &u32| &data.analysis.wasted[*at as usize];
        let copies = |at: &u32| data.analysis.copies_of(wasted(at));
        let mut shown = std::mem::take(&mut self.shown);
        match self.sort {
            Sort::Name => shown.sort_unstable_by_key(|at| wasted(at).path),
            Sort::Copies => shown.sort_by_key(|at| (Reverse(copies(at).len()), *at)),
            Sort::Layer => shown.sort_by_key(|at| (copies(at).first().map(|copy| copy.layer), *at)),
            // the analysis has them by bytes
            _ if self.layers.is_none() => shown.sort_unstable(),
            _ => shown.sort_by_key(|at| (Reverse(self.bytes(data, wasted(at))), *at)),
        }
        self.shown = shown;
        self.on_tree(data, Tree::recount);
    }

    fn on_tree<T>(&mut self, data: &Data, run: impl FnOnce(&mut Tree, Shape<'_>) -> T) -> T {
        let Self { sums, tree, sort, .. } = self;
        let by_name = *sort == Sort::Name;
        let key = |path: PathId| if by_name { 0 } else { sums.bytes(&data.image, path) };
        run(tree, Shape { image: &data.image, sums, key: &key })
    }

    pub(super) fn length(&self) -> usize {
        if self.is_tree { self.tree.len() } else { self.shown.len() }
    }

    pub(super) fn at<'a>(&self, data: &'a Data, row: usize) -> Option<&'a Wasted> {
        data.analysis.wasted.get(*self.shown.get(row)? as usize)
    }

    pub(super) fn of_path<'a>(&self, data: &'a Data, path: PathId) -> Option<&'a Wasted> {
        let at = self.by_path.binary_search_by_key(&path, |(path, _)| *path).ok()?;
        data.analysis.wasted.get(self.by_path[at].1 as usize)
    }

    fn path(&self, data: &Data) -> Option<PathId> {
        if self.is_tree {
            self.tree.selected()
        } else {
            self.at(data, self.list.cursor).map(|wasted| wasted.path)
        }
    }

    /// The layer that wrote the first of the copies.
    fn cause(&self, data: &Data, path: PathId) -> Option<usize> {
        let copies = data.analysis.copies_of(self.of_path(data, path)?).iter();
        let mut shown =
            copies.filter(|copy| self.layers.as_ref().is_none_or(|layers| layers.contains(&copy.layer)));
        shown.next().map(|copy| copy.layer)
    }

    fn open(&self, data: &Data, path: PathId) -> Option<Reply> {
        self.cause(data, path).map(|layer| Reply::Goto { layer, path })
    }

    pub(super) fn panes(body: Rect) -> (Rect, Rect) {
        let below = if body.height >= DETAILS * 2 { DETAILS } else { 0 };
        (
            Rect { height: body.height - below, ..body },
            Rect { y: body.y + body.height - below, height: below, ..body },
        )
    }

    fn mark(&mut self, data: &Data, height: usize) {
        if let Some(path) = self.path(data) {
            self.marked.toggle(path);
        }
        if self.is_tree {
            self.on_tree(data, |tree, shape| tree.act(shape, Action::Down, height));
        } else {
            self.list.act(Action::Down, self.shown.len(), height);
        }
    }

    fn jump(&mut self, data: &Data, forward: bool) {
        let Self { sums, tree, sort, filter, .. } = self;
        let by_name = *sort == Sort::Name;
        let key = |path: PathId| if by_name { 0 } else { sums.bytes(&data.image, path) };
        let shape = Shape { image: &data.image, sums, key: &key };
        let is = |path: PathId| {
            sums.is_own(path) && filter.found.as_ref().is_none_or(|found| found.hits.has(path))
        };
        let inside = |path: PathId| sums.shown(&data.image, path) > u32::from(sums.is_own(path));
        let wanted = Wanted { is: &is, inside: &inside };
        if !tree.jump(shape, forward, &wanted) {
            tree.jump_to_end(shape, forward, &wanted);
        }
    }
}

impl Pane for WastedTab {
    fn name(&self) -> &'static str {
        "Wasted"
    }

    fn badge(&self, data: &Data) -> String {
        units::size(data.analysis.totals.wasted)
    }

    fn scopes(&self) -> &'static [Scope] {
        if self.is_tree {
            &[Scope::Styled, Scope::Caused, Scope::Tree, Scope::List, Scope::Global]
        } else {
            &[Scope::Styled, Scope::Caused, Scope::Marks, Scope::List, Scope::Global]
        }
    }

    fn sorts(&self) -> &'static [Sort] {
        if self.is_tree {
            &[Sort::Size, Sort::Name]
        } else {
            &[Sort::Size, Sort::Name, Sort::Copies, Sort::Layer]
        }
    }

    fn offers(&self, action: Action) -> bool {
        !matches!(action, Action::NextPane | Action::Merged)
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let data = context.data;
        let height = usize::from(layout::rows(Self::panes(context.body).0).height);
        let path = self.path(data);
        match action {
            Action::Style => {
                self.is_tree = !self.is_tree;
                if let (true, Some(path)) = (self.is_tree, path) {
                    self.on_tree(data, |tree, shape| tree.show(shape, path));
                }
            }
            Action::Mark => self.mark(data, height),
            Action::ToLayer => return self.cause(data, path?).map(Reply::Layer),
            Action::NextMatch | Action::PreviousMatch if self.is_tree => {
                self.jump(data, action == Action::NextMatch);
            }
            Action::NextMatch => _ = self.list.act(Action::Down, self.shown.len(), height),
            Action::PreviousMatch => _ = self.list.act(Action::Up, self.shown.len(), height),
            _ if self.is_tree => {
                if let Acted::File(path) = self.on_tree(data, |tree, shape| tree.act(shape, action, height)) {
                    return self.open(data, path);
                }
            }
            Action::Open | Action::Right => return self.open(data, path?),
            _ => _ = self.list.act(action, self.shown.len(), height),
        }
        None
    }

    fn close(&mut self, _cx: Context<'_>) -> bool {
        self.marked.clear()
    }

    fn settle(&mut self, context: Context<'_>) {
        if !self.is_filled {
            self.sort = context.sort;
            self.fill(context.data);
        } else if self.sort != context.sort {
            self.sort = context.sort;
            self.order(context.data);
        }
        let height = usize::from(layout::rows(Self::panes(context.body).0).height);
        if self.is_tree {
            self.on_tree(context.data, |tree, shape| tree.settle(shape, height));
        } else {
            self.list.settle(self.shown.len(), height);
        }
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        let path = self.path(context.data);
        self.draw_all(context.data, context.look, context.body, path, painter);
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let y = layout::row_at(layout::rows(Self::panes(context.body).0), at)?;
        let length = self.length();
        let list = if self.is_tree { &mut self.tree.list } else { &mut self.list };
        let row = list.top + y;
        if row < length {
            if list.cursor == row {
                return self.act(context, Action::Open);
            }
            list.cursor = row;
            if self.is_tree {
                self.on_tree(context.data, Tree::note);
            }
        }
        None
    }

    fn wheel(&mut self, context: Context<'_>, _at: Position, rows: isize) {
        let height = usize::from(layout::rows(Self::panes(context.body).0).height);
        let length = self.length();
        if self.is_tree {
            self.on_tree(context.data, |tree, shape| {
                tree.list.wheel(rows, length, height);
                tree.note(shape);
            });
        } else {
            self.list.wheel(rows, length, height);
        }
    }

    fn filter(&mut self) -> Option<&mut Filter> {
        Some(&mut self.filter)
    }

    fn filter_shown(&self) -> Option<&Filter> {
        Some(&self.filter)
    }

    fn refilter(&mut self, context: Context<'_>) {
        self.list = List::default();
        self.fill(context.data);
    }

    fn count(&self, context: Context<'_>) -> Option<Count> {
        let shown = self.shown.len() as u64;
        let bytes = self.sums.bytes(&context.data.image, PathId::ROOT);
        Some(Count { shown, all: self.all as u64, bytes, files: shown })
    }

    fn selected(&self, context: Context<'_>) -> Option<PathId> {
        self.path(context.data)
    }

    /// The last copy that is wasted: what can still be looked at.
    fn slot(&self, context: Context<'_>, path: PathId) -> Option<Slot> {
        let copies = self.of_path(context.data, path).map(|wasted| context.data.analysis.copies_of(wasted));
        match copies.and_then(<[_]>::last) {
            Some(copy) => Some(Slot::Entry(copy.entry)),
            None => context.data.final_slot(path),
        }
    }

    fn copied(&self, context: Context<'_>) -> Option<String> {
        let text = |path| context.data.path_text(path, false);
        self.marked.lines(text).or_else(|| Some(text(self.path(context.data)?)))
    }

    fn narrow(&mut self, context: Context<'_>, layers: Option<RangeInclusive<usize>>) {
        if self.layers != layers {
            self.layers = layers;
            self.list = List::default();
            self.fill(context.data);
        }
    }

    fn note(&self, context: Context<'_>) -> String {
        let image = &context.data.image;
        self.marked.note(image, &context.look, |path| self.sums.bytes(image, path)).unwrap_or_default()
    }
}
