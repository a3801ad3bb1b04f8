//! Attributes of entries, each different set kept once.

use std::collections::HashMap;

/// A set of attributes in an [`AttrTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttrId(pub u32);

/// What an entry has beside its path, kind, size and time.
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

/// Interned attributes: an image has far fewer different ones than entries.
#[derive(Debug, Default)]
pub struct AttrTable {
    sets: Vec<Attrs>,
    ids: HashMap<Attrs, AttrId>,
    last: Option<AttrId>,
}

impl AttrTable {
    /// The id of `attrs`, which is kept when it is new.
    pub fn intern(&mut self, attrs: &Attrs) -> AttrId {
        // neighbours in a tar mostly have the same attributes
        if let Some(last) = self.last
            && self.get(last) == attrs
        {
            return last;
        }
        let id = self.ids.get(attrs).copied().unwrap_or_else(|| {
            let id = AttrId(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
            self.sets.push(attrs.clone());
            self.ids.insert(attrs.clone(), id);
            id
        });
        self.last = Some(id);
        id
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
