//! A popup that asks for one line of text: where to write something.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

use super::event::Effect;
use super::layout;
use super::text::{Painter, counted, fit_path, safe};
use crate::fix::NewFile;
use crate::image::{EntryId, PathId};

/// What is to be done with the answer.
#[derive(Debug, Clone)]
pub(super) enum Purpose {
    /// Write these entries below a directory.
    Extract(Vec<(PathId, Option<EntryId>)>),
    /// Write a report of this format to a file.
    Export(usize),
    /// Write this text to a file.
    Save(String),
    /// Write the slimmer image.
    Slim,
    /// Compare with an older image.
    Compare,
}

/// The question.
#[derive(Debug, Clone)]
pub(super) struct Prompt {
    pub(super) title: &'static str,
    /// What is written.
    pub(super) what: String,
    /// Which state of it, or more about it.
    pub(super) about: String,
    /// What the answer is.
    pub(super) label: &'static str,
    pub(super) text: String,
    pub(super) purpose: Purpose,
}

/// What a key did to the question.
pub(super) enum Answer {
    Open,
    Cancelled,
    Confirmed(Effect),
}

/// Asks where to write a text.
pub(super) fn save(title: &'static str, about: &str, text: String, into: &str) -> Prompt {
    Prompt {
        title,
        what: counted(text.lines().count() as u64, "line", "lines"),
        about: about.to_owned(),
        label: "to the file",
        text: into.to_owned(),
        purpose: Purpose::Save(text),
    }
}

/// Asks where to write a file that is not on the disk.
pub(super) fn save_new(file: &NewFile) -> Prompt {
    let name = file.path.file_name().map_or("Dockerfile".into(), |name| name.to_string_lossy());
    let into = format!("./{name}.fixed");
    save("Save the Dockerfile", "rebuilt from the history, with its fixes", file.new.clone(), &into)
}

impl Prompt {
    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent) -> Answer {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Answer::Cancelled,
            KeyCode::Enter if !self.text.trim().is_empty() => {
                let text = self.text.trim().to_owned();
                let into = PathBuf::from(&text);
                return Answer::Confirmed(match self.purpose.clone() {
                    Purpose::Extract(paths) => Effect::Extract { paths, into },
                    Purpose::Export(format) => Effect::Export { format, into },
                    Purpose::Save(text) => Effect::Save { text, into },
                    Purpose::Slim => Effect::Slim(into),
                    Purpose::Compare => Effect::Compare(text),
                });
            }
            KeyCode::Backspace => _ = self.text.pop(),
            KeyCode::Char('u') if ctrl => self.text.clear(),
            KeyCode::Char(c) if !ctrl => self.text.push(c),
            _ => {}
        }
        Answer::Open
    }

    /// Takes pasted text.
    pub(super) fn insert(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Draws the question over the tabs.
    pub(super) fn draw(&self, size: Size, painter: &mut Painter<'_>) {
        let area = layout::middle(size, size.width.saturating_sub(4).min(90), 8);
        let (note, verb) = match self.purpose {
            Purpose::Compare => ("both are read anew", " compare   "),
            _ => ("nothing is overwritten", " write   "),
        };
        let inside = painter.popup(area, self.title, note);
        let width = inside.width.saturating_sub(2);
        let (dim, key) = (painter.theme.dim, painter.theme.key);
        painter.put(inside, 1, 0, width, &fit_path(&self.what, usize::from(width)), painter.theme.text);
        painter.put(inside, 1, 1, width, &self.about, painter.theme.accent);
        painter.parts(inside, 1, 2, &[(self.label, dim), (":", dim)]);
        // what is typed at the end stays in sight
        let x = painter.put(inside, 1, 3, 2, "› ", key);
        let text = fit_path(&safe(self.text.as_bytes()), usize::from(inside.width.saturating_sub(x + 2)));
        let x = painter.put(inside, x, 3, width, &text, painter.theme.text);
        painter.put(inside, x, 3, 1, "▏", painter.theme.accent);
        painter.parts(inside, 1, 5, &[("⏎", key), (verb, dim), ("Esc", key), (" cancel", dim)]);
    }
}
