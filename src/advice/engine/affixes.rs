//! Wildcards of one place, found by how they begin or end, so that a name is held against few of thousands.

use super::wildcard::Wildcard;

/// Wildcards and where they lead.
#[derive(Debug, Clone, Default)]
pub(crate) struct Affixes {
    /// By the bytes before their first wildcard.
    beginnings: Trie,
    /// By the bytes after their last wildcard, backwards.
    endings: Trie,
}

/// A tree of bytes. Node 0 is the root.
#[derive(Debug, Clone, Default)]
struct Trie(Vec<Node>);

#[derive(Debug, Clone, Default)]
struct Node {
    /// Ascending.
    children: Vec<(u8, u32)>,
    values: Vec<(Wildcard, u32)>,
}

impl Affixes {
    /// Where a wildcard leads: to `new`, unless it was added before.
    pub(crate) fn add(&mut self, wildcard: Wildcard, new: u32) -> u32 {
        let (beginning, ending) = (wildcard.beginning(), wildcard.ending());
        if beginning.len() >= ending.len() {
            self.beginnings.add(beginning.into_iter(), wildcard, new)
        } else {
            self.endings.add(ending.into_iter().rev(), wildcard, new)
        }
    }

    /// Calls `found` with every place that a name leads to.
    pub(crate) fn find(&self, name: &[u8], mut found: impl FnMut(u32)) {
        self.beginnings.find(name.iter().copied(), name, &mut found);
        self.endings.find(name.iter().rev().copied(), name, &mut found);
    }
}

impl Trie {
    fn add(&mut self, bytes: impl Iterator<Item = u8>, wildcard: Wildcard, new: u32) -> u32 {
        if self.0.is_empty() {
            self.0.push(Node::default());
        }
        let mut at = 0;
        for byte in bytes {
            let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
            let children = &mut self.0[at].children;
            at = match children.binary_search_by_key(&byte, |child| child.0) {
                Ok(place) => children[place].1 as usize,
                Err(place) => {
                    children.insert(place, (byte, next));
                    self.0.push(Node::default());
                    next as usize
                }
            };
        }
        let values = &mut self.0[at].values;
        if let Some(known) = values.iter().find(|known| known.0 == wildcard) {
            return known.1;
        }
        values.push((wildcard, new));
        new
    }

    fn find(&self, bytes: impl Iterator<Item = u8>, name: &[u8], found: &mut impl FnMut(u32)) {
        let Some(mut node) = self.0.first() else { return };
        let mut bytes = bytes;
        loop {
            for (wildcard, to) in &node.values {
                if wildcard.matches(name) {
                    found(*to);
                }
            }
            let Some(byte) = bytes.next() else { return };
            let child = node.children.binary_search_by_key(&byte, |child| child.0);
            let Ok(place) = child else { return };
            node = &self.0[node.children[place].1 as usize];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_found_by_either_end() {
        let mut affixes = Affixes::default();
        let texts = ["a*", "*.gz", "ab*.gz", "*", "*b*", "a?", "*~", "[a-b]c", "a*"];
        let places: Vec<u32> =
            (0..).zip(texts).map(|(number, text)| affixes.add(Wildcard::new(text), number)).collect();
        assert_eq!(places, [0, 1, 2, 3, 4, 5, 6, 7, 0]);
        for (name, wanted) in [
            ("abc.gz", vec![0, 1, 2, 3, 4]),
            ("ac", vec![0, 3, 5, 7]),
            ("x~", vec![3, 6]),
            ("", vec![3]),
            (".gz", vec![1, 3]),
        ] {
            let mut found = Vec::new();
            affixes.find(name.as_bytes(), |to| found.push(to));
            found.sort_unstable();
            assert_eq!(found, wanted, "{name}");
        }
    }
}
