//! The help overlay: the keymap as it is.

use ratatui::layout::{Rect, Size};

use super::keymap::key_table;
use super::layout;
use super::list::List;
use super::text::Painter;

/// Number of lines.
pub(super) fn length() -> usize {
    key_table().iter().map(|(_, rows)| rows.len() + 2).sum::<usize>().saturating_sub(1)
}

fn area(size: Size) -> Rect {
    layout::middle(size, if size.width < 100 { size.width } else { 90 }, size.height.saturating_sub(2))
}

/// Lines that fit.
pub(super) fn height(size: Size) -> usize {
    usize::from(area(size).height.saturating_sub(2))
}

/// Draws it over the tabs. It scrolls: `list.top` is the first line.
pub(super) fn draw(list: &List, size: Size, painter: &mut Painter<'_>) {
    let area = area(size);
    painter.clear(area);
    let more = length() > height(size);
    let note = if more { "↑↓ PgUp PgDn scroll ── Esc closes" } else { "Esc closes" };
    painter.title(area, "Keys", note, true);
    let body = Rect { height: layout::inside(area).height.saturating_sub(1), ..layout::inside(area) };
    let inside = Rect { width: painter.scrolled(body, list.top, length()).width, ..layout::inside(area) };
    let (text, key, heading) = (painter.theme.text, painter.theme.key, painter.theme.title_focused);
    let mut lines = Vec::new();
    for (name, rows) in key_table() {
        if !lines.is_empty() {
            lines.push(("", "", heading));
        }
        lines.push((name, "", heading));
        lines.extend(rows.into_iter().map(|(shown, help)| (shown, help, key)));
    }
    let height = height(size);
    for (y, (shown, help, style)) in (0..).zip(&lines[list.window(lines.len(), height)]) {
        if help.is_empty() {
            painter.put(inside, 2, y, inside.width, shown, *style);
        } else {
            painter.right(inside, 2, y, 9, shown, *style);
            painter.put(inside, 13, y, inside.width.saturating_sub(14), help, text);
        }
    }
    let rule = "─".repeat(usize::from(area.width));
    let bottom = area.height.saturating_sub(1);
    painter.put(area, 0, bottom, area.width, &rule, painter.theme.rule);
    if more {
        let shown = list.window(lines.len(), height);
        let said = format!(" {}–{} of {} ", shown.start + 1, shown.end, lines.len());
        painter.put(area, 2, bottom, area.width, &said, painter.theme.dim);
    }
}
