//! Totals of directories as prefix sums over the path table.

use crate::image::{Image, PathId};

/// What a shown path adds to the directories above it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::ui) struct Weight {
    /// Bytes that stand there.
    pub(in crate::ui) bytes: u64,
    /// Bytes that stood there and were removed.
    pub(in crate::ui) gone: u64,
    /// The part of `bytes` that a container cannot see in the end.
    pub(in crate::ui) wasted: u64,
    /// A regular file, or another name of one, stands there.
    pub(in crate::ui) is_file: bool,
}

/// Bytes, files and shown paths below every directory.
#[derive(Debug, Default)]
pub(in crate::ui) struct Sums {
    bytes: Column,
    gone: Column,
    wasted: Column,
    files: Vec<u32>,
    shown: Vec<u32>,
}

/// Sums up to each path. Takes no memory while there is nothing to sum up.
#[derive(Debug, Default)]
struct Column {
    sums: Vec<u64>,
    length: usize,
    sum: u64,
}

impl Column {
    fn clear(&mut self) {
        self.sums.clear();
        (self.length, self.sum) = (0, 0);
    }

    /// The sum so far belongs to the next path; then comes its own value.
    fn push(&mut self, value: u64) {
        if self.sum > 0 {
            self.sums.push(self.sum);
        } else if value > 0 {
            self.sums.resize(self.length + 1, 0);
        }
        self.length += 1;
        self.sum += value;
    }

    fn at(&self, place: usize) -> u64 {
        self.sums.get(place).copied().unwrap_or(0)
    }
}

impl Sums {
    /// Sums over the first `paths` paths, of which `weigh` shows some. The buffers are used again.
    pub(in crate::ui) fn fill(&mut self, paths: u32, mut weigh: impl FnMut(PathId) -> Option<Weight>) {
        let length = paths as usize + 1;
        let Self { bytes, gone, wasted, files, shown } = self;
        for column in [&mut *bytes, &mut *gone, &mut *wasted] {
            column.clear();
        }
        files.clear();
        shown.clear();
        files.reserve_exact(length);
        shown.reserve_exact(length);
        let (mut all_files, mut all_shown) = (0_u32, 0_u32);
        for path in 0..paths {
            files.push(all_files);
            shown.push(all_shown);
            let weight = weigh(PathId(path));
            let Weight { bytes: own, gone: removed, wasted: lost, is_file } = weight.unwrap_or_default();
            bytes.push(own);
            gone.push(removed);
            wasted.push(lost);
            all_files += u32::from(is_file);
            all_shown += u32::from(weight.is_some());
        }
        files.push(all_files);
        shown.push(all_shown);
        for column in [bytes, gone, wasted] {
            column.push(0);
        }
    }

    /// Bytes of a path and all below it.
    pub(in crate::ui) fn bytes(&self, image: &Image, path: PathId) -> u64 {
        Self::sum(&self.bytes, image, path)
    }

    /// Removed bytes of a path and all below it.
    pub(in crate::ui) fn gone(&self, image: &Image, path: PathId) -> u64 {
        Self::sum(&self.gone, image, path)
    }

    /// Wasted bytes of a path and all below it.
    pub(in crate::ui) fn wasted(&self, image: &Image, path: PathId) -> u64 {
        Self::sum(&self.wasted, image, path)
    }

    fn sum(column: &Column, image: &Image, path: PathId) -> u64 {
        column.at(image.paths.end(path).index()) - column.at(path.index())
    }

    /// Files at and below a path.
    pub(in crate::ui) fn files(&self, image: &Image, path: PathId) -> u32 {
        Self::count(&self.files, path.index(), image.paths.end(path).index())
    }

    /// Paths that are shown at and below a path; a path with none is not shown itself.
    pub(in crate::ui) fn shown(&self, image: &Image, path: PathId) -> u32 {
        Self::count(&self.shown, path.index(), image.paths.end(path).index())
    }

    /// True when the path is shown for its own sake, not only for what is below it.
    pub(in crate::ui) fn is_own(&self, path: PathId) -> bool {
        Self::count(&self.shown, path.index(), path.index() + 1) > 0
    }

    fn count(sums: &[u32], from: usize, to: usize) -> u32 {
        match (sums.get(from), sums.get(to)) {
            (Some(start), Some(end)) => end - start,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    #[test]
    fn directories_sum_up_what_is_shown_below_them() {
        let image = sample::image(&[&[("a/x", 1), ("a/y", 2), ("b/z", 4), ("c", 8)]]);
        let mut sums = Sums::default();
        let find = |path: &str| image.paths.find(path.as_bytes()).unwrap();
        let hidden = find("a/y");
        sums.fill(image.paths.len(), |path| {
            if path == hidden || image.paths.end(path).0 > path.0 + 1 {
                return None;
            }
            let bytes = image.timeline.of(path).iter().map(|&id| image.entry(id).size).sum();
            let is_gone = path == find("b/z");
            Some(Weight {
                bytes: if is_gone { 0 } else { bytes },
                gone: if is_gone { bytes } else { 0 },
                wasted: 0,
                is_file: !is_gone,
            })
        });
        assert_eq!((sums.bytes(&image, find("a")), sums.files(&image, find("a"))), (1, 1));
        assert_eq!((sums.bytes(&image, find("b")), sums.gone(&image, find("b"))), (0, 4));
        assert_eq!(sums.bytes(&image, PathId::ROOT), 9);
        assert_eq!(sums.wasted(&image, PathId::ROOT), 0);
        assert_eq!((sums.shown(&image, PathId::ROOT), sums.files(&image, PathId::ROOT)), (3, 2));
        assert!(!sums.is_own(find("a")) && sums.is_own(find("a/x")) && !sums.is_own(hidden));
    }
}
