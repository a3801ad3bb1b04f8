//! The Largest tab: directories to step into, as bars of the final file system and as a map of what all
//! layers store, or the largest files as a list.

use std::cmp::Reverse;

use ratatui::layout::{Position, Rect};

use super::map::{self, Map};
use crate::image::{Image, PathId};
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout::{self, Split};
use crate::ui::list::List;
use crate::ui::look::Sort;
use crate::ui::pane::{Context, Count, Pane, Reply};
use crate::ui::text::{Painter, fit_path};
use crate::ui::tree::{Bits, Filter, Item, Order, Sums};

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Bars, and the map beside them where there is room.
    Bars,
    /// The map alone.
    Map,
    /// The largest files.
    Files,
}

/// The state of the tab.
pub(super) struct Largest {
    pub(super) style: Style,
    pub(super) list: List,
    sort: Sort,
    /// Of the final file system: own and base bytes of each path, and what is wasted there.
    pub(super) sums: Sums,
    /// Changes whenever the sums do. They take memory in a large image: 0 until the tab is opened.
    pub(super) turn: u64,
    pub(super) filter: Filter,
    /// The paths whose bytes count: the first of several names of one content.
    pub(super) counted: Bits,
    /// The bytes wasted at each path that has any, by path.
    pub(super) wasted: Vec<(PathId, u64)>,
    /// The directory that is shown.
    pub(super) here: PathId,
    /// What is in it, or the largest files.
    order: Order,
    pub(super) length: usize,
    /// The most bytes of a row.
    pub(super) most: u64,
    /// The rows on screen.
    pub(super) window: Vec<PathId>,
    selected: Option<PathId>,
    pub(super) map: Map,
    pub(super) in_map: bool,
}

impl Largest {
    /// The root directory.
    pub(super) fn new(data: &Data) -> Self {
        let mut wasted: Vec<_> =
            data.analysis.wasted.iter().map(|wasted| (wasted.path, wasted.bytes)).collect();
        wasted.sort_unstable();
        Self {
            style: Style::Bars,
            list: List::default(),
            sort: Sort::Size,
            sums: Sums::default(),
            turn: 0,
            filter: Filter::default(),
            counted: Bits::default(),
            wasted,
            here: PathId::ROOT,
            order: Order::default(),
            length: 0,
            most: 0,
            window: Vec::new(),
            selected: None,
            map: Map::default(),
            in_map: false,
        }
    }

    /// Bytes of the final file system at and below a path.
    pub(super) fn live(&self, image: &Image, path: PathId) -> u64 {
        self.sums.bytes(image, path) + self.sums.gone(image, path)
    }

    /// What a path is sorted by.
    fn item(&self, image: &Image, path: PathId) -> Item {
        self.item_of(image, path, self.live(image, path))
    }

    fn item_of(&self, image: &Image, path: PathId, bytes: u64) -> Item {
        let key = match self.sort {
            Sort::Name => 0,
            Sort::Files => self.sums.files(image, path).into(),
            _ => bytes,
        };
        (Reverse(key), path)
    }

    /// What stands in the directory.
    fn inside<'a>(&'a self, data: &'a Data) -> impl Iterator<Item = PathId> + 'a {
        let stands =
            |path: &PathId| data.final_slot(*path).is_some() && self.sums.shown(&data.image, *path) > 0;
        data.image.paths.children(self.here).filter(stands)
    }

    pub(super) fn list_rows(&mut self, data: &Data) {
        let image = &data.image;
        if self.style == Style::Files {
            let files = self.largest_files(image);
            (self.length, self.most) = (files.len(), files.first().map_or(0, |file| file.0.0));
            self.order = Order::whole(files.into_iter().map(|file| self.item(image, file.1)));
            return;
        }
        let (mut length, mut most) = (0, 0);
        let items = self.inside(data).map(|path| {
            let bytes = self.live(image, path);
            (length, most) = (length + 1, most.max(bytes));
            self.item_of(image, path, bytes)
        });
        self.order = Order::new(items);
        (self.length, self.most) = (length, most);
    }

    /// Keeps all rows, not only the first.
    fn list_all(&mut self, data: &Data) {
        self.order = Order::whole(self.inside(data).map(|path| self.item(&data.image, path)));
    }

    /// The path of a row.
    fn at(&mut self, data: &Data, row: usize) -> Option<PathId> {
        if !self.order.has_row(row) {
            self.list_all(data);
        }
        self.order.ready(row, |_| 1);
        self.order.get(row)
    }

    fn enter(&mut self, data: &Data, path: PathId, selected: Option<PathId>) {
        self.here = path;
        self.list_rows(data);
        self.list = List::default();
        self.selected = None;
        if let Some(selected) = selected {
            let item = self.item(&data.image, selected);
            if !self.order.has(item) {
                self.list_all(data);
            }
            self.list.cursor = self.order.rows_before(item, |_| 1);
            self.selected = Some(selected);
        }
    }

    fn out(&mut self, data: &Data) -> bool {
        if self.here == PathId::ROOT {
            return false;
        }
        let from = self.here;
        self.enter(data, data.image.paths.parent(from), Some(from));
        true
    }

    pub(super) fn path(&self) -> Option<PathId> {
        self.selected
    }

    fn open(&mut self, data: &Data) -> Option<Reply> {
        let path = self.path()?;
        if self.style != Style::Files && describe::is_directory(&data.image, data.final_slot(path)) {
            let first = self.in_map.then(|| {
                data.image.paths.children(path).max_by_key(|&child| map::bytes(data, &self.sums, child))
            });
            self.enter(data, path, first.flatten());
            return None;
        }
        // to the layer that wrote it
        let written = match data.final_slot(path) {
            Some(Slot::Entry(id)) => data.union.content_of(id).or(Some(id)),
            _ => data.image.timeline.of(path).last().copied(),
        };
        written.map(|id| Reply::Goto { layer: data.image.layer_of(id), path })
    }

    pub(super) fn split(&self, context: Context<'_>) -> Split {
        let body = context.body;
        let split = layout::split(body, context.look.left, false, 0);
        let none = Rect { width: 0, ..split.right };
        match self.style {
            Style::Bars => split,
            Style::Files => Split { left: body, right: none, ..split },
            Style::Map => Split { left: none, right: body, ..split },
        }
    }

    /// Where the map is, below its title and above its legend.
    pub(super) fn map_area(split: &Split) -> Rect {
        let inside = layout::inside(split.right);
        Rect { height: inside.height.saturating_sub(1), ..inside }
    }

    /// True when the map has the focus.
    pub(super) fn is_map(&self) -> bool {
        self.style == Style::Map || (self.in_map && self.style == Style::Bars)
    }

    fn move_in_map(&mut self, data: &Data, action: Action) {
        let from = self.selected.and_then(|path| self.map.area_of(data, path)).or(self.map.areas.first());
        if let Some(path) = from.and_then(|from| self.map.towards(from, action)) {
            self.selected = Some(path);
        }
    }
}

impl Pane for Largest {
    fn name(&self) -> &'static str {
        "Largest"
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Styled, Scope::Map, Scope::List, Scope::Global]
    }

    fn sorts(&self) -> &'static [Sort] {
        if self.style == Style::Bars {
            &[Sort::Size, Sort::Name, Sort::Files]
        } else {
            &[Sort::Size, Sort::Name]
        }
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let data = context.data;
        match action {
            Action::Style => {
                self.style = match self.style {
                    Style::Bars => Style::Map,
                    Style::Map => Style::Files,
                    Style::Files => Style::Bars,
                };
                self.in_map = false;
                self.enter(data, self.here, None);
            }
            Action::NextPane if self.style == Style::Bars => self.in_map = !self.in_map,
            Action::Open | Action::ZoomIn => return self.open(data),
            Action::Up | Action::Down | Action::Left | Action::Right if self.is_map() => {
                self.move_in_map(data, action);
            }
            Action::Right => {
                let path = self.path()?;
                if self.style == Style::Bars && describe::is_directory(&data.image, data.final_slot(path)) {
                    self.enter(data, path, None);
                }
            }
            Action::Left | Action::Parent | Action::ZoomOut => _ = self.out(data),
            Action::NextMatch => return self.act(context, Action::Down),
            Action::PreviousMatch => return self.act(context, Action::Up),
            _ => {
                let height = usize::from(layout::rows(self.split(context).left).height);
                if self.list.act(action, self.length, height) {
                    self.selected = None;
                }
            }
        }
        None
    }

    fn close(&mut self, context: Context<'_>) -> bool {
        self.out(context.data)
    }

    fn settle(&mut self, context: Context<'_>) {
        let data = context.data;
        if self.turn == 0 {
            self.sort = context.sort;
            self.fill(data);
        }
        if self.sort != context.sort {
            let path = self.path();
            self.sort = context.sort;
            self.enter(data, self.here, path.filter(|path| data.image.paths.parent(*path) == self.here));
        }
        let split = self.split(context);
        let height = usize::from(layout::rows(split.left).height);
        self.list.settle(self.length, height);
        let range = self.list.window(self.length, height);
        self.window = range.filter_map(|row| self.at(data, row)).collect();
        if self.selected.is_none() {
            self.selected = self.at(data, self.list.cursor);
        }
        let area = Self::map_area(&split);
        if split.right.width > 0 {
            self.map.make(data, &self.sums, self.here, area, self.turn);
        }
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        self.draw_all(context, painter);
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let split = self.split(context);
        let hit = if let Some(y) = layout::row_at(layout::rows(split.left), at) {
            self.in_map = false;
            let path = self.window.get(y).copied();
            if path.is_some() {
                self.list.cursor = self.list.top + y;
            }
            path
        } else {
            self.in_map = self.style == Style::Bars;
            self.map.at(at).and_then(|area| area.path)
        };
        let path = hit?;
        if self.selected == Some(path) {
            return self.open(context.data);
        }
        self.selected = Some(path);
        None
    }

    fn wheel(&mut self, context: Context<'_>, _at: Position, rows: isize) {
        let height = usize::from(layout::rows(self.split(context).left).height);
        self.list.wheel(rows, self.length, height);
        self.selected = None;
    }

    fn filter(&mut self) -> Option<&mut Filter> {
        Some(&mut self.filter)
    }

    fn filter_shown(&self) -> Option<&Filter> {
        Some(&self.filter)
    }

    fn refilter(&mut self, context: Context<'_>) {
        self.fill(context.data);
        self.list = List::default();
        self.selected = None;
    }

    fn count(&self, context: Context<'_>) -> Option<Count> {
        let image = &context.data.image;
        let tree = &context.data.analysis.totals.tree;
        Some(Count {
            shown: self.sums.files(image, PathId::ROOT).into(),
            all: tree.files,
            bytes: self.live(image, PathId::ROOT),
            files: 0,
        })
    }

    fn selected(&self, _cx: Context<'_>) -> Option<PathId> {
        self.path()
    }

    fn slot(&self, context: Context<'_>, path: PathId) -> Option<Slot> {
        context.data.final_slot(path)
    }

    fn note(&self, context: Context<'_>) -> String {
        match self.path() {
            Some(path) if self.is_map() => {
                fit_path(&context.data.path_text(path, false), usize::from(context.body.width / 3))
            }
            _ => String::new(),
        }
    }
}
