//! Writes the new image.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::bodies::BodyHashes;
use super::documents::{self, NewLayer};
use super::job::{Came, Form, Job, Written};
use super::pack::Packing;
use super::plan::{LayerPlan, Outcome};
use super::store::Store;
use super::tarring::Tarring;
use super::unpack::{sum, unpacked};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::layer::hash::BodyHasher;
use crate::source::{Compression, Meter, Progress};

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
        let mut hashes = BodyHashes::default();
        let (mut layers, mut came) = (Vec::new(), Vec::new());
        for layer in self.plan.kept_layers() {
            let (new, how) = self.layer(layer, &mut store, &mut hashes, progress)?;
            layers.push(new);
            came.push(how);
        }
        let remarks = self.documents(&mut store, &layers)?;
        store.finish()?;
        Ok((came, hashes, remarks))
    }

    fn layer(
        &self,
        layer: &LayerPlan,
        store: &mut Store,
        hashes: &mut BodyHashes,
        progress: &dyn Progress,
    ) -> Result<(NewLayer, Came)> {
        let number = layer.sources.start;
        let old = &self.image.layers[number];
        let (blob, meter) = (&self.opened.layers[number], Meter::part(progress, number));
        let is_whole = matches!(layer.outcome, Outcome::Base | Outcome::Unchanged);
        let packing = match (layer.outcome, self.packing) {
            (Outcome::Base, _) | (_, None) => Packing::from(old.compression),
            (_, Some(packing)) => packing,
        };
        if is_whole && packing.compression() == old.compression {
            let (digest, size) = store.copy(blob, self.known_digest(number), meter)?;
            let diff_id = match (&old.diff_id, old.compression) {
                (Some(diff_id), _) => diff_id.clone(),
                (None, Compression::None) => digest.clone(),
                (None, _) => sum(blob, old.compression, meter)?,
            };
            let new = NewLayer { diff_id, digest, size, compression: old.compression, same_as: Some(number) };
            return Ok((new, Came::Copied(number)));
        }
        let tarring = Tarring { image: self.image, plan: self.plan, blobs: &self.opened.layers, meter };
        let mut whole = BodyHasher::new();
        let stored = store.pack(packing, |blocks| {
            if !is_whole {
                return tarring.write(layer, blocks, hashes);
            }
            unpacked(blob, old.compression, meter, |bytes| {
                whole.update(bytes);
                blocks.write(bytes)
            })
        })?;
        let new = NewLayer {
            diff_id: stored.diff_id,
            digest: stored.digest,
            size: stored.size,
            compression: packing.compression(),
            same_as: None,
        };
        let came = if is_whole { Came::Repacked(number, whole.finish()) } else { Came::Made };
        Ok((new, came))
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
