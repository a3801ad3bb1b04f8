//! Drawing the rows of the file tree.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::columns::{Bytes, Columns};
use super::files::Files;
use crate::image::PathId;
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::layout;
use crate::ui::look::Look;
use crate::ui::text::{Painter, columns, fit_path, safe, width};
use crate::ui::theme::Theme;
use crate::ui::tree::{Mark, Marks, Row};

/// Columns before the name at depth 0: the change mark and the arrow.
const LEAD: u16 = 4;

/// Draws the heading and the rows.
pub(super) fn draw(
    files: &Files,
    data: &Data,
    look: Look,
    pane: Rect,
    focused: bool,
    painter: &mut Painter<'_>,
) {
    let image = &data.image;
    let rows = files.tree.window();
    let area = painter.scrolled(layout::rows(pane), files.tree.list.top, files.tree.len());
    let longest = rows
        .iter()
        .map(|row| LEAD + row.depth.saturating_mul(2) + columns(image.paths.name(row.path).len()) + 1);
    let most = data.analysis.totals.content;
    let columns = Columns::new(look, area.width, longest.max().unwrap_or(0), most);
    // the directory of the first row on screen
    let inside = rows.first().map(|row| image.paths.parent(row.path)).filter(|path| *path != PathId::ROOT);
    let inside = inside.map_or_else(String::new, |path| format!("in {}", data.path_text(path, true)));
    columns.heading(layout::inside(pane), "SIZE", &inside, painter);
    if rows.is_empty() {
        painter.put(area, 2, 0, area.width, &nothing(files), painter.theme.dim);
    }
    for (y, row) in (0_u16..).zip(rows) {
        draw_row(files, data, area, y, *row, &columns, painter);
        if files.tree.list.top + usize::from(y) == files.tree.list.cursor {
            painter.select(area, y, focused);
        }
    }
}

fn nothing(files: &Files) -> String {
    let (from, to) = files.span.layers();
    if let Some(found) = &files.filter.found {
        return found.elsewhere(from, to).unwrap_or_else(|| "no path in any layer matches".into());
    }
    if files.only_wasted {
        "nothing here is wasted; W shows the rest".into()
    } else if files.marks == Marks::default() {
        "this layer changes no file; a shows the merged file system".into()
    } else {
        "nothing of the chosen kinds; A M R and a choose".into()
    }
}

fn draw_row(
    files: &Files,
    data: &Data,
    area: Rect,
    y: u16,
    row: Row,
    columns: &Columns,
    painter: &mut Painter<'_>,
) {
    let image = &data.image;
    let sums = &files.sums;
    let slot = files.span.slot(row.path);
    let is_directory = describe::is_directory(image, slot);
    let mark = files.span.mark(image, row.path).unwrap_or(Mark::Unchanged);
    let style = mark_style(painter.theme, mark);
    let bar = if mark == Mark::Removed { painter.theme.waste } else { painter.theme.bar };
    let bytes = Bytes {
        own: sums.bytes(image, row.path),
        parent: sums.bytes(image, image.paths.parent(row.path)),
        whole: sums.bytes(image, PathId::ROOT).max(sums.gone(image, PathId::ROOT)),
    };
    columns.size(area, y, bytes, sums.gone(image, row.path), bar, painter);
    columns.attributes(area, y, (image, sums), (row.path, slot), painter);
    if files.marked.has(row.path) {
        painter.put(area, columns.name.saturating_sub(1), y, 1, "●", painter.theme.accent);
    }
    painter.put(area, columns.name, y, 1, mark.symbol(), style);
    let x = columns.name + 2 + indent(row.depth, area.width.saturating_sub(columns.name));
    let arrow = match (is_directory, files.tree.is_open(row.path)) {
        (false, _) => "  ",
        (true, true) => "▾ ",
        (true, false) => "▸ ",
    };
    let name_style = if is_directory && mark == Mark::Unchanged { painter.theme.text } else { style };
    let x = painter.put(area, x, y, 2, arrow, painter.theme.dim);
    let room = usize::from(area.width.saturating_sub(x));
    let slash = if is_directory { "/" } else { "" };
    let name = fit_path(&safe(image.paths.name(row.path)), room.saturating_sub(slash.len()));
    let x = painter.parts(area, x, y, &[(&name, name_style), (slash, name_style)]);
    let said = match describe::target(image, slot) {
        Some(target) => target,
        None if is_directory && !files.tree.is_open(row.path) => match sums.files(image, row.path) {
            0 => String::new(),
            files => format!("  {}", crate::ui::text::files(files)),
        },
        None => String::new(),
    };
    // a note is shown whole or not at all; a target may be cut
    if describe::target(image, slot).is_some() || x + width(&said) <= area.width {
        painter.put(area, x, y, area.width, &said, painter.theme.dim);
    }
}

/// The indent of a depth, capped so that deep rows stay in the pane.
pub(super) fn indent(depth: u16, room: u16) -> u16 {
    depth.saturating_mul(2).min(room / 2)
}

/// The style of a mark.
pub(super) fn mark_style(theme: &Theme, mark: Mark) -> Style {
    match mark {
        Mark::Unchanged => theme.dim,
        Mark::Added => theme.added,
        Mark::Modified => theme.modified,
        Mark::Removed => theme.removed,
    }
}
