//! A change to a file, shown before it is made.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::{Rect, Size};

use super::layout;
use super::request::Change;
use super::text::{Painter, columns, safe};

/// The change, and how far it is scrolled.
#[derive(Debug)]
pub(super) struct Confirm {
    change: Change,
    top: usize,
}

/// What a key did.
pub(super) enum Answer {
    Open,
    Cancelled,
    Confirmed(Change),
}

impl Confirm {
    /// Shows a change from its start.
    pub(super) fn new(change: Change) -> Self {
        Self { change, top: 0 }
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent, size: Size) -> Answer {
        let height = usize::from(Self::area(size).height).saturating_sub(5);
        let furthest = self.change.diff.lines().count().saturating_sub(height);
        self.top = match key.code {
            KeyCode::Esc | KeyCode::Char('q') => return Answer::Cancelled,
            KeyCode::Enter => return Answer::Confirmed(self.change.clone()),
            KeyCode::Up | KeyCode::Char('k') => self.top.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.top + 1,
            KeyCode::PageUp => self.top.saturating_sub(height),
            KeyCode::PageDown => self.top + height,
            _ => self.top,
        }
        .min(furthest);
        Answer::Open
    }

    fn area(size: Size) -> Rect {
        layout::middle(size, size.width.saturating_sub(4).min(110), size.height.saturating_sub(4))
    }

    /// Draws it over the tabs.
    pub(super) fn draw(&self, size: Size, painter: &mut Painter<'_>) {
        let lines = columns(self.change.diff.lines().count());
        let area = Self::area(size);
        let area = Rect { height: area.height.min(lines.saturating_add(5)), ..area };
        let inside = painter.popup(area, &self.change.title, "");
        let place = safe(self.change.path.as_os_str().as_encoded_bytes());
        painter.put(inside, 1, 0, inside.width, &place, painter.theme.dim);
        let body = Rect { y: inside.y + 1, height: inside.height.saturating_sub(3), ..inside };
        let body = painter.scrolled(body, self.top, usize::from(lines));
        for (y, line) in (0..body.height).zip(self.change.diff.lines().skip(self.top)) {
            let style = match line.as_bytes().first() {
                Some(b'+') => painter.theme.added,
                Some(b'-') => painter.theme.removed,
                Some(b'@') => painter.theme.accent,
                _ => painter.theme.text,
            };
            painter.put(body, 1, y, body.width.saturating_sub(2), &safe(line.as_bytes()), style);
        }
        let (key, dim) = (painter.theme.key, painter.theme.dim);
        let y = inside.height.saturating_sub(1);
        painter.parts(inside, 1, y, &[("⏎", key), (" write   ", dim), ("Esc", key), (" cancel", dim)]);
    }
}
