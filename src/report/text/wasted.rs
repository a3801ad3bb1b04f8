//! The paths whose unseen copies take the most bytes, and what happened to them.

use crate::load::Examination;
use std::io;

use super::page::{Page, path_text};
use super::style::{BOLD, DIM, PLAIN, WASTE};
use crate::analysis::Wasted;
use crate::overlay::{ChangeLog, tell, timeline};
use crate::report::format::Input;
use crate::text::{columns, cut_path};
use crate::units;

/// Columns of the bytes and of the number of copies, and all columns before the path.
const BYTES: usize = 8;
const COPIES: usize = 6;
const BEFORE: usize = BYTES + 2 + COPIES + 2;
/// The fewest columns of a page on which the timeline has a column of its own.
const STORY_PAGE: usize = 100;
/// Below this many columns the timeline starts further left than the path above it.
const SMALL_PAGE: usize = 60;
/// Bytes of waste after the base from which on slimming the image is worth a word.
const WORTH: u64 = 1_000_000;
/// Most rows that are measured for the widths of the columns: a list may be very long.
const MEASURED: usize = 1000;

pub(super) fn write(page: &mut Page<'_>, input: &Input<'_>, rows: usize) -> io::Result<()> {
    let Examination { image, analysis, .. } = input.examination;
    if analysis.wasted.is_empty() {
        return Ok(());
    }
    let shown = &analysis.wasted[..analysis.wasted.len().min(rows)];
    let log = ChangeLog::of(image);
    let story = |row: &Wasted| tell(&timeline(image, &log, row.path));
    page.title("MOST WASTED PATHS", "copies that no container can see, by layer")?;
    let mut head = page.line();
    head.right(BYTES, BOLD, "BYTES").gap(2).right(COPIES, BOLD, "COPIES").gap(2).text(BOLD, "PATH");

    // beside the path on a wide page, below it on a narrow one
    let side = page.width >= STORY_PAGE;
    let text_of = |path| path_text(&image.paths.full(path));
    let mut path_columns = page.width - BEFORE;
    if side {
        let widest = |text: &dyn Fn(&Wasted) -> String| {
            shown.iter().take(MEASURED).map(|row| columns(&text(row))).max().unwrap_or(0)
        };
        let room = path_columns - 2;
        let stories = widest(&story).min(room / 2);
        path_columns = widest(&|row| text_of(row.path)).clamp("PATH".len(), room - stories);
        head.gap(path_columns + 2 - "PATH".len()).text(BOLD, "WHAT HAPPENED");
    }
    page.put(&head)?;
    for row in shown {
        let path = text_of(row.path);
        let mut line = page.line();
        line.right(BYTES, WASTE, units::size(row.bytes)).gap(2);
        line.right(COPIES, PLAIN, units::count(analysis.copies_of(row).len() as u64)).gap(2);
        line.left(path_columns, PLAIN, &cut_path(&path, path_columns));
        if side {
            line.gap(2);
        } else {
            page.put(&line)?;
            line = page.line();
            line.gap(if page.width < SMALL_PAGE { COPIES } else { BEFORE });
        }
        page.wrapped(line, DIM, &story(row))?;
    }
    let rest = &analysis.wasted[shown.len()..];
    page.left_out(rest.len(), "path", rest.iter().map(|row| row.bytes).sum())?;
    let saved = analysis.totals.own_wasted;
    if saved >= WORTH {
        let saved = units::size(saved);
        page.paragraph(DIM, &format!("layercake slim would save {saved} without a rebuild"))?;
    }
    Ok(())
}
