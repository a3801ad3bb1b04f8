//! Open directories flattened into rows.

use super::{Bits, Sums};
use crate::image::{Image, PathId};
use crate::ui::keymap::Action;
use crate::ui::list::List;

/// Most rows that are flattened. A list longer than this is no help to anybody; the last row says so.
const MOST_ROWS: usize = 50_000;

/// One row of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) struct Row {
    pub(in crate::ui) path: PathId,
    pub(in crate::ui) depth: u16,
}

/// What rows are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::ui) enum Sort {
    /// Most bytes first.
    #[default]
    Size,
    /// By name.
    Name,
}

impl Sort {
    /// The other one.
    pub(in crate::ui) fn other(self) -> Self {
        match self {
            Self::Size => Self::Name,
            Self::Name => Self::Size,
        }
    }
}

/// A tree with a cursor.
#[derive(Debug)]
pub(in crate::ui) struct Tree {
    pub(in crate::ui) list: List,
    pub(in crate::ui) sort: Sort,
    open: Bits,
    rows: Vec<Row>,
    is_cut: bool,
    /// The path that the user selected; it stays selected as long as it is shown.
    wanted: PathId,
}

impl Tree {
    /// A tree in which only the root is open.
    pub(in crate::ui) fn new(image: &Image) -> Self {
        let mut open = Bits::new(image.paths.len());
        open.set(PathId::ROOT, true);
        Self {
            list: List::default(),
            sort: Sort::Size,
            open,
            rows: Vec::new(),
            is_cut: false,
            wanted: PathId::ROOT,
        }
    }

    /// The rows.
    pub(in crate::ui) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// True when there are more rows than are flattened.
    pub(in crate::ui) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The selected path.
    pub(in crate::ui) fn selected(&self) -> Option<PathId> {
        self.rows.get(self.list.cursor).map(|row| row.path)
    }

    /// True when a directory is open.
    pub(in crate::ui) fn is_open(&self, path: PathId) -> bool {
        self.open.has(path)
    }

    /// Flattens what is open, and keeps the selected path selected, or else the closest directory above it that is shown.
    pub(in crate::ui) fn flatten(&mut self, image: &Image, sums: &Sums) {
        self.rows.clear();
        self.is_cut = false;
        let mut stack: Vec<Row> = Vec::new();
        let mut children = Vec::new();
        self.push_children(image, sums, Row { path: PathId::ROOT, depth: 0 }, &mut children, &mut stack);
        while let Some(row) = stack.pop() {
            if self.rows.len() == MOST_ROWS {
                self.is_cut = true;
                break;
            }
            self.rows.push(row);
            if self.open.has(row.path) {
                let inside = Row { depth: row.depth.saturating_add(1), ..row };
                self.push_children(image, sums, inside, &mut children, &mut stack);
            }
        }
        self.find(image);
    }

    /// Pushes the shown children of a directory, the last one first.
    fn push_children(
        &self,
        image: &Image,
        sums: &Sums,
        parent: Row,
        children: &mut Vec<(u64, PathId)>,
        stack: &mut Vec<Row>,
    ) {
        children.clear();
        let shown = image.paths.children(parent.path).filter(|&path| sums.shown(image, path) > 0);
        match self.sort {
            Sort::Name => children.extend(shown.map(|path| (0, path))),
            Sort::Size => {
                children.extend(shown.map(|path| (sums.bytes(image, path), path)));
                children.sort_unstable_by_key(|&(bytes, path)| (std::cmp::Reverse(bytes), path));
            }
        }
        stack.extend(children.iter().rev().map(|&(_, path)| Row { path, depth: parent.depth }));
    }

    /// Puts the cursor on the wanted path, or on the closest shown directory above it.
    fn find(&mut self, image: &Image) {
        let mut wanted = self.wanted;
        while wanted != PathId::ROOT {
            if let Some(at) = self.rows.iter().position(|row| row.path == wanted) {
                self.list.cursor = at;
                return;
            }
            wanted = image.paths.parent(wanted);
        }
        self.list.cursor = self.list.cursor.min(self.rows.len().saturating_sub(1));
        if self.wanted == PathId::ROOT {
            self.note();
        }
    }

    /// Remembers what the cursor is on as what the user wants.
    pub(in crate::ui) fn note(&mut self) {
        if let Some(path) = self.selected() {
            self.wanted = path;
        }
    }

    /// Opens or closes a directory. Rows are those of before until [`Tree::flatten`].
    pub(in crate::ui) fn set_open(&mut self, path: PathId, open: bool) {
        self.open.set(path, open);
    }

    /// Opens all that is shown below a path.
    pub(in crate::ui) fn open_below(&mut self, image: &Image, path: PathId) {
        self.open.add(path.0..image.paths.end(path).0);
    }

    /// Closes everything.
    pub(in crate::ui) fn close_all(&mut self) {
        self.open.clear();
        self.open.set(PathId::ROOT, true);
    }

    /// What is open, to go back to.
    pub(in crate::ui) fn opened(&self) -> Bits {
        self.open.clone()
    }

    /// Goes back to what was open; the selected path is shown all the same.
    pub(in crate::ui) fn reopen(&mut self, image: &Image, open: Bits) {
        self.open = open;
        self.reveal(image, self.wanted);
    }

    /// Opens the directories above a path and selects it.
    pub(in crate::ui) fn reveal(&mut self, image: &Image, path: PathId) {
        let mut at = image.paths.parent(path);
        while at != PathId::ROOT {
            self.open.set(at, true);
            at = image.paths.parent(at);
        }
        self.wanted = path;
    }
}

/// What an action did to a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) enum Acted {
    /// It is none of a tree's.
    No,
    /// Done.
    Yes,
    /// A file was opened.
    File(PathId),
}

impl Tree {
    /// Does what an action says to the cursor, to open directories and to the order.
    pub(in crate::ui) fn act(&mut self, image: &Image, sums: &Sums, action: Action, height: usize) -> Acted {
        if self.list.act(action, self.rows.len(), height) {
            self.note();
            return Acted::Yes;
        }
        let Some(path) = self.selected() else {
            return Acted::No;
        };
        let has_children = image.paths.children(path).any(|child| sums.shown(image, child) > 0);
        match action {
            Action::Open if !has_children => return Acted::File(path),
            Action::Open => self.set_open(path, !self.is_open(path)),
            Action::Right if has_children && !self.is_open(path) => self.set_open(path, true),
            Action::Right => {
                self.list.act(Action::Down, self.rows.len(), height);
                self.note();
                return Acted::Yes;
            }
            Action::Left if has_children && self.is_open(path) => self.set_open(path, false),
            Action::Left | Action::Parent => {
                let parent = image.paths.parent(path);
                if parent != PathId::ROOT {
                    self.wanted = parent;
                    self.find(image);
                }
                return Acted::Yes;
            }
            Action::ExpandAll => self.open_below(image, path),
            Action::CollapseAll => {
                let mut top = path;
                while image.paths.parent(top) != PathId::ROOT {
                    top = image.paths.parent(top);
                }
                self.wanted = top;
                self.close_all();
            }
            Action::Sort => self.sort = self.sort.other(),
            _ => return Acted::No,
        }
        self.flatten(image, sums);
        Acted::Yes
    }

    /// Moves to the next row, or the one before, that `is_match` says yes to; round the end. False when there is none.
    pub(in crate::ui) fn jump(&mut self, forward: bool, is_match: impl Fn(PathId) -> bool) -> bool {
        let count = self.rows.len();
        let step = if forward { 1 } else { count.saturating_sub(1) };
        let mut at = self.list.cursor;
        for _ in 0..count {
            at = (at + step) % count;
            if is_match(self.rows[at].path) {
                self.list.cursor = at;
                self.note();
                return true;
            }
        }
        false
    }
}
