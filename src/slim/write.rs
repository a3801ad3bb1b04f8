//! Writes the new image.

use std::fs::File;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::bodies::BodyHashes;
use super::documents::{self, NewLayer};
use super::job::{Came, Form, Job, Written};
use super::line::Stored;
use super::pack::pack;
use super::packing::Packing;
use super::plan::{LayerPlan, Outcome};
use super::store::{Blob, Spot, Store};
use super::tarring::Tarring;
use super::unpack::{sum, unpacked};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::layer::hash::BodyHasher;
use crate::source::{Compression, Meter, Progress, Section};

impl Job<'_> {
    /// Writes the image to `path`, an empty file or directory, reads it again and compares.
    ///
    /// # Errors
    /// When the old image cannot be read or the new one cannot be written. A difference is no error: the proof says so.
    pub fn run(&self, path: &Path, progress: &dyn Progress) -> Result<Written> {
        let done = self.write(path, progress).and_then(|(came, hashes, remarks)| {
            let (loaded, proof) = self.prove(path, &came, &hashes, progress)?;
            Ok(Written { loaded, proof, remarks })
        });
        if progress.stopped() { Err(Error::Interrupted) } else { done }
    }

    /// Writes the image to `path` without a proof: for an engine, whose export is the proof.
    ///
    /// # Errors
    /// When the old image cannot be read or the new one cannot be written.
    pub fn copy(&self, path: &Path, progress: &dyn Progress) -> Result<()> {
        let done = self.write(path, progress).map(drop);
        if progress.stopped() { Err(Error::Interrupted) } else { done }
    }

    fn write(&self, path: &Path, progress: &dyn Progress) -> Result<(Vec<Came>, BodyHashes, Vec<String>)> {
        let parts: Vec<(String, u64)> = self
            .opened
            .layers
            .iter()
            .enumerate()
            .map(|(number, blob)| (format!("layer {number}"), blob.length()))
            .collect();
        progress.begin(&parts);
        let mut store = match self.form {
            Form::OciDirectory => Store::directory(PathBuf::from(path))?,
            Form::DockerArchive | Form::OciArchive => Store::tar(
                File::options().read(true).write(true).open(path).map_err(|error| Error::io(&error))?,
            )?,
        };
        let kept: Vec<&LayerPlan> = self.plan.kept_layers().collect();
        let lengths: Vec<Option<u64>> =
            kept.par_iter().map(|layer| self.length(layer, progress)).collect::<Result<_>>()?;
        let (at_once, in_turn): (Vec<usize>, Vec<usize>) =
            (0..kept.len()).partition(|&number| lengths[number].is_some());
        let known: Vec<u64> = at_once.iter().filter_map(|&number| lengths[number]).collect();
        let blobs = store.blobs(&known, |place, spot| self.layer(kept[at_once[place]], spot, progress))?;
        let mut written: Vec<(usize, NewBlob)> = at_once.into_iter().zip(blobs).collect();
        for number in in_turn {
            written.push((number, store.blob(|spot| self.layer(kept[number], spot, progress))?));
        }
        written.sort_by_key(|(number, _)| *number);
        let mut hashes = BodyHashes::default();
        let (mut layers, mut came) = (Vec::new(), Vec::new());
        for (_, blob) in written {
            layers.push(blob.layer);
            came.push(blob.came);
            hashes.add(blob.hashes);
        }
        let remarks = self.documents(&mut store, &layers)?;
        store.finish()?;
        Ok((came, hashes, remarks))
    }

    /// How a layer is packed in the new image.
    fn packing(&self, layer: &LayerPlan) -> Packing {
        let old = Packing::from(self.image.layers[layer.sources.start].compression);
        if layer.outcome == Outcome::Base { old } else { self.packing.unwrap_or(old) }
    }

    /// True when the blob of a layer is copied.
    fn is_copied(&self, layer: &LayerPlan) -> bool {
        is_whole(layer)
            && self.packing(layer).compression() == self.image.layers[layer.sources.start].compression
    }

    /// The length of a layer's new blob, where it is known before it is written.
    fn length(&self, layer: &LayerPlan, progress: &dyn Progress) -> Result<Option<u64>> {
        if self.is_copied(layer) {
            Ok(Some(self.opened.layers[layer.sources.start].length()))
        } else if self.packing(layer) == Packing::None && !is_whole(layer) {
            self.tarring(Meter::uncounted(progress)).length(layer)
        } else {
            Ok(None)
        }
    }

    fn tarring<'a>(&'a self, meter: Meter<'a>) -> Tarring<'a> {
        Tarring { image: self.image, plan: self.plan, blobs: &self.opened.layers, meter }
    }

    /// Writes the new blob of a layer.
    fn layer(&self, layer: &LayerPlan, mut spot: Spot<'_>, progress: &dyn Progress) -> Result<NewBlob> {
        let number = layer.sources.start;
        let compression = self.image.layers[number].compression;
        let (blob, meter) = (&self.opened.layers[number], Meter::part(progress, number));
        let mut hashes = BodyHashes::default();
        if self.is_copied(layer) {
            let (digest, size) = copy(blob, self.known_digest(number), &spot, meter)?;
            let diff_id = match (&self.image.layers[number].diff_id, compression) {
                (Some(diff_id), _) => diff_id.clone(),
                (None, Compression::None) => digest.clone(),
                (None, _) => sum(blob, compression, meter)?,
            };
            let layer = NewLayer { diff_id, digest, size, compression, same_as: Some(number) };
            return Ok(NewBlob { layer, came: Came::Copied(number), hashes });
        }
        let packing = self.packing(layer);
        let mut whole = BodyHasher::new();
        let Stored { diff_id, digest, size } = pack(packing, &mut spot, |out| {
            if !is_whole(layer) {
                return self.tarring(meter).write(layer, out, &mut hashes);
            }
            unpacked(blob, compression, meter, |bytes| {
                whole.update(bytes);
                out.write(bytes)
            })
        })?;
        let came = if is_whole(layer) { Came::Repacked(number, whole.finish()) } else { Came::Made };
        let layer = NewLayer { diff_id, digest, size, compression: packing.compression(), same_as: None };
        Ok(NewBlob { layer, came, hashes })
    }

    /// The digest of a layer's blob, if the image states one that can be relied on.
    fn known_digest(&self, layer: usize) -> Option<&Digest> {
        let layer = &self.image.layers[layer];
        match layer.compression {
            Compression::None => layer.diff_id.as_ref(),
            // in Docker's old archives a name may look like a digest without being one
            _ => layer.digest.as_ref().filter(|_| self.opened.documents.manifest.is_some()),
        }
    }

    fn documents(&self, store: &mut Store, layers: &[NewLayer]) -> Result<Vec<String>> {
        let old = &self.opened.documents;
        let (config, mut remarks) = documents::config(&old.config, self.image, self.plan, layers)?;
        let config_digest = store.document(&config)?;
        let (manifest, more) =
            documents::manifest(old.manifest.as_deref(), (&config_digest, config.len() as u64), layers)?;
        remarks.extend(more);
        let manifest_digest = store.document(&manifest)?;
        let names = documents::Names::new(old, self.tag);
        let index = documents::index(old, (&manifest, &manifest_digest), self.image, &names)?;
        store.file("index.json", &index)?;
        if self.form == Form::DockerArchive {
            let docker = documents::docker(old.docker.as_ref(), &config_digest, layers, &names)?;
            store.file("manifest.json", &docker)?;
        }
        store.file("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        Ok(remarks)
    }
}

/// A blob of the new image.
struct NewBlob {
    layer: NewLayer,
    came: Came,
    /// Of the bodies that were copied one by one.
    hashes: BodyHashes,
}

impl Blob for NewBlob {
    fn about(&self) -> (&Digest, u64) {
        (&self.layer.digest, self.layer.size)
    }
}

/// True when all of a layer stays.
fn is_whole(layer: &LayerPlan) -> bool {
    matches!(layer.outcome, Outcome::Base | Outcome::Unchanged)
}

/// Bytes that are copied at once: so soon does it stop when it is told to.
const PIECE: u64 = 16 << 20;

/// Copies a blob; gives its digest, which may be `known`, and its length.
fn copy(blob: &Section, known: Option<&Digest>, spot: &Spot<'_>, meter: Meter<'_>) -> Result<(Digest, u64)> {
    let mut at = 0;
    while at < blob.length() {
        if meter.stopped() {
            return Err(Error::Interrupted);
        }
        let piece = PIECE.min(blob.length() - at);
        blob.copy_to(at, piece, spot.file, spot.at + at).map_err(|error| Error::io(&error))?;
        at += piece;
        meter.advance(piece);
    }
    let digest = match known.filter(|digest| digest.algorithm() == "sha256") {
        Some(known) => known.clone(),
        None => sum(blob, Compression::None, meter)?,
    };
    Ok((digest, at))
}
