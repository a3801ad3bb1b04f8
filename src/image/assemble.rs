//! Layer indexes become one image.
//!
//! Names are interned in the order of the layers, so that nothing depends on which thread was first. Each layer's
//! index is dropped as soon as its entries are copied, which keeps peak memory low.

use super::{About, Diagnostic, EntryId, Excerpts, Image, Layer, PathId, PathTable, Step, Timeline, paths};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::layer::{AttrTable, Entry, Kind, LayerIndex, NameId, Names};
use crate::limits;
use crate::oci::Config;

/// What is known of a layer apart from its tar.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// The digest of the unpacked tar.
    pub diff_id: Option<Digest>,
    /// The digest of the blob.
    pub digest: Option<Digest>,
    /// The stated media type.
    pub media_type: Option<String>,
    /// Bytes of the blob.
    pub blob: u64,
    /// The history step that made it.
    pub step: Option<crate::dockerfile::StepId>,
}

/// Builds an image: layers are added lowest first.
#[derive(Debug, Default)]
pub struct Assembly {
    names: Names,
    layers: Vec<Layer>,
    entries: Vec<Entry<NameId>>,
    attrs: AttrTable,
    links: Vec<u8>,
    excerpts: Excerpts,
    whiteouts: Vec<Vec<NameId>>,
    opaques: Vec<Vec<NameId>>,
    diagnostics: Vec<Diagnostic>,
    /// All bytes of files, of tars and of blobs so far.
    sizes: [u64; 3],
}

impl Assembly {
    /// Reserves room for so many entries, so that the list does not have to grow and be copied.
    pub fn with_capacity(entries: usize) -> Self {
        Self { entries: Vec::with_capacity(entries), ..Self::default() }
    }

    /// Adds the next layer.
    ///
    /// # Errors
    /// When there are more entries or names than 32-bit ids can count, or more bytes than can be summed up.
    pub fn add(&mut self, index: &LayerIndex, parts: Parts) -> Result<()> {
        let too_many = |what| Error::because(format!("the image has more {what} than can be counted"));
        let content = index.entries.iter().try_fold(0_u64, |sum, entry| sum.checked_add(entry.size));
        for (sum, more) in self.sizes.iter_mut().zip([content, Some(index.tar), Some(parts.blob)]) {
            let all = more.and_then(|more| sum.checked_add(more)).filter(|&all| all <= limits::SIZES);
            *sum = all.ok_or_else(|| too_many("bytes in its layers"))?;
        }
        let ids = paths::merge(&mut self.names, &index.names);
        u32::try_from(self.names.text_len()).map_err(|_| too_many("names"))?;
        let attrs: Vec<_> = index.attrs.sets().iter().map(|set| self.attrs.intern(set)).collect();
        let links = u32::try_from(self.links.len() + index.links.len()).map_err(|_| too_many("links"))?
            - u32::try_from(index.links.len()).unwrap_or(0);
        self.links.extend_from_slice(&index.links);
        let start = u32::try_from(self.entries.len()).map_err(|_| too_many("entries"))?;
        self.entries.extend(index.entries.iter().map(|entry| {
            let entry = Entry { attrs: attrs[entry.attrs.0 as usize], ..entry.renumbered(&ids) };
            let link = if entry.kind == Kind::Symlink { entry.link + links } else { entry.link };
            Entry { link, ..entry }
        }));
        let end = u32::try_from(self.entries.len()).map_err(|_| too_many("entries"))?;
        for (entry, excerpt) in &index.excerpts {
            self.excerpts.push(EntryId(start + entry), excerpt.clone());
        }
        let layer = self.layers.len();
        let room = limits::DIAGNOSTICS.saturating_sub(self.diagnostics.len());
        self.diagnostics.extend(index.remarks.iter().take(room).map(|remark| Diagnostic {
            code: remark.code,
            message: remark.message.clone(),
            layer: Some(layer),
            path: Some(remark.path.clone()).filter(|path| !path.is_empty()),
        }));
        self.whiteouts.push(index.whiteouts.iter().map(|id| ids[id.index()]).collect());
        self.opaques.push(index.opaques.iter().map(|id| ids[id.index()]).collect());
        self.layers.push(Layer {
            diff_id: parts.diff_id,
            digest: parts.digest,
            media_type: parts.media_type,
            compression: index.compression,
            blob: parts.blob,
            tar: index.tar,
            content: content.unwrap_or_default(),
            entries: start..end,
            whiteouts: Vec::new(),
            opaques: Vec::new(),
            step: parts.step,
        });
        Ok(())
    }

    /// Numbers the paths and returns the image.
    pub fn finish(
        self,
        about: About,
        config: Config,
        history: Vec<Step>,
        mut diagnostics: Vec<Diagnostic>,
    ) -> Image {
        let Self {
            mut names,
            mut layers,
            entries,
            attrs,
            links,
            excerpts,
            whiteouts,
            opaques,
            diagnostics: found,
            ..
        } = self;
        names.freeze();
        let (paths, ids) = PathTable::build(names);
        // entries before and after have the same size, so this takes no second list
        let entries: Vec<_> = entries.into_iter().map(|entry| entry.renumbered(&ids)).collect();
        let renumber = |old: Vec<NameId>| {
            let mut new: Vec<PathId> = old.into_iter().map(|id| ids[id.index()]).collect();
            new.sort_unstable();
            new.dedup();
            new
        };
        for (layer, (whiteouts, opaques)) in layers.iter_mut().zip(whiteouts.into_iter().zip(opaques)) {
            layer.whiteouts = renumber(whiteouts);
            layer.opaques = renumber(opaques);
        }
        let timeline = Timeline::build(&entries, paths.len());
        diagnostics.extend(found);
        Image {
            about,
            config,
            layers,
            history,
            paths,
            entries,
            attrs,
            links,
            excerpts,
            timeline,
            diagnostics,
            origin: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{AttrId, NO_LINK};

    fn layer(sizes: &[u64]) -> LayerIndex {
        let mut index = LayerIndex::default();
        for (number, &size) in sizes.iter().enumerate() {
            let path = index.names.path(number.to_string().as_bytes());
            let (attrs, link, kind) = (AttrId(0), NO_LINK, Kind::File);
            index.entries.push(Entry { size, offset: 0, mtime: 0, hash: 0, path, attrs, link, kind });
        }
        index.attrs.intern(&crate::layer::Attrs::default());
        index
    }

    #[test]
    fn sizes_that_cannot_be_summed_up_are_an_error() {
        let half = limits::SIZES / 2;
        for layers in
            [&[layer(&[u64::MAX, 2])][..], &[layer(&[half, half]), layer(&[1])], &[layer(&[half + 1, half])]]
        {
            let mut assembly = Assembly::default();
            let added = layers.iter().try_for_each(|index| assembly.add(index, Parts::default()));
            let error = added.unwrap_err().to_string();
            assert_eq!(error, "the image has more bytes in its layers than can be counted");
        }
        let blob = Parts { blob: half + 1, ..Parts::default() };
        let mut assembly = Assembly::default();
        assembly.add(&layer(&[half, half]), blob.clone()).unwrap();
        assert!(assembly.add(&layer(&[]), blob).is_err());
    }
}
