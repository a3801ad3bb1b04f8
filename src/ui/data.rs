//! What the UI shows: the examination of an image, which never changes.

use std::ops::{Deref, RangeInclusive};
use std::sync::Arc;

use super::tree::{Bits, ChangeTree, Matches, Pattern};
use crate::compare::{Comparison, Sharing};
use crate::image::{Image, PathId};
use crate::load::{Examination, ReadBodies};
use crate::overlay::{ChangeLog, Slot};
use crate::text;

/// What a request brings to the screen.
pub struct Shown {
    /// The image and everything known about it.
    pub examination: Examination,
    /// Reads files again for the viewer and for extracting; none when the image passed by only once.
    pub bodies: Option<Box<dyn ReadBodies>>,
    /// The image that it is compared with, if it is.
    pub against: Option<Against>,
    /// The images that it was opened with, if it was.
    pub among: Option<Among>,
}

/// An older image, and what changed since.
pub struct Against {
    /// The older image.
    pub examination: Examination,
    /// What changed from it to the image that is shown.
    pub comparison: Comparison,
}

/// One of several images that were opened together.
pub struct Among {
    /// Its number.
    pub at: usize,
    /// All of them.
    pub together: Arc<Together>,
}

/// What several images share.
pub struct Together {
    /// Their names.
    pub names: Vec<String>,
    /// The command that made each distinct layer; empty if unknown.
    pub commands: Vec<String>,
    /// What they share.
    pub sharing: Sharing,
}

/// An older image with what is computed once for browsing what changed since.
pub(super) struct Older {
    pub(super) examination: Examination,
    pub(super) comparison: Comparison,
    pub(super) tree: ChangeTree,
}

/// An examination, with what is computed once for browsing.
pub(super) struct Data {
    examination: Examination,
    pub(super) bodies: Option<Box<dyn ReadBodies>>,
    pub(super) log: ChangeLog,
    /// The paths that have wasted bytes in any layer.
    pub(super) wasted: Bits,
    /// What it is compared with, if it is.
    pub(super) older: Option<Older>,
    /// What it was opened with, if it was.
    pub(super) among: Option<Among>,
}

impl Deref for Data {
    type Target = Examination;

    fn deref(&self) -> &Examination {
        &self.examination
    }
}

impl Data {
    /// Prepares what a request loaded. Takes time proportional to the image, so it is part of loading.
    pub(super) fn new(Shown { examination, bodies, against, among }: Shown) -> Self {
        let log = ChangeLog::of(&examination.image);
        let mut wasted = Bits::new(examination.image.paths.len());
        for path in &examination.analysis.wasted {
            wasted.set(path.path, true);
        }
        let older = against.map(|Against { examination: old, comparison }| Older {
            tree: ChangeTree::of(&old.side(), &examination.side(), &comparison.changes),
            examination: old,
            comparison,
        });
        Self { examination, bodies, log, wasted, older, among }
    }

    /// The paths that some layers change.
    pub(super) fn changed(&self, layers: RangeInclusive<usize>) -> Bits {
        let mut changed = Bits::new(self.image.paths.len());
        for layer in layers.filter(|layer| *layer < self.image.layers.len()) {
            for path in self.log.paths_in(layer, 0..u32::MAX) {
                changed.set(path, true);
            }
        }
        changed
    }

    /// What a pattern finds, with the layers that have it. None when it was stopped.
    pub(super) fn find(&self, pattern: &Pattern, stopped: &(dyn Fn() -> bool + Sync)) -> Option<Matches> {
        pattern.find(&self.image, stopped)?.in_layers(&self.image, &self.log, stopped)
    }

    /// The slot of a path in the final file system.
    pub(super) fn final_slot(&self, path: PathId) -> Option<Slot> {
        self.union.rootfs.get(path)
    }

    /// True when a layer came with the base.
    pub(super) fn is_base(&self, layer: usize) -> bool {
        layer < self.analysis.base_layers
    }

    /// The command that made a layer, on one line.
    pub(super) fn command(&self, layer: usize) -> String {
        command(&self.image, layer)
    }

    /// A path as it is shown, with a leading slash and, for a directory, one at the end.
    pub(super) fn path_text(&self, path: PathId, is_directory: bool) -> String {
        let mut text = super::text::safe(&self.image.paths.full(path));
        text.insert(0, '/');
        if is_directory && text.len() > 1 {
            text.push('/');
        }
        text
    }
}

/// The command that made a layer of an image, on one line.
pub(super) fn command(image: &Image, layer: usize) -> String {
    command_line(image.command_of(layer))
}

/// A command of an image on one line, as long as any screen is wide.
pub(super) fn command_line(command: &str) -> String {
    let line = text::one_line(command, 200);
    line.map_or_else(|| text::UNKNOWN_COMMAND.into(), |line| super::text::safe(line.as_bytes()))
}
