//! Reads the layers of a picked image from blobs that can be read at offsets.

use std::collections::HashMap;

use rayon::prelude::*;

use super::pick::Picked;
use super::{FindSection, Loaded, PartMeter, Watch, compare};
use crate::error::{Error, Result};
use crate::image::Assembly;
use crate::layer::{Budget, LayerIndex, index_plain, index_stream};
use crate::source::{Compression, Meter, Section};

/// Indexes the layers in parallel, and makes the image of them.
pub(super) fn load(picked: Picked, find: &FindSection<'_>, watch: &dyn Watch) -> Result<Loaded> {
    let sections = picked
        .layers
        .iter()
        .map(|layer| find(&layer.name).map_err(|error| error.at(&layer.shown)))
        .collect::<Result<Vec<_>>>()?;
    watch.begin(
        &picked.layers.iter().zip(&sections).map(|(l, s)| (l.shown.clone(), s.length())).collect::<Vec<_>>(),
    );
    // the same blob may be several layers: it is read once
    let mut first_of = HashMap::new();
    let sources: Vec<usize> = (0..sections.len())
        .map(|number| *first_of.entry(picked.layers[number].name.as_slice()).or_insert(number))
        .collect();
    let mut order: Vec<usize> = first_of.into_values().collect();
    order.sort_unstable_by_key(|&number| (std::cmp::Reverse(sections[number].length()), number));
    let budget = Budget::default();
    let mut results: Vec<(usize, Result<LayerIndex>)> = order
        .into_iter()
        .par_bridge()
        .map(|number| (number, index(&sections[number], &PartMeter { watch, part: Some(number) }, &budget)))
        .collect();
    results.sort_unstable_by_key(|(number, _)| *number);
    let mut indexes = HashMap::new();
    for (number, result) in results {
        indexes.insert(number, result.map_err(|error| error.within(&picked.layers[number].shown))?);
    }
    let bodies: Vec<Option<Section>> = sections
        .iter()
        .zip(&sources)
        .map(|(section, source)| {
            indexes
                .get(source)
                .filter(|index| index.compression == Compression::None)
                .map(|_| section.clone())
        })
        .collect();
    let blobs: Vec<u64> = sections.iter().map(Section::length).collect();
    let mut loaded = assemble(picked, indexes, &sources, &blobs, &budget)?;
    compare::read(&mut loaded, &bodies, watch)?;
    Ok(loaded)
}

/// Makes the image of indexed layers. Layer `n` is the index `sources[n]`, which is dropped when no further
/// layer needs it.
pub(super) fn assemble<K: std::hash::Hash + Eq>(
    picked: Picked,
    mut indexes: HashMap<K, LayerIndex>,
    sources: &[K],
    blobs: &[u64],
    budget: &Budget,
) -> Result<Loaded> {
    let entries =
        sources.iter().filter_map(|source| indexes.get(source)).map(|index| index.entries.len()).sum();
    let mut assembly = Assembly::with_capacity(entries);
    let Picked { about, config, history, layers, diagnostics } = picked;
    let blob_names = layers.iter().map(|layer| layer.name.clone()).collect();
    for (number, layer) in layers.into_iter().enumerate() {
        let source = &sources[number];
        let index =
            indexes.get(source).ok_or_else(|| Error::because("it was not read").at(layer.shown.clone()))?;
        let mut parts = layer.parts;
        parts.blob = blobs[number];
        assembly.add(index, parts)?;
        if !sources[number + 1..].contains(source) {
            indexes.remove(source);
        }
    }
    let image = assembly.finish(about, config, history, diagnostics);
    Ok(Loaded::new(image, blob_names, budget))
}

/// Indexes one blob.
fn index(section: &Section, meter: &dyn Meter, budget: &Budget) -> Result<LayerIndex> {
    let head = section.head(8).map_err(|error| Error::io(&error))?;
    match Compression::sniff(&head)? {
        Compression::None => index_plain(section, meter, budget),
        compression => {
            let reader = compression.reader(section.reader(meter)).map_err(|error| Error::io(&error))?;
            index_stream(reader, compression, budget)
        }
    }
}
