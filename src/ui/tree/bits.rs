//! One bit for each path.

use std::ops::Range;

use crate::image::PathId;

/// A set of paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::ui) struct Bits(Vec<u64>);

impl Bits {
    /// None of `paths` paths.
    pub(in crate::ui) fn new(paths: u32) -> Self {
        Self(vec![0; (paths as usize).div_ceil(64)])
    }

    /// True when the path is in the set.
    pub(in crate::ui) fn has(&self, path: PathId) -> bool {
        self.0.get(path.index() / 64).is_some_and(|word| word >> (path.index() % 64) & 1 == 1)
    }

    /// Puts a path in or takes it out.
    pub(in crate::ui) fn set(&mut self, path: PathId, is_in: bool) {
        if let Some(word) = self.0.get_mut(path.index() / 64) {
            let bit = 1 << (path.index() % 64);
            if is_in {
                *word |= bit;
            } else {
                *word &= !bit;
            }
        }
    }

    /// Puts a range of paths in.
    pub(in crate::ui) fn add(&mut self, range: Range<u32>) {
        let mut at = range.start;
        while at < range.end {
            if at.is_multiple_of(64) && range.end - at >= 64 {
                if let Some(word) = self.0.get_mut(at as usize / 64) {
                    *word = u64::MAX;
                }
                at += 64;
            } else {
                self.set(PathId(at), true);
                at += 1;
            }
        }
    }

    /// Takes all out.
    pub(in crate::ui) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// How many there are.
    pub(in crate::ui) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
