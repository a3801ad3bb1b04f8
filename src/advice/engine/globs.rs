//! All globs of all rules as one automaton over the parts of a path.
//!
//! A glob is cut at its slashes, and globs share their beginnings: `usr/share/doc/**` and `usr/share/man/**` are one
//! way down to `usr/share`. While the path table is walked, each directory has the set of places that its path
//! leads to; a child's set follows from its parent's by its name alone. Most directories are at one place only: the
//! loop of the globs that start with `**`, where a name costs one look into a hash table, and one at each of its ends.
//! So a million paths are matched against all rules in a fraction of a second, and in one pass.

// of hashbrown, for its faster hashes: every path of an image is looked up
use hashbrown::HashMap;

use super::affixes::Affixes;
use super::wildcard::{Wildcard, expand};

/// A set of rules: bit n is the rule n. The lowest bit wins, so the numbers are the order of billing.
pub(crate) type Set = u128;

/// The most rules that a [`Set`] can hold.
pub(crate) const MOST_RULES: usize = 128;

/// The most places: a short file of settings could ask for millions with braces.
const MOST_NODES: usize = 1 << 19;

/// Rules that a path belongs to, and rules that it is excepted from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    hit: Set,
    miss: Set,
}

impl Marks {
    fn add(&mut self, other: Self) {
        self.hit |= other.hit;
        self.miss |= other.miss;
    }

    /// The rules that hold.
    pub(crate) fn rules(self) -> Set {
        self.hit & !self.miss
    }
}

/// One place in the automaton.
#[derive(Debug, Clone, Default)]
struct Node {
    names: HashMap<Vec<u8>, u32>,
    wildcards: Affixes,
    /// Where `**` leads: a place that is kept in all directories below.
    deep: Option<u32>,
    is_deep: bool,
    /// A path that ends here.
    here: Marks,
    /// Every path below one that ends here.
    below: Marks,
}

/// The automaton. Place 0 is where every path starts.
#[derive(Debug, Clone)]
pub(crate) struct Globs {
    nodes: Vec<Node>,
}

impl Default for Globs {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl Globs {
    /// Adds a glob for a rule; `except` makes it an exception.
    ///
    /// # Errors
    /// A sentence that names the glob, when it is none.
    pub(crate) fn add(&mut self, glob: &str, rule: usize, except: bool) -> Result<(), String> {
        let bit = 1_u128 << rule;
        let marks = if except { Marks { hit: 0, miss: bit } } else { Marks { hit: bit, miss: 0 } };
        let text = glob.trim_start_matches("./").trim_start_matches('/');
        if text.is_empty() {
            return Err(format!("`{glob}` names no path: write one such as var/cache/**"));
        }
        for text in expand(text)? {
            if self.nodes.len() > MOST_NODES {
                return Err(format!("`{glob}` is one too many: all globs together have too many parts"));
            }
            let mut parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty()).collect();
            let everything_below = text.ends_with('/') || parts.last() == Some(&"**");
            if parts.last() == Some(&"**") {
                parts.pop();
            }
            let at = parts.into_iter().fold(0, |at, part| self.step(at, part));
            let node = &mut self.nodes[at as usize];
            if everything_below { node.below.add(marks) } else { node.here.add(marks) }
        }
        Ok(())
    }

    /// The place that a part leads to, made when it is new.
    fn step(&mut self, at: u32, part: &str) -> u32 {
        let new = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let node = &mut self.nodes[at as usize];
        if part == "**" {
            if node.is_deep {
                return at;
            }
            let to = *node.deep.get_or_insert(new);
            self.push(to, true);
            return to;
        }
        let wildcard = Wildcard::new(part);
        let to = if let Some(name) = wildcard.literal() {
            *node.names.entry(name).or_insert(new)
        } else {
            node.wildcards.add(wildcard, new)
        };
        self.push(to, false);
        to
    }

    fn push(&mut self, to: u32, is_deep: bool) {
        if to as usize == self.nodes.len() {
            self.nodes.push(Node { is_deep, ..Node::default() });
        }
    }

    /// Where the root is: its places, written to `places`, and what holds below it.
    pub(crate) fn start(&self, places: &mut Vec<u32>) -> Marks {
        self.enter(0, places);
        places.iter().fold(Marks::default(), |mut marks, &place| {
            marks.add(self.nodes[place as usize].below);
            marks
        })
    }

    /// A child called `name` of a directory with `places[from..to]` and `inherited`. Its own places are appended;
    /// gives what holds for it, and what holds below it.
    pub(crate) fn child(
        &self,
        name: &[u8],
        places: &mut Vec<u32>,
        parent: std::ops::Range<usize>,
        inherited: Marks,
    ) -> (Marks, Marks) {
        let first = places.len();
        for index in parent {
            let at = places[index];
            let node = &self.nodes[at as usize];
            if node.is_deep && !places[first..].contains(&at) {
                places.push(at);
            }
            if let Some(&to) = node.names.get(name) {
                self.enter(to, places);
            }
            node.wildcards.find(name, |to| self.enter(to, places));
        }
        let (mut here, mut below) = (inherited, inherited);
        for &place in &places[first..] {
            let node = &self.nodes[place as usize];
            // the loop of `**` stays at a place; it does not end there
            if !node.is_deep {
                here.add(node.here);
            }
            below.add(node.below);
        }
        (here, below)
    }

    /// The rules of one path, without a walk over a table of paths.
    pub(crate) fn of(&self, path: &[u8]) -> Set {
        let mut places = Vec::new();
        let mut below = self.start(&mut places);
        let mut parent = 0..places.len();
        let mut here = Marks::default();
        for part in path.split(|&byte| byte == b'/') {
            let end = places.len();
            (here, below) = self.child(part, &mut places, parent, below);
            parent = end..places.len();
        }
        here.rules()
    }

    /// Adds a place and the loop that starts there.
    fn enter(&self, to: u32, places: &mut Vec<u32>) {
        places.push(to);
        if let Some(deep) = self.nodes[to as usize].deep
            && !places.contains(&deep)
        {
            places.push(deep);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use globset::{GlobBuilder, GlobMatcher};
    use proptest::prelude::*;

    fn automaton(globs: &[&str]) -> Globs {
        let mut automaton = Globs::default();
        for (rule, glob) in globs.iter().enumerate() {
            automaton.add(glob, rule, false).unwrap();
        }
        automaton
    }

    fn reference(glob: &str) -> GlobMatcher {
        GlobBuilder::new(glob)
            .literal_separator(true)
            .empty_alternates(true)
            .build()
            .unwrap()
            .compile_matcher()
    }

    #[test]
    fn exceptions_win_also_from_above() {
        let mut globs = automaton(&["usr/share/doc/**"]);
        globs.add("usr/share/doc/*/copyright", 0, true).unwrap();
        globs.add("**/keep/**", 0, true).unwrap();
        assert_eq!(globs.of(b"usr/share/doc/a/changelog"), 1);
        assert_eq!(globs.of(b"usr/share/doc"), 0);
        assert_eq!(globs.of(b"usr/share/doc/a/copyright"), 0);
        assert_eq!(globs.of(b"usr/share/doc/keep/a/b"), 0);
    }

    const GLOBS: [&str; 14] = [
        "a/**",
        "**/b",
        "**/a/**",
        "a/*/c",
        "*.tgz",
        "**/*.t.gz",
        "**/a/**/c",
        "a/b/**/c",
        "**/*~",
        "{a,b}/c{,d}",
        "**/c.[0-9]*",
        "**/a/**/b/**",
        "a",
        "b/**/*.{t,u}",
    ];

    proptest! {
        #[test]
        fn it_agrees_with_globset(
            parts in proptest::collection::vec(
                proptest::sample::select(vec!["a", "b", "c", "cd", "x.tgz", "x.t.gz", "y~", "c.1", "z.t", "z.u"]), 1..6)
        ) {
            let path = parts.join("/");
            let globs = automaton(&GLOBS);
            let got = globs.of(path.as_bytes());
            for (rule, glob) in GLOBS.iter().enumerate() {
                prop_assert_eq!(got >> rule & 1 == 1, reference(glob).is_match(&path), "{} {}", glob, path);
            }
        }
    }
}
