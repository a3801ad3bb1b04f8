//! The table of layers: one row each, those of the base image in one row when they are many.

use std::io;
use std::ops::Range;

use super::page::{self, Page};
use super::style::{BOLD, DIM, PLAIN, WASTE};
use crate::report::format::Input;
use crate::text::{bar, counted};
use crate::units;

/// Columns of a size, of a bar, and the fewest columns of a page that has bars.
const SIZE: usize = 7;
const BAR: usize = 8;
const BAR_PAGE: usize = 60;
/// Most base layers that have a row each.
const BASE_ROWS: usize = 3;

/// One row: a layer, or the whole base.
struct Row {
    layers: Range<usize>,
    base: bool,
}

impl Row {
    fn label(&self) -> String {
        let Range { start, end } = self.layers;
        match (self.base, end - start) {
            (false, _) => start.to_string(),
            (true, 1) => format!("base {start}"),
            (true, _) => format!("base {start}–{}", end - 1),
        }
    }

    fn command(&self, input: &Input<'_>) -> String {
        if self.layers.len() > 1 {
            return counted(self.layers.len() as u64, "layer of the base image", "layers of the base image");
        }
        page::command(&input.image, self.layers.start)
    }
}

pub(super) fn write(page: &mut Page<'_>, input: &Input<'_>) -> io::Result<()> {
    let layers = &input.analysis.layers;
    let base = input.analysis.base_layers;
    let rows: Vec<Row> = if base > BASE_ROWS {
        std::iter::once(Row { layers: 0..base, base: true })
            .chain((base..layers.len()).map(|i| Row { layers: i..i + 1, base: false }))
            .collect()
    } else {
        (0..layers.len()).map(|i| Row { layers: i..i + 1, base: i < base }).collect()
    };
    let sum = |row: &Row| -> (u64, u64) {
        layers[row.layers.clone()].iter().fold((0, 0), |(c, w), layer| (c + layer.content, w + layer.wasted))
    };
    let most = rows.iter().map(|row| sum(row).0).max().unwrap_or(0);
    let label = rows.iter().map(|row| row.label().chars().count()).max().unwrap_or(0).max("LAYER".len());
    let bars = if page.width >= BAR_PAGE { BAR + 2 } else { 0 };

    page.blank()?;
    let mut head = page.line();
    head.right(label, BOLD, "LAYER").gap(2).right(SIZE, BOLD, "SIZE").gap(2 + bars);
    head.right(SIZE, BOLD, "WASTED").gap(2).text(BOLD, "COMMAND");
    page.put(&head)?;
    for row in &rows {
        let (content, wasted) = sum(row);
        let plain = if row.base { DIM } else { PLAIN };
        let command = row.command(input);
        let mut line = page.line();
        line.right(label, plain, row.label()).gap(2).right(SIZE, plain, units::size(content)).gap(2);
        if bars > 0 {
            line.left(BAR, plain, &bar(content, most, BAR)).gap(2);
        }
        if wasted > 0 {
            line.right(SIZE, WASTE, units::size(wasted));
        } else {
            line.right(SIZE, DIM, "-");
        }
        line.gap(2).text(if command.starts_with('(') { DIM } else { plain }, &command);
        page.put(&line)?;
    }
    Ok(())
}
