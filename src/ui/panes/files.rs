//! The file tree of a range of layers: what it changed, or the merged file system up to it.

use super::marked::Marked;
use super::weighing::{View, key};
use crate::image::PathId;
use crate::overlay::{FileCount, Slot};
use crate::ui::data::Data;
use crate::ui::keymap::Action;
use crate::ui::look::Sort;
use crate::ui::pane::{Count, Reply};
use crate::ui::tree::{Acted, Bits, Filter, Mark, Marks, Shape, Span, Sums, Tree, Wanted};

/// Most matches for which directories open automatically.
const MOST_REVEALED: u32 = 2000;

/// The orders that the tree can have.
pub(super) const SORTS: &[Sort] =
    &[Sort::Size, Sort::Name, Sort::Files, Sort::Wasted, Sort::Time, Sort::Owner];

/// The state of the tree.
pub(super) struct Files {
    pub(super) span: Span,
    pub(super) marks: Marks,
    /// Only paths whose bytes here are wasted.
    pub(super) only_wasted: bool,
    pub(super) filter: Filter,
    pub(super) tree: Tree,
    pub(super) marked: Marked,
    pub(super) sums: Sums,
    sort: Sort,
    /// Paths that are shown without the filter.
    all: u32,
    /// Files that the range removed, among those shown.
    pub(super) removed: FileCount,
    /// What was open before the filter opened more.
    opened: Option<Bits>,
}

impl Files {
    /// The changes of a layer.
    pub(super) fn new(data: &Data, layer: usize) -> Self {
        let mut files = Self {
            span: Span::new(&data.image, &data.log),
            marks: Marks::default(),
            only_wasted: false,
            filter: Filter::default(),
            tree: Tree::new(&data.image),
            marked: Marked::default(),
            sums: Sums::default(),
            sort: Sort::default(),
            all: 0,
            removed: FileCount::default(),
            opened: None,
        };
        files.span.go(&data.log, layer, layer);
        files.refresh(data);
        files
    }

    /// Runs something on the tree as it is shown.
    pub(super) fn on_tree<T>(&mut self, data: &Data, run: impl FnOnce(&mut Tree, Shape<'_>) -> T) -> T {
        let Self { span, sums, tree, sort, .. } = self;
        let key = key(*sort, &data.image, sums, span);
        run(tree, Shape { image: &data.image, sums, key: &key })
    }

    pub(super) fn view<'a>(&'a self, data: &'a Data) -> View<'a> {
        View {
            data,
            span: &self.span,
            marks: self.marks,
            only_wasted: self.only_wasted,
            filter: &self.filter,
        }
    }

    /// Recounts what is shown.
    pub(super) fn refresh(&mut self, data: &Data) {
        let changed = self.changed(data);
        self.fill(data, &changed);
        self.counted(data, &changed);
    }

    /// The paths that the range changes.
    fn changed(&self, data: &Data) -> Bits {
        let (from, to) = self.span.layers();
        data.changed(from..=to)
    }

    /// Weighs all paths.
    fn fill(&mut self, data: &Data, changed: &Bits) {
        let mut sums = std::mem::take(&mut self.sums);
        self.view(data).fill(changed, &mut sums);
        self.sums = sums;
    }

    /// Derives everything else from the new sums.
    fn counted(&mut self, data: &Data, changed: &Bits) {
        self.all = self.view(data).all(changed, &self.sums);
        self.removed = self.view(data).removed(changed);
        self.reveal_matches(data);
        self.on_tree(data, Tree::recount);
    }

    /// Takes another order.
    pub(super) fn set_sort(&mut self, data: &Data, sort: Sort) {
        if self.sort != sort {
            self.sort = sort;
            self.on_tree(data, Tree::recount);
        }
    }

    /// Shows other layers.
    pub(super) fn go(&mut self, data: &Data, from: usize, to: usize) {
        let (old_from, old_to) = self.span.layers();
        if (old_from, old_to) == (from, to) {
            return;
        }
        self.span.go(&data.log, from, to);
        // a few layers leave most of the merged file system as it is
        let touched = data.changed(old_from.min(from)..=old_to.max(to));
        let is_whole = self.is_merged() && !self.only_wasted && self.filter.found.is_none();
        if is_whole {
            self.reweigh(data, &touched, &self.changed(data));
        } else {
            self.refresh(data);
        }
    }

    /// Recounts where only these paths may have other weights: alone where they are few. `changed` are those that the
    /// range changes.
    fn reweigh(&mut self, data: &Data, touched: &Bits, changed: &Bits) {
        let paths = data.image.paths.len();
        if touched.count() > paths / 4 {
            self.fill(data, changed);
        } else {
            let view = self.view(data);
            let weights: Vec<_> = touched.paths().map(|path| (path, view.weigh(path))).collect();
            self.sums.change(paths, &weights);
        }
        self.counted(data, changed);
    }

    /// Shows what the filter finds now.
    pub(super) fn refilter(&mut self, data: &Data) {
        match (&self.filter.found, self.opened.take()) {
            (None, Some(opened)) => self.tree.reopen(&data.image, opened),
            (None, None) => {}
            (Some(_), opened) => self.opened = opened.or_else(|| Some(self.tree.opened())),
        }
        self.refresh(data);
    }

    /// Opens the directories above the matches, unless there are too many.
    fn reveal_matches(&mut self, data: &Data) {
        let paths = &data.image.paths;
        let Some(found) = &self.filter.found else { return };
        if self.sums.shown(&data.image, PathId::ROOT) > MOST_REVEALED || found.hits.count() > MOST_REVEALED {
            return;
        }
        let mut next = 1;
        while let Some(path) = found.hits.first_in(next..paths.len()) {
            next = path.0 + 1;
            if self.sums.is_own(path) {
                let mut at = paths.parent(path);
                while at != PathId::ROOT && !self.tree.is_open(at) {
                    self.tree.open_unseen(at);
                    at = paths.parent(at);
                }
            }
        }
    }

    /// The files and bytes shown, and how many of all paths.
    pub(super) fn count(&self, data: &Data) -> Count {
        let (image, root) = (&data.image, PathId::ROOT);
        Count {
            shown: self.sums.shown(image, root).into(),
            all: self.all.into(),
            bytes: self.sums.bytes(image, root),
            files: self.sums.files(image, root).into(),
        }
    }

    /// The selected path.
    pub(super) fn selected(&self) -> Option<PathId> {
        self.tree.selected()
    }

    /// True when the merged file system is shown.
    pub(super) fn is_merged(&self) -> bool {
        self.marks.has(Mark::Unchanged)
    }

    /// The kinds of changes that are hidden, in words.
    pub(super) fn hidden_kinds(&self) -> impl Iterator<Item = String> + '_ {
        let kinds = [Mark::Added, Mark::Modified, Mark::Removed];
        kinds.into_iter().filter(|mark| !self.marks.has(*mark)).map(|mark| format!("without {}", mark.name()))
    }

    /// What extracting writes at and below a path: all of the merged file system, or what was written there, with
    /// the directories on the way.
    pub(super) fn written(&self, data: &Data, top: PathId) -> Vec<(PathId, Slot)> {
        let paths = &data.image.paths;
        let mut out: Vec<(PathId, Slot)> = Vec::new();
        for path in (top.0..paths.end(top).0).rev().map(PathId) {
            let (Some(mark), Some(slot)) = (self.span.mark(&data.image, path), self.span.slot(path)) else {
                continue;
            };
            let leads_to_more = || out.last().is_some_and(|(next, _)| next.0 < paths.end(path).0);
            let is_written = match mark {
                // what a layer removed is not part of what it wrote, but can be looked at by itself
                Mark::Removed => path == top,
                Mark::Unchanged => self.is_merged() || leads_to_more(),
                Mark::Added | Mark::Modified => true,
            };
            if is_written {
                out.push((path, slot));
            }
        }
        out.reverse();
        out
    }

    /// Performs an action.
    pub(super) fn act(&mut self, data: &Data, action: Action, height: usize) -> Option<Reply> {
        match action {
            Action::Merged => self.toggle(data, Mark::Unchanged),
            Action::Added => self.toggle(data, Mark::Added),
            Action::Modified => self.toggle(data, Mark::Modified),
            Action::Removed => self.toggle(data, Mark::Removed),
            Action::OnlyWasted => {
                self.only_wasted = !self.only_wasted;
                self.refresh(data);
            }
            Action::Mark => {
                if let Some(path) = self.selected() {
                    self.marked.toggle(path);
                }
                self.on_tree(data, |tree, shape| tree.act(shape, Action::Down, height));
            }
            _ => {
                let acted = self.on_tree(data, |tree, shape| tree.act(shape, action, height));
                return matches!(acted, Acted::File(_)).then_some(Reply::View);
            }
        }
        None
    }

    fn toggle(&mut self, data: &Data, mark: Mark) {
        self.marks.toggle(mark);
        let changed = self.changed(data);
        // the paths that may have the mark
        match mark {
            Mark::Unchanged => self.reweigh(data, &changed.complement(), &changed),
            Mark::Added | Mark::Modified | Mark::Removed => self.reweigh(data, &changed, &changed),
        }
    }

    /// Moves to the next or previous match, or change without a filter. False when there is none.
    pub(super) fn jump(&mut self, data: &Data, forward: bool) -> bool {
        self.find_match(data, |tree, shape, wanted| tree.jump(shape, forward, wanted))
    }

    /// Moves to the first or the last match.
    pub(super) fn jump_to_end(&mut self, data: &Data, first: bool) -> bool {
        self.find_match(data, |tree, shape, wanted| tree.jump_to_end(shape, first, wanted))
    }

    fn find_match(
        &mut self,
        data: &Data,
        run: impl FnOnce(&mut Tree, Shape<'_>, &Wanted<'_>) -> bool,
    ) -> bool {
        let Self { span, sums, tree, sort, filter, .. } = self;
        let image = &data.image;
        let key = key(*sort, image, sums, span);
        let shape = Shape { image, sums, key: &key };
        let (from, to) = span.layers();
        let below = |path: PathId| path.0 + 1..image.paths.end(path).0;
        if let Some(found) = &filter.found {
            let is = |path: PathId| found.hits.has(path) && sums.is_own(path);
            let inside = |path: PathId| {
                let mut rest = below(path);
                while let Some(hit) = found.hits.first_in(rest.clone()) {
                    if sums.is_own(hit) {
                        return true;
                    }
                    rest.start = hit.0 + 1;
                }
                false
            };
            return run(tree, shape, &Wanted { is: &is, inside: &inside });
        }
        let is = |path: PathId| {
            sums.is_own(path) && span.mark(image, path).is_some_and(|mark| mark != Mark::Unchanged)
        };
        let inside = |path: PathId| (from..=to).any(|layer| data.log.paths_in(layer, below(path)).any(is));
        run(tree, shape, &Wanted { is: &is, inside: &inside })
    }

    /// Selects a path of the range and shows it even if it was hidden.
    pub(super) fn reveal(&mut self, data: &Data, path: PathId) {
        let was_shown = self.view(data).weigh(path).is_some() && !self.only_wasted;
        if let Some(mark) = self.span.mark(&data.image, path) {
            self.marks.show(mark);
        }
        self.only_wasted = false;
        if !self.filter.shows(path) {
            self.filter.clear();
        }
        self.tree.reveal(&data.image, path);
        if was_shown {
            self.on_tree(data, Tree::recount);
        } else {
            self.refresh(data);
        }
    }
}
