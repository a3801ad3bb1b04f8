//! Searching in what is looked into.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Rect, Size};

use super::{NUMBER, Viewer, area, per_row};
use crate::ui::text::Painter;
use crate::ui::tree::position;

impl Viewer {
    /// A key while the search is typed; false when it is not the search's.
    pub(in crate::ui) fn edit(&mut self, key: KeyEvent, size: Size) -> bool {
        if !self.is_searching {
            return false;
        }
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => self.is_searching = false,
            KeyCode::Esc => {
                self.is_searching = false;
                self.search.clear();
                self.found = None;
            }
            KeyCode::Backspace => _ = self.search.pop(),
            KeyCode::Char('u') if ctrl => self.search.clear(),
            KeyCode::Char(c) if !ctrl => self.search.push(c),
            _ => return false,
        }
        if self.is_searching {
            let from = self.found.unwrap_or_else(|| self.offset(size));
            self.find(from, true, size);
        }
        true
    }

    /// Where the topmost row starts in the body.
    pub(super) fn offset(&self, size: Size) -> usize {
        if self.is_hex {
            return self.list.top * per_row(area(size).width);
        }
        self.rows.get(self.list.top).map_or(0, |row| row.1.start)
    }

    /// Goes to the first match from a place on, or to the last one before it; round the end.
    pub(super) fn find(&mut self, from: usize, forward: bool, size: Size) {
        let Some(Ok(body)) = &self.body else { return };
        let part = self.search.as_bytes();
        let fold = !self.search.chars().any(char::is_uppercase);
        let in_range = |range: std::ops::Range<usize>| {
            let start = range.start;
            position(body.get(range).unwrap_or_default(), part, fold).map(|at| start + at)
        };
        let last_in = |range: std::ops::Range<usize>| {
            let mut last = None;
            let mut start = range.start;
            while let Some(at) = in_range(start..range.end) {
                last = Some(at);
                start = at + 1;
            }
            last
        };
        let end = body.len();
        self.found = match (part.is_empty(), forward) {
            (true, _) => None,
            (false, true) => in_range(from.min(end)..end).or_else(|| in_range(0..end)),
            (false, false) => last_in(0..from.min(end)).or_else(|| last_in(0..end)),
        };
        if let Some(at) = self.found {
            let row = if self.is_hex {
                at / per_row(area(size).width)
            } else {
                self.rows.partition_point(|row| row.1.end <= at)
            };
            // a match stands a little below the top, where it can be
            self.list.top = row.saturating_sub(usize::from(area(size).height) / 4);
            self.list.cursor = self.list.top;
        }
    }

    /// Lets the matches in a line stand out.
    pub(super) fn mark_matches(&self, area: Rect, y: u16, line: &str, painter: &mut Painter<'_>) {
        let (part, fold) = (self.search.as_bytes(), !self.search.chars().any(char::is_uppercase));
        let mut start = 0;
        while !part.is_empty()
            && let Some(at) = position(&line.as_bytes()[start..], part, fold).map(|at| start + at)
            && let (Some(before), Some(found)) = (line.get(..at), line.get(at..at + part.len()))
        {
            let x = NUMBER.saturating_add(crate::ui::text::width(before));
            painter.put(area, x, y, area.width, found, painter.theme.selected);
            start = at + part.len();
        }
    }

    pub(super) fn draw_search(&self, area: Rect, painter: &mut Painter<'_>) {
        let (key, dim, accent) = (painter.theme.key, painter.theme.dim, painter.theme.accent);
        let text = crate::ui::text::safe(self.search.as_bytes());
        let mut x = painter.parts(area, 1, 0, &[("/ ", key), (&text, accent)]);
        if self.is_searching {
            x = painter.put(area, x, 0, 1, "▏", accent);
        }
        if self.found.is_none() && !self.search.is_empty() {
            x = painter.put(area, x + 2, 0, area.width, "not in what was read", painter.theme.waste);
        }
        let keys: &[(&str, ratatui::style::Style)] = if self.is_searching {
            &[("⏎", key), (" keep   ", dim), ("Esc", key), (" clear", dim)]
        } else {
            &[("n N", key), (" next   ", dim), ("/", key), (" search   ", dim), ("Esc", key), (" close", dim)]
        };
        painter.parts(area, x + 3, 0, keys);
    }
}
