//! Writes frames to the terminal, only the cells that changed.
//!
//! This does what `ratatui::Terminal` does, less its questions: that one asks the terminal for the position
//! of the cursor whenever it clears the screen, waits for the answer beside the thread that reads the keys,
//! and prints to standard error when it is dropped on a terminal that is gone.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

/// What is on the terminal, and where to write what changes.
pub(super) struct Screen<W: Write> {
    backend: CrosstermBackend<W>,
    shown: Buffer,
    next: Buffer,
}

impl<W: Write> Screen<W> {
    /// Nothing is known of what is on the terminal; the first frame clears it.
    pub(super) fn new(out: W) -> Self {
        let none = Buffer::empty(Rect::ZERO);
        Self { backend: CrosstermBackend::new(out), shown: none.clone(), next: none }
    }

    /// Forgets what is on the terminal: the next frame is written whole.
    pub(super) fn forget(&mut self) {
        self.shown = Buffer::empty(Rect::ZERO);
    }

    /// Draws a frame of this size and writes what it changes.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub(super) fn draw(&mut self, size: Size, draw: impl FnOnce(&mut Buffer)) -> io::Result<()> {
        let area = Rect::new(0, 0, size.width, size.height);
        if self.shown.area != area {
            self.backend.clear_region(ClearType::All)?;
            self.shown = Buffer::empty(area);
        }
        self.next.resize(area);
        self.next.reset();
        draw(&mut self.next);
        self.backend.draw(self.shown.diff_iter(&self.next))?;
        Write::flush(&mut self.backend)?;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use ratatui::style::Style;

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Rc<RefCell<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_changes_are_written_and_nothing_is_asked() {
        let log = Log::default();
        let mut screen = Screen::new(log.clone());
        let written = |screen: &mut Screen<Log>, size, text: &str| {
            log.0.borrow_mut().clear();
            screen.draw(size, |buffer| buffer.set_string(0, 0, text, Style::new())).unwrap();
            String::from_utf8(log.0.borrow().clone()).unwrap()
        };
        let size = Size::new(10, 2);
        assert!(written(&mut screen, size, "abc").contains("abc"));
        let second = written(&mut screen, size, "abd");
        assert!(second.contains('d') && !second.contains("ab"), "{second:?}");
        // whole again after coming back and on another size
        screen.forget();
        assert!(written(&mut screen, size, "abd").contains("abd"));
        let other = written(&mut screen, Size::new(12, 2), "abd");
        assert!(other.contains("abd") && other.contains("\u{1b}[2J"), "{other:?}");
        assert!(!other.contains("\u{1b}[6n"), "{other:?}");
    }
}
