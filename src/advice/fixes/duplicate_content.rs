//! Links in place of second copies.

use std::collections::HashMap;

use super::edits;
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::{capital, files};
use crate::advice::rules::duplicate_content::{Duplicates, Pair};
use crate::dockerfile::{Fix, shell};
use crate::image::{Image, PathId};
use crate::text;
use crate::units;

/// Most links that one command makes.
const LINKS: usize = 6;

impl Facts for Duplicates {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let claims = &found.claims;
        let stored: Vec<usize> = claims.layers.keys().copied().collect();
        let layer = claims.by_bytes().first().map_or(0, |(layer, _)| *layer);
        let place = if stored.len() == 1 { ledger.layer(layer) } else { text::layers(&stored) };
        let are = if claims.entries == 1 { "is" } else { "are" };
        let Some(&(first, second, _)) = self.pairs.first() else { return Words::default() };
        Words {
            title: format!("{} {are} stored a second time", files(claims.entries)),
            why: format!(
                "{} {} {} that stand elsewhere with the same content, such as {} and {}. They are no hard links, so \
                 each is stored and pulled.",
                capital(&place),
                if stored.len() == 1 { "holds" } else { "hold" },
                units::size(claims.bytes),
                ledger.path(first),
                ledger.path(second)
            ),
            fix: fix(ledger, &stored, &self.pairs),
        }
    }
}

fn fix(ledger: &Ledger<'_>, layers: &[usize], pairs: &[Pair]) -> Fix {
    let mut fix = Fix::default();
    for &layer in layers {
        let here: Vec<&Pair> = pairs.iter().filter(|(_, _, stored)| *stored == layer).collect();
        let Some(&&(from, to, _)) = here.first() else { continue };
        let command = ledger.image.command_of(layer);
        let (tree_from, tree_to) = trees(ledger.image, from, to);
        let is_cp = |part: &str| {
            let commands = shell::commands(part);
            matches!(commands.as_slice(), [words] if words[0] == "cp" && !part.contains('*'))
        };
        let link = ledger.word(tree_from).zip(ledger.word(tree_to));
        let is_tree =
            shell::part_texts(command).into_iter().any(is_cp) && is_copy(ledger, tree_from, tree_to);
        if let Some((from, to)) = link.filter(|_| is_tree) {
            fix.edits.extend(edits::replace(ledger, layer, |part| {
                let named = part.contains(&*to) || part.contains(to.trim_start_matches('/'));
                (is_cp(part) && named).then(|| vec![format!("ln -sfn {from} {to}")])
            }));
            if !fix.edits.is_empty() {
                continue;
            }
        }
        let lasting = |path: PathId| {
            let entry = ledger.union.content_of(ledger.union.rootfs.entry(path)?)?;
            ledger.word(ledger.lasting_name(path, entry)?)
        };
        let links: Vec<String> = here
            .iter()
            .take(LINKS)
            .filter_map(|(from, to, _)| Some(format!("ln -sf {} {}", lasting(*from)?, lasting(*to)?)))
            .collect();
        let rest = here.len().saturating_sub(links.len());
        match edits::append(ledger, layer, links.join(" && ")).filter(|_| rest == 0) {
            Some(edit) => fix.edits.push(edit),
            None => fix.notes.push(format!(
                "let {} not write second copies, and link to the first ones: {}{}",
                ledger.layer(layer),
                links.first().map_or("ln -s FIRST SECOND", String::as_str),
                if rest > 0 { " and so on" } else { "" }
            )),
        }
    }
    fix
}

/// True when all that is below the one path is below the other as well, with the same content: then a link can take
/// its place.
fn is_copy(ledger: &Ledger<'_>, from: PathId, to: PathId) -> bool {
    let paths = &ledger.image.paths;
    let mut pairs = vec![(from, to)];
    while let Some((from, to)) = pairs.pop() {
        let content = |path| {
            let entry = ledger.union.content_of(ledger.union.rootfs.entry(path)?)?;
            let of = ledger.image.entry(entry);
            of.kind.is_file().then_some((of.size, of.hash))
        };
        if content(to).is_some() && content(from) != content(to) {
            return false;
        }
        let named: HashMap<&[u8], PathId> =
            paths.children(from).map(|child| (paths.name(child), child)).collect();
        for child in paths.children(to) {
            if ledger.union.rootfs.entry(child).is_none() && paths.children(child).next().is_none() {
                continue;
            }
            let Some(&same) = named.get(paths.name(child)) else { return false };
            pairs.push((same, child));
        }
    }
    true
}

/// Two equal files, or the directories above them as far up as the names below are the same.
fn trees(image: &Image, mut first: PathId, mut second: PathId) -> (PathId, PathId) {
    let paths = &image.paths;
    loop {
        let (up, over) = (paths.parent(first), paths.parent(second));
        if up == over || up == PathId::ROOT || over == PathId::ROOT || paths.name(first) != paths.name(second)
        {
            return (first, second);
        }
        (first, second) = (up, over);
    }
}
