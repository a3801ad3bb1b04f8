//! What several images share, as text: what each has of its own, which layers are whose, and what is stored
//! once for each.

use std::io::{self, Write};

use super::input::Shared;
use crate::compare::{Owner, Portion};
use crate::report::format::Layout;
use crate::report::text::NARROWEST;
use crate::report::text::page::{Page, command_text, path_text};
use crate::report::text::style::{BOLD, DIM, PASS, PLAIN, WASTE};
use crate::text::{columns, counted, cut_path, digits, line, list, marks};
use crate::units;

/// Columns of a size.
const SIZE: usize = 8;
/// Columns of the number of files.
const FILES: usize = 7;

pub(super) fn write(out: &mut dyn Write, input: &Shared<'_>, layout: &Layout) -> io::Result<()> {
    let page = &mut Page::new(out, layout.width.max(NARROWEST), layout.colour);
    headline(page, input)?;
    images(page, input)?;
    layers(page, input, layout.rows)?;
    repeated(page, input, layout.rows)
}

fn headline(page: &mut Page<'_>, input: &Shared<'_>) -> io::Result<()> {
    let sharing = input.sharing;
    let images = counted(input.images.len() as u64, "image", "images");
    let saved = sharing.content - sharing.once;
    let text = if saved == 0 {
        format!("{images} of {} together, and no layer in two of them", units::size(sharing.content))
    } else {
        format!(
            "{images} of {} take {} together: shared layers save {}",
            units::size(sharing.content),
            units::size(sharing.once),
            units::size(saved)
        )
    };
    page.paragraph(BOLD, &text)?;
    if sharing.disk_once != sharing.once {
        let text = format!(
            "On a disk they take {}: engines share a layer only above the same layers, registries anywhere.",
            units::size(sharing.disk_once)
        );
        page.paragraph(PLAIN, &text)?;
    }
    if sharing.repeated.bytes > 0 {
        let text = format!(
            "A common base could save {} more: the same files in different layers.",
            units::size(sharing.repeated.bytes)
        );
        page.paragraph(PLAIN, &text)?;
    }
    Ok(())
}

/// What each image has of its own. The disk has columns of its own only where it differs.
fn images(page: &mut Page<'_>, input: &Shared<'_>) -> io::Result<()> {
    let portions = &input.sharing.images;
    let has_disk = portions.iter().any(|portion| portion.unique != portion.disk_unique);
    let number = columns(&portions.len().to_string());
    page.blank()?;
    let mut head = page.line();
    head.right(number, BOLD, "#").gap(2).right(SIZE, BOLD, "CONTENT").gap(2);
    head.right(SIZE, BOLD, "UNIQUE").gap(2).right(SIZE, BOLD, "SHARED").gap(2);
    if has_disk {
        head.right(SIZE, BOLD, "ON DISK").gap(2);
    }
    head.text(BOLD, "IMAGE");
    page.put(&head)?;
    for (at, (side, portion)) in input.images.iter().zip(portions).enumerate() {
        let Portion { content, unique, shared, disk_unique, .. } = *portion;
        let mut row = page.line();
        row.right(number, DIM, at).gap(2).right(SIZE, PLAIN, units::size(content)).gap(2);
        row.right(SIZE, WASTE, units::size(unique)).gap(2).right(SIZE, PASS, units::size(shared)).gap(2);
        if has_disk {
            row.right(SIZE, PLAIN, units::size(disk_unique)).gap(2);
        }
        row.text(PLAIN, &line(side.image.about.reference.as_bytes(), usize::MAX));
        page.put(&row)?;
    }
    if has_disk {
        page.hint("ON DISK: what an engine frees when only this image is removed")?;
    }
    Ok(())
}

/// Which layers are in which images.
fn layers(page: &mut Page<'_>, input: &Shared<'_>, rows: usize) -> io::Result<()> {
    let layers = &input.sharing.layers;
    let count = input.images.len();
    // a column for each image, where they leave room for the commands
    let has_columns = count * 2 + SIZE + 20 <= page.width;
    let about = if has_columns { "● the image has it" } else { "numbers are images" };
    page.title("LAYERS BY IMAGES", about)?;
    let width = if has_columns {
        count * 2 - 1
    } else {
        layers
            .iter()
            .take(rows)
            .map(|layer| columns(&list(&layer.images)))
            .max()
            .unwrap_or(0)
            .min(page.width / 3)
    };
    let mut head = page.line();
    let numbers = digits(count);
    let title = if has_columns { numbers.as_str() } else { "IMAGES" };
    head.right(SIZE, BOLD, "SIZE")
        .gap(2)
        .left(width.max(columns(title)), BOLD, title)
        .gap(2)
        .text(BOLD, "COMMAND");
    page.put(&head)?;
    for (at, layer) in layers.iter().enumerate().take(rows) {
        let plain = if layer.images.len() > 1 { PLAIN } else { DIM };
        let marks = if has_columns { marks(&layer.images, count) } else { list(&layer.images) };
        let mut row = page.line();
        row.right(SIZE, plain, units::size(layer.content)).gap(2);
        row.left(width.max(columns(title)), plain, &marks).gap(2);
        row.text(
            plain,
            &command_text(input.sharing.command(at, input.images), input.sharing.lines(at, input.images)),
        );
        page.put(&row)?;
    }
    let rest = layers.get(rows..).unwrap_or_default();
    page.left_out(rest.len(), "layer", rest.iter().map(|layer| layer.content).sum())
}

/// Equal files in different layers.
fn repeated(page: &mut Page<'_>, input: &Shared<'_>, rows: usize) -> io::Result<()> {
    let groups = &input.sharing.repeated.groups;
    if groups.is_empty() {
        return Ok(());
    }
    page.title("THE SAME FILES IN DIFFERENT LAYERS", "what storing them once would save")?;
    let widest = groups.iter().take(rows).map(|group| columns(&list(&group.images))).max().unwrap_or(0);
    let widest = widest.max("IMAGES".len()).min(page.width / 4);
    let mut head = page.line();
    head.right(SIZE, BOLD, "SAVES").gap(2).right(FILES, BOLD, "FILES").gap(2);
    head.left(widest, BOLD, "IMAGES").gap(2).text(BOLD, "PACKAGE OR DIRECTORY");
    page.put(&head)?;
    for group in groups.iter().take(rows) {
        let mut row = page.line();
        row.right(SIZE, WASTE, units::size(group.bytes))
            .gap(2)
            .right(FILES, PLAIN, units::count(group.files))
            .gap(2);
        row.left(widest, PLAIN, &list(&group.images)).gap(2);
        match &group.owner {
            Owner::Package(manager, name, version) => {
                let version = version.as_deref().unwrap_or_default();
                row.text(PLAIN, &line(name.as_bytes(), 200)).gap(1);
                row.text(PLAIN, &line(version.as_bytes(), 100)).gap(1).text(DIM, manager.name());
            }
            Owner::Directory(path) if path.is_empty() => _ = row.text(PLAIN, "(the root directory)"),
            Owner::Directory(path) => {
                let path = path_text(path);
                row.text(PLAIN, &cut_path(&path, row.room()));
            }
        }
        page.put(&row)?;
    }
    let rest = groups.get(rows..).unwrap_or_default();
    page.left_out(rest.len(), "group", rest.iter().map(|group| group.bytes).sum())
}
