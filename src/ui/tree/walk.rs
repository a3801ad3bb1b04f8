//! Moving through a tree: what actions do to it, and the next match in the order of the rows, also in
//! directories that are closed.

use super::flat::{Shape, Tree};
use crate::image::PathId;
use crate::ui::keymap::Action;

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

/// What is looked for in a tree: paths, and whether any is below a directory.
pub(in crate::ui) struct Wanted<'a> {
    pub(in crate::ui) is: &'a dyn Fn(PathId) -> bool,
    pub(in crate::ui) inside: &'a dyn Fn(PathId) -> bool,
}

impl Wanted<'_> {
    fn at_or_below(&self, path: PathId) -> bool {
        (self.is)(path) || (self.inside)(path)
    }
}

impl Tree {
    /// Applies an action to the cursor and the open directories.
    pub(in crate::ui) fn act(&mut self, shape: Shape<'_>, action: Action, height: usize) -> Acted {
        let length = self.len();
        if self.list.act(action, length, height) {
            self.note(shape);
            return Acted::Yes;
        }
        let Some(path) = self.selected() else { return Acted::No };
        let has_children = shape.children(path).next().is_some();
        match action {
            Action::Open if !has_children => return Acted::File(path),
            Action::Open => self.set_open(shape, path, !self.is_open(path)),
            Action::Right if has_children && !self.is_open(path) => self.set_open(shape, path, true),
            Action::Right => {
                self.list.act(Action::Down, length, height);
                self.note(shape);
            }
            Action::Left if has_children && self.is_open(path) => self.set_open(shape, path, false),
            Action::Left | Action::Parent => {
                let parent = shape.image.paths.parent(path);
                if parent != PathId::ROOT {
                    self.want(shape, parent);
                }
            }
            Action::ExpandAll => {
                self.open_below(shape.image, path);
                self.recount(shape);
            }
            Action::CollapseAll => {
                let mut top = path;
                while shape.image.paths.parent(top) != PathId::ROOT {
                    top = shape.image.paths.parent(top);
                }
                self.close_all();
                self.reveal(shape.image, top);
                self.recount(shape);
            }
            _ => return Acted::No,
        }
        Acted::Yes
    }

    /// Goes to the next match, or the one before, in the order of the rows. False when there is none in that
    /// direction.
    pub(in crate::ui) fn jump(&mut self, shape: Shape<'_>, forward: bool, wanted: &Wanted<'_>) -> bool {
        let from = self.selected().unwrap_or(PathId::ROOT);
        let found = if forward { next(shape, from, wanted) } else { previous(shape, from, wanted) };
        let Some(path) = found else { return false };
        self.show(shape, path);
        true
    }

    /// Goes to the first match, or the last one.
    pub(in crate::ui) fn jump_to_end(&mut self, shape: Shape<'_>, first: bool, wanted: &Wanted<'_>) -> bool {
        let found = if first { next(shape, PathId::ROOT, wanted) } else { last(shape, PathId::ROOT, wanted) };
        let Some(path) = found.filter(|path| *path != PathId::ROOT) else { return false };
        self.show(shape, path);
        true
    }

    /// Opens the directories above a path and selects it.
    pub(in crate::ui) fn show(&mut self, shape: Shape<'_>, path: PathId) {
        let mut closed = Vec::new();
        let mut at = shape.image.paths.parent(path);
        while at != PathId::ROOT {
            if !self.is_open(at) {
                closed.push(at);
            }
            at = shape.image.paths.parent(at);
        }
        for directory in closed.into_iter().rev() {
            self.set_open(shape, directory, true);
        }
        self.want(shape, path);
    }
}

/// The first match after a path, going down into it first.
fn next(shape: Shape<'_>, from: PathId, wanted: &Wanted<'_>) -> Option<PathId> {
    let first = |directory, after: Option<PathId>| {
        let after = after.map(|path| shape.item(path));
        let all = shape.children(directory).map(|path| shape.item(path));
        all.filter(|item| after.is_none_or(|after| *item > after) && wanted.at_or_below(item.1)).min()
    };
    let down = |mut path: PathId| loop {
        if (wanted.is)(path) {
            return Some(path);
        }
        path = first(path, None)?.1;
    };
    if (wanted.inside)(from)
        && let Some((_, child)) = first(from, None)
    {
        return down(child);
    }
    let mut at = from;
    while at != PathId::ROOT {
        let parent = shape.image.paths.parent(at);
        if let Some((_, sibling)) = first(parent, Some(at)) {
            return down(sibling);
        }
        at = parent;
    }
    None
}

/// The last match in a directory, or the directory itself.
fn last(shape: Shape<'_>, mut path: PathId, wanted: &Wanted<'_>) -> Option<PathId> {
    while (wanted.inside)(path) {
        let all = shape.children(path).map(|child| shape.item(child));
        match all.filter(|item| wanted.at_or_below(item.1)).max() {
            Some((_, child)) => path = child,
            None => break,
        }
    }
    (wanted.is)(path).then_some(path)
}

/// The last match before a path.
fn previous(shape: Shape<'_>, from: PathId, wanted: &Wanted<'_>) -> Option<PathId> {
    let mut at = from;
    while at != PathId::ROOT {
        let parent = shape.image.paths.parent(at);
        let before = shape.item(at);
        let all = shape.children(parent).map(|path| shape.item(path));
        if let Some((_, sibling)) = all.filter(|item| *item < before && wanted.at_or_below(item.1)).max() {
            return last(shape, sibling, wanted);
        }
        if parent != PathId::ROOT && (wanted.is)(parent) {
            return Some(parent);
        }
        at = parent;
    }
    None
}
