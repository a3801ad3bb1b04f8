//! All layers stacked, and an account of where every byte went.

use super::{Cause, Change, Rootfs, Slot};
use crate::image::{EntryId, Image, PathId};
use crate::layer::Kind;
use crate::limits;

/// What became of the bytes of an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fate {
    /// Some path of the final file system reaches them, or the entry never had any.
    #[default]
    Live,
    /// The last of their names was lost for this cause, in this layer.
    Lost(Cause, u16),
}

/// A number of files and their bytes. Hard links count as files of 0 bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileCount {
    /// Number of files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// How a layer changed the files of the file system below it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that were not there below.
    pub added: FileCount,
    /// Files that were there below and that the layer stores again, by their new sizes.
    pub modified: FileCount,
    /// Files that were there below and are no longer, by their old sizes.
    pub removed: FileCount,
}

/// The result of stacking all layers.
#[derive(Debug)]
pub struct Union {
    /// The final file system.
    pub rootfs: Rootfs,
    /// What each layer changed.
    pub changes: Vec<Changes>,
    /// Hard links that name no file, the first [`limits::REMARKS`] of them.
    pub dangling: Vec<EntryId>,
    fates: Vec<Fate>,
    contents: Vec<u32>,
}

const NO_CONTENT: u32 = u32::MAX;

impl Union {
    /// Stacks all layers of `image`.
    pub fn of(image: &Image) -> Self {
        let mut rootfs = Rootfs::new(image);
        let mut account = Account::new(image);
        let mut touched = Touched::new(image);
        let mut changes = Vec::with_capacity(image.layers.len());
        for layer in 0..image.layers.len() {
            rootfs.apply(image, layer, &mut |rootfs, change| {
                account.note(image, rootfs, layer, change);
                touched.note(change);
            });
            changes.push(touched.settle(image, &rootfs));
        }
        Self { rootfs, changes, dangling: account.dangling, fates: account.fates, contents: account.contents }
    }

    /// What became of an entry's bytes. They are live as long as any name reaches them; when the last name goes, they
    /// are lost for the same cause.
    pub fn fate(&self, id: EntryId) -> Fate {
        self.fates[id.index()]
    }

    /// The regular-file entry whose bytes an entry names: itself, or the target of its hard link.
    pub fn content_of(&self, id: EntryId) -> Option<EntryId> {
        content(&self.contents, id)
    }
}

fn content(contents: &[u32], id: EntryId) -> Option<EntryId> {
    let content = contents[id.index()];
    (content != NO_CONTENT).then_some(EntryId(content))
}

/// Counts the names of every content while the layers are stacked.
struct Account {
    /// How many paths of the file system name each entry's bytes.
    names: Vec<u32>,
    contents: Vec<u32>,
    fates: Vec<Fate>,
    dangling: Vec<EntryId>,
}

impl Account {
    fn new(image: &Image) -> Self {
        let count = image.entries.len();
        Self {
            names: vec![0; count],
            contents: vec![NO_CONTENT; count],
            fates: vec![Fate::Live; count],
            dangling: Vec::new(),
        }
    }

    /// Called before each write. Names are gained before they are lost, so that a link to what is at its own path
    /// keeps it.
    fn note(&mut self, image: &Image, rootfs: &Rootfs, layer: usize, change: Change) {
        if let Some(Slot::Entry(id)) = change.after {
            self.gain(image, rootfs, id);
        }
        if let Some(Slot::Entry(id)) = change.before
            && let Some(content) = content(&self.contents, id)
        {
            let names = &mut self.names[content.index()];
            *names -= 1;
            if *names == 0 {
                self.fates[content.index()] =
                    Fate::Lost(change.cause, u16::try_from(layer).unwrap_or(u16::MAX));
            }
        }
    }

    fn gain(&mut self, image: &Image, rootfs: &Rootfs, id: EntryId) {
        let content = match image.entry(id).kind {
            Kind::File => Some(id),
            Kind::HardLink => {
                let target = image.link_path(id).and_then(|target| rootfs.entry(target));
                if target.is_none_or(|target| image.entry(target).kind.is_directory())
                    && self.dangling.len() < limits::REMARKS
                {
                    self.dangling.push(id);
                }
                target.and_then(|target| content(&self.contents, target))
            }
            _ => None,
        };
        if let Some(content) = content {
            self.contents[id.index()] = content.0;
            self.names[content.index()] += 1;
        }
    }
}

/// The paths that a layer wrote, with what was there below.
struct Touched {
    /// Which layer touched each path last, counted from 1.
    stamps: Vec<u16>,
    layer: u16,
    before: Vec<(PathId, Option<Slot>)>,
}

impl Touched {
    fn new(image: &Image) -> Self {
        Self { stamps: vec![0; image.paths.len() as usize], layer: 1, before: Vec::new() }
    }

    fn note(&mut self, change: Change) {
        let stamp = &mut self.stamps[change.path.index()];
        if *stamp != self.layer {
            *stamp = self.layer;
            self.before.push((change.path, change.before));
        }
    }

    /// Compares what was there below with what is there now, and starts the next layer.
    fn settle(&mut self, image: &Image, rootfs: &Rootfs) -> Changes {
        let file = |slot: Option<Slot>| match slot {
            Some(Slot::Entry(id)) => Some(image.entry(id)).filter(|entry| entry.kind.is_file()),
            _ => None,
        };
        let mut changes = Changes::default();
        for (path, before) in self.before.drain(..) {
            let (count, entry) = match (file(before), file(rootfs.get(path))) {
                (None, Some(now)) => (&mut changes.added, now),
                (Some(_), Some(now)) => (&mut changes.modified, now),
                (Some(old), None) => (&mut changes.removed, old),
                (None, None) => continue,
            };
            count.files += 1;
            count.bytes += entry.size;
        }
        self.layer += 1;
        changes
    }
}

#[cfg(test)]
mod tests;
