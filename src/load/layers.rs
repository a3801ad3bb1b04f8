//! Reads the layers of a picked image from blobs that can be read at offsets.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::compare;
use super::loaded::Loaded;
use super::passed::Indexed;
use super::pick::{Picked, PickedLayer};
use crate::error::{Error, Result};
use crate::image::Assembly;
use crate::layer::{Budget, LayerIndex, index_plain, index_stream};
use crate::source::{Blobs, Compression, Contents, Meter, Progress, Section};

/// A layer's blob, by the number of the first layer that it is.
type Numbered<T> = HashMap<usize, T>;

/// The layers of a picked image, indexed.
pub(super) struct Gathered {
    indexes: Numbered<Arc<LayerIndex>>,
    lengths: Numbered<u64>,
    /// Layers whose bodies can be read at offsets.
    plain: Numbered<Section>,
    /// For each layer, the first one that is the same blob.
    sources: Vec<usize>,
    /// Layers that were read now.
    read: Vec<usize>,
}

/// What is known of a layer without reading it: its index, the length of its blob, and its bytes where bodies can be
/// read from them at offsets.
pub(super) type KnownLayer = (Arc<LayerIndex>, u64, Option<Section>);

/// Indexes the layers that did not pass by, in parallel, and makes the image of all of them. Of an outline the bodies
/// that might be equal are not read, nor the layers that it knows.
pub(super) fn load(
    picked: Picked,
    blobs: &dyn Blobs,
    mut passed: Indexed<'_>,
    budget: &Budget,
    outline: Option<&dyn Fn(usize) -> Option<LayerIndex>>,
    progress: &dyn Progress,
) -> Result<Loaded> {
    let mut known = |number: usize, layer: &PickedLayer| {
        if let Some(index) = outline.and_then(|known| known(number)) {
            return Ok(Some((Arc::new(index), blobs.open(&layer.name)?.length(), None)));
        }
        let read = passed.layer(&layer.name)?;
        Ok(read.map(|(index, length)| (Arc::new(index), length, None)))
    };
    let gathered = gather(&picked, blobs, &mut known, budget, progress)?;
    drop(passed);
    if outline.is_some() {
        return assemble(picked, gathered.indexes, &gathered.sources, &gathered.lengths, budget);
    }
    finish(picked, gathered, budget, progress)
}

/// Indexes the layers that are not `known`, in parallel.
pub(super) fn gather(
    picked: &Picked,
    blobs: &dyn Blobs,
    known: &mut dyn FnMut(usize, &PickedLayer) -> Result<Option<KnownLayer>>,
    budget: &Budget,
    progress: &dyn Progress,
) -> Result<Gathered> {
    // the same blob may be several layers: it is read once
    let mut first_of = HashMap::new();
    let sources: Vec<usize> = (0..picked.layers.len())
        .map(|number| *first_of.entry(picked.layers[number].name.as_slice()).or_insert(number))
        .collect();
    let mut firsts: Vec<usize> = first_of.into_values().collect();
    firsts.sort_unstable();
    let (mut indexes, mut lengths, mut plain) =
        (Numbered::default(), Numbered::default(), Numbered::default());
    let mut unread = Vec::new();
    for number in firsts {
        let layer = &picked.layers[number];
        if let Some((index, length, section)) =
            known(number, layer).map_err(|error| error.within(&layer.shown))?
        {
            indexes.insert(number, index);
            lengths.insert(number, length);
            plain.extend(section.map(|section| (number, section)));
        } else {
            let contents = blobs.open(&layer.name).map_err(|error| error.at(&layer.shown))?;
            lengths.insert(number, contents.length());
            unread.push((number, contents));
        }
    }
    if unread.iter().any(|(_, contents)| contents.length() > 0) {
        let part = |(layer, source): (&PickedLayer, &usize)| (layer.shown.clone(), lengths[source]);
        progress.begin(&picked.layers.iter().zip(&sources).map(part).collect::<Vec<_>>());
    }
    unread.sort_by_key(|(number, contents)| (std::cmp::Reverse(contents.length()), *number));
    // a layer that keeps one thread busy after the others are done is shared by two
    let all: u64 = unread.iter().map(|(_, contents)| contents.length()).sum();
    let share = all / rayon::current_num_threads() as u64;
    let index = |number: usize, contents: Contents| {
        let is_shared = rayon::current_num_threads() > 1 && contents.length() > share;
        index(contents, Meter::part(progress, number), is_shared, budget)
    };
    let mut results: Vec<_> =
        unread.into_iter().par_bridge().map(|(number, contents)| (number, index(number, contents))).collect();
    results.sort_unstable_by_key(|(number, _)| *number);
    let mut read = Vec::with_capacity(results.len());
    for (number, result) in results {
        let (index, section) = result.map_err(|error| error.within(&picked.layers[number].shown))?;
        indexes.insert(number, Arc::new(index));
        read.push(number);
        plain.extend(section.map(|section| (number, section)));
    }
    Ok(Gathered { indexes, lengths, plain, sources, read })
}

impl Gathered {
    /// The layers that were read now: their numbers, indexes and blobs' lengths, and whether all bodies were hashed.
    pub(super) fn read(&self) -> impl Iterator<Item = (usize, &Arc<LayerIndex>, u64, bool)> {
        self.read.iter().filter_map(|number| {
            let (index, length) = (self.indexes.get(number)?, *self.lengths.get(number)?);
            Some((*number, index, length, !self.plain.contains_key(number)))
        })
    }
}

/// Makes the image of its layers, and reads the bodies that must be compared.
pub(super) fn finish(
    picked: Picked,
    gathered: Gathered,
    budget: &Budget,
    progress: &dyn Progress,
) -> Result<Loaded> {
    let Gathered { indexes, lengths, plain, sources, .. } = gathered;
    let bodies: Vec<Option<Section>> = sources.iter().map(|source| plain.get(source).cloned()).collect();
    let mut loaded = assemble(picked, indexes, &sources, &lengths, budget)?;
    compare::read(&mut loaded, &bodies, &sources, progress)?;
    Ok(loaded)
}

/// Makes the image of indexed layers. Layer `n` is the index `sources[n]`, which is dropped when no further
/// layer needs it.
fn assemble(
    picked: Picked,
    mut indexes: Numbered<Arc<LayerIndex>>,
    sources: &[usize],
    lengths: &Numbered<u64>,
    budget: &Budget,
) -> Result<Loaded> {
    let mut entries = 0;
    for (number, source) in sources.iter().enumerate() {
        let Some(index) = indexes.get(source) else { continue };
        entries += index.entries.len();
        if number != *source {
            let repeated = budget.repeat(index.count(), index.links.len() as u64);
            repeated.map_err(|error| error.within(&picked.layers[number].shown))?;
        }
    }
    let mut assembly = Assembly::with_capacity(entries);
    let Picked { about, config, history, layers, diagnostics, provenance } = picked;
    let blob_names = layers.iter().map(|layer| layer.name.clone()).collect();
    for (number, layer) in layers.into_iter().enumerate() {
        let source = &sources[number];
        let index =
            indexes.get(source).ok_or_else(|| Error::because("it was not read").at(layer.shown.clone()))?;
        let mut parts = layer.parts;
        if let (Some(found), Some(told)) = (&index.diff_id, &parts.diff_id)
            && told.algorithm() == found.algorithm()
            && told != found
        {
            let why = format!("its contents have the digest {found}, but the configuration says {told}");
            let hint = "it is not the layer that was built: fetch the image again";
            return Err(Error::because(why).hint(hint).within(&layer.shown));
        }
        parts.blob = lengths.get(source).copied().unwrap_or(0);
        assembly.add(index, parts)?;
        if !sources[number + 1..].contains(source) {
            indexes.remove(source);
        }
    }
    let image = assembly.finish(about, config, history, diagnostics);
    Ok(Loaded { provenance, ..Loaded::new(image, blob_names, budget) })
}

/// Indexes one blob, on two threads if it `is_shared`; also gives its bytes where bodies can be read from them at
/// offsets.
fn index(
    contents: Contents,
    meter: Meter<'_>,
    is_shared: bool,
    budget: &Budget,
) -> Result<(LayerIndex, Option<Section>)> {
    if let Contents::At(section) = &contents
        && section.compression()? == Compression::None
    {
        return Ok((index_plain(section, meter, budget)?, Some(section.clone())));
    }
    let stored = contents.length();
    let (compression, reader) = contents.unpacked(meter)?;
    Ok((index_stream(reader, compression, stored, is_shared, budget)?, None))
}
