//! Paths that the user marked, with their total.

use std::collections::BTreeSet;

use crate::image::{Image, PathId};
use crate::ui::look::Look;
use crate::ui::text::counted;

/// Marked paths.
#[derive(Debug, Default)]
pub(super) struct Marked(BTreeSet<PathId>);

impl Marked {
    /// Marks or unmarks a path.
    pub(super) fn toggle(&mut self, path: PathId) {
        if !self.0.remove(&path) {
            self.0.insert(path);
        }
    }

    /// True when a path is marked.
    pub(super) fn has(&self, path: PathId) -> bool {
        self.0.contains(&path)
    }

    /// Removes all marks; false when there were none.
    pub(super) fn clear(&mut self) -> bool {
        !std::mem::take(&mut self.0).is_empty()
    }

    /// The marked paths that are not below another one.
    pub(super) fn tops<'a>(&'a self, image: &'a Image) -> impl Iterator<Item = PathId> + 'a {
        let mut end = 0;
        self.0.iter().copied().filter(move |path| {
            let is_top = path.0 >= end;
            if is_top {
                end = image.paths.end(*path).0;
            }
            is_top
        })
    }

    /// `3 marked, 46.8 MB`; none when nothing is marked.
    pub(super) fn note(&self, image: &Image, look: &Look, bytes: impl Fn(PathId) -> u64) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let sum = self.tops(image).map(bytes).sum();
        Some(format!("{}, {}", counted(self.0.len() as u64, "marked", "marked"), look.size(sum)))
    }

    /// The marked paths as lines; none when nothing is marked.
    pub(super) fn lines(&self, text: impl Fn(PathId) -> String) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.iter().map(|path| text(*path)).collect::<Vec<_>>().join("\n"))
    }
}
