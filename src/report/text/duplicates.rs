//! Equal files at several paths. All of them can be seen, so they are not waste, but one would do.

use crate::load::Examination;
use std::io;

use super::page::{Page, path_text};
use super::style::{BOLD, DIM, PLAIN};
use crate::analysis::Duplicate;
use crate::image::Image;
use crate::report::format::Input;
use crate::text::{counted, cut_path};
use crate::units;

const SAVED: usize = 8;
const COPIES: usize = 6;
const BEFORE: usize = SAVED + 2 + COPIES + 2;
/// Columns for the layer after a path.
const LAYER: usize = "  layer 999".len();
/// Most paths that are shown of one group.
const PATHS: usize = 3;

pub(super) fn write(page: &mut Page<'_>, input: &Input<'_>, rows: usize) -> io::Result<()> {
    let Examination { image, analysis, .. } = input.examination;
    if analysis.duplicates.is_empty() {
        return Ok(());
    }
    let about = format!(
        "equal files at several paths; keeping one of each saves {}",
        units::size(analysis.totals.duplicates)
    );
    page.title("DUPLICATES", &about)?;
    // the reader cannot change what is only in the base image: it goes last, and not into a short list
    let all_layers = analysis.base_layers == image.layers.len();
    let own = |row: &&Duplicate| {
        all_layers || row.paths.iter().any(|place| image.layer_of(place.1) >= analysis.base_layers)
    };
    let (own, base): (Vec<_>, Vec<_>) = analysis.duplicates.iter().partition(own);
    let base_rows = if rows == usize::MAX { base.len() } else { 0 };
    let (shown, rest) = own.split_at(own.len().min(rows));
    if shown.len() + base_rows > 0 {
        let mut head = page.line();
        head.right(SAVED, BOLD, "SAVES").gap(2).right(COPIES, BOLD, "COPIES").gap(2).text(BOLD, "PATHS");
        page.put(&head)?;
    }
    for row in shown.iter().chain(&base[..base_rows]) {
        group(page, image, row)?;
    }
    let sum = |rows: &[&Duplicate]| rows.iter().map(|row| row.saved).sum();
    page.left_out(rest.len(), "group", sum(rest))?;
    if base.len() > base_rows {
        let groups = counted(base.len() as u64, "group", "groups");
        page.hint(&format!(
            "{groups} only in the base image ({}); --top 0 shows all",
            units::size(sum(&base))
        ))?;
    }
    Ok(())
}

fn group(page: &mut Page<'_>, image: &Image, row: &Duplicate) -> io::Result<()> {
    let mut line = page.line();
    line.right(SAVED, PLAIN, units::size(row.saved)).gap(2);
    line.right(COPIES, PLAIN, units::count(row.paths.len() as u64)).gap(2);
    // "and 1 more" would take as much room as the path
    let paths = if row.paths.len() == PATHS + 1 { PATHS + 1 } else { row.paths.len().min(PATHS) };
    for &(path, content) in &row.paths[..paths] {
        let path = path_text(&image.paths.full(path));
        let room = page.width - BEFORE - LAYER;
        line.text(PLAIN, &cut_path(&path, room)).gap(2);
        line.text(DIM, &format!("layer {}", image.layer_of(content)));
        page.put(&line)?;
        line = page.line();
        line.gap(BEFORE);
    }
    if paths < row.paths.len() {
        line.text(DIM, &format!("and {} more", units::count((row.paths.len() - paths) as u64)));
        page.put(&line)?;
    }
    Ok(())
}
