//! Writing a file or a directory of the image to the disk, below a directory that the user confirms.
//!
//! Nothing is ever written outside of it or over something that is there: every directory and every file
//! is made anew, and the first that exists stops the whole. Links are made last, so that nothing is written
//! through one. Devices, pipes and set-user-id bits are left out.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

use super::data::Data;
use super::event::Effect;
use super::layout;
use super::text::{Painter, fit_path, safe};
use crate::error::describe_io;
use crate::image::{EntryId, PathId};
use crate::layer::Kind;
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
    match write_all(data, paths, into) {
        Ok((files, left_out)) => {
            let but =
                if left_out > 0 { format!(", {left_out} special files left out") } else { String::new() };
            format!(
                "wrote {} files below {}{but}",
                units::count(files),
                safe(into.as_os_str().as_encoded_bytes())
            )
        }
        Err(why) => format!("not written: {}", safe(why.as_bytes())),
    }
}

fn write_all(data: &Data, paths: &[(PathId, Option<EntryId>)], into: &Path) -> Result<(u64, u64), String> {
    let image = &data.image;
    let Some(&(top, _)) = paths.first() else { return Err("nothing is selected".into()) };
    fs::create_dir_all(into).map_err(|error| told(into, &error))?;
    let prefix = image.paths.full(image.paths.parent(top)).len();
    let (mut files, mut left_out, mut links) = (0, 0, Vec::new());
    for &(path, id) in paths {
        let full = image.paths.full(path);
        let target = into.join(relative(&full[prefix..])?);
        let Some(id) = id else {
            fs::create_dir(&target).map_err(|error| told(&target, &error))?;
            continue;
        };
        match image.entry(id).kind {
            Kind::Directory => fs::create_dir(&target).map_err(|error| told(&target, &error))?,
            Kind::File | Kind::HardLink => {
                write_file(data, id, &target)?;
                files += 1;
            }
            Kind::Symlink => links.push((target, image.link_text(id))),
            _ => left_out += 1,
        }
    }
    for (target, text) in links {
        link(text, &target).map_err(|error| told(&target, &error))?;
        files += 1;
    }
    Ok((files, left_out))
}

fn told(path: &Path, error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists => "it is there already".to_owned(),
        _ => describe_io(error),
    };
    format!("{}: {why}", path.display())
}

/// A path of the image as one that cannot leave the directory it is joined to.
fn relative(bytes: &[u8]) -> Result<PathBuf, String> {
    let mut out = PathBuf::new();
    for part in bytes.split(|&byte| byte == b'/').filter(|part| !part.is_empty()) {
        if matches!(part, b"." | b"..")
            || part.contains(&0)
            || (cfg!(windows) && part.iter().any(|byte| b"\\:".contains(byte)))
        {
            return Err(format!("{}: the name cannot be written", safe(part)));
        }
        out.push(name(part)?);
    }
    if out.as_os_str().is_empty() {
        Err("the root cannot be written; choose a directory in it".into())
    } else {
        Ok(out)
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems cannot write every name")]
fn name(part: &[u8]) -> Result<&std::ffi::OsStr, String> {
    Ok(std::os::unix::ffi::OsStrExt::from_bytes(part))
}

#[cfg(not(unix))]
fn name(part: &[u8]) -> Result<&std::ffi::OsStr, String> {
    std::str::from_utf8(part).map(std::ffi::OsStr::new).map_err(|_| "the name is not UTF-8".into())
}

fn write_file(data: &Data, id: EntryId, target: &Path) -> Result<(), String> {
    let content = data.union.content_of(id).unwrap_or(id);
    let size = data.image.entry(content).size;
    let read = data.bodies.as_ref().ok_or("files cannot be read again")?;
    let body = read(&data.image, content, size).map_err(|error| error.to_string())?;
    if body.len() as u64 != size {
        return Err(format!("{}: its content ends too early", target.display()));
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, data.image.attrs_of(id).mode & 0o777);
    let mut file = options.open(target).map_err(|error| told(target, &error))?;
    file.write_all(&body).map_err(|error| told(target, &error))
}

#[cfg(unix)]
fn link(text: &[u8], target: &Path) -> io::Result<()> {
    let text: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(text);
    std::os::unix::fs::symlink(text, target)
}

#[cfg(not(unix))]
fn link(_text: &[u8], _target: &Path) -> io::Result<()> {
    Err(io::Error::other("symbolic links are not written on this system"))
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn names_cannot_leave_the_directory() {
        assert!(relative(b"a/../b").is_err());
        assert!(relative(b"").is_err());
        assert_eq!(relative(b"/a/b").unwrap(), PathBuf::from("a/b"));
    }
}
