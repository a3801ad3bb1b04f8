//! What is remembered from one run to the next: the theme and how things are shown. A small text file in the
//! user's state directory; where it cannot be read or written, nothing is remembered and nothing is said.

use std::fs;
use std::path::PathBuf;

use super::look::Look;
use super::theme::ThemeName;

/// Longest file that is read, in bytes.
const LONGEST: u64 = 4096;

/// The file: `$XDG_STATE_HOME/layercake/ui`, else below `~/.local/state`.
fn file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let state = state.or_else(|| Some(std::env::home_dir()?.join(".local/state")))?;
    Some(state.join("layercake").join("ui"))
}

/// What was remembered, the defaults where nothing was.
pub(super) fn read() -> (Option<ThemeName>, Look) {
    let text = file().and_then(|path| {
        // a pipe or a device would hold the UI up
        let is_small = path.metadata().is_ok_and(|about| about.is_file() && about.len() <= LONGEST);
        is_small.then(|| fs::read_to_string(path).ok())?
    });
    let text = text.unwrap_or_default();
    (theme(&text), Look::read(&text))
}

fn theme(text: &str) -> Option<ThemeName> {
    text.lines().find_map(|line| line.strip_prefix("theme = ")).and_then(ThemeName::parse)
}

/// Remembers. The file is written whole or not at all.
pub(super) fn write(theme: Option<ThemeName>, look: &Look) {
    let theme = theme.map_or_else(String::new, |theme| format!("theme = {}\n", theme.name()));
    let Some(path) = file() else { return };
    let Some(directory) = path.parent() else { return };
    let written = fs::create_dir_all(directory)
        .and_then(|()| tempfile::NamedTempFile::new_in(directory))
        .and_then(|file| fs::write(file.path(), format!("{theme}{look}")).map(|()| file));
    if let Ok(file) = written {
        // the UI has ended, so no one can be told
        _ = file.persist(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_theme_is_one_of_the_lines() {
        let text = format!("theme = contrast\n{}", Look::default());
        assert_eq!(theme(&text), Some(ThemeName::Contrast));
        assert_eq!(Look::read(&text), Look::default());
        assert_eq!(theme("theme = pink\n"), None);
    }
}
