//! Totals of directories as prefix sums over the path table.

use std::ops::Range;

use rayon::prelude::*;

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
    /// Two numbers in one: files in the upper half, shown paths in the lower one.
    counts: Column,
}

/// For each path the sum of the values of all paths before it. Takes no memory while every value is 0.
#[derive(Debug, Default)]
struct Column {
    sums: Vec<u64>,
    total: u64,
}

impl Column {
    fn clear(&mut self) {
        self.sums.clear();
        self.total = 0;
    }

    /// Adds the value of a path; the paths since the last one have none. `length` is the final length.
    fn put(&mut self, path: usize, value: u64, length: usize) {
        if value > 0 {
            if self.sums.len() == path && path < self.sums.capacity() {
                self.sums.push(self.total);
            } else {
                self.reach(path + 1, length);
            }
            self.total += value;
        }
    }

    /// Extends the sums with the total so far.
    fn reach(&mut self, until: usize, length: usize) {
        self.sums.reserve_exact(length.saturating_sub(self.sums.len()));
        self.sums.resize(until, self.total);
    }

    /// Appends the sums of pieces of `block` paths each, the last one of fewer, which reach from `range.start` to
    /// `range.end`.
    fn append(&mut self, range: Range<usize>, block: usize, pieces: &[&Self], length: usize) {
        let mut total = self.total;
        let before = pieces.iter().map(|piece| {
            total += piece.total;
            total - piece.total
        });
        let before: Vec<u64> = before.collect();
        if total == self.total {
            return;
        }
        self.reach(range.start, length);
        self.sums.resize(range.end, 0);
        let chunks = self.sums[range.start..].par_chunks_mut(block).zip(pieces).zip(before);
        chunks.for_each(|((chunk, piece), before)| {
            let (known, rest) = chunk.split_at_mut(piece.sums.len());
            known.iter_mut().zip(&piece.sums).for_each(|(sum, own)| *sum = before + own);
            rest.fill(before + piece.total);
        });
        self.total = total;
    }

    fn finish(&mut self, length: usize) {
        if self.total > 0 {
            self.reach(length, length);
        }
    }

    /// Gives some paths other values; they come in ascending order. Each sum moves by what the values before it
    /// changed: additions in a row, without a look at the image.
    fn change(&mut self, values: impl Iterator<Item = (usize, u64)>, length: usize) {
        let mut shift = 0_u64;
        let mut done = 0;
        for (path, value) in values {
            if self.sums.is_empty() {
                if value == 0 {
                    continue;
                }
                self.reach(length, length);
            }
            self.shift(done..path + 1, shift);
            let before = self.sums[path + 1].wrapping_add(shift).wrapping_sub(self.sums[path]);
            shift = shift.wrapping_add(value).wrapping_sub(before);
            done = path + 1;
        }
        self.shift(done..self.sums.len(), shift);
        self.total = self.total.wrapping_add(shift);
    }

    fn shift(&mut self, range: Range<usize>, by: u64) {
        if by != 0 {
            for sum in &mut self.sums[range] {
                *sum = sum.wrapping_add(by);
            }
        }
    }

    fn at(&self, place: usize) -> u64 {
        self.sums.get(place).copied().unwrap_or(0)
    }
}

/// Files and shown paths as one number.
fn counts(weight: &Weight) -> u64 {
    u64::from(weight.is_file) << 32 | 1
}

/// One of the two numbers.
fn half(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Sums {
    fn columns(&mut self) -> [&mut Column; 4] {
        [&mut self.bytes, &mut self.gone, &mut self.wasted, &mut self.counts]
    }

    fn put(&mut self, place: usize, weight: &Weight, length: usize) {
        self.bytes.put(place, weight.bytes, length);
        self.gone.put(place, weight.gone, length);
        self.wasted.put(place, weight.wasted, length);
        self.counts.put(place, counts(weight), length);
    }

    /// Sums over `paths` paths, of which these are shown, in ascending order. The buffers are used again.
    pub(in crate::ui) fn fill(&mut self, paths: u32, shown: impl Iterator<Item = (PathId, Weight)>) {
        let length = paths as usize + 1;
        self.columns().into_iter().for_each(Column::clear);
        for (path, weight) in shown {
            self.put(path.index(), &weight, length);
        }
        self.columns().into_iter().for_each(|column| column.finish(length));
    }

    /// The same where most paths are shown: each is weighed, in parallel.
    pub(in crate::ui) fn fill_all(&mut self, paths: u32, weigh: impl Fn(PathId) -> Option<Weight> + Sync) {
        /// Paths that are weighed in one piece.
        const BLOCK: u32 = 1 << 13;
        /// Pieces that are weighed before their sums are put together: few, so that they take little memory.
        const BATCH: u32 = 16;
        let length = paths as usize + 1;
        self.columns().into_iter().for_each(Column::clear);
        let blocks = paths.div_ceil(BLOCK);
        for first in (0..blocks).step_by(BATCH as usize) {
            let batch = first..(first + BATCH).min(blocks);
            let parts = batch.clone().into_par_iter().map(|block| {
                let range = block * BLOCK..((block + 1) * BLOCK).min(paths);
                let mut part = Self::default();
                for path in range.clone() {
                    if let Some(weight) = weigh(PathId(path)) {
                        part.put((path - range.start) as usize, &weight, range.len());
                    }
                }
                part
            });
            let parts: Vec<Self> = parts.collect();
            let range = (batch.start * BLOCK) as usize..(batch.end * BLOCK).min(paths) as usize;
            let columns: [fn(&Self) -> &Column; 4] =
                [|sums| &sums.bytes, |sums| &sums.gone, |sums| &sums.wasted, |sums| &sums.counts];
            for (column, of) in self.columns().into_iter().zip(columns) {
                let pieces: Vec<&Column> = parts.iter().map(of).collect();
                column.append(range.clone(), BLOCK as usize, &pieces, length);
            }
        }
        self.columns().into_iter().for_each(|column| column.finish(length));
    }

    /// Changes the weights of some paths, in ascending order; none: not shown now. The others stay.
    pub(in crate::ui) fn change(&mut self, paths: u32, changes: &[(PathId, Option<Weight>)]) {
        let values: [fn(&Weight) -> u64; 4] =
            [|weight| weight.bytes, |weight| weight.gone, |weight| weight.wasted, counts];
        for (column, value) in self.columns().into_iter().zip(values) {
            let values =
                changes.iter().map(|(path, weight)| (path.index(), weight.as_ref().map_or(0, value)));
            column.change(values, paths as usize + 1);
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
        half(Self::sum(&self.counts, image, path) >> 32)
    }

    /// Paths that are shown at and below a path; a path with none is not shown itself.
    pub(in crate::ui) fn shown(&self, image: &Image, path: PathId) -> u32 {
        half(Self::sum(&self.counts, image, path) & u64::from(u32::MAX))
    }

    /// True when the path is shown for its own sake, not only for what is below it.
    pub(in crate::ui) fn is_own(&self, path: PathId) -> bool {
        self.counts.at(path.index() + 1) > self.counts.at(path.index())
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
        let weigh = |path: PathId| {
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
        };
        let all = || (0..image.paths.len()).map(PathId);
        sums.fill(image.paths.len(), all().filter_map(|path| Some((path, weigh(path)?))));
        assert_eq!((sums.bytes(&image, find("a")), sums.files(&image, find("a"))), (1, 1));
        assert_eq!((sums.bytes(&image, find("b")), sums.gone(&image, find("b"))), (0, 4));
        assert_eq!(sums.bytes(&image, PathId::ROOT), 9);
        assert_eq!(sums.wasted(&image, PathId::ROOT), 0);
        assert_eq!((sums.shown(&image, PathId::ROOT), sums.files(&image, PathId::ROOT)), (3, 2));
        assert!(!sums.is_own(find("a")) && sums.is_own(find("a/x")) && !sums.is_own(hidden));
    }
    #[test]
    fn weighing_in_parallel_or_again_comes_to_the_same() {
        const PATHS: u32 = 50_000;
        // every third path is shown in one state, every other one with other bytes in the other
        let first = |path: PathId| {
            path.0.is_multiple_of(3).then(|| Weight {
                bytes: path.0.into(),
                is_file: path.0.is_multiple_of(2),
                ..Weight::default()
            })
        };
        let second = |path: PathId| {
            (!path.0.is_multiple_of(5)).then(|| Weight {
                gone: 1,
                wasted: u64::from(path.0 % 7),
                ..Weight::default()
            })
        };
        let all = || (0..PATHS).map(PathId);
        let one_by_one = |weigh: &dyn Fn(PathId) -> Option<Weight>| {
            let mut sums = Sums::default();
            sums.fill(PATHS, all().filter_map(|path| Some((path, weigh(path)?))));
            sums
        };
        let mut sums = Sums::default();
        sums.fill_all(PATHS, first);
        assert_same(&sums, &one_by_one(&first), PATHS);
        let changes: Vec<_> = all().filter(|path| path.0 % 4 == 1).map(|path| (path, second(path))).collect();
        sums.change(PATHS, &changes);
        assert_same(
            &sums,
            &one_by_one(&|path| if path.0 % 4 == 1 { second(path) } else { first(path) }),
            PATHS,
        );
        let back: Vec<_> = all().map(|path| (path, None)).collect();
        sums.change(PATHS, &back);
        assert_same(&sums, &Sums::default(), PATHS);
    }

    #[track_caller]
    fn assert_same(a: &Sums, b: &Sums, paths: u32) {
        for (a, b) in
            [(&a.bytes, &b.bytes), (&a.gone, &b.gone), (&a.wasted, &b.wasted), (&a.counts, &b.counts)]
        {
            assert!((0..=paths as usize).all(|place| a.at(place) == b.at(place)));
        }
    }
}
