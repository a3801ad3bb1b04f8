//! Pure functions of the image: what is wasted and why, efficiency, duplicates, the base.
//!
//! Every number that is shown anywhere is computed here, once. `docs/numbers.md` defines them; all sizes are bytes of
//! regular files in the unpacked tars.

mod base;
mod duplicates;
pub mod package_managers;
pub mod packages;
pub mod system;
mod totals;
mod waste;

pub use crate::overlay::FileCount;
pub use base::{Base, auto as auto_base};
pub use duplicates::{Duplicate, candidates as duplicate_candidates};
pub(crate) use packages::Places;
pub use packages::{Manager, Package, Packages, Relations};
pub use system::System;
pub use totals::{LayerTotals, Totals, Tree, efficiency};
pub use waste::{Copy, Wasted, same_path_pairs};

use crate::image::Image;
use crate::overlay::{Stack, Union};

/// Everything that the reports show about an image's bytes.
#[derive(Debug)]
pub struct Analysis {
    /// Layers that came with `FROM`: the first this many.
    pub base_layers: usize,
    /// Sums over the image.
    pub totals: Totals,
    /// Sums for each layer.
    pub layers: Vec<LayerTotals>,
    /// Every path with wasted bytes: most bytes first, then by path.
    pub wasted: Vec<Wasted>,
    /// The wasted copies; each [`Wasted`] owns a range of them.
    pub copies: Vec<Copy>,
    /// Equal files at several live paths: most to save first, then by path.
    pub duplicates: Vec<Duplicate>,
    /// The packages of the final root filesystem.
    pub packages: Packages,
    /// What the image is made of.
    pub system: System,
}

/// Computes the analysis of `image`, whose layers `union` merged. `base_layers` is capped at the number of layers.
pub fn analyse(image: &Image, union: &Union, base_layers: usize) -> Analysis {
    let base_layers = base_layers.min(image.layers.len());
    let stack = Stack { image, union };
    // independent of each other, and each walks the whole image
    let ((wasted, copies), (duplicates, packages)) = rayon::join(
        || waste::wasted(stack),
        || rayon::join(|| duplicates::duplicates(stack), || packages::packages(stack)),
    );
    let (totals, layers) = totals::totals(stack, &copies, &duplicates, base_layers);
    let system = system::system(stack, base_layers);
    Analysis { base_layers, totals, layers, wasted, copies, duplicates, packages, system }
}

impl Analysis {
    /// The wasted copies of one path, lowest layer first.
    pub fn copies_of(&self, wasted: &Wasted) -> &[Copy] {
        &self.copies[wasted.copies.start as usize..wasted.copies.end as usize]
    }
}
