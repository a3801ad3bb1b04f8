//! Looking into a file, of which only the beginning is read, or at a text that has no room in its pane: with line
//! numbers, or in hexadecimal.

mod search;

use ratatui::layout::{Rect, Size};

use super::data::Data;
use super::describe;
use super::event::Effect;
use super::keymap::Action;
use super::list::List;
use super::text::{Painter, columns, fit_path};
use crate::image::{EntryId, PathId};
use crate::layer::Kind;
use crate::overlay::Slot;
use crate::text;
use crate::units;

/// Most bytes that are read of a file.
pub(super) const LIMIT: u64 = 1 << 20;
/// Bytes that are looked at to tell text from binary.
const SNIFFED: usize = 8 << 10;
/// Longest line of text, in bytes; the rest of it is another line.
const LONGEST_LINE: usize = 4000;

/// A text that has no room in its pane.
pub(super) struct Page {
    pub(super) title: String,
    pub(super) about: String,
    pub(super) body: String,
    /// What is copied of it.
    pub(super) copied: String,
}

/// A file, or a page, that is looked into.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Viewer {
    /// The file whose body is read; none for a page.
    entry: Option<EntryId>,
    title: String,
    about: String,
    copied: String,
    body: Option<Result<Vec<u8>, String>>,
    is_cut: bool,
    is_hex: bool,
    wraps: bool,
    list: List,
    /// What is searched for, and whether the keyboard belongs to it.
    search: String,
    is_searching: bool,
    /// Where the match that was gone to starts.
    found: Option<usize>,
    /// Width that the rows were made for.
    width: u16,
    /// Rows of text: line number (0: goes on) and the bytes.
    rows: Vec<(usize, std::ops::Range<usize>)>,
}

impl Viewer {
    /// Opens the file in a slot, whose body is asked for.
    pub(super) fn open(
        data: &Data,
        path: PathId,
        slot: Option<Slot>,
    ) -> Result<(Self, Effect), &'static str> {
        let Some(Slot::Entry(id)) = slot else { return Err("a directory has nothing to look into") };
        let entry = match data.image.entry(id).kind {
            Kind::File => id,
            Kind::HardLink => data.union.content_of(id).ok_or("the link leads nowhere")?,
            Kind::Directory => return Err("a directory has nothing to look into"),
            Kind::Symlink => {
                return Err("a symbolic link has nothing to look into; its target is shown beside it");
            }
            _ => return Err("this kind of file has no content"),
        };
        if data.bodies.is_none() {
            return Err("this image passed by once: its files cannot be read again");
        }
        let title = data.path_text(path, false);
        let about = describe::attributes(&data.image, Some(Slot::Entry(entry)));
        let viewer = Self { entry: Some(entry), ..Self::new(title.clone(), about, title) };
        Ok((viewer, Effect::Body { entry, limit: LIMIT }))
    }

    /// Opens a page.
    pub(super) fn of(page: Page) -> Self {
        Self { body: Some(Ok(page.body.into_bytes())), ..Self::new(page.title, page.about, page.copied) }
    }

    fn new(title: String, about: String, copied: String) -> Self {
        Self {
            entry: None,
            title,
            about,
            copied,
            body: None,
            is_cut: false,
            is_hex: false,
            wraps: true,
            list: List::default(),
            search: String::new(),
            is_searching: false,
            found: None,
            width: 0,
            rows: Vec::new(),
        }
    }

    /// What is copied: the file's path, or what a page gives.
    pub(super) fn copied(&self) -> &str {
        &self.copied
    }

    /// The body is there.
    pub(super) fn filled(&mut self, entry: EntryId, body: Result<Vec<u8>, String>, is_cut: bool) {
        if self.entry == Some(entry) {
            self.is_hex = body.as_ref().is_ok_and(|body| is_binary(body));
            self.is_cut = is_cut;
            self.body = Some(body);
            self.width = 0;
        }
    }

    /// Performs an action.
    pub(super) fn act(&mut self, action: Action, size: Size) {
        match action {
            Action::Search => self.is_searching = true,
            Action::NextMatch | Action::PreviousMatch if !self.search.is_empty() => {
                let forward = action == Action::NextMatch;
                let from = self.found.map_or_else(|| self.offset(size), |at| at + usize::from(forward));
                self.find(from, forward, size);
            }
            Action::Hex => {
                self.is_hex = !self.is_hex;
                self.list = List::default();
            }
            Action::Wrap => {
                self.wraps = !self.wraps;
                self.width = 0;
            }
            _ => {
                // a page has no cursor: it scrolls
                let height = usize::from(area(size).height);
                let furthest = self.length(size).saturating_sub(height);
                self.list.cursor = self.list.top;
                self.list.act(action, furthest + 1, height);
                self.list.top = self.list.cursor;
            }
        }
    }

    /// Turns the wheel.
    pub(super) fn wheel(&mut self, rows: isize, size: Size) {
        let length = self.length(size);
        self.list.wheel(rows, length, usize::from(area(size).height));
    }

    /// Breaks the text into rows of the screen's width.
    pub(super) fn settle(&mut self, size: Size) {
        let width = area(size).width;
        if width != self.width {
            self.width = width;
            self.rows = match &self.body {
                Some(Ok(body)) => rows(body, usize::from(width.saturating_sub(NUMBER + 1)), self.wraps),
                _ => Vec::new(),
            };
        }
        let height = usize::from(area(size).height);
        self.list.top = self.list.top.min(self.length(size).saturating_sub(height));
        self.list.cursor = self.list.top;
    }

    fn length(&self, size: Size) -> usize {
        match &self.body {
            Some(Ok(body)) if self.is_hex => body.len().div_ceil(per_row(area(size).width)),
            _ => self.rows.len(),
        }
    }

    /// Draws it over the whole screen.
    pub(super) fn draw(&self, size: Size, message: Option<&str>, painter: &mut Painter<'_>) {
        let screen = Rect::new(0, 0, size.width, size.height);
        painter.clear(screen);
        let title = fit_path(&self.title, usize::from(size.width.saturating_sub(8)));
        painter.title(screen, &title, "", true);
        painter.put(screen, 2, 1, size.width.saturating_sub(3), &self.about, painter.theme.dim);
        let area = area(size);
        match &self.body {
            None => {
                let said = "reading … (an engine sends the whole image again for this)";
                painter.put(area, 2, 0, area.width, said, painter.theme.dim);
            }
            Some(Err(why)) => {
                _ = painter.put(
                    area,
                    2,
                    0,
                    area.width,
                    &text::line(why.as_bytes(), 400),
                    painter.theme.waste,
                );
            }
            Some(Ok(body)) if body.is_empty() => {
                _ = painter.put(area, 2, 0, area.width, "the file is empty", painter.theme.dim);
            }
            Some(Ok(body)) if self.is_hex => self.draw_hex(body, area, painter),
            Some(Ok(body)) => self.draw_text(body, area, painter),
        }
        let footer = Rect::new(0, size.height.saturating_sub(1), size.width, 1);
        if let Some(message) = message {
            painter.put(footer, 1, 0, footer.width.saturating_sub(2), message, painter.theme.accent);
            return;
        }
        if self.is_searching || !self.search.is_empty() {
            self.draw_search(footer, painter);
            return;
        }
        let shown = self.list.window(self.length(size), usize::from(area.height));
        let kind = if self.is_hex { "hexadecimal" } else { "text" };
        let cut =
            if self.is_cut { format!(", the first {} only", units::size(LIMIT)) } else { String::new() };
        let note = format!(
            "{kind}{cut}, rows {}–{} of {}",
            (shown.start + 1).min(shown.end),
            shown.end,
            self.length(size)
        );
        let (key, dim) = (painter.theme.key, painter.theme.dim);
        let parts = [
            ("/", key),
            (" search   ", dim),
            ("Esc", key),
            (" close   ", dim),
            ("t", key),
            (" text/hex   ", dim),
            ("w", key),
            (" wrap   ", dim),
            ("y", key),
            (" copy   ", dim),
        ];
        let x = painter.parts(footer, 1, 0, &parts);
        painter.put(footer, x, 0, footer.width, &note, dim);
    }

    fn draw_text(&self, body: &[u8], area: Rect, painter: &mut Painter<'_>) {
        for (y, (number, range)) in (0..area.height).zip(self.rows.iter().skip(self.list.top)) {
            if *number > 0 {
                painter.right(area, 0, y, NUMBER - 1, &number.to_string(), painter.theme.dim);
            }
            let line = printable(body.get(range.clone()).unwrap_or_default());
            painter.put(area, NUMBER, y, area.width, &line, painter.theme.text);
            self.mark_matches(area, y, &line, painter);
        }
    }

    fn draw_hex(&self, body: &[u8], area: Rect, painter: &mut Painter<'_>) {
        let per_row = per_row(area.width);
        for (y, chunk) in (0..area.height).zip(body.chunks(per_row).skip(self.list.top)) {
            let at = (self.list.top + usize::from(y)) * per_row;
            painter.put(area, 1, y, 9, &format!("{at:08x}"), painter.theme.dim);
            let hex: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
            painter.put(area, 11, y, columns(per_row * 3), &hex.join(" "), painter.theme.text);
            let text: String = chunk
                .iter()
                .map(|&byte| if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '·' })
                .collect();
            painter.put(area, 11 + columns(per_row * 3) + 1, y, area.width, &text, painter.theme.accent);
        }
    }
}

/// Columns of the line numbers, with a blank.
const NUMBER: u16 = 8;

fn area(size: Size) -> Rect {
    Rect::new(0, 2.min(size.height), size.width, size.height.saturating_sub(3))
}

fn per_row(width: u16) -> usize {
    match width {
        0..40 => 4,
        40..80 => 8,
        80..130 => 16,
        _ => 24,
    }
}

/// True when a body is no text: a NUL, or much that is not UTF-8.
fn is_binary(body: &[u8]) -> bool {
    let head = &body[..body.len().min(SNIFFED)];
    let wrong: usize = head.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    head.contains(&0) || wrong * 10 > head.len()
}

/// Tabs as blanks, everything else that a terminal would act on as an escape.
fn printable(bytes: &[u8]) -> String {
    let mut expanded = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if byte == b'\t' {
            expanded.extend_from_slice(b"    ");
        } else {
            expanded.push(byte);
        }
    }
    text::line(&expanded, LONGEST_LINE)
}

/// Breaks a body into rows of at most `width` columns.
fn rows(body: &[u8], width: usize, wraps: bool) -> Vec<(usize, std::ops::Range<usize>)> {
    let width = width.max(1);
    let mut out = Vec::new();
    let mut start = 0;
    for (number, line) in (1..).zip(body.split(|&byte| byte == b'\n')) {
        let end = start + line.len();
        let shown = line.strip_suffix(b"\r").unwrap_or(line).len();
        if start == body.len() && number > 1 {
            break;
        }
        let mut at = start;
        let mut first = number;
        loop {
            let stop = if wraps {
                at + fitting(&body[at..start + shown], width)
            } else {
                (start + shown).min(at + LONGEST_LINE)
            };
            out.push((first, at..stop));
            at = stop;
            first = 0;
            if at >= start + shown || !wraps {
                break;
            }
        }
        start = end + 1;
    }
    out
}

/// How many bytes of a line fit in so many columns, at least one character.
fn fitting(line: &[u8], width: usize) -> usize {
    use unicode_width::UnicodeWidthChar;
    let mut used = 0;
    let mut taken = 0;
    for chunk in line.utf8_chunks() {
        for c in chunk.valid().chars() {
            let wide = match c {
                '\t' => 4,
                c if text::is_unsafe(c) => 8,
                c => c.width().unwrap_or(0),
            };
            if used + wide > width && taken > 0 {
                return taken;
            }
            used += wide;
            taken += c.len_utf8();
        }
        for _ in chunk.invalid() {
            if used + 4 > width && taken > 0 {
                return taken;
            }
            used += 4;
            taken += 1;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_wrapped() {
        assert_eq!(rows(b"abcdef\nx\n", 4, true), [(1, 0..4), (0, 4..6), (2, 7..8)]);
        assert_eq!(rows(b"abcdef\r\n\nx", 4, false), [(1, 0..6), (2, 8..8), (3, 9..10)]);
        assert_eq!(rows("日本語".as_bytes(), 4, true), [(1, 0..6), (0, 6..9)]);
        assert_eq!(rows(b"", 4, true), [(1, 0..0)]);
        assert_eq!(rows(b"\xff\xff", 1, true).len(), 2);
    }

    #[test]
    fn binaries_are_recognised() {
        assert!(is_binary(b"\x7fELF\0\0"));
        assert!(is_binary(&[0xff; 100]));
        assert!(!is_binary("naïve text\n".as_bytes()));
        assert_eq!(printable(b"a\tb\x1b[m"), "a    b\\x1b[m");
    }
}
