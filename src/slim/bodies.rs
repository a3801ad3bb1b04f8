//! What the bodies of files hash to: those of the old image as they were copied, those of the new one as they
//! are read back.

use std::collections::HashMap;

use crate::image::EntryId;

/// Hashes of bodies, by the entry that stores them.
#[derive(Debug, Default)]
pub(super) struct BodyHashes(HashMap<EntryId, u64>);

impl BodyHashes {
    pub(super) fn note(&mut self, id: EntryId, hash: u64) {
        self.0.insert(id, hash);
    }

    pub(super) fn get(&self, id: EntryId) -> Option<u64> {
        self.0.get(&id).copied()
    }
}
