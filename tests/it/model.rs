//! The union rules once more, slowly: a map of strings, written from the text of the image
//! specification (layer.md) and of the README, to hold the program against.
//!
//! A layer is applied in two passes: its whiteouts and opaque markers against what is below, whatever
//! their order in the tar; then its entries, in order. The model keeps one map of paths and goes through
//! all of it whenever a subtree is meant.

use std::collections::BTreeMap;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    /// A directory, with an entry of its own or implied.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A pipe or a device.
    Other,
    /// A file: the number of its content; none for a hard link to nothing.
    File(Option<usize>),
}

impl Node {
    /// One letter for it, as `ls` and `final-tree.txt` write.
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Directory => 'd',
            Self::Symlink => 'l',
            Self::Other => 'o',
            Self::File(_) => 'f',
        }
    }
}

/// Why a name went away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    Overwritten,
    Removed,
    Repeated,
}

/// The body of one regular-file entry.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    /// The layer that stores it.
    pub(crate) layer: usize,
    /// The path it was stored at.
    pub(crate) path: String,
    /// Its bytes.
    pub(crate) bytes: u64,
    /// The last loss of a name: why, and in which layer. Final when no name is left.
    pub(crate) lost: Option<(Cause, usize)>,
}

/// One member of a layer, as the tests describe it.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Dir(String),
    File(String, u64),
    Symlink(String),
    Fifo(String),
    HardLink(String, String),
    Whiteout(String),
    Opaque(String),
}

/// The merged file system, and every content that a layer ever stored.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// What a container sees: what stands at a path, and the layer that put it there.
    pub(crate) tree: BTreeMap<String, (Node, usize)>,
    /// Every content of every layer.
    pub(crate) contents: Vec<Content>,
}

/// Names lose `.`, doubled and leading slashes; `..` is clamped at the root.
pub(crate) fn normal(name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl Model {
    /// The model of an image with these layers.
    pub(crate) fn of(layers: &[Vec<Op>]) -> Self {
        let mut model = Self::default();
        for (number, layer) in layers.iter().enumerate() {
            model.apply(number, layer);
        }
        model
    }

    fn apply(&mut self, layer: usize, ops: &[Op]) {
        for op in ops {
            match op {
                Op::Whiteout(path) => {
                    let path = normal(path);
                    self.remove_below(&path, layer);
                    self.lose(&path, Cause::Removed, layer);
                }
                Op::Opaque(path) => self.remove_below(&normal(path), layer),
                _ => {}
            }
        }
        for op in ops {
            match op {
                Op::Dir(path) => self.put(path, layer, true, |_| Node::Directory),
                Op::Symlink(path) => self.put(path, layer, false, |_| Node::Symlink),
                Op::Fifo(path) => self.put(path, layer, false, |_| Node::Other),
                Op::File(path, bytes) => self.put(path, layer, false, |model| {
                    let content = Content { layer, path: normal(path), bytes: *bytes, lost: None };
                    model.contents.push(content);
                    Node::File(Some(model.contents.len() - 1))
                }),
                Op::HardLink(path, target) => self.put(path, layer, false, |model| {
                    let content = match model.tree.get(&normal(target)) {
                        Some((Node::File(content), _)) => *content,
                        _ => None,
                    };
                    Node::File(content)
                }),
                Op::Whiteout(_) | Op::Opaque(_) => {}
            }
        }
    }

    fn put(&mut self, path: &str, layer: usize, directory: bool, node: impl FnOnce(&mut Self) -> Node) {
        let path = normal(path);
        if path.is_empty() {
            return;
        }
        for (at, _) in path.match_indices('/') {
            let parent = &path[..at];
            if !matches!(self.tree.get(parent), Some((Node::Directory, _))) {
                self.lose(parent, Cause::Overwritten, layer);
                self.tree.insert(parent.to_owned(), (Node::Directory, layer));
            }
        }
        let old = self.tree.get(&path).copied();
        if !directory && matches!(old, Some((Node::Directory, _))) {
            self.remove_below(&path, layer);
        }
        // a link finds its target while its own path still has what stood there
        let node = node(self);
        if let Some((_, by)) = old {
            self.lose(&path, if by == layer { Cause::Repeated } else { Cause::Overwritten }, layer);
        }
        self.tree.insert(path, (node, layer));
    }

    fn remove_below(&mut self, path: &str, layer: usize) {
        let inside =
            |p: &&String| path.is_empty() || p.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        let all: Vec<String> = self.tree.keys().filter(inside).cloned().collect();
        for p in all {
            self.lose(&p, Cause::Removed, layer);
        }
    }

    fn lose(&mut self, path: &str, cause: Cause, layer: usize) {
        if let Some((Node::File(Some(content)), _)) = self.tree.remove(path) {
            self.contents[content].lost = Some((cause, layer));
        }
    }

    /// Contents that no path reaches.
    pub(crate) fn wasted(&self) -> impl Iterator<Item = &Content> {
        let named = |number: usize| self.tree.values().any(|(node, _)| *node == Node::File(Some(number)));
        self.contents
            .iter()
            .enumerate()
            .filter(move |(number, _)| !named(*number))
            .map(|(_, content)| content)
    }

    /// Bytes of the tree, hard links once.
    pub(crate) fn live(&self) -> u64 {
        let mut numbers: Vec<usize> = self
            .tree
            .values()
            .filter_map(|(node, _)| if let Node::File(content) = node { *content } else { None })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| self.contents[number].bytes).sum()
    }

    /// Bytes wasted for this cause.
    pub(crate) fn wasted_for(&self, cause: Cause) -> u64 {
        let this = |content: &&Content| content.lost.is_some_and(|(lost, _)| lost == cause);
        self.wasted().filter(this).map(|content| content.bytes).sum()
    }
}

/// The two examples of the specification and the rules of the README, by hand: the model is tested too.
#[test]
fn the_model_follows_the_text() {
    let op = |text: &str| -> Op {
        let mut words = text.split(' ').map(str::to_owned);
        let kind = words.next().unwrap();
        let path = words.next().unwrap();
        match kind.as_str() {
            "d" => Op::Dir(path),
            "f" => Op::File(path, words.next().unwrap().parse().unwrap()),
            "h" => Op::HardLink(path, words.next().unwrap()),
            "w" => Op::Whiteout(path),
            "o" => Op::Opaque(path),
            _ => Op::Symlink(path),
        }
    };
    let model = |layers: &[&[&str]]| {
        let layers: Vec<Vec<Op>> =
            layers.iter().map(|ops| ops.iter().map(|text| op(text)).collect()).collect();
        let model = Model::of(&layers);
        let causes =
            [Cause::Overwritten, Cause::Removed, Cause::Repeated].map(|cause| model.wasted_for(cause));
        (model.tree.keys().cloned().collect::<Vec<_>>().join(" "), model.live(), causes)
    };
    let told = |paths: &str, live, causes| (paths.to_owned(), live, causes);
    // layer.md, "Opaque Whiteout": the layer's own entries stay, whatever the order
    assert_eq!(
        model(&[&["f a/b/c/bar 1"], &["d a", "d a/b", "d a/b/c", "f a/b/c/foo 2", "o a"]]),
        told("a a/b a/b/c a/b/c/foo", 2, [0, 1, 0])
    );
    assert_eq!(model(&[&["f a 1"], &["f a 2", "w a"]]), told("a", 2, [0, 1, 0]));
    assert_eq!(model(&[&["f a 1"], &["f a 2"], &["w a"]]), told("", 0, [1, 2, 0]));
    assert_eq!(model(&[&["f a 1", "f a 2"]]), told("a", 2, [0, 0, 1]));
    assert_eq!(model(&[&["f a 1", "h b a"], &["w a"]]), told("b", 1, [0, 0, 0]));
    assert_eq!(model(&[&["f a 1"], &["f a/b 2"]]), told("a a/b", 2, [1, 0, 0]));
    assert_eq!(model(&[&["f a/b 1"], &["l a"]]), told("a", 0, [0, 1, 0]));
    assert_eq!(model(&[&["f ./a//b/../c 1"], &["w nothing"]]), told("a a/c", 1, [0, 0, 0]));
}
