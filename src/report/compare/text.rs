//! The comparison as text: totals side by side, then what explains the difference.

use std::io::{self, Write};

use super::input::Compared;
use super::tables::{Cell, Sides};
use super::{sections, words};
use crate::compare::{ChangeKind, Side};
use crate::report::format::Layout;
use crate::report::text::page::Page;
use crate::report::text::style::{BOLD, DIM, PLAIN};
use crate::report::text::{NARROWEST, verdict};
use crate::text::{columns, counted, line};

pub(super) fn write(out: &mut dyn Write, input: &Compared<'_>, layout: &Layout) -> io::Result<()> {
    let page = &mut Page::new(out, layout.width.max(NARROWEST), layout.colour);
    let rows = layout.rows;
    images(page, input)?;
    page.blank()?;
    headline(page, input)?;
    totals(page, input)?;
    paths(page, input)?;
    if !input.is_same_image() {
        sections::layers(page, input)?;
    }
    sections::directories(page, input, rows)?;
    sections::files(page, input, rows)?;
    sections::moved(page, input, rows)?;
    sections::packages(page, input, rows)?;
    sections::config(page, input, rows)?;
    sections::findings(page, input, rows)?;
    if let Some(result) = input.verdict {
        page.blank()?;
        verdict::write(page, result)?;
    }
    Ok(())
}

/// Both names, platforms and sources, one below the other.
fn images(page: &mut Page<'_>, input: &Compared<'_>) -> io::Result<()> {
    let shown = |text: &str| line(text.as_bytes(), usize::MAX);
    let parts = |side: &Side<'_>| {
        let about = &side.image.about;
        [shown(&about.reference), about.platform.to_string(), shown(&about.source)]
    };
    let both = [("OLD", parts(&input.old)), ("NEW", parts(&input.new))];
    let width = |part: usize| both.iter().map(|(_, parts)| columns(&parts[part])).max().unwrap_or(0);
    let (name, platform) = (width(0).min(page.width / 2), width(1));
    for (word, [reference, runs_on, source]) in &both {
        let mut row = page.line();
        row.text(DIM, word).gap(2).left(name, BOLD, reference).gap(2).left(platform, PLAIN, runs_on).gap(2);
        row.text(DIM, source);
        page.put(&row)?;
    }
    Ok(())
}

fn headline(page: &mut Page<'_>, input: &Compared<'_>) -> io::Result<()> {
    page.paragraph(BOLD, &words::headline(input))?;
    if input.is_same_image() { Ok(()) } else { page.paragraph(PLAIN, &words::transfer(input)) }
}

/// The totals side by side.
fn totals(page: &mut Page<'_>, input: &Compared<'_>) -> io::Result<()> {
    let rows = words::totals(input);
    page.blank()?;
    let sides = Sides::of(rows.iter().map(|row| row.1));
    sides.head(page, "TOTAL", None)?;
    rows.into_iter().try_for_each(|(label, cell)| sides.row(page, label, None, cell))
}

/// Sums of the changes, by kind.
fn paths(page: &mut Page<'_>, input: &Compared<'_>) -> io::Result<()> {
    let sums = |kind: &ChangeKind| *input.comparison.sums_of(*kind);
    let kinds: Vec<ChangeKind> = ChangeKind::ALL.into_iter().filter(|kind| sums(kind).paths > 0).collect();
    if kinds.is_empty() {
        return if input.is_same_image() {
            Ok(())
        } else {
            page.blank()?;
            page.paragraph(PLAIN, "The final file systems are equal.")
        };
    }
    page.blank()?;
    let cells = kinds.iter().map(|kind| Cell::Size(sums(kind).bytes_old, sums(kind).bytes_new));
    let sides = Sides::of(cells.clone());
    sides.head(page, "PATHS", Some("FILES"))?;
    for (kind, cell) in kinds.iter().zip(cells) {
        sides.row(page, kind.name(), Some(sums(kind).files), cell)?;
    }
    let others: u64 = kinds.iter().map(|kind| sums(kind).paths - sums(kind).files).sum();
    if others > 0 {
        let text = format!("and {} that are no files", counted(others, "path", "paths"));
        page.hint(&format!("{text}: directories, links, devices"))?;
    }
    Ok(())
}
