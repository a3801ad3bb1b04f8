//! What is going to be done, shown before it is: a change to a file, or a dry run before a question.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::{Rect, Size};

use super::layout;
use super::prompt::Prompt;
use super::request::Change;
use super::text::{Painter, columns, safe};

/// What is shown, and how far it is scrolled.
#[derive(Debug)]
pub(super) struct Confirm {
    title: String,
    /// A line above the text.
    place: String,
    text: String,
    then: Then,
    top: usize,
}

/// What is done when the user agrees.
#[derive(Debug, Clone)]
pub(super) enum Then {
    Make(Change),
    Ask(Prompt),
}

/// What a key did.
pub(super) enum Answer {
    Open,
    Cancelled,
    Confirmed(Then),
}

impl Confirm {
    /// Shows a change from its start.
    pub(super) fn new(change: Change) -> Self {
        Self {
            title: change.title.clone(),
            place: safe(change.path.as_os_str().as_encoded_bytes()),
            text: change.diff.clone(),
            then: Then::Make(change),
            top: 0,
        }
    }

    /// Shows a text, and asks a question when the user goes on.
    pub(super) fn before(title: &str, text: String, prompt: Prompt) -> Self {
        Self { title: title.into(), place: String::new(), text, then: Then::Ask(prompt), top: 0 }
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent, size: Size) -> Answer {
        let height = usize::from(Self::area(size).height).saturating_sub(5);
        let furthest = self.text.lines().count().saturating_sub(height);
        self.top = match key.code {
            KeyCode::Esc | KeyCode::Char('q') => return Answer::Cancelled,
            KeyCode::Enter => return Answer::Confirmed(self.then.clone()),
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
        let lines = columns(self.text.lines().count());
        let area = Self::area(size);
        let area = Rect { height: area.height.min(lines.saturating_add(5)), ..area };
        let inside = painter.popup(area, &self.title, "");
        painter.put(inside, 1, 0, inside.width, &self.place, painter.theme.dim);
        let body = Rect { y: inside.y + 1, height: inside.height.saturating_sub(3), ..inside };
        let body = painter.scrolled(body, self.top, usize::from(lines));
        for (y, line) in (0..body.height).zip(self.text.lines().skip(self.top)) {
            let is_diff = matches!(self.then, Then::Make(_));
            let style = match line.as_bytes().first().filter(|_| is_diff) {
                Some(b'+') => painter.theme.added,
                Some(b'-') => painter.theme.removed,
                Some(b'@') => painter.theme.accent,
                _ => painter.theme.text,
            };
            painter.put(body, 1, y, body.width.saturating_sub(2), &safe(line.as_bytes()), style);
        }
        let (key, dim) = (painter.theme.key, painter.theme.dim);
        let goes_on = if matches!(self.then, Then::Make(_)) { " write   " } else { " write it …   " };
        let y = inside.height.saturating_sub(1);
        painter.parts(inside, 1, y, &[("⏎", key), (goes_on, dim), ("Esc", key), (" cancel", dim)]);
    }
}
