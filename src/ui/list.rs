//! A cursor in a list, and the window of it that is on screen.

use std::ops::Range;

use super::keymap::Action;

/// Which row is selected, and which is the topmost on screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) cursor: usize,
    pub(super) top: usize,
}

impl List {
    /// Moves the cursor; false when the action does not move it. `height` rows are on screen.
    pub(super) fn act(&mut self, action: Action, length: usize, height: usize) -> bool {
        let last = length.saturating_sub(1);
        let page = height.saturating_sub(1).max(1);
        self.cursor = match action {
            Action::Up => self.cursor.saturating_sub(1),
            Action::Down => self.cursor + 1,
            Action::PageUp => self.cursor.saturating_sub(page),
            Action::PageDown => self.cursor + page,
            Action::HalfUp => self.cursor.saturating_sub(page / 2 + 1),
            Action::HalfDown => self.cursor + page / 2 + 1,
            Action::Top => 0,
            Action::Bottom => last,
            _ => return false,
        }
        .min(last);
        true
    }

    /// Scrolls the window by the wheel; the cursor follows only to stay on screen.
    pub(super) fn wheel(&mut self, rows: isize, length: usize, height: usize) {
        let furthest = length.saturating_sub(height);
        self.top = self.top.saturating_add_signed(rows).min(furthest);
        let last = (self.top + height).saturating_sub(1).min(length.saturating_sub(1));
        self.cursor = self.cursor.clamp(self.top.min(last), last);
    }

    /// Brings the cursor into the list and into the window.
    pub(super) fn settle(&mut self, length: usize, height: usize) {
        self.cursor = self.cursor.min(length.saturating_sub(1));
        let height = height.max(1);
        self.top = self.top.min(self.cursor).min(length.saturating_sub(height));
        if self.cursor >= self.top + height {
            self.top = self.cursor + 1 - height;
        }
    }

    /// The rows on screen.
    pub(super) fn window(&self, length: usize, height: usize) -> Range<usize> {
        let top = self.top.min(length);
        top..(top + height).min(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_in_the_list_and_on_screen() {
        let mut list = List::default();
        assert!(list.act(Action::Bottom, 100, 10));
        list.settle(100, 10);
        assert_eq!((list.cursor, list.top), (99, 90));
        list.act(Action::Up, 100, 10);
        list.settle(100, 10);
        assert_eq!((list.cursor, list.top), (98, 90));
        list.settle(5, 10);
        assert_eq!((list.cursor, list.top), (4, 0));
        list.settle(0, 0);
        assert_eq!((list.cursor, list.window(0, 0)), (0, 0..0));
        assert!(!list.act(Action::Help, 1, 1));
    }
}
