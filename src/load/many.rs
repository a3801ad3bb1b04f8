//! Loads several images of which some layers are the same: each distinct layer is read once.

use std::collections::HashMap;
use std::sync::Arc;

use super::bodies::{Bodies, ReadBodies};
use super::layers::KnownLayer;
use super::loaded::Loaded;
use super::passed::Indexed;
use super::pick::PickedLayer;
use super::{layers, pick, rootfs};
use crate::analysis::{self, Analysis, auto_base};
use crate::compare::Side;
use crate::error::{Error, Result};
use crate::image::Image;
use crate::layer::{Budget, LayerIndex};
use crate::overlay::Union;
use crate::source::{Blobs, Compression, Contents, ImageSelector, Location, Progress};

/// One of several images.
pub struct Member {
    /// The image.
    pub image: Image,
    /// Its layers, stacked.
    pub union: Union,
    /// Its numbers.
    pub analysis: Analysis,
    /// What reads its files again, unless it passed by only once.
    pub bodies: Option<Box<dyn ReadBodies>>,
}

impl Member {
    /// The image as one of several that are compared.
    pub fn side(&self) -> Side<'_> {
        Side { image: &self.image, union: &self.union, analysis: &self.analysis }
    }
}

/// Layers that were indexed, for the images that are loaded after them.
#[derive(Debug, Default)]
pub struct KnownLayers {
    layers: HashMap<Vec<u8>, Known>,
    /// How many places were read.
    places: usize,
}

#[derive(Debug, Clone)]
struct Known {
    /// The place that it was read from, and the name of its blob there.
    from: (usize, Vec<u8>),
    index: Arc<LayerIndex>,
    length: u64,
    /// All bodies were hashed, so none must be read again.
    is_hashed: bool,
}

/// Loads the images of a place: those of the name that is asked for, else all of the platform.
///
/// # Errors
/// As [`load::image`](super::image), for any of them.
pub fn images(
    location: &Location,
    selector: &ImageSelector,
    known: &mut KnownLayers,
    progress: &dyn Progress,
) -> Result<Vec<Member>> {
    known.places += 1;
    let selector = selector.or(location.image.as_deref());
    let loaded = location.open(progress).and_then(|mut blobs| {
        let (budget, whole) = (Budget::new(location.trust), Budget::new(location.trust));
        opened(&mut *blobs, &selector, known, [&budget, &whole], progress)
            .map_err(|error| error.reading(blobs.shown()))
    });
    if progress.stopped() {
        return Err(Error::Interrupted);
    }
    let loaded = loaded.map_err(|error| error.reading(location.name()))?;
    let member = |loaded: Loaded| {
        let (image, union) = (loaded.image, loaded.union);
        let analysis = analysis::analyse(&image, &union, auto_base(&image));
        let bodies = Bodies::new(location, loaded.blobs);
        Member {
            image,
            union,
            analysis,
            bodies: bodies.map(|bodies| -> Box<dyn ReadBodies> { Box::new(bodies) }),
        }
    };
    Ok(loaded.into_iter().map(member).collect())
}

fn opened(
    blobs: &mut dyn Blobs,
    selector: &ImageSelector,
    known: &mut KnownLayers,
    [budget, whole]: [&Budget; 2],
    progress: &dyn Progress,
) -> Result<Vec<Loaded>> {
    let (mut indexed, length) = Indexed::of(blobs, budget, whole)?;
    let Some(picked) = pick::all(blobs, selector)? else {
        return Ok(vec![rootfs::load(blobs, (indexed, length), whole, progress)?]);
    };
    let mut loaded = Vec::with_capacity(picked.len());
    for picked in picked {
        let gathered = layers::gather(
            &picked,
            blobs,
            &mut |_, layer| {
                if let Some((index, length)) = indexed.layer(&layer.name)? {
                    let index = Arc::new(index);
                    known.add(layer, &index, length, true);
                    return Ok(Some((index, length, None)));
                }
                let found = known.find(layer, blobs, budget.verifies())?;
                found.iter().try_for_each(|(index, ..)| budget.share(index.count()))?;
                Ok(found)
            },
            budget,
            progress,
        )?;
        for (number, index, length, is_hashed) in gathered.read() {
            known.add(&picked.layers[number], index, length, is_hashed);
        }
        loaded.push(layers::finish(picked, gathered, budget, progress)?);
    }
    Ok(loaded)
}

impl KnownLayers {
    fn key(&self, layer: &PickedLayer) -> Vec<u8> {
        match &layer.parts.diff_id {
            Some(diff_id) => diff_id.as_str().as_bytes().to_vec(),
            // a name tells a layer only within its place
            None => [self.places.to_string().as_bytes(), b" ", &layer.name].concat(),
        }
    }

    fn add(&mut self, layer: &PickedLayer, index: &Arc<LayerIndex>, length: u64, is_hashed: bool) {
        let from = (self.places, layer.name.clone());
        let known = Known { from, index: Arc::clone(index), length, is_hashed };
        self.layers.insert(self.key(layer), known);
    }

    /// A layer that need not be read: all its bodies are hashed, or can be read at offsets here too. A configuration
    /// that states the diff ID of another layer is believed, unless the length of the blob gives it away or layers are to
    /// be verified: then only the same blob of the same place need not be read again.
    fn find(&self, layer: &PickedLayer, blobs: &dyn Blobs, verifies: bool) -> Result<Option<KnownLayer>> {
        let Some(known) = self.layers.get(&self.key(layer)) else { return Ok(None) };
        let Known { from, index, length, is_hashed } = known;
        if verifies && *from != (self.places, layer.name.clone()) {
            return Ok(None);
        }
        let here = blobs.open(&layer.name).ok();
        let length = here.as_ref().map_or(*length, Contents::length);
        let mut plain = None;
        if let Some(Contents::At(section)) = here {
            let head = section.head(8).map_err(|error| Error::io(&error))?;
            if matches!(Compression::sniff(&head), Ok(Compression::None)) {
                if section.length() != index.tar {
                    return Ok(None);
                }
                plain = Some(section);
            }
        }
        Ok((*is_hashed || plain.is_some()).then(|| (Arc::clone(index), length, plain)))
    }
}
