//! The best way to cut a row of steps into groups, by dynamic programming over its intervals.

use std::collections::BTreeMap;

/// The best grouping of `count` steps: ranges of at least two, ascending. `pairs` has, for a writer and a later
/// hider, the bytes that vanish when both are in one group; each step that joins costs `price`.
pub(in crate::advice) fn group(
    count: usize,
    pairs: &BTreeMap<(usize, usize), u64>,
    price: u64,
) -> Vec<std::ops::Range<usize>> {
    // gain[from][to]: what from..=to saves; by inclusion and exclusion from the smaller intervals
    let mut gain = vec![vec![0_u64; count]; count];
    for length in 2..=count {
        for from in 0..=count - length {
            let to = from + length - 1;
            let inner = if length > 2 { gain[from + 1][to - 1] } else { 0 };
            gain[from][to] =
                gain[from + 1][to] + gain[from][to - 1] - inner + pairs.get(&(from, to)).unwrap_or(&0);
        }
    }
    // best[n]: the most that the first n steps can save, and where the last group of them starts
    let mut best = vec![(0_i128, 0_usize); count + 1];
    for end in 1..=count {
        best[end] = (best[end - 1].0, end - 1);
        for from in 0..end - 1 {
            let cost = i128::from(price) * i128::try_from(end - from - 1).unwrap_or(i128::MAX);
            let worth = best[from].0 + i128::from(gain[from][end - 1]) - cost;
            if worth > best[end].0 {
                best[end] = (worth, from);
            }
        }
    }
    let mut groups = Vec::new();
    let mut end = count;
    while end > 0 {
        let from = best[end].1;
        if end - from > 1 {
            groups.push(from..end);
        }
        end = from;
    }
    groups.reverse();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Tries every way to cut `count` steps into groups.
    fn naive(count: usize, pairs: &BTreeMap<(usize, usize), u64>, price: u64) -> i128 {
        (0..1_u32 << (count - 1))
            .map(|cuts| {
                let group = |step: usize| (cuts & ((1 << step) - 1)).count_ones();
                let gain: u64 =
                    pairs.iter().filter(|((a, b), _)| group(*a) == group(*b)).map(|(_, bytes)| bytes).sum();
                let joins = count as u64 - 1 - u64::from(cuts.count_ones());
                i128::from(gain) - i128::from(joins * price)
            })
            .max()
            .unwrap()
    }

    proptest! {
        #[test]
        fn the_grouping_is_the_best(
            count in 2_usize..9,
            list in proptest::collection::vec(((0_usize..9, 0_usize..9), 0_u64..100), 0..20),
            price in 0_u64..60,
        ) {
            let mut pairs = BTreeMap::new();
            for ((a, b), bytes) in list {
                if a < b && b < count {
                    *pairs.entry((a, b)).or_default() += bytes;
                }
            }
            let groups = group(count, &pairs, price);
            let worth: i128 = groups.iter().map(|range| {
                let gain: u64 = pairs.iter()
                    .filter(|((a, b), _)| range.contains(a) && range.contains(b)).map(|(_, bytes)| bytes).sum();
                i128::from(gain) - i128::from(price) * (range.len() as i128 - 1)
            }).sum();
            prop_assert_eq!(worth, naive(count, &pairs, price));
        }
    }
}
