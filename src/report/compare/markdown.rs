//! The comparison as Markdown: a comment on a pull request that says what it does to the image.
//!
//! As in the report of one image, the first line is a comment that is not shown, by which a workflow finds and replaces
//! what it wrote before.

use std::io::{self, Write};

use super::input::Compared;
use super::tables::Cell;
use super::words;
use crate::advice::Finding;
use crate::compare::Side;
use crate::image::PathId;
use crate::report::format::Layout;
use crate::report::markdown::escape::{code, plain};
use crate::report::markdown::{gates, marker, rest, title};
use crate::{text, units};

pub(super) fn write(out: &mut dyn Write, input: &Compared<'_>, layout: &Layout) -> io::Result<()> {
    let [old, new] = [&input.old, &input.new].map(|side| side.image.about.reference.as_str());
    writeln!(out, "<!-- layercake compare: {} -->", marker(new))?;
    title(out, &format!("{} → {}", code(old), code(new)), input.verdict)?;
    writeln!(out, "{}\n", words::summary(input, "**"))?;
    if let Some(verdict) = input.verdict {
        gates(out, verdict)?;
    }
    table(out, "total", words::totals(input))?;
    findings(out, input, layout.rows)?;
    files(out, input, layout.rows)?;
    packages(out, input, layout.rows)?;
    settings(out, input, layout.rows)
}

/// Figures side by side.
fn table(out: &mut dyn Write, what: &str, rows: Vec<(&str, Cell)>) -> io::Result<()> {
    writeln!(out, "| {what} | old | new | difference |\n|---|---:|---:|---:|")?;
    for (label, cell) in rows {
        let [old, new] = cell.sides();
        writeln!(out, "| {label} | {old} | {new} | {} |", cell.difference().0)?;
    }
    writeln!(out)
}

/// The row of a list that begins with bytes.
fn row(out: &mut dyn Write, bytes: [Option<u64>; 2], what: &str) -> io::Result<()> {
    let [old, new] = bytes.map(|bytes| bytes.map_or_else(|| "-".into(), units::size));
    let [before, after] = bytes.map(Option::unwrap_or_default);
    writeln!(out, "| {} | {old} | {new} | {what} |", Cell::Size(before, after).difference().0)
}

/// What is folded away until someone opens it.
fn fold(
    out: &mut dyn Write,
    summary: &str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    writeln!(out, "<details><summary>{summary}</summary>\n")?;
    write(out)?;
    writeln!(out, "</details>\n")
}

fn findings(out: &mut dyn Write, input: &Compared<'_>, rows: usize) -> io::Result<()> {
    let groups = [
        ("New findings", input.new_advice, &input.findings.new),
        ("Findings that are gone", input.old_advice, &input.findings.gone),
    ];
    for (head, advice, numbers) in groups {
        if numbers.is_empty() {
            continue;
        }
        writeln!(out, "{head}:\n")?;
        for finding in numbers.iter().take(rows).map(|&at| &advice.findings[at]) {
            let Finding { severity, bytes, title, rule, .. } = finding;
            let bytes = if *bytes > 0 { format!("{}, ", units::size(*bytes)) } else { String::new() };
            writeln!(out, "- **{}**: {bytes}{} ({})", severity.name(), plain(title), plain(rule))?;
        }
        writeln!(out)?;
        rest(out, numbers.len(), rows, "finding", "findings")?;
    }
    Ok(())
}

fn files(out: &mut dyn Write, input: &Compared<'_>, rows: usize) -> io::Result<()> {
    let all = words::files(input);
    if all.is_empty() {
        return Ok(());
    }
    fold(out, "Files that changed most", |out| {
        writeln!(out, "| change | old | new | file | layer |\n|---:|---:|---:|---|---|")?;
        for change in all.iter().take(rows) {
            let bytes = |side: &Side<'_>, path: Option<PathId>| path.map(|path| side.bytes(path));
            let path = words::path(input, change.old, change.new);
            let what = format!("{} | {}", code(&path), words::place(input, change));
            row(out, [bytes(&input.old, change.old), bytes(&input.new, change.new)], &what)?;
        }
        writeln!(out)?;
        rest(out, all.len(), rows, "file", "files")
    })
}

fn packages(out: &mut dyn Write, input: &Compared<'_>, rows: usize) -> io::Result<()> {
    let all = &input.comparison.packages;
    if all.is_empty() {
        return Ok(());
    }
    fold(out, "Packages", |out| {
        writeln!(out, "| change | old | new | package | version | |\n|---:|---:|---:|---|---|---|")?;
        for package in all.iter().take(rows) {
            let (name, versions) = (plain(&package.name), plain(&words::versions(package)));
            let what = format!("{name} | {versions} | {}", package.change.name());
            row(out, words::package_bytes(package), &what)?;
        }
        writeln!(out)?;
        rest(out, all.len(), rows, "package", "packages")
    })
}

fn settings(out: &mut dyn Write, input: &Compared<'_>, rows: usize) -> io::Result<()> {
    let all = &input.comparison.config;
    if all.is_empty() {
        return Ok(());
    }
    fold(out, "Configuration", |out| {
        for change in all.iter().take(rows) {
            writeln!(out, "- {}: {}", change.field, code(&text::cut(&words::setting(change), 200)))?;
        }
        writeln!(out)?;
        rest(out, all.len(), rows, "setting", "settings")
    })
}
