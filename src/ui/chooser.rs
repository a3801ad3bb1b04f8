//! A list on top of the tabs to choose from, filtered as the user types: the palette of all actions,
//! orders and columns, images, formats.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Rect, Size};

use super::keymap::Action;
use super::layout;
use super::list::List;
use super::look::{Column, Sort};
use super::text::{Painter, framed, safe, width};
use super::tree::Filter;

/// What is done with a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// As if its key had been pressed.
    Act(Action),
    /// Another order.
    Sort(Sort),
    /// Show or hide a column.
    Column(Column),
    /// One of the places that can be opened, by its number.
    Open(usize),
    /// One of the images that were loaded together, by its number.
    Show(usize),
    /// A report of one of the formats, by its number.
    Export(usize),
    /// A finding that is to be allowed.
    Allow(super::request::Allow),
}

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) label: String,
    pub(super) note: String,
    /// Whether it is on, where that means something.
    pub(super) is_on: Option<bool>,
    pub(super) choice: Choice,
}

impl Item {
    /// A row that is neither on nor off.
    pub(super) fn new(label: impl Into<String>, note: impl Into<String>, choice: Choice) -> Self {
        Self { label: label.into(), note: note.into(), is_on: None, choice }
    }
}

/// The list and the filter typed so far.
#[derive(Debug)]
pub(super) struct Chooser {
    title: &'static str,
    items: Vec<Item>,
    /// The rows that contain what was typed.
    shown: Vec<usize>,
    filter: Filter,
    list: List,
}

/// What a key did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Open,
    Closed,
    Chosen(Choice),
}

impl Chooser {
    /// Nothing is typed yet.
    pub(super) fn new(title: &'static str, items: Vec<Item>) -> Self {
        let shown = (0..items.len()).collect();
        Self { title, items, shown, filter: Filter::plain(), list: List::default() }
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent, size: Size) -> Answer {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let action = match key.code {
            KeyCode::Esc => return Answer::Closed,
            KeyCode::Enter => {
                let chosen = self.shown.get(self.list.cursor).and_then(|at| self.items.get(*at));
                return chosen.map_or(Answer::Open, |item| Answer::Chosen(item.choice.clone()));
            }
            KeyCode::Up | KeyCode::BackTab => Action::Up,
            KeyCode::Down | KeyCode::Tab => Action::Down,
            KeyCode::PageUp => Action::PageUp,
            KeyCode::PageDown => Action::PageDown,
            KeyCode::Home => Action::Top,
            KeyCode::End => Action::Bottom,
            KeyCode::Backspace => {
                self.filter.text.pop();
                self.refilter();
                return Answer::Open;
            }
            KeyCode::Char('u') if ctrl => {
                self.filter.text.clear();
                self.refilter();
                return Answer::Open;
            }
            KeyCode::Char(c) if !ctrl => {
                self.insert(&c.to_string());
                return Answer::Open;
            }
            _ => return Answer::Open,
        };
        self.list.act(action, self.shown.len(), usize::from(rows(self.area(size)).height));
        Answer::Open
    }

    /// Takes typed or pasted text.
    pub(super) fn insert(&mut self, text: &str) {
        self.filter.text.push_str(text);
        self.refilter();
    }

    fn refilter(&mut self) {
        let items = self.items.iter().enumerate();
        let fits = items.filter(|(_, item)| self.filter.accepts(&[&item.label, &item.note]));
        self.shown = fits.map(|(at, _)| at).collect();
        self.list = List::default();
    }

    /// Shows which rows are on now.
    pub(super) fn set_on(&mut self, is_on: impl Fn(&Choice) -> Option<bool>) {
        for item in &mut self.items {
            item.is_on = is_on(&item.choice);
        }
    }

    fn area(&self, size: Size) -> Rect {
        let rows = u16::try_from(self.items.len()).unwrap_or(u16::MAX).saturating_add(3);
        layout::middle(size, size.width.saturating_sub(4).min(86), rows.min(size.height.saturating_sub(2)))
    }

    /// Brings the cursor into the list.
    pub(super) fn settle(&mut self, size: Size) {
        self.list.settle(self.shown.len(), usize::from(rows(self.area(size)).height));
    }

    /// A click: the row there.
    pub(super) fn click(&mut self, size: Size, at: ratatui::layout::Position) -> Answer {
        let Some(y) = layout::row_at(rows(self.area(size)), at) else { return Answer::Closed };
        let row = self.list.top + y;
        if row >= self.shown.len() {
            return Answer::Open;
        }
        self.list.cursor = row;
        Answer::Chosen(self.items[self.shown[row]].choice.clone())
    }

    /// The wheel.
    pub(super) fn wheel(&mut self, by: isize, size: Size) {
        let height = usize::from(rows(self.area(size)).height);
        self.list.wheel(by, self.shown.len(), height);
    }

    /// Draws it over the tabs.
    pub(super) fn draw(&self, size: Size, painter: &mut Painter<'_>) {
        let area = self.area(size);
        let inside = painter.popup(area, self.title, "type to filter ── ⏎ chooses ── Esc closes");
        let (text, dim) = (painter.theme.text, painter.theme.dim);
        let x = painter.parts(
            inside,
            1,
            0,
            &[("› ", painter.theme.key), (&safe(self.filter.text.as_bytes()), text)],
        );
        painter.put(inside, x, 0, 1, "▏", painter.theme.accent);
        let list = painter.scrolled(rows(area), self.list.top, self.shown.len());
        if self.shown.is_empty() {
            painter.put(list, 2, 0, list.width, "nothing contains that", dim);
        }
        for (y, row) in (0_u16..).zip(self.list.window(self.shown.len(), usize::from(list.height))) {
            let item = &self.items[self.shown[row]];
            let mark = match item.is_on {
                Some(true) => "● ",
                Some(false) => "○ ",
                None => "  ",
            };
            // the note keeps its place, a long label gives way
            let note = list.width.saturating_sub(width(&item.note) + 1);
            let x = painter.put(list, 0, y, 2, mark, painter.theme.accent);
            let room = note.saturating_sub(x + 1).max(list.width / 3);
            let x = painter.put(list, x, y, room, &item.label, text);
            painter.put(list, note.max(x + 1), y, list.width, &item.note, dim);
            if row == self.list.cursor {
                painter.select(list, y, true);
            }
        }
    }
}

/// The rows of the list within the popup.
fn rows(area: Rect) -> Rect {
    layout::inside(framed(area))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_leaves_what_contains_it_and_enter_takes_the_row() {
        let item = |label: &str, action| Item::new(label, "", Choice::Act(action));
        let mut chooser = Chooser::new(
            "Do",
            vec![item("copy", Action::Copy), item("quit", Action::Quit), item("help", Action::Help)],
        );
        let size = Size::new(80, 24);
        chooser.insert("q");
        let enter = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
        assert_eq!(chooser.key(enter, size), Answer::Chosen(Choice::Act(Action::Quit)));
        chooser.insert("x");
        assert_eq!(chooser.key(enter, size), Answer::Open);
        chooser.key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL), size);
        chooser.key(KeyEvent::new(KeyCode::End, KeyModifiers::NONE), size);
        assert_eq!(chooser.key(enter, size), Answer::Chosen(Choice::Act(Action::Help)));
    }
}
