//! Reads the new image again like any other, and compares it with the old one.

use std::path::Path;

use rayon::prelude::*;

use super::bodies::BodyHashes;
use super::documents;
use super::job::{Came, Job};
use super::opened::Opened;
use super::proof::{self, Proof, Side};
use super::unpack::unpacked;
use crate::error::{Error, Result};
use crate::image::{EntryId, Image, PathId};
use crate::layer::Kind;
use crate::layer::hash::BodyHasher;
use crate::load::{self, Loaded};
use crate::source::{Compression, ImageSelector, Location, Meter, Progress, Section};

impl Job<'_> {
    /// Reads the image at `path` and compares. `came` says where its layers came from; `hashes` are those of the old
    /// bodies that were copied.
    pub(super) fn prove(
        &self,
        path: &Path,
        came: &[Came],
        hashes: &BodyHashes,
        progress: &dyn Progress,
    ) -> Result<(Loaded, Proof)> {
        let location = Location::path(path);
        // the only image, whatever its platform
        let selector =
            ImageSelector { platform: Some(self.image.about.platform.clone()), ..Default::default() };
        let opened = Opened::open(&location, &selector, progress)?;
        let changed = changed(&self.opened.layers, &opened.layers, came, progress)?;
        // a packed layer of the same bytes unpacks to the same tar; to hop over the headers of a plain one is as quick
        let known = |number: usize| match came.get(number) {
            Some(Came::Copied(old))
                if !changed.contains(&number) && self.image.layers[*old].compression != Compression::None =>
            {
                Some(self.image.index_of(*old))
            }
            _ => None,
        };
        let loaded = load::outline(&location, &selector, &known, progress)?;
        let mut proof = Proof::default();
        if !documents::is_same_config(&self.opened.documents.config, &opened.documents.config) {
            proof.differ(|| "the configuration differs in more than its layers".to_owned());
        }
        if opened.layers.len() != came.len() {
            proof.differ(|| format!("it has {} layers instead of {}", opened.layers.len(), came.len()));
            return Ok((loaded, proof));
        }
        let repacked = repacked(&loaded.image, &opened.layers, came, progress)?;
        for number in changed.into_iter().chain(repacked) {
            proof.differ(|| format!("layer {number} is not what it was"));
        }
        let read_back = read_back(&loaded.image, &opened.layers, came, progress)?;
        let old = Side::new(self.image, self.union, hashes);
        let new = Side::new(&loaded.image, &loaded.union, &read_back);
        let first = self.plan.first_own_entry();
        let is_dropped = |path: PathId| {
            self.dropped.contains(&path)
                && self
                    .union
                    .rootfs
                    .entry(path)
                    .is_some_and(|id| id >= first && !self.image.entry(id).kind.is_directory())
        };
        proof::compare(&old, &new, is_dropped, |layer| came.get(layer).and_then(Came::same_as), &mut proof);
        proof::waste(&new, self.plan, &mut proof);
        Ok((loaded, proof))
    }
}

/// Bytes of a layer that one thread compares at a time.
const SHARE: u64 = 8 << 20;
/// Bytes that are read at once.
const PIECE: usize = 256 << 10;

/// The layers of the new image that must be those of the old one byte for byte, and are not.
fn changed(old: &[Section], new: &[Section], came: &[Came], progress: &dyn Progress) -> Result<Vec<usize>> {
    let mut shares = Vec::new();
    let mut changed = Vec::new();
    for (number, came) in came.iter().enumerate() {
        let (Came::Copied(from), Some(after)) = (came, new.get(number)) else { continue };
        let before = &old[*from];
        if before.length() != after.length() {
            changed.push(number);
        }
        let offsets = (0..before.length().div_ceil(SHARE)).map(|share| share * SHARE);
        shares.extend(offsets.map(|at| (number, before.part(at, SHARE), after.part(at, SHARE))));
    }
    let different: Result<Vec<(usize, bool)>> = shares
        .into_par_iter()
        .map_init(
            || [vec![0; PIECE], vec![0; PIECE]],
            |buffers, (number, before, after)| Ok((number, differ(&before, &after, buffers, progress)?)),
        )
        .collect();
    changed.extend(different?.into_iter().filter(|(_, differs)| *differs).map(|(number, _)| number));
    changed.sort_unstable();
    changed.dedup();
    Ok(changed)
}

/// True when two sections hold different bytes.
fn differ(a: &Section, b: &Section, buffers: &mut [Vec<u8>; 2], progress: &dyn Progress) -> Result<bool> {
    let mut at = 0;
    while at < a.length().max(b.length()) {
        if progress.stopped() {
            return Err(Error::Interrupted);
        }
        let [one, other] = buffers;
        let got = a.read_at(one, at).map_err(|error| Error::io(&error))?;
        let also = b.read_at(other, at).map_err(|error| Error::io(&error))?;
        if one[..got] != other[..also] || got == 0 {
            return Ok(true);
        }
        at += got as u64;
    }
    Ok(false)
}

/// The layers that were compressed anew, and whose tars are not what they were.
fn repacked(image: &Image, blobs: &[Section], came: &[Came], progress: &dyn Progress) -> Result<Vec<usize>> {
    let check = |number: usize| {
        let Came::Repacked(_, hash) = came[number] else { return Ok((number, false)) };
        let mut whole = BodyHasher::new();
        let (compression, meter) = (image.layers[number].compression, Meter::uncounted(progress));
        unpacked(&blobs[number], compression, meter, |bytes| {
            whole.update(bytes);
            Ok(())
        })?;
        Ok((number, whole.finish() != hash))
    };
    let found: Result<Vec<(usize, bool)>> = (0..came.len()).into_par_iter().map(check).collect();
    Ok(found?.into_iter().filter(|(_, differs)| *differs).map(|(number, _)| number).collect())
}

/// Hashes of all bodies in the layers that were written member by member. The loader has hashed those of compressed
/// layers.
fn read_back(image: &Image, blobs: &[Section], came: &[Came], progress: &dyn Progress) -> Result<BodyHashes> {
    let made = (0..came.len()).filter(|layer| matches!(came[*layer], Came::Made));
    let files: Vec<(usize, EntryId)> = made
        .flat_map(|layer| image.layer_entries(layer).map(move |id| (layer, id)))
        .filter(|(_, id)| image.entry(*id).kind == Kind::File)
        .collect();
    let found: Result<Vec<(EntryId, u64)>> = files
        .into_par_iter()
        .map_init(
            || vec![0; PIECE],
            |buffer, (layer, id)| {
                let entry = image.entry(id);
                if image.layers[layer].compression != Compression::None {
                    return Ok((id, entry.hash));
                }
                if progress.stopped() {
                    return Err(Error::Interrupted);
                }
                let body = blobs[layer].part(entry.offset, entry.size);
                let mut whole = BodyHasher::new();
                pieces(&body, buffer, |bytes| whole.update(bytes))?;
                Ok((id, whole.finish()))
            },
        )
        .collect();
    let mut hashes = BodyHashes::default();
    for (id, hash) in found? {
        hashes.note(id, hash);
    }
    Ok(hashes)
}

fn pieces(section: &Section, buffer: &mut [u8], mut take: impl FnMut(&[u8])) -> Result<()> {
    let mut at = 0;
    while at < section.length() {
        let got = section.read_at(buffer, at).map_err(|error| Error::io(&error))?;
        if got == 0 {
            return Err(Error::because("the new image is shorter than it was written"));
        }
        take(&buffer[..got]);
        at += got as u64;
    }
    Ok(())
}
