//! A tree of files with a cursor. Its rows are virtual: every path knows how many rows it takes, so the
//! rows on screen are found by number, and a million open directories cost no more than their count.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::order::{Item, Order};
use super::{Bits, Sums};
use crate::image::{Image, PathId};
use crate::ui::list::List;

/// One row of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) struct Row {
    pub(in crate::ui) path: PathId,
    pub(in crate::ui) depth: u16,
}

/// What a tree shows and in which order: the paths that the sums count, the greatest key first, then by name.
#[derive(Clone, Copy)]
pub(in crate::ui) struct Shape<'a> {
    pub(in crate::ui) image: &'a Image,
    pub(in crate::ui) sums: &'a Sums,
    pub(in crate::ui) key: &'a dyn Fn(PathId) -> u64,
}

impl Shape<'_> {
    fn is_shown(&self, path: PathId) -> bool {
        self.sums.shown(self.image, path) > 0
    }

    /// The shown children of a directory, by name.
    pub(super) fn children(&self, path: PathId) -> impl Iterator<Item = PathId> + '_ {
        self.image.paths.children(path).filter(|&child| self.is_shown(child))
    }

    pub(super) fn item(&self, path: PathId) -> Item {
        (Reverse((self.key)(path)), path)
    }
}

/// A tree with a cursor.
#[derive(Debug)]
pub(in crate::ui) struct Tree {
    pub(in crate::ui) list: List,
    open: Bits,
    /// For each open directory the rows that it takes with all that is open below it; the root has no row of its own
    /// but counts one. Every other path takes one row: what stands here for those means nothing.
    open_rows: Vec<u32>,
    /// The children of directories that rows were asked of.
    orders: HashMap<PathId, Order>,
    /// The rows on screen.
    window: Vec<Row>,
    /// The path that the user chose; it stays selected as long as it is shown.
    wanted: PathId,
    selected: Option<PathId>,
}

impl Tree {
    /// A tree in which only the root is open. Nothing is shown before [`Tree::recount`].
    pub(in crate::ui) fn new(image: &Image) -> Self {
        let mut open = Bits::new(image.paths.len());
        open.set(PathId::ROOT, true);
        Self {
            list: List::default(),
            open,
            open_rows: Vec::new(),
            orders: HashMap::new(),
            window: Vec::new(),
            wanted: PathId::ROOT,
            selected: None,
        }
    }

    /// Number of rows.
    pub(in crate::ui) fn len(&self) -> usize {
        (self.open_rows.first().copied().unwrap_or(0) as usize).saturating_sub(1)
    }

    /// The rows on screen, from `list.top` on.
    pub(in crate::ui) fn window(&self) -> &[Row] {
        &self.window
    }

    /// The selected path.
    pub(in crate::ui) fn selected(&self) -> Option<PathId> {
        self.selected
    }

    /// True when a directory is open.
    pub(in crate::ui) fn is_open(&self, path: PathId) -> bool {
        self.open.has(path)
    }

    /// Rows of a path that is shown.
    fn rows_of(&self, path: PathId) -> u32 {
        rows_of(&self.open, &self.open_rows, path)
    }

    /// Rows of an open directory: its own, and those of what is in it.
    fn count(&self, shape: Shape<'_>, directory: PathId) -> u32 {
        1 + shape.children(directory).map(|child| self.rows_of(child)).sum::<u32>()
    }

    /// Counts the rows anew, after the shown paths, their order or what is open changed, and keeps the selected
    /// path selected, or else the closest directory above it that is shown. Only open directories are looked at.
    pub(in crate::ui) fn recount(&mut self, shape: Shape<'_>) {
        self.orders.clear();
        self.open_rows.resize(shape.image.paths.len() as usize, 0);
        // what is below comes first: children have greater ids
        let mut end = shape.image.paths.len();
        while let Some(path) = self.open.last_before(end) {
            end = path.0;
            self.open_rows[path.index()] = self.count(shape, path);
        }
        self.find(shape);
    }

    /// Fits cursor and window to so many rows on screen.
    pub(in crate::ui) fn settle(&mut self, shape: Shape<'_>, height: usize) {
        let length = self.len();
        self.list.settle(length, height);
        let range = self.list.window(length, height);
        self.window = self.rows(shape, range.start, range.len());
    }

    /// The rows from a number on.
    fn rows(&mut self, shape: Shape<'_>, first: usize, count: usize) -> Vec<Row> {
        let mut out = Vec::with_capacity(count);
        if first >= self.len() {
            return out;
        }
        // (directory, next child, depth), the innermost last
        let mut stack: Vec<(PathId, usize, u16)> = Vec::new();
        let (mut directory, mut row, mut depth) = (PathId::ROOT, first, 0_u16);
        loop {
            let (at, below) = self.locate(shape, directory, row);
            stack.push((directory, if below > 0 { at + 1 } else { at }, depth));
            let Some(child) = self.child(shape, directory, at).filter(|_| below > 0) else { break };
            (directory, row, depth) = (child, below - 1, depth.saturating_add(1));
        }
        while out.len() < count
            && let Some((directory, at, depth)) = stack.pop()
        {
            let Some(path) = self.child(shape, directory, at) else { continue };
            stack.push((directory, at + 1, depth));
            out.push(Row { path, depth });
            if self.rows_of(path) > 1 {
                stack.push((path, 0, depth.saturating_add(1)));
            }
        }
        out
    }

    /// The order of a directory as far as it is needed, and how many rows each path takes.
    fn order(
        &mut self,
        shape: Shape<'_>,
        directory: PathId,
        has_it: impl Fn(&Order) -> bool,
    ) -> (&mut Order, impl Fn(PathId) -> usize) {
        let items = || shape.children(directory).map(|path| shape.item(path));
        let order = self.orders.entry(directory).or_insert_with(|| Order::new(items()));
        if !has_it(order) {
            *order = Order::whole(items());
        }
        let (open, open_rows) = (&self.open, &self.open_rows);
        (order, move |path| rows_of(open, open_rows, path) as usize)
    }

    fn locate(&mut self, shape: Shape<'_>, directory: PathId, row: usize) -> (usize, usize) {
        let (order, rows_of) = self.order(shape, directory, |order| order.has_row(row));
        order.locate(row, rows_of)
    }

    fn child(&mut self, shape: Shape<'_>, directory: PathId, at: usize) -> Option<PathId> {
        let (order, rows_of) = self.order(shape, directory, |order| order.has_row(at));
        order.ready(at, rows_of);
        order.get(at)
    }

    /// The number of a path's row; none when it is not shown or a directory above it is closed.
    fn row_of(&mut self, shape: Shape<'_>, path: PathId) -> Option<usize> {
        let paths = &shape.image.paths;
        let (mut at, mut row) = (path, 0);
        while at != PathId::ROOT {
            let parent = paths.parent(at);
            if !shape.is_shown(at) || !self.open.has(parent) {
                return None;
            }
            let item = shape.item(at);
            let (order, rows_of) = self.order(shape, parent, |order| order.has(item));
            row += order.rows_before(item, rows_of);
            row += usize::from(parent != PathId::ROOT);
            at = parent;
        }
        (path != PathId::ROOT).then_some(row)
    }

    /// Puts the cursor on the wanted path, or on the closest shown directory above it.
    pub(super) fn find(&mut self, shape: Shape<'_>) {
        let mut wanted = self.wanted;
        while wanted != PathId::ROOT {
            if let Some(row) = self.row_of(shape, wanted) {
                self.list.cursor = row;
                self.selected = Some(wanted);
                return;
            }
            wanted = shape.image.paths.parent(wanted);
        }
        self.list.cursor = self.list.cursor.min(self.len().saturating_sub(1));
        self.select(shape, self.wanted == PathId::ROOT);
    }

    /// Selects what the cursor is on, as the user's choice.
    pub(in crate::ui) fn note(&mut self, shape: Shape<'_>) {
        self.select(shape, true);
    }

    fn select(&mut self, shape: Shape<'_>, wants: bool) {
        self.selected = self.rows(shape, self.list.cursor, 1).first().map(|row| row.path);
        if let (true, Some(path)) = (wants, self.selected) {
            self.wanted = path;
        }
    }

    /// Opens or closes one directory, and counts only what that changes.
    pub(in crate::ui) fn set_open(&mut self, shape: Shape<'_>, path: PathId, open: bool) {
        if self.open.has(path) == open {
            return;
        }
        let mut before = self.rows_of(path);
        self.open.set(path, open);
        let mut rows = if open { self.count(shape, path) } else { 1 };
        self.open_rows[path.index()] = rows;
        let mut at = path;
        while at != PathId::ROOT {
            let parent = shape.image.paths.parent(at);
            if let Some(order) = self.orders.get_mut(&parent) {
                order.changed(shape.item(at), before as usize, rows as usize);
            }
            // a closed directory takes one row whatever is in it; it is counted when it opens
            if !self.open.has(parent) {
                break;
            }
            let above = self.open_rows[parent.index()];
            self.open_rows[parent.index()] = above + rows - before;
            (at, before, rows) = (parent, above, above + rows - before);
        }
        self.find(shape);
    }

    /// Opens a directory. The rows are stale until [`Tree::recount`].
    pub(in crate::ui) fn open_unseen(&mut self, path: PathId) {
        self.open.set(path, true);
    }

    /// Opens everything below a path. The rows are stale until [`Tree::recount`].
    pub(in crate::ui) fn open_below(&mut self, image: &Image, path: PathId) {
        self.open.add(path.0..image.paths.end(path).0);
    }

    /// Closes everything. The rows are stale until [`Tree::recount`].
    pub(in crate::ui) fn close_all(&mut self) {
        self.open.clear();
        self.open.set(PathId::ROOT, true);
    }

    /// The open directories, to restore later.
    pub(in crate::ui) fn opened(&self) -> Bits {
        self.open.clone()
    }

    /// Restores the open directories; the selected path stays visible.
    pub(in crate::ui) fn reopen(&mut self, image: &Image, open: Bits) {
        self.open = open;
        self.reveal(image, self.wanted);
    }

    /// Opens the directories above a path and selects it. The rows are stale until [`Tree::recount`].
    pub(in crate::ui) fn reveal(&mut self, image: &Image, path: PathId) {
        let mut at = image.paths.parent(path);
        while at != PathId::ROOT {
            self.open.set(at, true);
            at = image.paths.parent(at);
        }
        self.wanted = path;
    }

    /// Selects a path that is shown.
    pub(super) fn want(&mut self, shape: Shape<'_>, path: PathId) {
        self.wanted = path;
        self.find(shape);
    }
}

/// Rows of a path that is shown, by what is open.
fn rows_of(open: &Bits, open_rows: &[u32], path: PathId) -> u32 {
    if open.has(path) { open_rows.get(path.index()).copied().unwrap_or(1) } else { 1 }
}
