//! Two path tables walked as one.

use std::cmp::Ordering;

use crate::image::{PathId, PathTable};

/// A path that at least one of two images mentions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Its id in the old image.
    pub old: Option<PathId>,
    /// Its id in the new image.
    pub new: Option<PathId>,
    /// How many directories it stands in; 1 for what stands in the root.
    pub depth: usize,
}

/// Every path that one of two tables has, once, in pre-order with siblings sorted by name. The root is left out.
///
/// Both tables are in that order, so the walk only compares the names of two siblings at a time. It costs the
/// sum of both tables, and memory for the depth of one path.
#[derive(Debug)]
pub struct Merge<'a> {
    old: &'a PathTable,
    new: &'a PathTable,
    /// The next path of each.
    next: (u32, u32),
    /// Where the directory that is being walked ends in each, for each directory above the next path.
    ends: Vec<(u32, u32)>,
}

impl<'a> Merge<'a> {
    /// Starts in front of the first path.
    pub fn new(old: &'a PathTable, new: &'a PathTable) -> Self {
        Self { old, new, next: (1, 1), ends: vec![(old.len(), new.len())] }
    }

    /// Goes into the paths below a pair.
    fn enter(&mut self, old: Option<PathId>, new: Option<PathId>) {
        let end = |table: &PathTable, id: Option<PathId>, next: u32| id.map_or(next, |id| table.end(id).0);
        let ends = (end(self.old, old, self.next.0), end(self.new, new, self.next.1));
        self.next.0 += u32::from(old.is_some());
        self.next.1 += u32::from(new.is_some());
        if self.next != ends {
            self.ends.push(ends);
        }
    }
}

impl Iterator for Merge<'_> {
    type Item = Pair;

    fn next(&mut self) -> Option<Pair> {
        while self.ends.last() == Some(&self.next) {
            self.ends.pop();
        }
        let ends = *self.ends.last()?;
        let old = (self.next.0 < ends.0).then_some(PathId(self.next.0));
        let new = (self.next.1 < ends.1).then_some(PathId(self.next.1));
        let (old, new) = match (old, new) {
            (Some(a), Some(b)) => match self.old.name(a).cmp(self.new.name(b)) {
                Ordering::Less => (old, None),
                Ordering::Equal => (old, new),
                Ordering::Greater => (None, new),
            },
            one => one,
        };
        let depth = self.ends.len();
        self.enter(old, new);
        Some(Pair { old, new, depth })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Names;

    fn table(paths: &[&str]) -> PathTable {
        let mut names = Names::new();
        for path in paths {
            names.path(path.as_bytes());
        }
        PathTable::build(names).0
    }

    fn merged(old: &[&str], new: &[&str]) -> Vec<String> {
        let (old, new) = (table(old), table(new));
        Merge::new(&old, &new)
            .map(|pair| {
                let name = |table: &PathTable, id| String::from_utf8(table.full(id)).unwrap();
                let (mark, path) = match (pair.old, pair.new) {
                    (Some(a), Some(b)) => {
                        assert_eq!(name(&old, a), name(&new, b));
                        (' ', name(&old, a))
                    }
                    (Some(a), None) => ('-', name(&old, a)),
                    (None, Some(b)) => ('+', name(&new, b)),
                    (None, None) => unreachable!(),
                };
                assert_eq!(pair.depth, path.split('/').count());
                format!("{mark}{path}")
            })
            .collect()
    }

    #[test]
    fn both_trees_are_walked_in_the_order_of_paths() {
        assert_eq!(
            merged(&["a/x/y", "a-b", "c", "e/f"], &["a/x/z", "a/w", "b/q", "c", "e"]),
            [" a", "+a/w", " a/x", "-a/x/y", "+a/x/z", "-a-b", "+b", "+b/q", " c", " e", "-e/f"]
        );
        assert_eq!(merged(&[], &["a/b"]), ["+a", "+a/b"]);
        assert_eq!(merged(&["a/b"], &[]), ["-a", "-a/b"]);
        assert_eq!(merged(&[], &[]), [""; 0]);
    }

    #[test]
    fn deep_paths_need_no_recursion() {
        let (old, new) = ("d/".repeat(30_000), "d/".repeat(20_000) + "e");
        let (old, new) = (table(&[old.trim_end_matches('/')]), table(&[&new]));
        let depths: Vec<_> = Merge::new(&old, &new).map(|pair| pair.depth).collect();
        assert_eq!((depths.len(), depths.iter().max()), (30_001, Some(&30_000)));
    }
}
