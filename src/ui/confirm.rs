//! Shows what is about to happen: a change to files, or a dry run followed by a question.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::{Rect, Size};

use super::layout;
use super::prompt::{self, Prompt};
use super::request::Change;
use super::text::{Painter, columns, framed, safe};

/// What is shown, and how far it is scrolled.
#[derive(Debug)]
pub(super) struct Confirm {
    title: String,
    /// The files, in the frame.
    places: String,
    /// Sentences before the text.
    about: Vec<String>,
    text: String,
    is_diff: bool,
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
        let places = change.files.iter().map(|file| safe(file.path.as_os_str().as_encoded_bytes()));
        let asked = change.files.first().filter(|_| change.is_new).map(prompt::save_new);
        Self {
            title: change.title.clone(),
            places: places.collect::<Vec<_>>().join(", "),
            about: change.about.clone(),
            text: change.diff.clone(),
            is_diff: true,
            then: asked.map_or(Then::Make(change), Then::Ask),
            top: 0,
        }
    }

    /// Shows a text, and asks a question when the user goes on.
    pub(super) fn before(title: &str, text: String, prompt: Prompt) -> Self {
        Self {
            title: title.into(),
            places: String::new(),
            about: Vec::new(),
            text,
            is_diff: false,
            then: Then::Ask(prompt),
            top: 0,
        }
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent, size: Size) -> Answer {
        let height = usize::from(Self::body(self.area(size)).height);
        let furthest = self.lines().count().saturating_sub(height);
        self.top = match key.code {
            KeyCode::Esc | KeyCode::Char('q') => return Answer::Cancelled,
            KeyCode::Enter => return Answer::Confirmed(self.then.clone()),
            KeyCode::Up | KeyCode::Char('k') => self.top.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.top + 1,
            KeyCode::PageUp => self.top.saturating_sub(height),
            KeyCode::PageDown => self.top + height,
            KeyCode::Home | KeyCode::Char('g') => 0,
            KeyCode::End | KeyCode::Char('G') => furthest,
            _ => self.top,
        }
        .min(furthest);
        Answer::Open
    }

    /// What is shown: the sentences, then the text.
    fn lines(&self) -> impl Iterator<Item = &str> {
        let blank = (!self.about.is_empty()).then_some("");
        self.about.iter().map(String::as_str).chain(blank).chain(self.text.lines())
    }

    fn area(&self, size: Size) -> Rect {
        let height = columns(self.lines().count()).saturating_add(4);
        layout::middle(size, size.width.saturating_sub(4).min(120), height.min(size.height.saturating_sub(2)))
    }

    /// The lines within the popup.
    fn body(area: Rect) -> Rect {
        let inside = framed(area);
        Rect { height: inside.height.saturating_sub(2), ..inside }
    }

    /// Draws it over the tabs.
    pub(super) fn draw(&self, size: Size, painter: &mut Painter<'_>) {
        let area = self.area(size);
        let inside = painter.popup(area, &self.title, &self.places);
        let length = self.lines().count();
        let body = painter.scrolled(Self::body(area), self.top, length);
        for (y, (at, line)) in (0..body.height).zip(self.lines().enumerate().skip(self.top)) {
            let style = match line.as_bytes().first().filter(|_| self.is_diff) {
                Some(_) if at < self.about.len() => painter.theme.dim,
                Some(b'+') => painter.theme.added,
                Some(b'-') => painter.theme.removed,
                Some(b'@') => painter.theme.accent,
                _ => painter.theme.text,
            };
            painter.put(body, 1, y, body.width.saturating_sub(2), &safe(line.as_bytes()), style);
        }
        let (key, dim) = (painter.theme.key, painter.theme.dim);
        let goes_on = if matches!(self.then, Then::Make(_)) { " write   " } else { " write it …   " };
        let mut keys = vec![("⏎", key), (goes_on, dim), ("Esc", key), (" cancel   ", dim)];
        if length > usize::from(body.height) {
            keys.extend([("↑↓", key), (" scroll", dim)]);
        }
        painter.parts(inside, 1, inside.height.saturating_sub(1), &keys);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyModifiers;

    #[test]
    fn it_scrolls_to_its_end_and_no_further() {
        let lines: Vec<String> = (0..50).map(|n| format!("+{n}\n")).collect();
        let change = Change {
            title: "x".into(),
            about: vec!["fixes a".into()],
            diff: lines.concat(),
            files: Vec::new(),
            next: "",
            is_new: false,
        };
        let mut confirm = Confirm::new(change);
        let size = Size::new(80, 24);
        for _ in 0..20 {
            confirm.key(KeyEvent::new(KeyCode::PageDown, KeyModifiers::NONE), size);
        }
        let height = usize::from(Confirm::body(confirm.area(size)).height);
        assert_eq!(confirm.top + height, 52);
    }
}
