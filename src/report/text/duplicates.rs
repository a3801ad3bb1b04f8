//! Equal files at several paths. They can all be seen, so they are no waste, but one would do.

use std::io;

use super::fit::cut_path;
use super::page::{Page, size};
use super::path_text;
use crate::report::Input;
use crate::report::style::{BOLD, DIM, PLAIN};
use crate::units;

const SAVED: usize = 8;
const COPIES: usize = 6;
const BEFORE: usize = SAVED + 2 + COPIES + 2;
/// Columns for the layer behind a path.
const LAYER: usize = "  layer 999".len();
/// Most paths that are shown of one group.
const PATHS: usize = 3;

pub(super) fn write(page: &mut Page<'_>, input: &Input<'_>, rows: usize) -> io::Result<()> {
    let Input { image, analysis, .. } = input;
    if analysis.duplicates.is_empty() {
        return Ok(());
    }
    let about =
        format!("equal files at several paths; one of each would save {}", size(analysis.totals.duplicates));
    page.title("DUPLICATES", &about)?;
    let mut head = page.line();
    head.right(SAVED, BOLD, "SAVES").gap(2).right(COPIES, BOLD, "COPIES").gap(2).text(BOLD, "PATHS");
    page.put(&head)?;
    let shown = &analysis.duplicates[..analysis.duplicates.len().min(rows)];
    for row in shown {
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
    }
    let rest = &analysis.duplicates[shown.len()..];
    page.left_out(rest.len(), "group", rest.iter().map(|row| row.saved).sum())
}
