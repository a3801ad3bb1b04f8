//! The path table: every path of every layer once, numbered so that trees are ranges.
//!
//! Ids are in pre-order, siblings sorted by the bytes of their names. So a parent's id is smaller than its
//! children's, a subtree is the range from a path to its `end`, the first child is the next id, and the next
//! sibling is `end`. Sorting by id is sorting by path, part by part.

use crate::layer::{NameId, Names};

/// A path of the image; 0 is the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(pub u32);

impl PathId {
    /// The root directory.
    pub const ROOT: Self = Self(0);

    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl From<PathId> for u32 {
    fn from(id: PathId) -> Self {
        id.0
    }
}

/// All paths that any layer of the image mentions.
#[derive(Debug)]
pub struct PathTable {
    parents: Vec<u32>,
    ends: Vec<u32>,
    /// Where each name ends in `bytes`; it starts where the one before ends.
    name_ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl PathTable {
    /// Renumbers the paths of `names`. Also returns the new id of each old one.
    pub fn build(names: Names) -> (Self, Vec<PathId>) {
        let (parents, old_ends, old_bytes) = names.into_parts();
        let count = parents.len();
        let name = |id: u32| {
            let start = if id == 0 { 0 } else { old_ends[id as usize - 1] as usize };
            &old_bytes[start..old_ends[id as usize] as usize]
        };
        // children of each path, side by side: a counting sort by parent, then by name
        let mut starts = vec![0_u32; count + 1];
        for parent in &parents[1..] {
            starts[parent.index() + 1] += 1;
        }
        for i in 0..count {
            starts[i + 1] += starts[i];
        }
        let mut children = vec![0_u32; count.saturating_sub(1)];
        let mut next = starts.clone();
        for (id, parent) in (0_u32..).zip(&parents).skip(1) {
            let slot = &mut next[parent.index()];
            children[*slot as usize] = id;
            *slot += 1;
        }
        drop(next);
        for range in starts.windows(2) {
            children[range[0] as usize..range[1] as usize].sort_unstable_by(|&a, &b| name(a).cmp(name(b)));
        }
        // pre-order without recursion, because hostile paths are deep
        let mut table = Self {
            parents: Vec::with_capacity(count),
            ends: vec![0; count],
            name_ends: Vec::with_capacity(count),
            bytes: Vec::with_capacity(old_bytes.len()),
        };
        let mut new_ids = vec![PathId::ROOT; count];
        let mut cursors: Vec<(u32, u32, u32)> = Vec::new(); // next child, end of children, new id
        table.push(0, b"");
        cursors.push((starts[0], starts[1], 0));
        while let Some((next, end, parent)) = cursors.last_mut() {
            if next == end {
                table.ends[*parent as usize] = table.len();
                cursors.pop();
                continue;
            }
            let old = children[*next as usize];
            *next += 1;
            let new = table.len();
            let parent = *parent;
            table.push(parent, name(old));
            new_ids[old as usize] = PathId(new);
            cursors.push((starts[old as usize], starts[old as usize + 1], new));
        }
        (table, new_ids)
    }

    fn push(&mut self, parent: u32, name: &[u8]) {
        self.parents.push(parent);
        self.bytes.extend_from_slice(name);
        self.name_ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    /// Number of paths, the root included.
    pub fn len(&self) -> u32 {
        u32::try_from(self.parents.len()).unwrap_or(u32::MAX)
    }

    /// Always false, because the root is always there.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The directory that a path is in; the root's is the root.
    pub fn parent(&self, id: PathId) -> PathId {
        PathId(self.parents[id.index()])
    }

    /// The id after the last path below `id`: its subtree is `id..end`.
    pub fn end(&self, id: PathId) -> PathId {
        PathId(self.ends[id.index()])
    }

    /// True for a path at or below `top`.
    pub fn holds(&self, top: PathId, id: PathId) -> bool {
        top <= id && id < self.end(top)
    }

    /// The last part of a path, any bytes; empty for the root.
    pub fn name(&self, id: PathId) -> &[u8] {
        let start = if id.0 == 0 { 0 } else { self.name_ends[id.index() - 1] as usize };
        &self.bytes[start..self.name_ends[id.index()] as usize]
    }

    /// Writes the path into `out`, without a leading slash; empty for the root.
    pub fn write(&self, id: PathId, out: &mut Vec<u8>) {
        out.clear();
        let mut length = 0;
        let mut at = id;
        while at != PathId::ROOT {
            length += self.name(at).len() + 1;
            at = self.parent(at);
        }
        out.resize(length.saturating_sub(1), b'/');
        let mut end = out.len();
        at = id;
        while at != PathId::ROOT {
            let name = self.name(at);
            let start = end - name.len();
            out[start..end].copy_from_slice(name);
            end = start.saturating_sub(1);
            at = self.parent(at);
        }
    }

    /// The path, without a leading slash; empty for the root.
    pub fn full(&self, id: PathId) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(id, &mut out);
        out
    }

    /// The children of a path in the order of their names.
    pub fn children(&self, id: PathId) -> impl Iterator<Item = PathId> + '_ {
        let end = self.end(id);
        let mut next = PathId(id.0 + 1);
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = next;
                next = self.end(child);
                child
            })
        })
    }

    /// What a directory holds under a name, if any layer mentions it.
    pub fn child(&self, directory: PathId, name: &[u8]) -> Option<PathId> {
        self.children(directory).find(|&child| self.name(child) == name)
    }

    /// The path of a normalised name, if any layer mentions it.
    pub fn find(&self, normal: &[u8]) -> Option<PathId> {
        let mut id = PathId::ROOT;
        for part in normal.split(|&b| b == b'/').filter(|part| !part.is_empty()) {
            id = self.child(id, part)?;
        }
        Some(id)
    }
}

/// Adds a layer's names to a larger trie. Returns their ids there.
pub(super) fn merge(into: &mut Names, layer: &Names) -> Vec<NameId> {
    let mut ids = Vec::with_capacity(layer.len());
    ids.push(NameId::ROOT);
    for id in (1..u32::try_from(layer.len()).unwrap_or(u32::MAX)).map(NameId) {
        let parent = ids[layer.parent(id).index()];
        ids.push(into.child(parent, layer.name(id)));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(paths: &[&str]) -> PathTable {
        let mut names = Names::new();
        for path in paths {
            names.path(path.as_bytes());
        }
        let (table, ids) = PathTable::build(names);
        assert_eq!(ids.len(), table.len() as usize);
        table
    }

    #[test]
    fn ids_are_in_pre_order_with_sorted_siblings() {
        let table = table(&["b/z", "a-b", "a/x/y", "b/c", "a"]);
        let paths: Vec<_> =
            (0..table.len()).map(|id| String::from_utf8(table.full(PathId(id))).unwrap()).collect();
        assert_eq!(paths, ["", "a", "a/x", "a/x/y", "a-b", "b", "b/c", "b/z"]);
        let a = table.find(b"a").unwrap();
        assert_eq!(table.end(a), table.find(b"a-b").unwrap());
        let children: Vec<_> = table.children(PathId::ROOT).map(|id| table.name(id).to_vec()).collect();
        assert_eq!(children, [b"a".to_vec(), b"a-b".to_vec(), b"b".to_vec()]);
        assert_eq!(table.end(PathId::ROOT).0, table.len());
        assert_eq!(table.find(b"a/x/nope"), None);
        assert_eq!(table.parent(table.find(b"b/z").unwrap()), table.find(b"b").unwrap());
    }

    #[test]
    fn deep_paths_need_no_recursion() {
        let deep = "d/".repeat(50_000);
        let table = table(&[deep.trim_end_matches('/')]);
        assert_eq!(table.len(), 50_001);
        assert_eq!(table.full(PathId(50_000)).len(), 99_999);
    }
}
