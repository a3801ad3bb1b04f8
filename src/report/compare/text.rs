//! The comparison as text: totals side by side, then what explains the difference.

use std::io::{self, Write};

use super::input::Compared;
use super::sections;
use super::tables::{Cell, Sides};
use crate::compare::{ChangeKind, Side};
use crate::report::format::Layout;
use crate::report::text::page::Page;
use crate::report::text::style::{BOLD, DIM, PLAIN};
use crate::report::text::{NARROWEST, verdict};
use crate::text::{columns, counted, line};
use crate::units;

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
    let (old, new) = (input.old.analysis.totals.content, input.new.analysis.totals.content);
    if input.is_same_image() {
        return page.paragraph(BOLD, "OLD and NEW are the same image: nothing differs");
    }
    let grown = match old.cmp(&new) {
        std::cmp::Ordering::Less => format!("NEW is {} larger", units::size(new - old)),
        std::cmp::Ordering::Equal => "Both have the same size".into(),
        std::cmp::Ordering::Greater => format!("NEW is {} smaller", units::size(old - new)),
    };
    let layers = &input.comparison.layers;
    let files: u64 = input.comparison.sums.iter().map(|sums| sums.files).sum();
    let files = match files {
        0 => "no file differs".into(),
        some => {
            format!("{} {}", counted(some, "file", "files"), if some == 1 { "differs" } else { "differ" })
        }
    };
    page.paragraph(BOLD, &format!("{grown}, {files}"))?;
    let transfer = match layers.transfer_blobs {
        0 => "A host that has OLD fetches no layer of NEW.".into(),
        blobs => format!(
            "A host that has OLD fetches {} in {} of {}.",
            units::size(layers.transfer),
            units::count(blobs),
            counted(input.new.image.layers.len() as u64, "layer", "layers")
        ),
    };
    page.paragraph(PLAIN, &transfer)
}

/// The totals side by side.
fn totals(page: &mut Page<'_>, input: &Compared<'_>) -> io::Result<()> {
    let (old, new) = (&input.old.analysis.totals, &input.new.analysis.totals);
    let (old_layers, new_layers) = (input.old.image.layers.len(), input.new.image.layers.len());
    let rows = [
        ("content", Cell::Size(old.content, new.content)),
        ("live", Cell::Size(old.live, new.live)),
        ("wasted", Cell::Size(old.wasted, new.wasted)),
        ("efficiency", Cell::Share(old.efficiency, new.efficiency)),
        ("stored", Cell::Size(old.blob, new.blob)),
        ("as tars", Cell::Size(old.tar, new.tar)),
        ("layers", Cell::Count(old_layers as u64, new_layers as u64)),
        ("files", Cell::Count(old.tree.files, new.tree.files)),
    ];
    page.blank()?;
    let sides = Sides::of(rows.iter().map(|row| row.1));
    sides.head(page, "TOTAL", None)?;
    for (label, cell) in rows {
        // stored as plain tars, both are one number
        if label != "as tars" || (old.tar, new.tar) != (old.blob, new.blob) {
            sides.row(page, label, None, cell)?;
        }
    }
    Ok(())
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
