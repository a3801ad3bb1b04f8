//! Reads the bodies that must be compared: of a path that was overwritten by one of the same size, and of
//! live files that share a size. Bodies of packed layers were hashed while they passed by.
//!
//! Large ones are looked at twice: first a page of each, whole only where the pages agree.

use std::collections::HashMap;
use std::io;

use rayon::prelude::*;

use super::loaded::Loaded;
use crate::analysis::{duplicate_candidates, same_path_pairs};
use crate::error::{Error, Result, describe_io};
use crate::image::{EntryId, Image};
use crate::layer::hash::{self, BodyHasher};
use crate::source::{Progress, Section};
use crate::text;

/// Bodies up to this many bytes are read whole at once.
const SMALL: u64 = 16 << 10;
/// What is read of larger ones first.
const HEAD: usize = 4096;
/// Piece by piece for the rest.
const PIECE: usize = 256 << 10;

/// Fills in the hashes of entries whose contents must be compared. `bodies` has the unpacked tar of each
/// layer that can be read at offsets, `sources` for each layer the first one that is the same blob.
pub(super) fn read(
    loaded: &mut Loaded,
    bodies: &[Option<Section>],
    sources: &[usize],
    progress: &dyn Progress,
) -> Result<()> {
    let groups = groups(loaded);
    let reader = Reader { image: &loaded.image, bodies, sources, progress };
    let unread = |id: &EntryId| reader.image.entry(*id).hash == 0;
    let (mut whole, mut heads) = (Vec::new(), Vec::new());
    for group in &groups {
        let size = reader.image.entry(group[0]).size;
        let mixed = !group.iter().all(unread);
        let target = if mixed || size <= SMALL { &mut whole } else { &mut heads };
        target.extend(group.iter().copied().filter(unread));
    }
    let heads = reader.all(&heads, Reader::head)?;
    for group in &groups {
        let mut agreeing: HashMap<u64, Vec<EntryId>> = HashMap::new();
        for id in group {
            if let Some(head) = hash_of(&heads, reader.first(*id)) {
                agreeing.entry(head).or_default().push(*id);
            }
        }
        whole.extend(agreeing.into_values().filter(|same| same.len() > 1).flatten());
    }
    let hashes = reader.all(&whole, Reader::whole)?;
    let firsts: Vec<EntryId> = whole.iter().map(|id| reader.first(*id)).collect();
    for (id, first) in whole.into_iter().zip(firsts) {
        loaded.image.entries[id.index()].hash = hash_of(&hashes, first).unwrap_or_default();
    }
    Ok(())
}

/// What is told of an entry in a list that is sorted by entries.
fn hash_of(hashes: &[(EntryId, u64)], id: EntryId) -> Option<u64> {
    let place = hashes.binary_search_by_key(&id, |(id, _)| *id).ok()?;
    Some(hashes[place].1)
}

/// Groups of entries of the same size, of which each might equal another.
fn groups(loaded: &Loaded) -> Vec<Vec<EntryId>> {
    let (image, stack) = (&loaded.image, loaded.stack());
    let mut groups: Vec<Vec<EntryId>> = same_path_pairs(stack).map(|(a, b)| vec![a, b]).collect();
    let candidates = duplicate_candidates(stack);
    let size = |id: EntryId| image.entry(id).size;
    groups.extend(
        candidates
            .chunk_by(|a, b| size(a.1) == size(b.1))
            .map(|group| group.iter().map(|&(_, content)| content).collect()),
    );
    groups
}

struct Reader<'a> {
    image: &'a Image,
    bodies: &'a [Option<Section>],
    sources: &'a [usize],
    progress: &'a dyn Progress,
}

impl Reader<'_> {
    /// The same entry in the first layer that is the same blob.
    fn first(&self, id: EntryId) -> EntryId {
        let layer = self.image.layer_of(id);
        let start = |layer: usize| self.image.layers[layer].entries.start;
        self.sources.get(layer).map_or(id, |&source| EntryId(id.0 - start(layer) + start(source)))
    }

    /// Runs `hash` on each body once, in the order of the tars, in parallel. What it gives is told of the
    /// [first](Self::first) entry of each, sorted.
    fn all(
        &self,
        ids: &[EntryId],
        hash: impl Fn(&Self, EntryId) -> io::Result<u64> + Sync,
    ) -> Result<Vec<(EntryId, u64)>> {
        let mut ids: Vec<_> = ids.iter().map(|id| self.first(*id)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_par_iter()
            .map(|id| {
                if self.progress.stopped() {
                    return Err(Error::Interrupted);
                }
                let found = hash(self, id).map_err(|error| {
                    let path = self.image.paths.full(self.image.path_of(id));
                    Error::because(describe_io(&error)).at(text::line(&path, 200))
                })?;
                Ok((id, found))
            })
            .collect()
    }

    /// The hash of the first page.
    fn head(&self, id: EntryId) -> io::Result<u64> {
        let mut page = [0; HEAD];
        self.fill(id, &mut page, 0)?;
        Ok(hash::body(&page))
    }

    /// The hash of the whole body.
    fn whole(&self, id: EntryId) -> io::Result<u64> {
        let size = self.image.entry(id).size;
        if size <= HEAD as u64 {
            let mut body = [0; HEAD];
            let body = &mut body[..usize::try_from(size).unwrap_or(HEAD)];
            self.fill(id, body, 0)?;
            return Ok(hash::body(body));
        }
        let mut hasher = BodyHasher::new();
        let mut piece = vec![0; usize::try_from(size).unwrap_or(PIECE).min(PIECE)];
        let mut at = 0;
        while at < size {
            if self.progress.stopped() {
                return Err(io::Error::other("interrupted"));
            }
            let length = usize::try_from(size - at).unwrap_or(PIECE).min(PIECE);
            self.fill(id, &mut piece[..length], at)?;
            hasher.update(&piece[..length]);
            at += length as u64;
        }
        Ok(hasher.finish())
    }

    fn fill(&self, id: EntryId, buffer: &mut [u8], at: u64) -> io::Result<()> {
        let layer = self.image.layer_of(id);
        let section = self.bodies.get(layer).and_then(Option::as_ref);
        let section = section.ok_or_else(|| io::Error::other("its layer cannot be read at offsets"))?;
        if section.read_at(buffer, self.image.entry(id).offset + at)? < buffer.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}
