//! Which entry each name stands for.

use crate::image::{EntryId, Image};
use crate::overlay::{Change, Rootfs, Slot};

const NOTHING: u32 = u32::MAX;

/// The entry that each entry is a name of: itself, or what its hard link leads to. Unlike the account of the
/// union this follows links to whatever is no directory: a symbolic link may have several names too.
pub(in crate::slim) struct Origins(Vec<u32>);

impl Origins {
    pub(super) fn new(image: &Image) -> Self {
        Self(vec![NOTHING; image.entries.len()])
    }

    /// Those of a whole image.
    pub(in crate::slim) fn of(image: &Image) -> Self {
        let mut origins = Self::new(image);
        let mut rootfs = Rootfs::new(image);
        for layer in 0..image.layers.len() {
            rootfs.apply(image, layer, &mut |rootfs, change| _ = origins.note(image, rootfs, change));
        }
        origins
    }

    /// Sees a write before it happens. Returns the hard link and what its target was.
    pub(super) fn note(
        &mut self,
        image: &Image,
        rootfs: &Rootfs,
        change: Change,
    ) -> Option<(EntryId, EntryId)> {
        let Some(Slot::Entry(id)) = change.after else { return None };
        match image.link_path(id) {
            None => {
                self.0[id.index()] = id.0;
                None
            }
            Some(target) => {
                let named = rootfs.entry(target).filter(|named| !image.entry(*named).kind.is_directory())?;
                self.0[id.index()] = self.0[named.index()];
                Some((id, named))
            }
        }
    }

    /// The entry that `id` is a name of; none for a link to nothing.
    pub(in crate::slim) fn get(&self, id: EntryId) -> Option<EntryId> {
        let origin = self.0[id.index()];
        (origin != NOTHING).then_some(EntryId(origin))
    }
}
