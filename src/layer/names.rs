//! A layer's paths as a trie: each directory and file name is stored once.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A path in [`Names`]; 0 is the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub u32);

impl NameId {
    /// The root directory.
    pub const ROOT: Self = Self(0);

    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl From<NameId> for u32 {
    fn from(id: NameId) -> Self {
        id.0
    }
}

/// A growing trie: a node per path, with its parent and its own name. Ids are given in the order of first mention,
/// so a parent's id is smaller than its children's.
#[derive(Debug)]
pub struct Names {
    parents: Vec<NameId>,
    /// Where each node's name ends in `bytes`; it starts where the one before ends.
    ends: Vec<u32>,
    bytes: Vec<u8>,
    table: HashTable<u32>,
    seed: u64,
}

impl Default for Names {
    fn default() -> Self {
        Self::new()
    }
}

impl Names {
    /// Only the root.
    pub fn new() -> Self {
        Self {
            parents: vec![NameId::ROOT],
            ends: vec![0],
            bytes: Vec::new(),
            table: HashTable::new(),
            // names come from strangers: with a secret seed they cannot be chosen to collide
            seed: RandomState::new().hash_one(0),
        }
    }

    /// Number of paths, the root included.
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// Always false, because the root is always there.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Bytes of all names.
    pub fn text_len(&self) -> usize {
        self.bytes.len()
    }

    /// The directory that a path is in; the root's is the root.
    pub fn parent(&self, id: NameId) -> NameId {
        self.parents[id.index()]
    }

    /// The last part of a path; empty for the root.
    pub fn name(&self, id: NameId) -> &[u8] {
        let start = if id.0 == 0 { 0 } else { self.ends[id.index() - 1] as usize };
        &self.bytes[start..self.ends[id.index()] as usize]
    }

    /// The path of `name` in the directory `parent`, which is added when it is new.
    pub fn child(&mut self, parent: NameId, name: &[u8]) -> NameId {
        let hash = hash(self.seed, parent, name);
        let known = self.table.find(hash, |&id| {
            let id = NameId(id);
            self.parent(id) == parent && self.name(id) == name
        });
        if let Some(&id) = known {
            return NameId(id);
        }
        let id = NameId(u32::try_from(self.parents.len()).unwrap_or(u32::MAX));
        self.parents.push(parent);
        self.bytes.extend_from_slice(name);
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        let Self { parents, ends, bytes, table, seed } = self;
        table.insert_unique(hash, id.0, |&other| {
            let index = other as usize;
            hash_of(*seed, parents[index], &bytes[ends[index - 1] as usize..ends[index] as usize])
        });
        id
    }

    /// The path of a normalised name, with all directories above it.
    pub fn path(&mut self, normal: &[u8]) -> NameId {
        let mut id = NameId::ROOT;
        if !normal.is_empty() {
            for part in normal.split(|&b| b == b'/') {
                id = self.child(id, part);
            }
        }
        id
    }

    /// Frees what only growing needs.
    pub fn freeze(&mut self) {
        self.table = HashTable::new();
        self.parents.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.bytes.shrink_to_fit();
    }

    /// Takes the trie apart: parents, ends of names, and the names' bytes.
    pub fn into_parts(self) -> (Vec<NameId>, Vec<u32>, Vec<u8>) {
        (self.parents, self.ends, self.bytes)
    }
}

fn hash(seed: u64, parent: NameId, name: &[u8]) -> u64 {
    hash_of(seed, parent, name)
}

fn hash_of(seed: u64, parent: NameId, name: &[u8]) -> u64 {
    xxh3_64_with_seed(name, seed ^ u64::from(parent.0).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Finds the ids of names in the order of a tar, where neighbours are usually in the same directory.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    directory: Vec<u8>,
    id: Option<NameId>,
}

impl Cursor {
    /// The path of a normalised name.
    pub(super) fn find(&mut self, names: &mut Names, normal: &[u8]) -> NameId {
        let Some(slash) = normal.iter().rposition(|&b| b == b'/') else { return names.path(normal) };
        let (directory, name) = (&normal[..slash], &normal[slash + 1..]);
        let parent = match self.id {
            Some(id) if self.directory == directory => id,
            _ => {
                let id = names.path(directory);
                self.directory.clear();
                self.directory.extend_from_slice(directory);
                self.id = Some(id);
                id
            }
        };
        names.child(parent, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_paths_have_equal_ids() {
        let mut names = Names::new();
        let mut cursor = Cursor::default();
        let a = cursor.find(&mut names, b"usr/lib/a");
        let b = cursor.find(&mut names, b"usr/lib/b");
        assert_eq!(names.parent(a), names.parent(b));
        assert_eq!(names.path(b"usr/lib/a"), a);
        assert_eq!(cursor.find(&mut names, b"usr"), names.parent(names.parent(a)));
        assert_eq!(names.name(b), b"b");
        assert_eq!(names.path(b""), NameId::ROOT);
        assert_eq!(names.len(), 5);
        for i in 0..1000 {
            names.path(format!("many/{i}").as_bytes());
        }
        assert_eq!(names.path(b"usr/lib/a"), a);
        assert_eq!(names.len(), 5 + 1 + 1000);
    }
}
