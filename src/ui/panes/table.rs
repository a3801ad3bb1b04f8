//! A list of things that consist of files: sorted, filtered, with the files of the selected row below it. The
//! lists of duplicates and of packages are made of it.

use std::cmp::Reverse;

use ratatui::layout::{Position, Rect};

use crate::image::{EntryId, PathId};
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout;
use crate::ui::list::List;
use crate::ui::look::Sort;
use crate::ui::pane::{Context, Count, Pane, Reply};
use crate::ui::text::{Painter, counted, fit_path};
use crate::ui::tree::Filter;
use crate::units;

/// A column: its heading, its width (0: what is left, for the last one), and whether it ends at the right.
pub(super) type Heading = (&'static str, u16, bool);

/// A file of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) path: PathId,
    /// The entry that holds its content.
    pub(super) entry: EntryId,
}

/// What a table is about.
pub(super) trait Rows {
    /// The name of the tab.
    const NAME: &'static str;
    /// One and several of its rows.
    const NOUN: (&'static str, &'static str);
    /// The orders, the first one that of the analysis.
    const SORTS: &'static [Sort];
    /// The columns; the first is the bytes.
    const HEADINGS: &'static [Heading];
    /// What to say when there are none.
    const NOTHING: &'static str;

    /// Number of rows.
    fn count(data: &Data) -> usize;
    /// The bytes of a row.
    fn bytes(data: &Data, at: usize) -> u64;
    /// The cells after the bytes.
    fn cells(data: &Data, at: usize) -> Vec<String>;
    /// What an order sorts by: the least first.
    fn key(data: &Data, at: usize, sort: Sort) -> (Reverse<u64>, String);
    /// The files of a row.
    fn members(data: &Data, at: usize) -> Vec<Member>;
    /// A few words on all of it.
    fn summary(data: &Data) -> String;
}

/// The state of the tab.
pub(super) struct Table<R> {
    list: List,
    /// The rows that are shown, in their order.
    shown: Vec<usize>,
    filter: Filter,
    sort: Sort,
    /// The files of the selected row, and which row that is.
    members: Vec<Member>,
    of: Option<usize>,
    inner: List,
    in_members: bool,
    rows: std::marker::PhantomData<R>,
}

impl<R: Rows> Table<R> {
    /// All rows in the order of the analysis.
    pub(super) fn new(data: &Data) -> Self {
        Self {
            list: List::default(),
            shown: (0..R::count(data)).collect(),
            filter: Filter::plain(),
            sort: R::SORTS[0],
            members: Vec::new(),
            of: None,
            inner: List::default(),
            in_members: false,
            rows: std::marker::PhantomData,
        }
    }

    fn fill(&mut self, data: &Data) {
        let selected = self.shown.get(self.list.cursor).copied();
        let accepts = |at: &usize| {
            let cells = R::cells(data, *at);
            self.filter.accepts(&cells.iter().map(String::as_str).collect::<Vec<_>>())
        };
        self.shown = (0..R::count(data)).filter(accepts).collect();
        if self.sort != R::SORTS[0] {
            self.shown.sort_by_cached_key(|at| R::key(data, *at, self.sort));
        }
        self.list.cursor = self.shown.iter().position(|at| Some(*at) == selected).unwrap_or(0);
    }

    fn panes(body: Rect) -> (Rect, Rect) {
        let below = if body.height >= 16 { body.height * 2 / 5 } else { 0 };
        (
            Rect { height: body.height - below, ..body },
            Rect { y: body.y + body.height - below, height: below, ..body },
        )
    }

    fn selected_member(&self) -> Option<Member> {
        self.members.get(self.inner.cursor).copied()
    }

    fn to_member(&self, data: &Data) -> Option<Reply> {
        let member = self.selected_member()?;
        Some(Reply::Goto { layer: data.image.layer_of(member.entry), path: member.path })
    }

    fn draw_rows(&self, context: Context<'_>, pane: Rect, painter: &mut Painter<'_>) {
        let (data, look) = (context.data, context.look);
        let note =
            format!("{} ── {}", counted(self.shown.len() as u64, R::NOUN.0, R::NOUN.1), R::summary(data));
        painter.title(pane, R::NAME, &note, !self.in_members);
        let area = painter.scrolled(layout::rows(pane), self.list.top, self.shown.len());
        if self.shown.is_empty() {
            let said = if R::count(data) == 0 { R::NOTHING } else { "nothing contains that" };
            painter.put(area, 2, 0, area.width, said, painter.theme.dim);
            return;
        }
        let heading = layout::inside(pane);
        let size = look.size_width(data.analysis.totals.content);
        let dim = painter.theme.dim;
        // columns in the middle give way before the last one, which has the names
        let fixed: u16 = R::HEADINGS[1..].iter().map(|heading| heading.1 + 2).sum();
        let wide = size + 2 + fixed + 24 <= area.width;
        painter.right(heading, 1, 0, size, R::HEADINGS[0].0, dim);
        let places: Vec<Option<u16>> = R::HEADINGS[1..]
            .iter()
            .scan(size + 3, |x, (_, columns, _)| {
                let here = *x;
                let is_shown = wide || *columns == 0;
                if is_shown {
                    *x += columns + 2;
                }
                Some(is_shown.then_some(here))
            })
            .collect();
        for (place, (name, columns, right)) in places.iter().zip(&R::HEADINGS[1..]) {
            let Some(x) = *place else { continue };
            if *right {
                painter.right(heading, x, 0, *columns, name, dim);
            } else {
                painter.put(heading, x, 0, area.width, name, dim);
            }
        }
        for (y, row) in (0_u16..).zip(self.list.window(self.shown.len(), usize::from(area.height))) {
            let at = self.shown[row];
            painter.right(area, 1, y, size, &look.size(R::bytes(data, at)), painter.theme.text);
            let cells = R::cells(data, at);
            for ((place, (_, columns, right)), cell) in places.iter().zip(&R::HEADINGS[1..]).zip(&cells) {
                let Some(x) = *place else { continue };
                match (*columns, *right) {
                    (0, _) => {
                        let text = fit_path(cell, usize::from(area.width.saturating_sub(x)));
                        painter.put(area, x, y, area.width, &text, painter.theme.text);
                    }
                    (columns, true) => painter.right(area, x, y, columns, cell, dim),
                    (columns, false) => _ = painter.put(area, x, y, columns, cell, dim),
                }
            }
            if row == self.list.cursor {
                painter.select(area, y, !self.in_members);
            }
        }
    }

    fn draw_members(&self, data: &Data, pane: Rect, painter: &mut Painter<'_>) {
        let note =
            format!("{} ── Enter shows it in its layer", counted(self.members.len() as u64, "file", "files"));
        painter.title(pane, "Files", &note, self.in_members);
        let area = painter.scrolled(layout::inside(pane), self.inner.top, self.members.len());
        for (y, row) in (0_u16..).zip(self.inner.window(self.members.len(), usize::from(area.height))) {
            let Member { path, entry } = self.members[row];
            painter.right(area, 1, y, 8, &units::size(data.image.entry(entry).size), painter.theme.text);
            let layer = format!("layer {}", data.image.layer_of(entry));
            painter.right(area, 11, y, 9, &layer, painter.theme.dim);
            let room = usize::from(area.width.saturating_sub(22));
            painter.put(
                area,
                22,
                y,
                area.width,
                &fit_path(&data.path_text(path, false), room),
                painter.theme.text,
            );
            if row == self.inner.cursor {
                painter.select(area, y, self.in_members);
            }
        }
    }
}

impl<R: Rows> Pane for Table<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Caused, Scope::List, Scope::Global]
    }

    fn sorts(&self) -> &'static [Sort] {
        R::SORTS
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let (above, below) = Self::panes(context.body);
        let inner = usize::from(layout::inside(below).height);
        match action {
            Action::NextPane => self.in_members = !self.in_members && !self.members.is_empty(),
            Action::Left if self.in_members => self.in_members = false,
            Action::Open if self.in_members || below.height == 0 => return self.to_member(context.data),
            Action::Open | Action::Right if !self.in_members => self.in_members = !self.members.is_empty(),
            Action::ToLayer => {
                let entry = self.selected_member()?.entry;
                return Some(Reply::Layer(context.data.image.layer_of(entry)));
            }
            _ if self.in_members => _ = self.inner.act(action, self.members.len(), inner),
            Action::NextMatch => return self.act(context, Action::Down),
            Action::PreviousMatch => return self.act(context, Action::Up),
            _ => _ = self.list.act(action, self.shown.len(), usize::from(layout::rows(above).height)),
        }
        None
    }

    fn close(&mut self, _cx: Context<'_>) -> bool {
        std::mem::take(&mut self.in_members)
    }

    fn settle(&mut self, context: Context<'_>) {
        if self.sort != context.sort {
            self.sort = context.sort;
            self.fill(context.data);
        }
        let (above, below) = Self::panes(context.body);
        self.list.settle(self.shown.len(), usize::from(layout::rows(above).height));
        let selected = self.shown.get(self.list.cursor).copied();
        if self.of != selected {
            self.of = selected;
            self.members = selected.map(|at| R::members(context.data, at)).unwrap_or_default();
            self.inner = List::default();
        }
        self.inner.settle(self.members.len(), usize::from(layout::inside(below).height));
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        let (above, below) = Self::panes(context.body);
        self.draw_rows(context, above, painter);
        if below.height > 0 {
            self.draw_members(context.data, below, painter);
        }
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let (above, below) = Self::panes(context.body);
        if let Some(y) = layout::row_at(layout::rows(above), at) {
            self.in_members = false;
            if self.list.top + y < self.shown.len() {
                self.list.cursor = self.list.top + y;
            }
        } else if let Some(y) = layout::row_at(layout::inside(below), at) {
            let row = self.inner.top + y;
            if row < self.members.len() {
                if self.in_members && self.inner.cursor == row {
                    return self.to_member(context.data);
                }
                self.in_members = true;
                self.inner.cursor = row;
            }
        }
        None
    }

    fn wheel(&mut self, context: Context<'_>, at: Position, rows: isize) {
        let (above, below) = Self::panes(context.body);
        if below.contains(at) {
            self.inner.wheel(rows, self.members.len(), usize::from(layout::inside(below).height));
        } else {
            self.list.wheel(rows, self.shown.len(), usize::from(layout::rows(above).height));
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
        let bytes = self.shown.iter().map(|at| R::bytes(context.data, *at)).sum();
        let all = R::count(context.data) as u64;
        Some(Count { shown: self.shown.len() as u64, all, bytes, files: 0 })
    }

    fn selected(&self, _cx: Context<'_>) -> Option<PathId> {
        self.selected_member().map(|member| member.path)
    }

    fn slot(&self, context: Context<'_>, path: PathId) -> Option<Slot> {
        context.data.final_slot(path)
    }

    fn copied(&self, context: Context<'_>) -> Option<String> {
        if self.in_members {
            return Some(context.data.path_text(self.selected_member()?.path, false));
        }
        R::cells(context.data, *self.shown.get(self.list.cursor)?).pop()
    }
}
