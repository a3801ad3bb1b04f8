//! A set of paths, one bit each.

use std::ops::Range;

use fixedbitset::FixedBitSet;

use crate::image::PathId;

const BITS: usize = usize::BITS as usize;

/// A set of paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::ui) struct Bits(FixedBitSet);

impl Bits {
    /// An empty set for `paths` paths.
    pub(in crate::ui) fn new(paths: u32) -> Self {
        Self(FixedBitSet::with_capacity(paths as usize))
    }

    /// True when the path is in the set.
    pub(in crate::ui) fn has(&self, path: PathId) -> bool {
        self.0.contains(path.index())
    }

    /// Adds or removes a path.
    pub(in crate::ui) fn set(&mut self, path: PathId, is_in: bool) {
        if path.index() < self.0.len() {
            self.0.set(path.index(), is_in);
        }
    }

    /// Adds a range of paths.
    pub(in crate::ui) fn add(&mut self, range: Range<u32>) {
        let end = self.0.len().min(range.end as usize);
        self.0.insert_range((range.start as usize).min(end)..end);
    }

    /// The first path of a range that is in the set.
    pub(in crate::ui) fn first_in(&self, range: Range<u32>) -> Option<PathId> {
        let words = self.0.as_slice();
        let mut at = range.start;
        while at < range.end {
            let word = words.get((at / usize::BITS) as usize)? >> (at % usize::BITS);
            if word != 0 {
                return Some(PathId(at + word.trailing_zeros())).filter(|path| path.0 < range.end);
            }
            at = (at / usize::BITS + 1) * usize::BITS;
        }
        None
    }

    /// The last path before `end` that is in the set.
    pub(in crate::ui) fn last_before(&self, end: u32) -> Option<PathId> {
        let words = self.0.as_slice();
        let mut end = usize::try_from(end).unwrap_or(usize::MAX).min(self.0.len());
        while let Some(last) = end.checked_sub(1) {
            let (at, bit) = (last / BITS, last % BITS);
            let word = words.get(at)? << (BITS - 1 - bit);
            if word != 0 {
                return u32::try_from(last - word.leading_zeros() as usize).ok().map(PathId);
            }
            end = at * BITS;
        }
        None
    }

    /// All paths of the set, in ascending order.
    pub(in crate::ui) fn paths(&self) -> impl Iterator<Item = PathId> + '_ {
        self.0.ones().filter_map(|path| u32::try_from(path).ok().map(PathId))
    }

    /// All other paths.
    pub(in crate::ui) fn complement(&self) -> Self {
        let mut others = self.0.clone();
        others.toggle_range(..);
        Self(others)
    }

    /// Removes all paths.
    pub(in crate::ui) fn clear(&mut self) {
        self.0.clear();
    }

    /// Number of paths in the set.
    pub(in crate::ui) fn count(&self) -> u32 {
        u32::try_from(self.0.count_ones(..)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_range_is_found() {
        let mut bits = Bits::new(300);
        for path in [3, 64, 200] {
            bits.set(PathId(path), true);
        }
        assert_eq!(bits.first_in(0..300), Some(PathId(3)));
        assert_eq!(bits.first_in(4..300), Some(PathId(64)));
        assert_eq!(bits.first_in(65..300), Some(PathId(200)));
        assert_eq!(bits.paths().map(|path| path.0).collect::<Vec<_>>(), [3, 64, 200]);
        assert_eq!(bits.last_before(300), Some(PathId(200)));
        assert_eq!(bits.last_before(200), Some(PathId(64)));
        assert_eq!(bits.last_before(64), Some(PathId(3)));
        assert_eq!((bits.last_before(3), bits.last_before(0)), (None, None));
        assert_eq!(
            (bits.first_in(65..200), bits.first_in(201..300), bits.first_in(9..9)),
            (None, None, None)
        );
    }

    #[test]
    fn ranges_are_added_whole() {
        let mut bits = Bits::new(300);
        bits.add(3..200);
        assert_eq!(bits.count(), 197);
        assert!(
            !bits.has(PathId(2)) && bits.has(PathId(3)) && bits.has(PathId(199)) && !bits.has(PathId(200))
        );
        bits.set(PathId(64), false);
        assert_eq!(bits.count(), 196);
        assert!(!bits.has(PathId(5000)));
        let others = bits.complement();
        assert_eq!(others.count(), 300 - 196);
        assert!(others.has(PathId(64)) && others.has(PathId(299)) && !others.has(PathId(3)));
    }
}
