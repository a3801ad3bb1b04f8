//! Which layers two images have in common, and what of the new one must be fetched.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::image::{EntryId, Image, Layer};

/// The layers of two images.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// Both side by side, in the order of either; see [`LayerPair`].
    pub pairs: Vec<LayerPair>,
    /// For each old layer, the new one that is the same.
    twins: Vec<Option<usize>>,
    /// For each new layer, the old one that is the same.
    back: Vec<Option<usize>>,
    /// Bytes of the new image's blobs that the old one does not have: what a host that has the old image
    /// must fetch. The same blob counts once.
    pub transfer: u64,
    /// Number of these blobs.
    pub transfer_blobs: u64,
}

/// An old layer beside the new one that stands in its place: the same one, or what the same instruction
/// made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerPair {
    /// The old layer.
    pub old: Option<usize>,
    /// The new layer.
    pub new: Option<usize>,
    /// They are the same layer.
    pub shared: bool,
}

impl Layers {
    /// The layers that both have: the old number, then the new one; in the order of the old ones.
    pub fn shared(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.twins.iter().enumerate().filter_map(|(old, new)| Some((old, (*new)?)))
    }

    /// Layers that only the old image has.
    pub fn only_old(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.twins.len()).filter(|&layer| self.twins[layer].is_none())
    }

    /// Layers that only the new image has.
    pub fn only_new(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.back.len()).filter(|&layer| self.back[layer].is_none())
    }

    /// True when the new image has this layer of the old one.
    pub fn is_kept(&self, old: usize) -> bool {
        self.twins[old].is_some()
    }

    /// True when two entries are one: the same member of a layer that both images have.
    pub(super) fn is_same_entry(&self, old: &Image, new: &Image, a: EntryId, b: EntryId) -> bool {
        let layer = old.layer_of(a);
        let Some(Some(twin)) = self.twins.get(layer) else { return false };
        let (before, after) = (&old.layers[layer].entries, &new.layers[*twin].entries);
        // the ids of a stated diff ID are believed, but not that both tars have as many members
        before.len() == after.len() && after.contains(&b.0) && a.0 - before.start == b.0 - after.start
    }
}

/// Matches the layers of two images.
pub(super) fn layers(old: &Image, new: &Image) -> Layers {
    let mut places: HashMap<(&str, u64), VecDeque<usize>> = HashMap::new();
    for (number, layer) in new.layers.iter().enumerate() {
        if let Some(identity) = layer.identity() {
            places.entry(identity).or_default().push_back(number);
        }
    }
    let twins: Vec<Option<usize>> =
        old.layers.iter().map(|layer| places.get_mut(&layer.identity()?)?.pop_front()).collect();
    let mut back = vec![None; new.layers.len()];
    for (number, twin) in twins.iter().enumerate() {
        if let Some(twin) = twin {
            back[*twin] = Some(number);
        }
    }
    let missing = missing(old, new);
    Layers {
        pairs: side_by_side(old, new, &twins, &back),
        twins,
        back,
        transfer: missing.iter().map(|layer| layer.blob).sum(),
        transfer_blobs: missing.len() as u64,
    }
}

/// The layers of `new` whose blobs `old` does not have, each blob once.
fn missing<'a>(old: &Image, new: &'a Image) -> Vec<&'a Layer> {
    let digests: HashSet<_> = old.layers.iter().filter_map(|layer| layer.digest.as_ref()).collect();
    let all: HashSet<_> = old.layers.iter().filter_map(|layer| layer.diff_id.as_ref()).collect();
    // archives of plain tars often name no blobs: such a layer may be any blob of its diff ID
    let unnamed: HashSet<_> = old
        .layers
        .iter()
        .filter(|layer| layer.digest.is_none())
        .filter_map(|layer| layer.diff_id.as_ref())
        .collect();
    let mut seen = HashSet::new();
    let is_there = |layer: &Layer| match (&layer.digest, &layer.diff_id) {
        (Some(digest), diff_id) => {
            digests.contains(digest) || diff_id.as_ref().is_some_and(|diff_id| unnamed.contains(diff_id))
        }
        (None, Some(diff_id)) => all.contains(diff_id),
        (None, None) => false,
    };
    let mut is_new = |layer: &'a Layer| {
        let name = layer.digest.as_ref().or(layer.diff_id.as_ref());
        name.is_none_or(|name| seen.insert(name))
    };
    new.layers.iter().filter(|layer| !is_there(layer)).filter(|layer| is_new(layer)).collect()
}

/// Most cells of the table by which layers are aligned: hostile images have thousands of layers.
const CELLS: usize = 1 << 20;

/// Aligns the layers: as many as possible that are the same, then as many as possible of one instruction.
fn side_by_side(old: &Image, new: &Image, twins: &[Option<usize>], back: &[Option<usize>]) -> Vec<LayerPair> {
    let (rows, columns) = (old.layers.len(), new.layers.len());
    let shared = |a: usize, b: usize| twins[a] == Some(b);
    if (rows + 1) * (columns + 1) > CELLS {
        let pairs = (0..rows.max(columns)).map(|at| {
            let (old, new) = ((at < rows).then_some(at), (at < columns).then_some(at));
            LayerPair { old, new, shared: old.is_some() && new.is_some() && shared(at, at) }
        });
        return pairs.collect();
    }
    let weight = |a: usize, b: usize| -> u32 {
        if shared(a, b) {
            1 << 16
        } else {
            let command = old.command_of(a);
            u32::from(
                twins[a].is_none()
                    && back[b].is_none()
                    && !command.is_empty()
                    && command == new.command_of(b),
            )
        }
    };
    // best[a][b]: the most that layers from a and from b on can agree
    let width = columns + 1;
    let mut best = vec![0_u32; (rows + 1) * width];
    for a in (0..rows).rev() {
        for b in (0..columns).rev() {
            let apart = best[(a + 1) * width + b].max(best[a * width + b + 1]);
            let together = match weight(a, b) {
                0 => 0,
                weight => weight + best[(a + 1) * width + b + 1],
            };
            best[a * width + b] = apart.max(together);
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut pairs = Vec::with_capacity(rows.max(columns));
    while a < rows || b < columns {
        let here = best[a * width + b];
        if a < rows && b < columns && weight(a, b) > 0 && here == weight(a, b) + best[(a + 1) * width + b + 1]
        {
            pairs.push(LayerPair { old: Some(a), new: Some(b), shared: shared(a, b) });
            (a, b) = (a + 1, b + 1);
        } else if a < rows && (b == columns || here == best[(a + 1) * width + b]) {
            pairs.push(LayerPair { old: Some(a), new: None, shared: false });
            a += 1;
        } else {
            pairs.push(LayerPair { old: None, new: Some(b), shared: false });
            b += 1;
        }
    }
    pairs
}
