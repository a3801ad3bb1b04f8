//! The children of a directory in the order in which they are shown, kept and sorted only as far as rows are asked
//! for: a directory may hold a million names, of which a screen shows fifty.

use crate::image::PathId;

/// Segments up to this length are sorted whole.
const SHORT: usize = 512;
/// So many children are kept at first.
const HEAD: usize = 1024;

/// A child with what it is sorted by: the greater key first, then by name, which is the order of the ids.
pub(in crate::ui) type Item = (std::cmp::Reverse<u64>, PathId);

/// The first `count` of many items, in their order. They come in the order of their paths.
pub(in crate::ui) fn first_of(items: impl Iterator<Item = Item>, count: usize) -> Vec<Item> {
    let mut kept: Vec<Item> = Vec::with_capacity(2 * count);
    let mut last: Option<Item> = None;
    for item in items {
        // of equal keys those that came before are the first
        if last.is_none_or(|last| item.0 < last.0) {
            kept.push(item);
            if kept.len() == 2 * count {
                last = Some(*kept.select_nth_unstable(count - 1).1);
                kept.truncate(count);
            }
        }
    }
    kept.sort_unstable();
    kept.truncate(count);
    kept
}

/// The start of a segment. But for the first one, the element there stands where it belongs: all before it come
/// before it, all after it after it.
#[derive(Debug, Clone, Copy)]
struct Cut {
    at: usize,
    /// Rows of all children before it.
    rows: usize,
}

/// The children of one directory: the first of them, or all.
#[derive(Debug)]
pub(in crate::ui) struct Order {
    items: Vec<Item>,
    cuts: Vec<Cut>,
    /// The last of those that are kept; none when all are.
    last: Option<Item>,
}

impl Default for Order {
    /// No children.
    fn default() -> Self {
        Self::whole(std::iter::empty())
    }
}

impl Order {
    /// The first of these children, which come by name.
    pub(in crate::ui) fn new(items: impl Iterator<Item = Item>) -> Self {
        let items = first_of(items, HEAD);
        let last = items.get(HEAD - 1).copied();
        Self { items, last, ..Self::default() }
    }

    /// All of these children.
    pub(in crate::ui) fn whole(items: impl Iterator<Item = Item>) -> Self {
        Self { items: items.collect(), cuts: vec![Cut { at: 0, rows: 0 }], last: None }
    }

    /// True when the row with this number is kept, whatever is open: every child has one row at least.
    pub(in crate::ui) fn has_row(&self, row: usize) -> bool {
        self.last.is_none() || row < self.items.len()
    }

    /// True when this child is kept, if it is one.
    pub(in crate::ui) fn has(&self, item: Item) -> bool {
        self.last.is_none_or(|last| item <= last)
    }

    /// The child at a place, if that place was made ready by [`Order::locate`] or [`Order::ready`].
    pub(in crate::ui) fn get(&self, at: usize) -> Option<PathId> {
        self.items.get(at).map(|item| item.1)
    }

    /// The place of the child that the row `row` belongs to, and how many rows below its own it is.
    pub(in crate::ui) fn locate(&mut self, row: usize, rows_of: impl Fn(PathId) -> usize) -> (usize, usize) {
        loop {
            let segment = self.cuts.partition_point(|cut| cut.rows <= row).saturating_sub(1);
            let Cut { at, rows } = self.cuts[segment];
            if self.sort(segment, row - rows, &rows_of) {
                let mut left = row - rows;
                for place in at..self.items.len() {
                    let here = rows_of(self.items[place].1);
                    if left < here {
                        return (place, left);
                    }
                    left -= here;
                }
                return (self.items.len(), left);
            }
        }
    }

    /// Makes a place and those close after it ready to be read.
    pub(in crate::ui) fn ready(&mut self, at: usize, rows_of: impl Fn(PathId) -> usize) {
        loop {
            let segment = self.cuts.partition_point(|cut| cut.at <= at).saturating_sub(1);
            if self.sort(segment, at - self.cuts[segment].at, &rows_of) {
                return;
            }
        }
    }

    /// Rows of all children before one.
    pub(in crate::ui) fn rows_before(&mut self, item: Item, rows_of: impl Fn(PathId) -> usize) -> usize {
        loop {
            let after = self.cuts.partition_point(|cut| self.is_at_or_before(*cut, item));
            let segment = after.saturating_sub(1);
            if self.sort(segment, usize::MAX, &rows_of) {
                let Cut { at, rows } = self.cuts[segment];
                let before = self.items[at..].iter().take_while(|other| **other < item);
                return rows + before.map(|other| rows_of(other.1)).sum::<usize>();
            }
        }
    }

    /// A child has other rows than before.
    pub(in crate::ui) fn changed(&mut self, item: Item, before: usize, after: usize) {
        let first = self.cuts.partition_point(|cut| self.is_at_or_before(*cut, item));
        for cut in &mut self.cuts[first..] {
            cut.rows = cut.rows + after - before;
        }
    }

    fn is_at_or_before(&self, cut: Cut, item: Item) -> bool {
        cut.at == 0 || self.items.get(cut.at).is_some_and(|at| *at <= item)
    }

    /// Sorts a segment, or where it is long splits it and gives false. No child has less than one row, so what is
    /// looked for is not further than `near` places into it.
    fn sort(&mut self, segment: usize, near: usize, rows_of: impl Fn(PathId) -> usize) -> bool {
        let Cut { at: start, rows } = self.cuts[segment];
        let end = self.cuts.get(segment + 1).map_or(self.items.len(), |cut| cut.at);
        let length = end - start;
        let items = &mut self.items[start..end];
        if length <= SHORT {
            items.sort_unstable();
            return true;
        }
        let middle = near.saturating_add(SHORT / 2).clamp(SHORT / 2, length / 2);
        items.select_nth_unstable(middle);
        let rows = rows + items[..middle].iter().map(|item| rows_of(item.1)).sum::<usize>();
        self.cuts.insert(segment + 1, Cut { at: start + middle, rows });
        false
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use super::*;

    fn items(count: u32) -> Vec<Item> {
        // keys without order, some of them equal
        (0..count)
            .map(|id| (Reverse(u64::from(id.wrapping_mul(2_654_435_761) % (count / 2))), PathId(id)))
            .collect()
    }

    #[test]
    fn every_place_is_that_of_the_sorted_list() {
        let rows_of = |path: PathId| 1 + path.index() % 3;
        let mut sorted = items(5000);
        sorted.sort_unstable();
        let mut order = Order::whole(items(5000).into_iter());
        let mut before = 0;
        let starts: Vec<usize> = sorted
            .iter()
            .map(|item| {
                before += rows_of(item.1);
                before - rows_of(item.1)
            })
            .collect();
        for place in [0, 1, 4999, 2500, 17, 3000, 3001, 511, 512, 513] {
            assert_eq!(order.locate(starts[place], rows_of), (place, 0));
            assert_eq!(order.get(place), Some(sorted[place].1));
            assert_eq!(order.rows_before(sorted[place], rows_of), starts[place]);
        }
        for (place, item) in sorted.iter().enumerate().skip(1000).take(1000) {
            order.ready(place, rows_of);
            assert_eq!(order.get(place), Some(item.1));
        }
        assert_eq!(order.locate(before, rows_of).0, 5000);
    }

    #[test]
    fn the_head_has_the_rows_of_the_whole() {
        let mut sorted = items(5000);
        sorted.sort_unstable();
        let mut head = Order::new(items(5000).into_iter());
        for place in [700, HEAD - 1, 0, 900] {
            assert_eq!(head.locate(place, |_| 1), (place, 0));
            assert_eq!(head.get(place), Some(sorted[place].1));
            assert_eq!(head.rows_before(sorted[place], |_| 1), place);
            assert!(head.has_row(HEAD - 1) && !head.has_row(HEAD));
            assert!(head.has(sorted[HEAD - 1]) && !head.has(sorted[HEAD]));
        }
        assert!(Order::new(items(100).into_iter()).has_row(5000));
    }

    #[test]
    fn the_first_of_many_are_those_of_the_sorted_list() {
        let mut sorted = items(5000);
        sorted.sort_unstable();
        for count in [1, 7, 120, 3000, 9000] {
            let length = count.min(sorted.len());
            assert_eq!(first_of(items(5000).into_iter(), count), sorted[..length]);
        }
    }

    #[test]
    fn rows_that_come_and_go_move_what_is_after_them() {
        let mut order = Order::whole(items(4000).into_iter());
        let mut sorted = items(4000);
        sorted.sort_unstable();
        assert_eq!(order.locate(3000, |_| 1), (3000, 0));
        let grown = sorted[10];
        order.changed(grown, 1, 101);
        let rows_of = |path| if path == grown.1 { 101 } else { 1 };
        assert_eq!(order.locate(3100, rows_of), (3000, 0));
        assert_eq!(order.locate(60, rows_of), (10, 50));
    }
}
