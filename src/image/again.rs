//! A layer of an image as the index that it was made of, for another image that has the same layer.

use super::{EntryId, Image, PathId};
use crate::layer::{Entry, Kind, LayerIndex, NO_LINK, NameId, Names};

/// The names of a layer while they are taken from an image's table of paths.
struct Taken<'a> {
    image: &'a Image,
    names: Names,
    /// The name of each path, once it has one.
    ids: Vec<Option<NameId>>,
}

impl Taken<'_> {
    fn name(&mut self, path: PathId) -> NameId {
        let (mut missing, mut at) = (Vec::new(), path);
        let mut id = loop {
            match self.ids[at.index()] {
                Some(id) => break id,
                None => missing.push(at),
            }
            at = self.image.paths.parent(at);
        };
        for path in missing.into_iter().rev() {
            id = self.names.child(id, self.image.paths.name(path));
            self.ids[path.index()] = Some(id);
        }
        id
    }
}

impl Image {
    /// The index of a layer, as reading its blob again would give it, without excerpts and remarks.
    pub fn index_of(&self, layer: usize) -> LayerIndex {
        let mut ids = vec![None; self.paths.len() as usize];
        ids[PathId::ROOT.index()] = Some(NameId::ROOT);
        let mut taken = Taken { image: self, names: Names::new(), ids };
        let layer = &self.layers[layer];
        let mut index =
            LayerIndex { tar: layer.tar, compression: layer.compression, ..LayerIndex::default() };
        for id in layer.entries.clone().map(EntryId) {
            let Entry { size, offset, mtime, hash, path, kind, .. } = *self.entry(id);
            let link = match kind {
                Kind::HardLink => self.link_path(id).map_or(NO_LINK, |target| taken.name(target).0),
                Kind::Symlink => {
                    let (at, text) = (index.links.len(), self.link_text(id));
                    index
                        .links
                        .extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
                    index.links.extend_from_slice(text);
                    u32::try_from(at).unwrap_or(NO_LINK)
                }
                _ => NO_LINK,
            };
            let (path, attrs) = (taken.name(path), index.attrs.intern(self.attrs_of(id)));
            index.entries.push(Entry { size, offset, mtime, hash, path, attrs, link, kind });
        }
        index.whiteouts = layer.whiteouts.iter().map(|path| taken.name(*path)).collect();
        index.opaques = layer.opaques.iter().map(|path| taken.name(*path)).collect();
        index.names = taken.names;
        index
    }
}

#[cfg(test)]
mod tests {
    use crate::image::{About, Assembly, Parts, sample};
    use crate::oci::Config;

    #[test]
    fn layers_that_are_taken_out_and_put_together_again_make_the_same_image() {
        let image = sample::image(&[
            &[
                "dir usr",
                "file usr/bin/sh 0123456789",
                "hardlink usr/bin/bash usr/bin/sh",
                "symlink bin usr/bin",
                "owned etc/passwd root 7",
                "fifo run/pipe",
            ],
            &[
                "whiteout etc/passwd",
                "opaque srv",
                "file srv/new body",
                "symlink srv/link new",
                "hardlink usr/bin/ash usr/bin/sh",
            ],
        ]);
        let mut assembly = Assembly::with_capacity(0);
        for layer in 0..image.layers.len() {
            assembly.add(&image.index_of(layer), Parts::default()).unwrap();
        }
        let again = assembly.finish(About::default(), Config::default(), Vec::new(), Vec::new());
        assert_eq!(again.entries, image.entries);
        assert_eq!(again.links, image.links);
        assert_eq!(again.attrs.sets(), image.attrs.sets());
        for (before, after) in image.layers.iter().zip(&again.layers) {
            assert_eq!((&before.whiteouts, &before.opaques), (&after.whiteouts, &after.opaques));
            assert_eq!((before.tar, &before.entries), (after.tar, &after.entries));
        }
        let paths = |image: &crate::image::Image| -> Vec<_> {
            (0..image.paths.len()).map(|path| image.paths.full(crate::image::PathId(path))).collect()
        };
        assert_eq!(paths(&image), paths(&again));
    }
}
