//! The paths that differ between two images, as one tree of both.

use std::cmp::Reverse;
use std::ops::Range;

use fixedbitset::FixedBitSet;

use crate::compare::{Change, ChangeKind, Side};
use crate::ui::look::Sort;

/// A path that differs, or a directory that such a path is in.
#[derive(Debug, Clone)]
pub(in crate::ui) struct Node {
    name: Range<usize>,
    /// The directory that it is in; the root's is the root.
    pub(in crate::ui) parent: usize,
    /// The number after the last path below it.
    end: usize,
    /// How many directories it is in; 0 for the root.
    pub(in crate::ui) depth: u16,
    /// The change at the path itself: its number in the comparison.
    pub(in crate::ui) change: Option<usize>,
    /// Bytes of the files that differ, here and below, before and after.
    pub(in crate::ui) before: u64,
    pub(in crate::ui) after: u64,
    /// Paths that differ, here and below.
    pub(in crate::ui) paths: usize,
    /// Which kinds of change there are, here and below: one bit each.
    kinds: u8,
}

impl Node {
    /// By how many bytes it differs.
    pub(in crate::ui) fn difference(&self) -> u64 {
        self.before.abs_diff(self.after)
    }
}

/// The tree. Node 0 is the root; a subtree is a range of numbers, and siblings are in the order of their names.
#[derive(Debug)]
pub(in crate::ui) struct ChangeTree {
    nodes: Vec<Node>,
    names: Vec<u8>,
}

impl ChangeTree {
    /// The tree of all changes. A moved file is where the new image has it.
    pub(in crate::ui) fn of(old: &Side<'_>, new: &Side<'_>, changes: &[Change]) -> Self {
        let path = |change: &Change| match (change.new, change.old) {
            (Some(path), _) => new.image.paths.full(path),
            (None, Some(path)) => old.image.paths.full(path),
            (None, None) => Vec::new(),
        };
        let mut paths: Vec<(Vec<u8>, usize)> =
            changes.iter().enumerate().map(|(number, change)| (path(change), number)).collect();
        paths.sort_by(|(a, _), (b, _)| parts(a).cmp(parts(b)));
        let root = Node {
            name: 0..0,
            parent: 0,
            end: 1,
            depth: 0,
            change: None,
            before: 0,
            after: 0,
            paths: 0,
            kinds: 0,
        };
        let mut tree = Self { nodes: vec![root], names: Vec::new() };
        // the nodes of the current path, the root first
        let mut open = vec![0];
        for (path, number) in paths {
            let mut depth = 1;
            for part in parts(&path) {
                if open.get(depth).is_none_or(|&node: &usize| tree.name(node) != part) {
                    tree.close(&mut open, depth);
                    open.push(tree.add(open[depth - 1], part));
                }
                depth += 1;
            }
            tree.close(&mut open, depth);
            let change = &changes[number];
            let (before, after) = change.bytes(old, new);
            let node = &mut tree.nodes[open[depth - 1]];
            node.change = Some(number);
            node.before += before;
            node.after += after;
            node.paths += 1;
            node.kinds |= bit(change.kind);
        }
        tree.close(&mut open, 0);
        for number in (1..tree.nodes.len()).rev() {
            let node = tree.nodes[number].clone();
            let parent = &mut tree.nodes[node.parent];
            parent.before += node.before;
            parent.after += node.after;
            parent.paths += node.paths;
            parent.kinds |= node.kinds;
        }
        tree
    }

    fn add(&mut self, parent: usize, name: &[u8]) -> usize {
        let start = self.names.len();
        self.names.extend_from_slice(name);
        let node = Node {
            name: start..self.names.len(),
            parent,
            depth: self.nodes[parent].depth.saturating_add(1),
            ..self.nodes[0].clone()
        };
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Ends the directories from a depth on: what follows is not below them.
    fn close(&mut self, open: &mut Vec<usize>, depth: usize) {
        for node in open.drain(depth.min(open.len())..) {
            self.nodes[node].end = self.nodes.len();
        }
    }

    /// Number of nodes, the root included.
    pub(in crate::ui) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(in crate::ui) fn node(&self, number: usize) -> &Node {
        &self.nodes[number]
    }

    /// The last part of a path; empty for the root.
    pub(in crate::ui) fn name(&self, number: usize) -> &[u8] {
        &self.names[self.nodes[number].name.clone()]
    }

    /// The whole path, without a leading slash.
    pub(in crate::ui) fn path(&self, number: usize) -> Vec<u8> {
        let mut parts = Vec::new();
        let mut at = number;
        while at != 0 {
            parts.push(self.name(at));
            at = self.nodes[at].parent;
        }
        parts.reverse();
        parts.join(&b'/')
    }

    /// True when something below the path differs.
    pub(in crate::ui) fn has_children(&self, number: usize) -> bool {
        self.nodes[number].end > number + 1
    }

    /// All nodes below one.
    pub(in crate::ui) fn below(&self, number: usize) -> Range<usize> {
        number + 1..self.nodes[number].end
    }

    fn children(&self, number: usize) -> impl Iterator<Item = usize> {
        let mut next = number + 1;
        let end = self.nodes[number].end;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.nodes[child].end;
            Some(child)
        })
    }

    /// The nodes that are accepted with all below them, and the directories on the way there.
    fn matching(&self, accepts: impl Fn(usize) -> bool) -> (FixedBitSet, FixedBitSet) {
        let mut hits = FixedBitSet::with_capacity(self.len());
        let mut way = FixedBitSet::with_capacity(self.len());
        for number in 1..self.len() {
            if hits.contains(self.nodes[number].parent) || accepts(number) {
                hits.insert(number);
            }
        }
        for number in (1..self.len()).rev() {
            if hits.contains(number) || way.contains(number) {
                way.insert(self.nodes[number].parent);
            }
        }
        (hits, way)
    }
}

/// The parts of a path, from the top.
fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/').filter(|part| !part.is_empty())
}

const fn bit(kind: ChangeKind) -> u8 {
    1 << kind as u8
}

/// Which rows of the tree are shown.
#[derive(Debug)]
pub(in crate::ui) struct ChangeRows {
    open: FixedBitSet,
    /// Kinds of change that are shown, one bit each.
    kinds: u8,
    /// What the filter finds, and the directories on the way there; none: everything.
    found: Option<(FixedBitSet, FixedBitSet)>,
    /// The rows, from the top.
    pub(in crate::ui) rows: Vec<usize>,
}

impl ChangeRows {
    /// The directories at the top.
    pub(in crate::ui) fn new(tree: &ChangeTree, sort: Sort) -> Self {
        let open = FixedBitSet::with_capacity(tree.len());
        let mut rows = Self { open, kinds: u8::MAX, found: None, rows: Vec::new() };
        rows.fill(tree, sort);
        rows
    }

    /// Makes the rows anew.
    pub(in crate::ui) fn fill(&mut self, tree: &ChangeTree, sort: Sort) {
        self.rows.clear();
        let mut left = self.ordered(tree, 0, sort);
        while let Some(node) = left.pop() {
            self.rows.push(node);
            if self.is_open(node) {
                left.extend(self.ordered(tree, node, sort));
            }
        }
    }

    /// The children that are shown, the last one first.
    fn ordered(&self, tree: &ChangeTree, node: usize, sort: Sort) -> Vec<usize> {
        let mut children: Vec<usize> = tree.children(node).filter(|child| self.shows(tree, *child)).collect();
        match sort {
            Sort::Name => {}
            Sort::Files => children.sort_by_key(|child| Reverse(tree.node(*child).paths)),
            _ => children.sort_by_key(|child| {
                let node = tree.node(*child);
                Reverse((node.difference(), node.before.max(node.after)))
            }),
        }
        children.reverse();
        children
    }

    fn shows(&self, tree: &ChangeTree, node: usize) -> bool {
        let found = |(hits, way): &(FixedBitSet, FixedBitSet)| hits.contains(node) || way.contains(node);
        tree.node(node).kinds & self.kinds != 0 && self.found.as_ref().is_none_or(found)
    }

    /// True when what is below it is shown; a filter opens the way to what it finds.
    pub(in crate::ui) fn is_open(&self, node: usize) -> bool {
        self.open.contains(node) || self.found.as_ref().is_some_and(|(_, way)| way.contains(node))
    }

    /// Opens directories or closes them.
    pub(in crate::ui) fn set_open(&mut self, nodes: Range<usize>, is_open: bool) {
        self.open.set_range(nodes, is_open);
    }

    /// Shows changes of these kinds, or hides them; true when they are shown now.
    pub(in crate::ui) fn toggle(&mut self, kinds: &[ChangeKind]) -> bool {
        let bits = kinds.iter().fold(0, |bits, kind| bits | bit(*kind));
        self.kinds ^= bits;
        self.kinds & bits != 0
    }

    /// Shows only what is found; none: everything again.
    pub(in crate::ui) fn find(&mut self, tree: &ChangeTree, accepts: Option<impl Fn(usize) -> bool>) {
        self.found = accepts.map(|accepts| tree.matching(accepts));
    }

    /// Paths that differ and are shown or would be, were their directories open; and their bytes in the new image.
    pub(in crate::ui) fn count(&self, tree: &ChangeTree) -> (usize, u64) {
        let is_counted = |number: &usize| {
            tree.node(*number).change.is_some()
                && !tree.has_children(*number)
                && self.found.as_ref().is_none_or(|(hits, _)| hits.contains(*number))
                && tree.node(*number).kinds & self.kinds != 0
        };
        (1..tree.len())
            .filter(is_counted)
            .fold((0, 0), |(count, bytes), number| (count + 1, bytes + tree.node(number).after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Hashes, compare};
    use crate::ui::sample;

    fn tree() -> ChangeTree {
        let old = sample::data(&[&[("a/x", 5000), ("a/y", 10), ("b", 7), ("c/deep/z", 9000)]]);
        let new = sample::data(&[&[("a/x", 6000), ("b", 8), ("c/deep/w", 1)], &[("d/n", 500)]]);
        let comparison = compare(&old.side(), &new.side(), &Hashes::default());
        ChangeTree::of(&old.side(), &new.side(), &comparison.changes)
    }

    fn names(tree: &ChangeTree, rows: &ChangeRows) -> Vec<String> {
        let text = |row: &usize| String::from_utf8(tree.path(*row)).unwrap();
        rows.rows.iter().map(text).collect()
    }

    #[test]
    fn directories_sum_up_what_is_below_them() {
        let tree = tree();
        let root = tree.node(0);
        assert_eq!((root.before, root.after), (5000 + 10 + 7 + 9000, 6000 + 8 + 1 + 500));
        let rows = ChangeRows::new(&tree, Sort::Size);
        assert_eq!(names(&tree, &rows), ["c", "a", "d", "b"]);
        assert_eq!(names(&tree, &ChangeRows::new(&tree, Sort::Name)), ["a", "b", "c", "d"]);
    }

    #[test]
    fn directories_open_and_kinds_are_hidden() {
        let tree = tree();
        let mut rows = ChangeRows::new(&tree, Sort::Name);
        rows.set_open(0..tree.len(), true);
        rows.fill(&tree, Sort::Name);
        let all = ["a", "a/x", "a/y", "b", "c", "c/deep", "c/deep/w", "c/deep/z", "d", "d/n"];
        assert_eq!(names(&tree, &rows), all);
        assert!(!rows.toggle(&[ChangeKind::Removed]));
        rows.fill(&tree, Sort::Name);
        assert!(!names(&tree, &rows).contains(&"a/y".to_owned()));
        assert!(rows.toggle(&[ChangeKind::Removed]));
    }

    #[test]
    fn a_filter_opens_the_way() {
        let tree = tree();
        let mut rows = ChangeRows::new(&tree, Sort::Name);
        rows.find(&tree, Some(|node| tree.name(node) == b"z"));
        rows.fill(&tree, Sort::Name);
        assert_eq!(names(&tree, &rows), ["c", "c/deep", "c/deep/z"]);
        assert_eq!(rows.count(&tree), (1, 0));
        rows.find(&tree, None::<fn(usize) -> bool>);
        rows.fill(&tree, Sort::Name);
        assert_eq!(names(&tree, &rows), ["a", "b", "c", "d"]);
    }
}
