//! The help overlay: the table of keys as it is.

use ratatui::layout::{Rect, Size};

use super::keymap::key_table;
use super::layout;
use super::list::List;
use super::text::{Painter, framed, wrap};

/// Columns of the keys, including blanks.
const KEYS: u16 = 12;

/// A line of the help.
enum Line {
    Blank,
    Heading(&'static str),
    /// A key, and what it does. A sentence that goes on has no key.
    Key(&'static str, String),
}

/// All lines, for a screen of this size.
fn lines(size: Size) -> Vec<Line> {
    let width = usize::from(inside(size).width.saturating_sub(KEYS + 2));
    let mut lines = Vec::new();
    for (name, rows) in key_table() {
        if !lines.is_empty() {
            lines.push(Line::Blank);
        }
        lines.push(Line::Heading(name));
        for (shown, help) in rows {
            let keys = std::iter::once(shown).chain(std::iter::repeat(""));
            lines.extend(keys.zip(wrap(help, width)).map(|(key, text)| Line::Key(key, text)));
        }
    }
    lines
}

/// Number of lines.
pub(super) fn length(size: Size) -> usize {
    lines(size).len()
}

fn area(size: Size) -> Rect {
    layout::middle(size, if size.width < 100 { size.width } else { 90 }, size.height.saturating_sub(2))
}

fn inside(size: Size) -> Rect {
    framed(area(size))
}

/// Lines that fit.
pub(super) fn height(size: Size) -> usize {
    usize::from(inside(size).height)
}

/// Draws it over the tabs. It scrolls: `list.top` is the first line.
pub(super) fn draw(list: &List, size: Size, painter: &mut Painter<'_>) {
    let (area, lines) = (area(size), lines(size));
    let more = lines.len() > height(size);
    let note = if more { "↑↓ PgUp PgDn scroll ── Esc closes" } else { "Esc closes" };
    let inside = painter.popup(area, "Keys", note);
    let inside = painter.scrolled(inside, list.top, lines.len());
    let (text, key, heading) = (painter.theme.text, painter.theme.key, painter.theme.title_focused);
    let shown = list.window(lines.len(), height(size));
    for (y, line) in (0..).zip(&lines[shown.clone()]) {
        match line {
            Line::Blank => {}
            Line::Heading(name) => _ = painter.put(inside, 1, y, inside.width, name, heading),
            Line::Key(name, help) => {
                painter.right(inside, 1, y, KEYS - 3, name, key);
                painter.put(inside, KEYS, y, inside.width.saturating_sub(KEYS), help, text);
            }
        }
    }
    if more {
        let said = format!(" {}–{} of {} ", shown.start + 1, shown.end, lines.len());
        painter.put(area, 2, area.height.saturating_sub(1), area.width, &said, painter.theme.dim);
    }
}
