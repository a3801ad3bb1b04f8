//! The tab of changes: what differs from an older image, as one tree of both, by bytes gained or lost.

use ratatui::layout::{Position, Rect};

use crate::compare::{Change, ChangeKind};
use crate::image::PathId;
use crate::overlay::Slot;
use crate::ui::data::{Data, Older};
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout;
use crate::ui::list::List;
use crate::ui::look::Sort;
use crate::ui::pane::{Context, Count, Pane, Reply};
use crate::ui::text::{Painter, safe};
use crate::ui::tree::{ChangeRows, ChangeTree, Filter};

/// Rows of the details.
const DETAILS: u16 = 5;

/// The state of the tab.
pub(super) struct Changed {
    pub(super) list: List,
    pub(super) rows: ChangeRows,
    filter: Filter,
    sort: Sort,
}

impl Changed {
    /// All changes, directories closed.
    pub(super) fn new(older: &Older) -> Self {
        let rows = ChangeRows::new(&older.tree, Sort::Size);
        Self { list: List::default(), rows, filter: Filter::plain(), sort: Sort::Size }
    }

    /// The list and, where there is room, the details below it.
    pub(super) fn panes(body: Rect) -> (Rect, Rect) {
        let below = if body.height >= DETAILS * 3 { DETAILS } else { 0 };
        let height = body.height - below;
        (Rect { height, ..body }, Rect { y: body.y + height, height: below, ..body })
    }

    /// The node of the selected row.
    pub(super) fn node(&self) -> Option<usize> {
        self.rows.rows.get(self.list.cursor).copied()
    }

    /// Makes the rows anew, and keeps the selected one if it is still there, else the directory it was in.
    fn fill(&mut self, tree: &ChangeTree) {
        let mut selected = self.node();
        self.rows.fill(tree, self.sort);
        while let Some(node) = selected {
            if let Some(at) = self.rows.rows.iter().position(|row| *row == node) {
                self.list.cursor = at;
                return;
            }
            selected = (node != 0).then(|| tree.node(node).parent);
        }
        self.list.cursor = 0;
    }

    fn open(&mut self, tree: &ChangeTree, is_open: bool) {
        if let Some(node) = self.node() {
            self.rows.set_open(node..node + 1, is_open);
            self.fill(tree);
        }
    }

    fn select_parent(&mut self, tree: &ChangeTree) {
        let parent = self.node().map(|node| tree.node(node).parent);
        if let Some(at) = self.rows.rows.iter().position(|row| Some(*row) == parent) {
            self.list.cursor = at;
        }
    }

    fn toggle(&mut self, tree: &ChangeTree, kinds: &[ChangeKind], noun: &str) -> Reply {
        let is_shown = self.rows.toggle(kinds);
        self.fill(tree);
        Reply::Say(format!("{noun} paths {}", if is_shown { "shown" } else { "hidden" }))
    }

    /// Where the selected path comes from: its layer in the shown image, or a word about the older one's.
    fn to_cause(&self, data: &Data, older: &Older) -> Option<Reply> {
        let change = self.change(older)?;
        if let Some(path) = change.new
            && let Some(layer) = data.side().layer(path)
        {
            return Some(Reply::Goto { layer, path });
        }
        let layer = older.examination.side().layer(change.old?)?;
        Some(Reply::Say(format!("only the older image has it, in its layer {layer}")))
    }

    /// The change at the selected path.
    pub(super) fn change<'a>(&self, older: &'a Older) -> Option<&'a Change> {
        older.comparison.changes.get(older.tree.node(self.node()?).change?)
    }
}

impl Pane for Changed {
    fn name(&self) -> &'static str {
        "Changes"
    }

    fn badge(&self, data: &Data) -> String {
        data.older
            .as_ref()
            .map(|older| crate::units::count(older.comparison.changes.len() as u64))
            .unwrap_or_default()
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Caused, Scope::Tree, Scope::List, Scope::Global]
    }

    fn sorts(&self) -> &'static [Sort] {
        &[Sort::Size, Sort::Name, Sort::Files]
    }

    fn offers(&self, action: Action) -> bool {
        !matches!(action, Action::Merged | Action::Mark | Action::NextPane)
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let data = context.data;
        let older = data.older.as_ref()?;
        let tree = &older.tree;
        let node = self.node();
        let has_children = node.is_some_and(|node| tree.has_children(node));
        let is_open = node.is_some_and(|node| self.rows.is_open(node));
        match action {
            Action::Open if has_children => self.open(tree, !is_open),
            Action::Right if has_children && !is_open => self.open(tree, true),
            Action::Right if has_children => self.list.cursor += 1,
            Action::Left if has_children && is_open => self.open(tree, false),
            Action::Left | Action::Parent => self.select_parent(tree),
            Action::Open | Action::ToLayer => return self.to_cause(data, older),
            Action::ExpandAll => {
                let node = node?;
                self.rows.set_open(node..tree.below(node).end, true);
                self.fill(tree);
            }
            Action::CollapseAll => {
                self.rows.set_open(0..tree.len(), false);
                self.fill(tree);
            }
            Action::Added => return Some(self.toggle(tree, &[ChangeKind::Added], "added")),
            Action::Removed => return Some(self.toggle(tree, &[ChangeKind::Removed], "removed")),
            Action::Modified => {
                let kinds = [ChangeKind::Changed, ChangeKind::Metadata, ChangeKind::Moved];
                return Some(self.toggle(tree, &kinds, "modified and moved"));
            }
            Action::NextMatch => return self.act(context, Action::Down),
            Action::PreviousMatch => return self.act(context, Action::Up),
            _ => {
                let height = usize::from(layout::rows(Self::panes(context.body).0).height);
                _ = self.list.act(action, self.rows.rows.len(), height);
            }
        }
        None
    }

    fn settle(&mut self, context: Context<'_>) {
        if self.sort != context.sort
            && let Some(older) = &context.data.older
        {
            self.sort = context.sort;
            self.fill(&older.tree);
        }
        let height = usize::from(layout::rows(Self::panes(context.body).0).height);
        self.list.settle(self.rows.rows.len(), height);
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        if let Some(older) = &context.data.older {
            self.draw_all(context, older, painter);
        }
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let row = self.list.top + layout::row_at(layout::rows(Self::panes(context.body).0), at)?;
        if row >= self.rows.rows.len() {
            return None;
        }
        if self.list.cursor == row {
            return self.act(context, Action::Open);
        }
        self.list.cursor = row;
        None
    }

    fn wheel(&mut self, context: Context<'_>, _at: Position, rows: isize) {
        let height = usize::from(layout::rows(Self::panes(context.body).0).height);
        self.list.wheel(rows, self.rows.rows.len(), height);
    }

    fn filter(&mut self) -> Option<&mut Filter> {
        Some(&mut self.filter)
    }

    fn filter_shown(&self) -> Option<&Filter> {
        Some(&self.filter)
    }

    fn refilter(&mut self, context: Context<'_>) {
        let Some(older) = &context.data.older else { return };
        let tree = &older.tree;
        let filter = &self.filter;
        // a text with a slash is looked for in the whole path
        let accepts = |node: usize| {
            let text = if filter.text.contains('/') { tree.path(node) } else { tree.name(node).to_vec() };
            filter.accepts(&[&format!("/{}", safe(&text))])
        };
        self.rows.find(tree, (!filter.text.is_empty()).then_some(accepts));
        self.fill(tree);
    }

    fn count(&self, context: Context<'_>) -> Option<Count> {
        let older = context.data.older.as_ref()?;
        let (shown, bytes) = self.rows.count(&older.tree);
        let all = older.comparison.changes.len() as u64;
        Some(Count { shown: shown as u64, all, bytes, files: 0 })
    }

    fn selected(&self, context: Context<'_>) -> Option<PathId> {
        let older = context.data.older.as_ref()?;
        let path = context.data.image.paths.find(&older.tree.path(self.node()?))?;
        context.data.final_slot(path).map(|_| path)
    }

    fn slot(&self, context: Context<'_>, path: PathId) -> Option<Slot> {
        context.data.final_slot(path)
    }

    fn copied(&self, context: Context<'_>) -> Option<String> {
        let older = context.data.older.as_ref()?;
        Some(format!("/{}", safe(&older.tree.path(self.node()?))))
    }
}
