//! Drawing into cells: text cut to columns, bars in eighth blocks, titles. Everything is clipped, so that
//! no pane can draw outside its own area, whatever its size.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::theme::Theme;
use crate::escape;
use crate::units;

/// Longest text of the image that is prepared for one place, in characters.
const LONGEST: usize = 1000;

/// A buffer to draw into, and the colours to draw with.
pub(super) struct Painter<'a> {
    pub(super) buffer: &'a mut Buffer,
    pub(super) theme: &'a Theme,
}

impl Painter<'_> {
    /// Writes `text` at a column and row of `area`, cut with an ellipsis after `width` columns. Gives the column behind it.
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
        let text = fit(text, usize::from(left));
        let (end, _) = self.buffer.set_stringn(column, row, &text, usize::from(left), style);
        end.saturating_sub(area.x)
    }

    /// Writes `text` so that it ends `width` columns behind `x`.
    pub(super) fn right(&mut self, area: Rect, x: u16, y: u16, width: u16, text: &str, style: Style) {
        let used = columns(text.width()).min(width);
        self.put(area, x + (width - used), y, used, text, style);
    }

    /// Writes parts one behind the other, and gives the column behind the last.
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
        // what does not fit is left out part by part, not cut
        while width(note) > left {
            note = note.rsplit_once(" ── ").map_or("", |(front, _)| front);
        }
        if !note.is_empty() {
            self.put(area, end, 0, left + 2, &format!(" {note} "), self.theme.dim);
        }
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
        self.put(area, x, y, width, &bar(part, whole, width), style);
    }

    /// Marks a row as selected.
    pub(super) fn select(&mut self, area: Rect, y: u16, focused: bool) {
        if y < area.height {
            let row = Rect { y: area.y + y, height: 1, ..area };
            let style = if focused { self.theme.selected } else { self.theme.selected_elsewhere };
            self.buffer.set_style(row, style);
        }
    }

    /// Empties an area, for something that lies on top.
    pub(super) fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.buffer[(x, y)].reset();
            }
        }
    }
}

/// A length in columns; nothing on a terminal is longer than a u16.
pub(super) fn columns(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

/// The width of a text in columns.
pub(super) fn width(text: &str) -> u16 {
    columns(text.width())
}

/// `11 702 files`, `1 file`.
pub(super) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", units::count(n), if n == 1 { one } else { many })
}

/// A number of files.
pub(super) fn files(n: u32) -> String {
    counted(n.into(), "file", "files")
}

/// Bytes of the image as safe text.
pub(super) fn safe(bytes: &[u8]) -> String {
    escape::line(bytes, LONGEST)
}

/// `text` cut to `width` columns, the last one `…` when something is missing.
pub(super) fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        out.push(c);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// A path cut to `width` columns at its front: the end of a path tells more.
pub(super) fn fit_path(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        start = at;
    }
    if width == 0 { String::new() } else { format!("…{}", &text[start..]) }
}

/// `text` broken into lines of at most `width` columns, at blanks where there are any; line breaks stay. What goes on
/// in the next line stands a little further in than an indented line, and is a comment where that is one.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let lead = paragraph.len() - paragraph.trim_start_matches(' ').len();
        let indent = match lead {
            0 if paragraph.starts_with("# ") => "# ".to_owned(),
            0 => String::new(),
            blanks => " ".repeat(blanks + 2),
        };
        let indent = if indent.len() * 2 > width { String::new() } else { indent };
        let mut line = String::new();
        let mut used = 0;
        let mut next_line = |line: &mut String| {
            lines.push(std::mem::replace(line, indent.clone()).trim_end().to_owned());
            indent.len()
        };
        for word in paragraph.split_inclusive(' ') {
            let long = word.trim_end().width();
            if used > lead.max(indent.len()) && used + long > width {
                used = next_line(&mut line);
            }
            for c in word.chars() {
                if c == ' ' && used + 1 > width {
                    // a blank at the end of a full line is the break itself
                    continue;
                }
                let wide = c.width().unwrap_or(0);
                if used + wide > width {
                    used = next_line(&mut line);
                }
                line.push(c);
                used += wide;
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// `part` of `whole` as a bar of `width` columns, in eighths; something is never shown as nothing.
pub(super) fn bar(part: u64, whole: u64, width: u16) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if whole == 0 || part == 0 {
        return String::new();
    }
    let eighths = u128::from(part.min(whole)) * u128::from(width) * 8 / u128::from(whole);
    let eighths = usize::try_from(eighths).unwrap_or(0).max(1);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_columns_not_bytes() {
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("日本語", 6), "日本語");
        assert_eq!(fit("abc", 0), "");
        assert_eq!(fit_path("usr/lib/node", 6), "…/node");
        assert_eq!(fit_path("日本語", 5), "…本語");
    }

    #[test]
    fn words_are_wrapped_and_long_ones_broken() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(wrap("abc def", 3), ["abc", "def"]);
        assert_eq!(wrap("    apt install gcc", 14), ["    apt", "      install", "      gcc"]);
        assert_eq!(wrap("# one two\nx", 6), ["# one", "# two", "x"]);
        assert_eq!(wrap("    abcdefgh", 6), ["    ab", "cdefgh"]);
    }

    #[test]
    fn bars_have_eighths() {
        assert_eq!(bar(0, 10, 4), "");
        assert_eq!(bar(1, 1_000_000, 4), "▏");
        assert_eq!(bar(5, 10, 4), "██");
        assert_eq!(bar(9, 8, 2), "██");
        assert_eq!(bar(1, 0, 2), "");
    }
}
