//! The lists of the text: layers, directories, files, packages, configuration, findings.

use std::io;

use anstyle::Style;

use super::input::Compared;
use super::tables::{list_head, list_row};
use super::words::{self, shown};
use crate::compare::{Change, ChangeKind, LayerPair, Side, VersionChange};
use crate::image::PathId;
use crate::report::text::page::{Page, command};
use crate::report::text::style::{BOLD, DIM, PASS, PLAIN, WASTE};
use crate::text::{columns, counted, cut_path};
use crate::units;

/// Columns of a layer's number and of its size.
const NUMBER: usize = 3;
const SIZE: usize = 8;
/// Most layers in a row that both have, and that have a row each.
const SHARED_ROWS: usize = 3;
/// Most layers in a row that only one has, and that have a row each.
const OWN_ROWS: usize = 12;
/// Columns that the layers of a changed file take.
const WHERE: usize = 26;
/// Fewest columns of a page on which they fit next to the path.
const WIDE: usize = 100;

/// Both images' layers side by side.
pub(super) fn layers(page: &mut Page<'_>, input: &Compared<'_>) -> io::Result<()> {
    let pairs = &input.comparison.layers.pairs;
    let shared = pairs.iter().filter(|pair| pair.shared).count();
    let about = match shared {
        0 => "none is in both",
        1 => "= is in both",
        _ => "= are in both",
    };
    page.title("LAYERS", about)?;
    let runs: Vec<&[LayerPair]> = pairs.chunk_by(|a, b| mark(a) == mark(b) && mark(a).0 != CHANGED).collect();
    let is_short = |run: &[LayerPair]| run.len() > if run[0].shared { SHARED_ROWS } else { OWN_ROWS };
    let widths =
        runs.iter().filter(|run| is_short(run)).flat_map(|run| SIDES.map(|side| columns(&range(run, side))));
    let width = widths.max().unwrap_or(0).max(NUMBER);
    let mut head = page.line();
    head.gap(2).right(width, BOLD, "OLD").gap(1).right(SIZE, BOLD, "SIZE").gap(2);
    head.right(width, BOLD, "NEW").gap(1).right(SIZE, BOLD, "SIZE").gap(2).text(BOLD, "COMMAND");
    page.put(&head)?;
    for run in runs {
        let write = if is_short(run) { run_row } else { single_rows };
        write(page, input, width, run)?;
    }
    Ok(())
}

/// The mark of a layer that the same instruction made in both images, but that differs.
const CHANGED: &str = "~";

/// How a pair of layers is marked.
fn mark(pair: &LayerPair) -> (&'static str, Style) {
    match pair {
        LayerPair { shared: true, .. } => ("=", DIM),
        LayerPair { old: None, .. } => ("+", WASTE),
        LayerPair { new: None, .. } => ("-", PASS),
        _ => (CHANGED, PLAIN),
    }
}

fn single_rows(
    page: &mut Page<'_>,
    input: &Compared<'_>,
    width: usize,
    pairs: &[LayerPair],
) -> io::Result<()> {
    for pair in pairs {
        let (mark, style) = mark(pair);
        let plain = if pair.shared { DIM } else { PLAIN };
        let mut row = page.line();
        row.text(style, mark).gap(1);
        for (side, layer) in [(&input.old, pair.old), (&input.new, pair.new)] {
            match layer {
                Some(layer) => {
                    let content = units::size(side.image.layers[layer].content);
                    row.right(width, plain, layer).gap(1).right(SIZE, plain, content).gap(2);
                }
                None => _ = row.right(width, DIM, "-").gap(1 + SIZE + 2),
            }
        }
        let command = match *pair {
            LayerPair { new: Some(layer), .. } => command(input.new.image, layer),
            LayerPair { old: Some(layer), .. } => command(input.old.image, layer),
            LayerPair { old: None, new: None, .. } => String::new(),
        };
        row.text(plain, &command);
        page.put(&row)?;
    }
    Ok(())
}

/// Many layers of one mark as one row.
fn run_row(page: &mut Page<'_>, input: &Compared<'_>, width: usize, pairs: &[LayerPair]) -> io::Result<()> {
    let (mark, style) = mark(&pairs[0]);
    let mut row = page.line();
    row.text(style, mark).gap(1);
    for (image, side) in [input.old.image, input.new.image].into_iter().zip(SIDES) {
        let layers: Vec<usize> = pairs.iter().filter_map(side).collect();
        if layers.is_empty() {
            row.right(width, DIM, "-").gap(1 + SIZE + 2);
        } else {
            let content: u64 = layers.iter().map(|&layer| image.layers[layer].content).sum();
            row.right(width, DIM, range(pairs, side)).gap(1).right(SIZE, DIM, units::size(content)).gap(2);
        }
    }
    row.text(DIM, &counted(pairs.len() as u64, "layer", "layers"));
    page.put(&row)
}

/// The old and the new layer of a pair.
const SIDES: [fn(&LayerPair) -> Option<usize>; 2] = [|pair| pair.old, |pair| pair.new];

/// The numbers of a run of layers: `0–16`.
fn range(pairs: &[LayerPair], side: fn(&LayerPair) -> Option<usize>) -> String {
    match (pairs.first().and_then(side), pairs.last().and_then(side)) {
        (Some(first), Some(last)) => format!("{first}–{last}"),
        _ => String::new(),
    }
}

/// The directories whose bytes differ most.
pub(super) fn directories(page: &mut Page<'_>, input: &Compared<'_>, rows: usize) -> io::Result<()> {
    let all = &input.comparison.directories;
    if all.is_empty() {
        return Ok(());
    }
    page.title("DIRECTORIES THAT CHANGED MOST", "with all that is in them")?;
    list_head(page, "DIRECTORY")?;
    for growth in all.iter().take(rows) {
        let mut row =
            list_row(page, growth.old.map(|_| growth.bytes_old), growth.new.map(|_| growth.bytes_new));
        let path = words::path(input, growth.old, growth.new);
        row.text(PLAIN, &cut_path(&path, row.room()));
        page.put(&row)?;
    }
    left_out(page, all.len(), rows, "directory", "directories")
}

/// The files that gained or lost most; moved ones have a list of their own.
pub(super) fn files(page: &mut Page<'_>, input: &Compared<'_>, rows: usize) -> io::Result<()> {
    let Compared { old, new, .. } = input;
    let ranked = words::files(input);
    if ranked.is_empty() {
        return Ok(());
    }
    page.title("FILES THAT CHANGED MOST", "numbers are layers")?;
    list_head(page, "FILE")?;
    for change in ranked.iter().take(rows) {
        let bytes = |side: &Side<'_>, path: Option<PathId>| path.map(|path| side.bytes(path));
        let mut row = list_row(page, bytes(old, change.old), bytes(new, change.new));
        let place = words::place(input, change);
        let path = words::path(input, change.old, change.new);
        if page.width >= WIDE {
            let width = row.room().saturating_sub(WHERE + 2);
            row.left(width, PLAIN, &cut_path(&path, width)).gap(2).text(DIM, &place);
            page.put(&row)?;
        } else {
            let width = row.room().saturating_sub(columns(&place) + 2);
            if width < columns(&path) {
                row.text(PLAIN, &cut_path(&path, row.room()));
                page.put(&row)?;
                continue;
            }
            row.text(PLAIN, &path).gap(2).text(DIM, &place);
            page.put(&row)?;
        }
    }
    left_out(page, ranked.len(), rows, "file", "files")
}

/// Files that are at another path now.
pub(super) fn moved(page: &mut Page<'_>, input: &Compared<'_>, rows: usize) -> io::Result<()> {
    let Compared { old, new, comparison, .. } = input;
    let ranked: Vec<&Change> = comparison
        .ranked(old, new)
        .into_iter()
        .map(|at| &comparison.changes[at])
        .filter(|change| change.kind == ChangeKind::Moved)
        .collect();
    if ranked.is_empty() {
        return Ok(());
    }
    page.title("MOVED FILES", "the same content at another path")?;
    for change in ranked.iter().take(rows) {
        let mut row = page.line();
        row.right(SIZE, PLAIN, units::size(change.bytes(old, new).1)).gap(2);
        let from = words::path(input, change.old, None);
        let to = words::path(input, None, change.new);
        if columns(&from) + columns(&to) + 4 <= row.room() {
            row.text(DIM, &from).text(PLAIN, " → ").text(PLAIN, &to);
            page.put(&row)?;
        } else {
            row.text(DIM, &cut_path(&from, row.room()));
            page.put(&row)?;
            let mut below = page.line();
            below.gap(SIZE).text(PLAIN, "→").gap(1);
            below.text(PLAIN, &cut_path(&to, below.room()));
            page.put(&below)?;
        }
    }
    left_out(page, ranked.len(), rows, "file", "files")
}

/// Packages that differ.
pub(super) fn packages(page: &mut Page<'_>, input: &Compared<'_>, rows: usize) -> io::Result<()> {
    let all = &input.comparison.packages;
    if all.is_empty() {
        return Ok(());
    }
    let kinds = [
        VersionChange::Added,
        VersionChange::Removed,
        VersionChange::Upgraded,
        VersionChange::Downgraded,
        VersionChange::Resized,
    ];
    let counts: Vec<String> = kinds
        .into_iter()
        .map(|kind| (all.iter().filter(|package| package.change == kind).count(), kind))
        .filter(|(count, _)| *count > 0)
        .map(|(count, kind)| format!("{} {}", units::count(count as u64), kind.name()))
        .collect();
    page.title("PACKAGES", &counts.join(", "))?;
    list_head(page, "PACKAGE")?;
    for package in all.iter().take(rows) {
        let [old, new] = words::package_bytes(package);
        let mut row = list_row(page, old, new);
        row.text(PLAIN, &shown(&package.name)).gap(1).text(PLAIN, &words::versions(package)).gap(1);
        row.text(DIM, package.change.name());
        page.put(&row)?;
    }
    left_out(page, all.len(), rows, "package", "packages")
}

/// Settings that differ.
pub(super) fn config(page: &mut Page<'_>, input: &Compared<'_>, rows: usize) -> io::Result<()> {
    let all = &input.comparison.config;
    if all.is_empty() {
        return Ok(());
    }
    page.title("CONFIGURATION", "how a container is started")?;
    let widest = all.iter().map(|change| columns(change.field)).max().unwrap_or(0);
    for change in all.iter().take(rows) {
        let mut row = page.line();
        row.gap(2).left(widest, DIM, change.field).gap(2);
        page.wrapped(row, PLAIN, &words::setting(change))?;
    }
    left_out(page, all.len(), rows, "setting", "settings")
}

/// Findings that only one image has.
pub(super) fn findings(page: &mut Page<'_>, input: &Compared<'_>, rows: usize) -> io::Result<()> {
    let groups = [
        ("new", WASTE, input.new_advice, &input.findings.new),
        ("gone", PASS, input.old_advice, &input.findings.gone),
    ];
    if groups.iter().all(|group| group.3.is_empty()) {
        return Ok(());
    }
    page.title("FINDINGS", "")?;
    for (word, style, advice, numbers) in groups {
        for finding in numbers.iter().take(rows).map(|&at| &advice.findings[at]) {
            let mut row = page.line();
            row.gap(2).left(4, style, word).gap(2).right(SIZE, PLAIN, units::size(finding.bytes)).gap(2);
            page.wrapped(row, PLAIN, &format!("{} ({})", finding.title, finding.rule))?;
        }
        left_out(page, numbers.len(), rows, "finding", "findings")?;
    }
    Ok(())
}

fn left_out(page: &mut Page<'_>, all: usize, rows: usize, one: &str, many: &str) -> io::Result<()> {
    match all.saturating_sub(rows) {
        0 => Ok(()),
        more => {
            let more = counted(more as u64, &format!("more {one}"), &format!("more {many}"));
            page.hint(&format!("and {more}; --top 0 shows all"))
        }
    }
}
