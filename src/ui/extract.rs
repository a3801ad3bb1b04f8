//! The question where to write a file or a directory of the image, and what is said when it was written.

use std::path::{Path, PathBuf};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

use super::data::Data;
use super::event::Effect;
use super::layout;
use super::text::{Painter, fit_path, safe};
use crate::image::{EntryId, PathId};
use crate::load::{self, Extracted};
use crate::overlay::Slot;
use crate::units;

/// The question where to write.
pub(super) struct Prompt {
    what: String,
    paths: Vec<(PathId, Option<EntryId>)>,
    text: String,
}

/// What a key did to the question.
pub(super) enum Answer {
    Open,
    Cancelled,
    Confirmed(Effect),
}

impl Prompt {
    /// Asks where to write a path and all below it, as `slot` has it.
    pub(super) fn new(
        data: &Data,
        path: PathId,
        slot: &dyn Fn(PathId) -> Option<Slot>,
    ) -> Result<Self, String> {
        if data.bodies.is_none() {
            return Err("this image passed by once: its files cannot be read again".into());
        }
        let range = (path.0..data.image.paths.end(path).0).map(PathId);
        let paths: Vec<_> = range
            .filter_map(|path| match slot(path)? {
                Slot::Implied => Some((path, None)),
                Slot::Entry(id) => Some((path, Some(id))),
            })
            .collect();
        if paths.first().is_none_or(|(first, _)| *first != path) {
            return Err("nothing stands there".into());
        }
        let bytes: u64 = paths.iter().filter_map(|(_, id)| *id).map(|id| data.image.entry(id).size).sum();
        let name = data.path_text(path, false);
        let what = match paths.len() {
            1 => format!("{name}, {}", units::size(bytes)),
            many => {
                format!("{name} and {} paths below it, {}", units::count(many as u64 - 1), units::size(bytes))
            }
        };
        Ok(Self { what, paths, text: "./extracted".into() })
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent) -> Answer {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Answer::Cancelled,
            KeyCode::Enter if !self.text.trim().is_empty() => {
                let paths = std::mem::take(&mut self.paths);
                return Answer::Confirmed(Effect::Extract { paths, into: PathBuf::from(self.text.trim()) });
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
        let area = layout::middle(size, size.width.saturating_sub(4).min(90), 7);
        painter.clear(area);
        painter.title(area, "Extract", "nothing is overwritten", true);
        let inside = layout::inside(area);
        let width = inside.width.saturating_sub(4);
        let dim = painter.theme.dim;
        painter.put(inside, 2, 1, width, &self.what, painter.theme.text);
        let x = painter.put(inside, 2, 2, width, "below the directory: ", dim);
        let text = fit_path(&safe(self.text.as_bytes()), usize::from(inside.width.saturating_sub(x + 3)));
        let x = painter.put(inside, x, 2, width, &text, painter.theme.accent);
        painter.put(inside, x, 2, 1, "▏", painter.theme.accent);
        let key = painter.theme.key;
        painter.parts(inside, 2, 4, &[("⏎", key), (" write   ", dim), ("Esc", key), (" cancel", dim)]);
        let rule = "─".repeat(usize::from(inside.width));
        painter.put(inside, 0, 5, inside.width, &rule, painter.theme.rule);
    }
}

/// Writes the paths below `into`, and says what was done.
pub(super) fn extract(data: &Data, paths: &[(PathId, Option<EntryId>)], into: &Path) -> String {
    let Some(bodies) = &data.bodies else { return "not written: the files cannot be read again".into() };
    match load::extract(data, &**bodies, paths, into) {
        Ok(Extracted { files, left_out }) => {
            let but =
                if left_out > 0 { format!(", {left_out} special files left out") } else { String::new() };
            format!(
                "wrote {} files below {}{but}",
                units::count(files),
                safe(into.as_os_str().as_encoded_bytes())
            )
        }
        Err(error) => format!("not written: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::ui::sample;

    fn all(data: &Data, top: &str) -> Vec<(PathId, Option<EntryId>)> {
        let top = data.image.paths.find(top.as_bytes()).unwrap();
        Prompt::new(data, top, &|path| data.final_slot(path)).unwrap().paths
    }

    #[test]
    fn a_directory_is_written_and_never_over_what_is_there() {
        let data = sample::data(&[&[("etc/app/a", 3), ("etc/app/sub/b", 2), ("etc/other", 1)]]);
        let place = tempfile::tempdir().unwrap();
        let paths = all(&data, "etc/app");
        let said = extract(&data, &paths, place.path());
        assert!(said.starts_with("wrote 2 files"), "{said}");
        assert_eq!(fs::read(place.path().join("app/a")).unwrap().len(), 3);
        assert_eq!(fs::read(place.path().join("app/sub/b")).unwrap().len(), 2);
        assert!(!place.path().join("other").exists());
        let said = extract(&data, &paths, place.path());
        assert!(said.contains("it is there already"), "{said}");
    }
}
