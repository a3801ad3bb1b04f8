//! The distinct layers of several images, and how they are stacked.

use std::collections::HashMap;

use crate::compare::Side;
use crate::digest::Digest;
use crate::image::Layer;

/// A layer that one or several images have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinctLayer {
    /// The digest of its unpacked tar, when it is known.
    pub diff_id: Option<Digest>,
    /// Its content, in bytes.
    pub content: u64,
    /// The images that have it: numbers in ascending order.
    pub images: Vec<usize>,
    /// Where it is in the first of these: the number of the layer.
    pub place: usize,
}

/// One image among several. All sizes are in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Portion {
    /// Content of all its layers.
    pub content: u64,
    /// Content of layers that no other image has, in any position.
    pub unique: u64,
    /// Content of layers that another image has: `content - unique`.
    pub shared: u64,
    /// Content of layers that no other image has above the same layers: what a disk gains when it is removed.
    pub disk_unique: u64,
    /// `content - disk_unique`.
    pub disk_shared: u64,
}

/// A layer above certain others, which an engine stores as one thing.
struct Chain {
    content: u64,
    /// The images that have it, in ascending order.
    images: Vec<usize>,
}

/// The layers of several images, each once.
pub(super) struct Stack {
    layers: Vec<DistinctLayer>,
    chains: Vec<Chain>,
    /// For each image, and each of its layers: the number of the layer and of its chain.
    places: Vec<Vec<(usize, usize)>>,
}

impl Stack {
    pub(super) fn of(images: &[Side<'_>]) -> Self {
        let mut stack = Self { layers: Vec::new(), chains: Vec::new(), places: Vec::new() };
        let mut known: HashMap<(&str, u64), usize> = HashMap::new();
        let mut chained: HashMap<(Option<usize>, usize), usize> = HashMap::new();
        for (image, side) in images.iter().enumerate() {
            let mut places = Vec::with_capacity(side.image.layers.len());
            let mut below = None;
            for (place, layer) in side.image.layers.iter().enumerate() {
                let number = match layer.identity().and_then(|identity| known.get(&identity).copied()) {
                    Some(number) => number,
                    None => stack.add(layer, place, &mut known),
                };
                note(&mut stack.layers[number].images, image);
                let chain = *chained.entry((below, number)).or_insert_with(|| {
                    stack.chains.push(Chain { content: layer.content, images: Vec::new() });
                    stack.chains.len() - 1
                });
                note(&mut stack.chains[chain].images, image);
                below = Some(chain);
                places.push((number, chain));
            }
            stack.places.push(places);
        }
        stack
    }

    fn add<'a>(
        &mut self,
        layer: &'a Layer,
        place: usize,
        known: &mut HashMap<(&'a str, u64), usize>,
    ) -> usize {
        let number = self.layers.len();
        let (diff_id, content) = (layer.diff_id.clone(), layer.content);
        self.layers.push(DistinctLayer { diff_id, content, images: Vec::new(), place });
        if let Some(identity) = layer.identity() {
            known.insert(identity, number);
        }
        number
    }

    /// The number of the distinct layer that is an image's layer.
    pub(super) fn layer(&self, image: usize, place: usize) -> usize {
        self.places[image][place].0
    }

    /// What an image has of its own.
    pub(super) fn portion(&self, image: usize) -> Portion {
        let mut portion = Portion::default();
        for &(layer, chain) in &self.places[image] {
            let DistinctLayer { content, images, .. } = &self.layers[layer];
            portion.content += content;
            *(if images.len() == 1 { &mut portion.unique } else { &mut portion.shared }) += content;
            let is_alone = self.chains[chain].images.len() == 1;
            *(if is_alone { &mut portion.disk_unique } else { &mut portion.disk_shared }) += content;
        }
        portion
    }

    /// Content of the distinct layers.
    pub(super) fn once(&self) -> u64 {
        self.layers.iter().map(|layer| layer.content).sum()
    }

    /// Content of the distinct chains.
    pub(super) fn disk_once(&self) -> u64 {
        self.chains.iter().map(|chain| chain.content).sum()
    }

    /// The distinct layers: those with most content first, then in the order in which they were found.
    pub(super) fn into_layers(mut self) -> Vec<DistinctLayer> {
        self.layers.sort_by_key(|layer| std::cmp::Reverse(layer.content));
        self.layers
    }
}

fn note(images: &mut Vec<usize>, image: usize) {
    if images.last() != Some(&image) {
        images.push(image);
    }
}
