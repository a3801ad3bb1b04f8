//! Attributes of entries, each different set kept once.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

/// A set of attributes in an [`AttrTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttrId(pub u32);

/// The attributes of an entry other than path, kind, size and time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Attrs {
    /// Permission bits with set-user-id, set-group-id and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Major and minor number of a device.
    pub device: Option<(u32, u32)>,
    /// Extended attributes in the order of the tar: names and values.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Attrs {
    /// Memory that the extended attributes take, in bytes: two strings each, and what allocating them costs.
    pub(super) fn xattr_bytes(&self) -> u64 {
        const STRINGS: usize = 2 * (size_of::<Vec<u8>>() + 16);
        self.xattrs.iter().map(|(name, value)| (STRINGS + name.len() + value.len()) as u64).sum()
    }
}

/// Interned attributes: an image has far fewer different ones than entries.
#[derive(Debug, Default)]
pub struct AttrTable {
    sets: Vec<Attrs>,
    table: HashTable<u32>,
    hasher: RandomState,
    last: Option<AttrId>,
}

impl AttrTable {
    /// The id of `attrs`; adds them if they are new.
    pub fn intern(&mut self, attrs: &Attrs) -> AttrId {
        // neighbours in a tar usually have the same attributes
        if let Some(last) = self.last
            && self.get(last) == attrs
        {
            return last;
        }
        let Self { sets, table, hasher, .. } = self;
        let hash = hasher.hash_one(attrs);
        let known = table.find(hash, |&id| sets[id as usize] == *attrs).copied();
        let id = known.unwrap_or_else(|| {
            let id = u32::try_from(sets.len()).unwrap_or(u32::MAX);
            sets.push(attrs.clone());
            table.insert_unique(hash, id, |&other| hasher.hash_one(&sets[other as usize]));
            id
        });
        self.last = Some(AttrId(id));
        AttrId(id)
    }

    /// The attributes of an id of this table.
    pub fn get(&self, id: AttrId) -> &Attrs {
        &self.sets[id.0 as usize]
    }

    /// All sets, in the order of their ids.
    pub fn sets(&self) -> &[Attrs] {
        &self.sets
    }
}
