//! Commands of the build that change what packages and the base bring: a second stage runs them again.

use super::closure::Closure;
use super::cover::Cover;
use super::living::{Fate, Living};
use crate::advice::engine::ledger::Ledger;
use crate::dockerfile::shell;
use crate::image::PathId;

/// Places that a second stage leaves empty anyhow.
const EMPTY: [&str; 5] = ["/tmp", "/var/cache", "/var/lib/apt", "/var/tmp", "/root/.cache"];

/// Changes of owners and modes, and removals, with the operands that are not carried over.
pub(super) fn commands(
    ledger: &Ledger<'_>,
    living: &Living,
    cover: &Cover,
    closure: &Closure,
) -> Vec<String> {
    let again = Again { ledger, living, cover, closure };
    let mut commands: Vec<String> = Vec::new();
    for layer in ledger.own_layers() {
        for words in shell::commands(ledger.image.command_of(layer)) {
            let place: &dyn Fn(&str) -> Option<String> = match words[0].as_str() {
                "chown" | "chmod" | "chgrp" | "setcap" => &|word| again.stays(word).then(|| word.to_owned()),
                "rm" | "rmdir" | "unlink" => &|word| again.comes_back(word),
                _ => continue,
            };
            let special = ['$', '`', '\'', '"', ' ', '<', '>', ';', '\\', '?', '[', '{', '~'];
            let (absolute, rest): (Vec<&String>, Vec<&String>) =
                words.iter().partition(|word| word.starts_with('/'));
            let places: Vec<String> = absolute
                .into_iter()
                .filter(|word| !word.contains(special))
                .filter_map(|word| place(word))
                .collect();
            // relative operands are of another directory; the first of the others is an owner or a mode
            let removes = matches!(words[0].as_str(), "rm" | "rmdir" | "unlink");
            let kept = if removes { 1 } else { 2 };
            let (flags, others): (Vec<&str>, Vec<&str>) =
                rest.into_iter().map(String::as_str).partition(|word| word.starts_with('-'));
            let mut others = others.into_iter().take(kept);
            let options: Vec<&str> = others.next().into_iter().chain(flags).chain(others).collect();
            if !places.is_empty() && !options.iter().any(|word| word.contains(special)) {
                commands.push(
                    options
                        .into_iter()
                        .chain(places.iter().map(String::as_str))
                        .collect::<Vec<_>>()
                        .join(" "),
                );
            }
        }
    }
    commands.dedup();
    commands
}

struct Again<'a, 'l> {
    ledger: &'a Ledger<'l>,
    living: &'a Living,
    cover: &'a Cover,
    closure: &'a Closure,
}

impl Again<'_, '_> {
    fn find(&self, word: &str) -> Option<PathId> {
        self.ledger.image.paths.find(word.trim_matches('/').as_bytes())
    }

    /// True for a living path that the base or a package of the second stage brings.
    fn stays(&self, word: &str) -> bool {
        !word.contains('*')
            && self
                .find(word)
                .is_some_and(|path| !self.cover.holds(self.ledger, path) && self.is_brought(path))
    }

    fn is_brought(&self, path: PathId) -> bool {
        let owner = || self.ledger.analysis.packages.owner_index(path);
        match self.living.fate(path) {
            Some(Fate::Base) => true,
            Some(Fate::Packaged) => owner().is_some_and(|owner| self.closure.kept.contains(&owner)),
            Some(Fate::Scripts) => !self.closure.install.is_empty(),
            _ => false,
        }
    }

    /// What to remove again of a path that the base or a package would bring again.
    fn comes_back(&self, word: &str) -> Option<String> {
        if EMPTY.iter().any(|place| word.starts_with(place)) {
            return None;
        }
        let image = self.ledger.image;
        let is_gone = |path: PathId| self.ledger.union.rootfs.get(path).is_none();
        let was_there = |path: PathId| {
            let mut entries = image.timeline.of(path).iter();
            entries.any(|&id| {
                let layer = image.layer_of(id);
                !self.ledger.is_own(layer) || self.living.installs(layer)
            })
        };
        let (directory, name) = word.trim_end_matches('/').rsplit_once('/').unwrap_or(("", word));
        let parent = || self.find(directory).filter(|&parent| self.is_brought(parent));
        let word_itself = |is_it: bool| is_it.then(|| word.to_owned());
        if name.contains('*') {
            return word_itself(parent().is_some_and(|parent| {
                let mut children = image.paths.children(parent);
                !directory.contains('*') && children.any(|path| is_gone(path) && was_there(path))
            }));
        }
        match self.find(word) {
            Some(path) if is_gone(path) => word_itself(was_there(path)),
            // the directory was made again, and nothing else stands in it
            Some(path) => {
                let below = || (path.0 + 1..image.paths.end(path).0).map(PathId);
                let is_emptied = below().all(is_gone) && below().any(was_there);
                is_emptied.then(|| format!("{}/*", word.trim_end_matches('/')))
            }
            // what the same step brought and removed was never stored
            None => word_itself(word.starts_with("/etc/") && !word.contains('*') && parent().is_some()),
        }
    }
}
