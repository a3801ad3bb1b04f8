//! What the UI shows: the loaded image and all that follows from it. Nothing in it changes any more.

use crate::advice::Advice;
use crate::analysis::Analysis;
use crate::error::Result;
use crate::image::{EntryId, Image, PathId};
use crate::load::Loaded;
use crate::overlay::{ChangeLog, Slot, Union};

/// Reads the body of a regular file again: at most so many bytes from its start.
pub type ReadBody = Box<dyn Fn(&Image, EntryId, u64) -> Result<Vec<u8>> + Send + Sync>;

/// What a request brings to the screen.
pub struct Shown {
    /// The image.
    pub loaded: Loaded,
    /// Its numbers.
    pub analysis: Analysis,
    /// What could be changed in the Dockerfile.
    pub advice: Advice,
    /// Reads files again for the viewer and for extracting; none when the image passed by only once.
    pub bodies: Option<ReadBody>,
}

/// What is shown, with what is computed once for browsing.
pub(super) struct Data {
    pub(super) image: Image,
    pub(super) union: Union,
    pub(super) analysis: Analysis,
    pub(super) advice: Advice,
    pub(super) bodies: Option<ReadBody>,
    pub(super) log: ChangeLog,
}

impl Data {
    /// Prepares what a request brought. Takes time in the size of the image: this is part of the loading.
    pub(super) fn new(shown: Shown) -> Self {
        let Shown { loaded: Loaded { image, union, .. }, analysis, advice, bodies } = shown;
        let log = ChangeLog::of(&image);
        Self { image, union, analysis, advice, bodies, log }
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
        let words: Vec<&str> = self.image.command_of(layer).split_whitespace().take(200).collect();
        if words.is_empty() {
            "(command unknown)".into()
        } else {
            super::text::safe(words.join(" ").as_bytes())
        }
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
