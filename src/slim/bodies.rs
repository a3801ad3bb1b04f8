//! Hashes of file bodies: of the old image, taken while they were copied, and of the new one, taken when it was read
//! back.

use std::collections::HashMap;

use crate::image::EntryId;

/// Hashes of bodies, by the entry that stores them.
#[derive(Debug, Default)]
pub(super) struct BodyHashes(HashMap<EntryId, u64>);

impl BodyHashes {
    pub(super) fn note(&mut self, id: EntryId, hash: u64) {
        self.0.insert(id, hash);
    }

    pub(super) fn add(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(super) fn get(&self, id: EntryId) -> Option<u64> {
        self.0.get(&id).copied()
    }
}
