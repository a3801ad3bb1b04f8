//! Drawing into cells: text cut to columns, bars in eighth blocks, titles. Everything is clipped, so that
//! no pane can draw outside its own area, whatever its size.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::theme::Theme;
use crate::text::{bar, cut, cut_path, line};

pub(super) use crate::text::{code, counted, wrap};

/// Longest text from the image in one place, in characters.
const LONGEST: usize = 1000;

/// A buffer to draw into, and the colours to draw with.
pub(super) struct Painter<'a> {
    pub(super) buffer: &'a mut Buffer,
    pub(super) theme: &'a Theme,
}

impl Painter<'_> {
    /// Writes `text` at a column and row of `area`, cut with an ellipsis after `width` columns. Returns the column after it.
    pub(super) fn put(&mut self, area: Rect, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        let left = area.width.saturating_sub(x).min(width);
        if y >= area.height || left == 0 {
            return x;
        }
        let clipped = area.intersection(self.buffer.area);
        let (column, row) = (area.x.saturating_add(x), area.y.saturating_add(y));
        if row >= clipped.bottom() || column >= clipped.right() {
            return x;
        }
        let text = cut(text, usize::from(left));
        let (end, _) = self.buffer.set_stringn(column, row, &text, usize::from(left), style);
        end.saturating_sub(area.x)
    }

    /// Right-aligns `text` in the `width` columns from `x`.
    pub(super) fn right(&mut self, area: Rect, x: u16, y: u16, width: u16, text: &str, style: Style) {
        let used = columns(text.width()).min(width);
        self.put(area, x + (width - used), y, used, text, style);
    }

    /// Writes parts one after the other and returns the column after the last.
    pub(super) fn parts(&mut self, area: Rect, x: u16, y: u16, parts: &[(&str, Style)]) -> u16 {
        parts.iter().fold(x, |x, (text, style)| self.put(area, x, y, u16::MAX, text, *style))
    }

    /// The line above a pane: `── Title ── note ────`. The title of the pane with the focus stands out.
    pub(super) fn title(&mut self, area: Rect, title: &str, note: &str, focused: bool) {
        let rule = self.theme.rule;
        let line = "─".repeat(usize::from(area.width));
        self.put(area, 0, 0, area.width, &line, rule);
        let style = if focused { self.theme.title_focused } else { self.theme.title };
        let room = area.width.saturating_sub(4);
        if room < 3 {
            return;
        }
        let end = self.put(area, 2, 0, room, &format!(" {title} "), style);
        let (end, mut note) = (end + 2, note);
        let left = area.width.saturating_sub(end + 3);
        // parts that do not fit are left out, not cut
        while width(note) > left {
            note = note.rsplit_once(" ── ").map_or("", |(front, _)| front);
        }
        if !note.is_empty() {
            self.put(area, end, 0, left + 2, &format!(" {note} "), self.theme.dim);
        }
    }

    /// Clears and frames the area of a popup, with a title and a note in the
    /// frame. Returns the area inside.
    pub(super) fn popup(&mut self, area: Rect, title: &str, note: &str) -> Rect {
        // a blank column on either side keeps what is below apart
        self.clear(Rect { x: area.x.saturating_sub(1), width: area.width.saturating_add(2), ..area });
        let rule = self.theme.rule;
        let across = "─".repeat(usize::from(area.width.saturating_sub(2)));
        let bottom = area.height.saturating_sub(1);
        self.title(area, title, note, true);
        self.put(area, 0, 0, 1, "╭", rule);
        self.put(area, area.width.saturating_sub(1), 0, 1, "╮", rule);
        for y in 1..bottom {
            self.put(area, 0, y, 1, "│", rule);
            self.put(area, area.width.saturating_sub(1), y, 1, "│", rule);
        }
        self.put(area, 0, bottom, area.width, &format!("╰{across}╯"), rule);
        framed(area)
    }

    /// A bar of `width` columns, of which `part` of `whole` is filled.
    pub(super) fn bar(
        &mut self,
        area: Rect,
        x: u16,
        y: u16,
        width: u16,
        (part, whole): (u64, u64),
        style: Style,
    ) {
        self.put(area, x, y, width, &bar(part, whole, usize::from(width)), style);
    }

    /// Draws the scrollbar of a list of `length` rows, shown in `area` from row `top` on, and returns the area
    /// left for the rows. A list that fits has none.
    pub(super) fn scrolled(&mut self, area: Rect, top: usize, length: usize) -> Rect {
        let height = usize::from(area.height);
        if height == 0 || length <= height || area.width < 8 {
            return area;
        }
        let thumb = (height * height / length).max(1);
        let last = length - height;
        let start = (top.min(last) * (height - thumb)).div_ceil(last.max(1));
        for y in 0..area.height {
            let is_thumb = (start..start + thumb).contains(&usize::from(y));
            let (symbol, style) = if is_thumb { ("█", self.theme.bar) } else { ("│", self.theme.rule) };
            self.put(area, area.width - 1, y, 1, symbol, style);
        }
        Rect { width: area.width - 1, ..area }
    }

    /// Marks a row as selected.
    pub(super) fn select(&mut self, area: Rect, y: u16, focused: bool) {
        if y < area.height {
            let row = Rect { y: area.y + y, height: 1, ..area };
            let style = if focused { self.theme.selected } else { self.theme.selected_elsewhere };
            self.buffer.set_style(row, style);
        }
    }

    /// Clears an area for a popup.
    pub(super) fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.buffer[(x, y)].reset();
            }
        }
    }
}

/// The area inside a frame.
pub(super) fn framed(area: Rect) -> Rect {
    let (width, height) = (area.width.saturating_sub(2), area.height.saturating_sub(2));
    Rect { x: area.x + area.width.min(1), y: area.y + area.height.min(1), width, height }
}

/// A length in columns; nothing on a terminal is longer than a u16.
pub(super) fn columns(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

/// The width of a text in columns.
pub(super) fn width(text: &str) -> u16 {
    columns(text.width())
}

/// A number of files.
pub(super) fn files(n: u32) -> String {
    counted(n.into(), "file", "files")
}

/// Bytes of the image as safe text.
pub(super) fn safe(bytes: &[u8]) -> String {
    line(bytes, LONGEST)
}

/// `path` in at most `width` columns; its middle gives way.
pub(super) fn fit_path(path: &str, width: usize) -> String {
    cut_path(path, width).into_owned()
}
