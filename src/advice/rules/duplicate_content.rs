//! The same content at several live paths.

use std::collections::HashMap;

use super::Structural;
use crate::advice::Confidence;
use crate::advice::claims::Claims;
use crate::advice::ledger::{Draft, Ledger, capital, files, layer_list};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{dockerfile, shell};
use crate::image::{Image, PathId};
use crate::units;

static INFO: RuleInfo = RuleInfo::new(
    "duplicate-content",
    Group::Structure,
    "The same files are stored at several places",
    "Equal files that are no hard links of each other are stored and pulled once for each path. Keep one, and link to it.",
    "RUN ln -s /app/dist /srv/www",
)
.with(Confidence::Likely, None);

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

/// So many pairs are kept for the fix.
const PAIRS: usize = 64;
/// Smaller files are not worth a link, in bytes; the analysis lists from 4 KiB on.
const LEAST: u64 = 16 << 10;

fn find(ledger: &mut Ledger<'_>) {
    let mut claims = Claims::default();
    let mut kept = None;
    let mut pairs = Vec::new();
    for duplicate in &ledger.analysis.duplicates {
        if duplicate.bytes < LEAST {
            continue;
        }
        // the copy of the lowest layer stays; what another rule took away is no copy any more
        let mut copies: Vec<_> =
            duplicate.paths.iter().copied().filter(|(_, entry)| !ledger.is_claimed(*entry)).collect();
        copies.sort_by_key(|(path, entry)| (ledger.image.layer_of(*entry), *path));
        // a link has the mode and the owner of what it names
        let attrs = |entry| {
            let attrs = ledger.image.attrs_of(entry);
            (attrs.mode, attrs.uid, attrs.gid)
        };
        let first = copies.first().map(|(_, entry)| attrs(*entry));
        copies.retain(|(_, entry)| Some(attrs(*entry)) == first);
        for (path, entry) in copies.iter().skip(1) {
            if ledger.is_own(ledger.image.layer_of(*entry)) {
                kept.get_or_insert((copies[0].0, *path));
                if ledger.claim(&mut claims, *path, *entry) && pairs.len() < PAIRS {
                    pairs.push((copies[0].0, *path, ledger.image.layer_of(*entry)));
                }
            }
        }
    }
    let Some((first, second)) = kept.filter(|_| claims.weight >= ledger.scale.high_floor) else { return };
    let layer = claims.by_bytes().first().map_or(0, |(layer, _)| *layer);
    let copied = shell::commands(&ledger.command(layer)).iter().any(|words| words[0] == "cp");
    let pair = pairs.iter().find(|(_, _, stored)| *stored == layer).map(|&(from, to, _)| (from, to));
    let tree = pair.filter(|_| copied).map(|(from, to)| trees(ledger.image, from, to));
    let fix = if let Some((from, to)) = tree.filter(|&(from, to)| is_copy(ledger, from, to)) {
        format!("# in place of the cp\nRUN ln -s {} {}", ledger.path(from), ledger.path(to))
    } else {
        linked(ledger, layer, &pairs, claims.entries)
    };
    let stored: Vec<usize> = claims.layers.keys().copied().collect();
    let place = if stored.len() == 1 { ledger.layer(layer) } else { layer_list(&stored) };
    let are = if claims.entries == 1 { "is" } else { "are" };
    let title = format!("{} {are} stored a second time", files(claims.entries));
    let why = format!(
        "{} {} {} that stand elsewhere with the same content, such as {} and {}. They are no hard links, so each \
         is stored and pulled.",
        capital(&place),
        if claims.layers.len() == 1 { "holds" } else { "hold" },
        units::size(claims.bytes),
        ledger.path(first),
        ledger.path(second)
    );
    ledger.file(&INFO, Draft { title, why, fix, claims, ..Draft::default() });
}

/// The step that writes second copies, with links in their place.
fn linked(ledger: &Ledger<'_>, layer: usize, pairs: &[(PathId, PathId, usize)], count: u64) -> String {
    let here: Vec<_> = pairs.iter().filter(|(_, _, stored)| *stored == layer).collect();
    let links: Vec<String> = here
        .iter()
        .take(3)
        .map(|(first, second, _)| format!("ln -sf {} {}", ledger.path(*first), ledger.path(*second)))
        .collect();
    let shown = links.len() as u64;
    let more =
        if shown < count { format!("\n# and so with the other {}", count - shown) } else { String::new() };
    if ledger.is_made_by(layer, "RUN") {
        let mut commands = vec![ledger.command(layer)];
        commands.extend(links);
        return format!("{}{more}", dockerfile::run(&commands));
    }
    let names: Vec<String> =
        here.iter().take(3).map(|(_, second, _)| format!("#   {}", ledger.path(*second))).collect();
    format!(
        "# leave out of {}:\n{}\nRUN {}{more}",
        ledger.command(layer),
        names.join("\n"),
        links.join(" && ")
    )
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
