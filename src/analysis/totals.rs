//! The sums: one definition and one function for each number.

use super::{Copy, Duplicate};
use crate::image::{EntryId, Image};
use crate::layer::Kind;
use crate::overlay::{Cause, FileCount, Slot, Stack};

/// Sums over the whole image. All sizes are in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Regular-file bytes of all layers.
    pub content: u64,
    /// Content that some path of the final root filesystem still reaches.
    pub live: u64,
    /// `content - live`, and the sum of the next three.
    pub wasted: u64,
    /// Wasted because a later layer stored the path again.
    pub overwritten: u64,
    /// Wasted because a later layer removed the path or a directory above it.
    pub removed: u64,
    /// Wasted because the same tar stores the path again.
    pub repeated: u64,
    /// The part of `overwritten` whose next copy has the same content: only attributes differ, if anything.
    pub metadata_only: u64,
    /// `live / content`; 1 when content is 0.
    pub efficiency: f64,
    /// Unpacked tars of all layers.
    pub tar: u64,
    /// Blobs of all layers as stored.
    pub blob: u64,
    /// Content of the layers after the base.
    pub own_content: u64,
    /// Wasted bytes in the layers after the base.
    pub own_wasted: u64,
    /// `own_wasted / own_content`; 0 when that is 0.
    pub own_wasted_ratio: f64,
    /// Wasted bytes of base layers that a layer after the base hid.
    pub base_hidden: u64,
    /// What duplicates could save.
    pub duplicates: u64,
    /// The final root filesystem, counted.
    pub tree: Tree,
}

impl Totals {
    /// Content of the base layers.
    pub fn base_content(&self) -> u64 {
        self.content - self.own_content
    }

    /// The base's share of the content; 0 without content.
    pub fn base_share(&self) -> f64 {
        if self.content == 0 { 0.0 } else { ratio(self.base_content(), self.content) }
    }
}

/// Paths of the final root filesystem by kind, with implied directories and without the root.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tree {
    /// Regular files, each name of a hard-linked file counted.
    pub files: u64,
    /// Directories.
    pub directories: u64,
    /// Symbolic links.
    pub symlinks: u64,
    /// Devices, pipes and the rest.
    pub others: u64,
}

/// Sums of one layer. All sizes are in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LayerTotals {
    /// Its regular-file bytes.
    pub content: u64,
    /// The part that the final root filesystem still reaches.
    pub live: u64,
    /// `content - live`.
    pub wasted: u64,
    /// Files that were not there below.
    pub added: FileCount,
    /// Files that were there below and that this layer stores again (their new sizes).
    pub modified: FileCount,
    /// Files that were there below and no longer are (their old sizes).
    pub removed: FileCount,
}

/// `live / content`, and 1 when there is no content.
pub fn efficiency(live: u64, content: u64) -> f64 {
    if content == 0 { 1.0 } else { ratio(live, content) }
}

/// `part / whole` for byte counts.
#[expect(
    clippy::cast_precision_loss,
    reason = "a ratio is shown with a few digits; byte counts stay below 2^53"
)]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// Sums over the image and over each layer.
pub(super) fn totals(
    stack: Stack<'_>,
    copies: &[Copy],
    duplicates: &[Duplicate],
    base_layers: usize,
) -> (Totals, Vec<LayerTotals>) {
    let Stack { image, union } = stack;
    let mut layers: Vec<LayerTotals> = image
        .layers
        .iter()
        .zip(&union.changes)
        .map(|(layer, changes)| LayerTotals {
            content: layer.content,
            live: layer.content,
            wasted: 0,
            added: changes.added,
            modified: changes.modified,
            removed: changes.removed,
        })
        .collect();
    let mut totals = Totals {
        content: image.content(),
        tar: image.layers.iter().map(|layer| layer.tar).sum(),
        blob: image.layers.iter().map(|layer| layer.blob).sum(),
        duplicates: duplicates.iter().map(|duplicate| duplicate.saved).sum(),
        tree: tree(stack),
        ..Totals::default()
    };
    for copy in copies {
        let layer = &mut layers[copy.layer];
        layer.live -= copy.bytes;
        layer.wasted += copy.bytes;
        totals.wasted += copy.bytes;
        *match copy.cause {
            Cause::Overwritten => &mut totals.overwritten,
            Cause::Removed => &mut totals.removed,
            Cause::Repeated => &mut totals.repeated,
        } += copy.bytes;
        if copy.metadata_only {
            totals.metadata_only += copy.bytes;
        }
        if copy.layer >= base_layers {
            totals.own_wasted += copy.bytes;
        } else if copy.by_layer >= base_layers {
            totals.base_hidden += copy.bytes;
        }
    }
    totals.live = totals.content - totals.wasted;
    totals.efficiency = efficiency(totals.live, totals.content);
    totals.own_content = layers.iter().skip(base_layers).map(|layer| layer.content).sum();
    if totals.own_content > 0 {
        totals.own_wasted_ratio = ratio(totals.own_wasted, totals.own_content);
    }
    (totals, layers)
}

/// Counts the final root filesystem.
fn tree(stack: Stack<'_>) -> Tree {
    let Stack { image, union } = stack;
    let mut tree = Tree::default();
    for (_, slot) in union.rootfs.live() {
        let kind = match slot {
            Slot::Implied => Kind::Directory,
            Slot::Entry(id) => kind_of(image, id),
        };
        *match kind {
            Kind::File | Kind::HardLink => &mut tree.files,
            Kind::Directory => &mut tree.directories,
            Kind::Symlink => &mut tree.symlinks,
            Kind::CharDevice | Kind::BlockDevice | Kind::Fifo | Kind::Other => &mut tree.others,
        } += 1;
    }
    tree
}

fn kind_of(image: &Image, id: EntryId) -> Kind {
    image.entry(id).kind
}
