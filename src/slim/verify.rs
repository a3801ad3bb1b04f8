//! Reads the new image again, as any other is read, and holds it against the old one.

use std::path::Path;

use rayon::prelude::*;

use super::bodies::BodyHashes;
use super::documents;
use super::job::{Came, Job, unpacked};
use super::opened::Opened;
use super::proof::{self, Proof, Side};
use crate::error::{Error, Result};
use crate::image::{EntryId, Image, PathId};
use crate::layer::Kind;
use crate::layer::hash::BodyHasher;
use crate::load::{self, Loaded};
use crate::source::{Compression, ImageSelector, Location, Meter, Progress, Section};

impl Job<'_> {
    /// Reads the image at `path`, whose layers `came` to be as it says, and compares. `hashes` are those of the old
    /// bodies that were copied.
    pub(super) fn prove(
        &self,
        path: &Path,
        came: &[Came],
        hashes: &BodyHashes,
        progress: &dyn Progress,
    ) -> Result<(Loaded, Proof)> {
        let location = Location::path(path);
        // the one image that is there, whatever it is built for
        let selector =
            ImageSelector { platform: Some(self.image.about.platform.clone()), ..Default::default() };
        let loaded = load::image(&location, &selector, progress)?;
        let opened = Opened::open(&location, &selector, progress)?;
        let mut proof = Proof::default();
        if !documents::is_same_config(&self.opened.documents.config, &opened.documents.config) {
            proof.differ(|| "the configuration differs in more than its layers".to_owned());
        }
        for (number, (came, blob)) in came.iter().zip(&opened.layers).enumerate() {
            let (hash, compression) = match came {
                Came::Copied(_, hash) => (*hash, Compression::None),
                Came::Repacked(_, hash) => (*hash, loaded.image.layers[number].compression),
                Came::Made => continue,
            };
            let mut whole = BodyHasher::new();
            unpacked(blob, compression, Meter::uncounted(progress), |bytes| {
                whole.update(bytes);
                Ok(())
            })?;
            if whole.finish() != hash {
                proof.differ(|| format!("layer {number} is not what it was"));
            }
        }
        let made: Vec<usize> =
            (0..came.len()).filter(|layer| matches!(came.get(*layer), Some(Came::Made))).collect();
        let read_back = read_back(&loaded.image, &opened.layers, &made, progress)?;
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

/// Hashes of all bodies in these layers of the new image. The loader has hashed those of compressed layers.
fn read_back(
    image: &Image,
    blobs: &[Section],
    layers: &[usize],
    progress: &dyn Progress,
) -> Result<BodyHashes> {
    let files: Vec<(usize, EntryId)> = layers
        .iter()
        .flat_map(|&layer| image.layer_entries(layer).map(move |id| (layer, id)))
        .filter(|(_, id)| image.entry(*id).kind == Kind::File)
        .collect();
    let found: Result<Vec<(EntryId, u64)>> = files
        .into_par_iter()
        .map_init(
            || vec![0; 256 << 10],
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
