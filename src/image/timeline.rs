//! What the layers did to a path: the entries that stand at it, lowest layer first.

use std::ops::Range;

use super::ids::EntryId;
use super::paths::PathId;
use crate::layer::Entry;

/// Entries by path, as one array with a start for each path.
#[derive(Debug)]
pub struct Timeline {
    starts: Vec<u32>,
    entries: Vec<EntryId>,
}

impl Timeline {
    /// Sorts `entries` by path; those of one path stay in order.
    pub fn build(entries: &[Entry<PathId>], paths: u32) -> Self {
        let mut starts = vec![0_u32; paths as usize + 1];
        for entry in entries {
            starts[entry.path.index() + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut sorted = vec![EntryId(0); entries.len()];
        // counting sort from the back: each start begins at its end and counts down to where it belongs
        let mut id = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        for entry in entries.iter().rev() {
            id -= 1;
            let slot = &mut starts[entry.path.index() + 1];
            *slot -= 1;
            sorted[*slot as usize] = EntryId(id);
        }
        starts.remove(0);
        starts.push(u32::try_from(entries.len()).unwrap_or(u32::MAX));
        Self { starts, entries: sorted }
    }

    /// The entries that stand at a path, lowest layer first, in the order of each tar.
    pub fn of(&self, path: PathId) -> &[EntryId] {
        &self.entries[self.starts[path.index()] as usize..self.starts[path.index() + 1] as usize]
    }

    /// The first entry at a path among the `entries` of a layer.
    pub fn in_layer(&self, entries: &Range<u32>, path: PathId) -> Option<EntryId> {
        let all = self.of(path);
        let first = all.partition_point(|id| id.0 < entries.start);
        all.get(first).copied().filter(|id| entries.contains(&id.0))
    }
}
