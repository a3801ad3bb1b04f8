//! Pure functions of two images: what changed from one to the other. And of many: what they share.
//!
//! Two path tables are merged in one walk ([`Merge`]), because both are in the same order; so a comparison
//! costs the paths of both images, not their product, and holds one small record for each difference.
//! Equality of content is decided by content: entries of a layer that both images have are equal without a look,
//! bodies that were hashed while loading are compared by hash, and [`candidates`] names the few that are
//! left. Whoever can read them gives their [`Hashes`] to [`compare`].

mod bodies;
mod changes;
mod config;
mod growth;
mod hashes;
mod layers;
mod merge;
mod moved;
mod packages;
mod share;
mod side;
#[cfg(test)]
mod tests;
mod versions;

pub use bodies::{Candidates, candidates};
pub use changes::{Change, ChangeKind, Sums};
pub use config::ConfigChange;
pub use growth::Growth;
pub use hashes::Hashes;
pub use layers::{LayerPair, Layers};
pub use merge::{Merge, Pair};
pub use packages::{PackageChange, VersionChange};
pub use share::{
    DistinctLayer, Group, Owner, Portion, ReadHashes, Repeated, Sharing, share, share_candidates,
};
pub use side::Side;

/// What changed from an old image to a new one.
#[derive(Debug)]
pub struct Comparison {
    /// Which layers both have.
    pub layers: Layers,
    /// Every path that differs, in the order of the paths.
    pub changes: Vec<Change>,
    /// Their sums, by kind.
    pub sums: [Sums; ChangeKind::ALL.len()],
    /// Directories whose bytes differ, those that differ most first.
    pub directories: Vec<Growth>,
    /// Packages that differ, those that differ most in bytes first.
    pub packages: Vec<PackageChange>,
    /// What differs in the configuration.
    pub config: Vec<ConfigChange>,
}

impl Comparison {
    /// The sums of one kind of change.
    pub fn sums_of(&self, kind: ChangeKind) -> &Sums {
        &self.sums[kind as usize]
    }

    /// Numbers of the changes: first those that gained or lost most bytes, then those of the largest files,
    /// then by path.
    pub fn ranked(&self, old: &Side<'_>, new: &Side<'_>) -> Vec<usize> {
        let mut ranks: Vec<usize> = (0..self.changes.len()).collect();
        ranks.sort_by_cached_key(|&at| {
            let (before, after) = self.changes[at].bytes(old, new);
            std::cmp::Reverse((before.abs_diff(after), before.max(after)))
        });
        ranks
    }
}

/// Compares two images. `hashes` are those of the [`candidates`]; a file whose hash is needed but not there
/// counts as changed.
pub fn compare(old: &Side<'_>, new: &Side<'_>, hashes: &Hashes) -> Comparison {
    let layers = layers::layers(old.image, new.image);
    let mut changes = changes::changes(old, new, &layers, hashes);
    moved::pair(&mut changes, old, new, hashes);
    Comparison {
        sums: changes::sums(&changes, old, new),
        directories: growth::directories(old, new),
        packages: packages::packages(&old.analysis.packages, &new.analysis.packages),
        config: config::config(&old.image.config, &new.image.config),
        layers,
        changes,
    }
}
