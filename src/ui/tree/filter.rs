//! The filter: what is typed, how it is understood, and which paths it finds.

use globset::{GlobBuilder, GlobMatcher};
use rayon::prelude::*;
use regex::bytes::{Regex, RegexBuilder};

use super::{Bits, Mark};
use crate::image::{Image, PathId};
use crate::overlay::ChangeLog;

/// A filter as a pattern. Lower-case letters match both cases; a capital matches only itself.
#[derive(Debug, Clone)]
pub(in crate::ui) enum Pattern {
    /// Part of a path: the pieces between slashes.
    Text { pieces: Vec<Vec<u8>>, fold: bool },
    /// A glob on the name, or on the path when it has a slash: on the whole path when it starts with one, else on
    /// any end of it.
    Glob { glob: GlobMatcher, whole: bool },
    /// A regular expression on the path, with or without the slash before it.
    Regex(Regex),
}

impl Pattern {
    /// Parses what was typed. None when it is empty.
    ///
    /// # Errors
    /// Why it is not a pattern, in a few words.
    pub(in crate::ui) fn parse(text: &str) -> Result<Option<Self>, String> {
        let fold = !text.chars().any(char::is_uppercase);
        if text.is_empty() || text == "re:" {
            return Ok(None);
        }
        if let Some(expression) = text.strip_prefix("re:") {
            let built = RegexBuilder::new(expression).case_insensitive(fold).size_limit(1 << 20).build();
            return match built {
                Ok(regex) => Ok(Some(Self::Regex(regex))),
                Err(error) => Err(last_line(&error.to_string())),
            };
        }
        if text.contains(['*', '?', '[']) {
            let whole = text.contains('/');
            let glob = if whole && !text.starts_with('/') { format!("/**/{text}") } else { text.to_owned() };
            let built = GlobBuilder::new(&glob).case_insensitive(fold).literal_separator(true).build();
            return match built {
                Ok(glob) => Ok(Some(Self::Glob { glob: glob.compile_matcher(), whole })),
                Err(error) => Err(error.kind().to_string()),
            };
        }
        let pieces = text.split('/').map(|piece| piece.as_bytes().to_vec()).collect();
        Ok(Some(Self::Text { pieces, fold }))
    }

    /// The paths that it finds. Paths below a found directory are shown too. `stopped` is polled.
    pub(in crate::ui) fn find(&self, image: &Image, stopped: &(dyn Fn() -> bool + Sync)) -> Option<Matches> {
        const BLOCK: u32 = 1 << 14;
        let count = image.paths.len();
        let blocks: Vec<Vec<PathId>> = (0..count.div_ceil(BLOCK))
            .into_par_iter()
            .map(|block| {
                if stopped() {
                    return Vec::new();
                }
                let mut path = Vec::new();
                let range = block * BLOCK..((block + 1) * BLOCK).min(count);
                range
                    .map(PathId)
                    .filter(|&id| id != PathId::ROOT && self.is_match(image, id, &mut path))
                    .collect()
            })
            .collect();
        if stopped() {
            return None;
        }
        let mut found = Matches { hits: Bits::new(count), shown: Bits::new(count), layers: Vec::new() };
        let mut end = 0;
        for path in blocks.into_iter().flatten() {
            found.hits.set(path, true);
            if path.0 >= end {
                end = image.paths.end(path).0;
                found.shown.add(path.0..end);
            }
        }
        Some(found)
    }

    fn is_match(&self, image: &Image, id: PathId, path: &mut Vec<u8>) -> bool {
        match self {
            Self::Text { pieces, fold } => has_pieces(image, id, pieces, *fold),
            Self::Glob { glob, whole: false } => glob.is_match(bytes_path(image.paths.name(id)).as_ref()),
            Self::Glob { glob, whole: true } => {
                shown_path(image, id, path);
                glob.is_match(bytes_path(path).as_ref())
            }
            Self::Regex(regex) => {
                shown_path(image, id, path);
                regex.is_match(path) || regex.is_match(&path[1..])
            }
        }
    }
}

/// The path as it is shown, with a slash before it.
fn shown_path(image: &Image, id: PathId, out: &mut Vec<u8>) {
    image.paths.write(id, out);
    out.insert(0, b'/');
}

/// True when the path contains the pieces, the last of them in its name. (In a directory above: then that one is found.)
fn has_pieces(image: &Image, id: PathId, pieces: &[Vec<u8>], fold: bool) -> bool {
    let equal = |a: &[u8], b: &[u8]| if fold { a.eq_ignore_ascii_case(b) } else { a == b };
    let name = image.paths.name(id);
    let Some((last, above)) = pieces.split_last() else { return false };
    let Some((first, between)) = above.split_first() else { return contains(name, last, fold) };
    if name.len() < last.len() || !equal(&name[..last.len()], last) {
        return false;
    }
    let mut at = image.paths.parent(id);
    for piece in between.iter().rev() {
        if at == PathId::ROOT || !equal(image.paths.name(at), piece) {
            return false;
        }
        at = image.paths.parent(at);
    }
    let name = image.paths.name(at);
    first.is_empty() || (name.len() >= first.len() && equal(&name[name.len() - first.len()..], first))
}

/// True when `text` contains `part`, with capitals taken as small letters if `fold` says so.
fn contains(text: &[u8], part: &[u8], fold: bool) -> bool {
    position(text, part, fold).is_some()
}

/// Where `text` contains `part` first, with capitals taken as small letters if `fold` says so.
pub(in crate::ui) fn position(text: &[u8], part: &[u8], fold: bool) -> Option<usize> {
    let Some(&first) = part.first() else { return Some(0) };
    let last = text.len().checked_sub(part.len())?;
    if fold {
        let other = first.to_ascii_uppercase();
        return (0..=last).find(|&at| {
            (text[at] == first || text[at] == other) && text[at..at + part.len()].eq_ignore_ascii_case(part)
        });
    }
    (0..=last).find(|&at| text[at] == first && &text[at..at + part.len()] == part)
}

/// A path for the glob matcher, which takes system paths.
fn bytes_path(bytes: &[u8]) -> std::borrow::Cow<'_, std::path::Path> {
    match String::from_utf8_lossy(bytes) {
        std::borrow::Cow::Borrowed(text) => std::path::Path::new(text).into(),
        std::borrow::Cow::Owned(text) => std::path::PathBuf::from(text).into(),
    }
}

fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or(text).trim().trim_start_matches("error: ").to_owned()
}

/// What a pattern finds.
#[derive(Debug, Clone, Default)]
pub(in crate::ui) struct Matches {
    /// The paths themselves.
    pub(in crate::ui) hits: Bits,
    /// These and all below them.
    pub(in crate::ui) shown: Bits,
    /// For each layer the shown paths that it changed.
    pub(in crate::ui) layers: Vec<u32>,
}

impl Matches {
    /// Counts for each layer the shown paths that it changed. None when it was stopped.
    pub(in crate::ui) fn in_layers(
        mut self,
        image: &Image,
        log: &ChangeLog,
        stopped: &dyn Fn() -> bool,
    ) -> Option<Self> {
        for layer in 0..image.layers.len() {
            if stopped() {
                return None;
            }
            let changed = log.changes(layer).filter(|(path, before, after)| {
                self.shown.has(*path) && Mark::of(image, *before, *after) != Mark::Unchanged
            });
            self.layers.push(u32::try_from(changed.count()).unwrap_or(u32::MAX));
        }
        Some(self)
    }

    /// Where the matches are that these layers do not have: `none in layer 5; 2 in layers 4 and 6`. None when no
    /// layer has any.
    pub(in crate::ui) fn elsewhere(&self, from: usize, to: usize) -> Option<String> {
        let all = self.layers.iter().enumerate().filter(|(_, count)| **count > 0);
        let others: Vec<usize> =
            all.map(|(layer, _)| layer).filter(|layer| !(from..=to).contains(layer)).collect();
        if others.is_empty() {
            return None;
        }
        let sum: u64 = others.iter().map(|&layer| u64::from(self.layers[layer])).sum();
        let here: Vec<usize> = (from..=to).collect();
        let here = crate::text::layers(&here);
        Some(format!("none in {here}; {} in {}", crate::units::count(sum), crate::text::layers(&others)))
    }
}

/// The filter of a pane: the text as typed, and what the last good one found.
#[derive(Debug, Default)]
pub(in crate::ui) struct Filter {
    pub(in crate::ui) text: String,
    /// It matches the texts of rows, not paths, and needs no search.
    pub(in crate::ui) is_plain: bool,
    /// The keyboard belongs to it.
    pub(in crate::ui) is_editing: bool,
    /// Why the text is no pattern; the view of the last good one stays.
    pub(in crate::ui) error: Option<String>,
    /// A search is running.
    pub(in crate::ui) is_waiting: bool,
    /// The matches; none shows everything.
    pub(in crate::ui) found: Option<Matches>,
    /// Counts the changes, to recognise a late answer to an earlier text.
    pub(in crate::ui) turn: u64,
}

impl Filter {
    /// A filter on the texts of rows.
    pub(in crate::ui) fn plain() -> Self {
        Self { is_plain: true, ..Self::default() }
    }

    /// True when one of a row's texts contains what was typed.
    pub(in crate::ui) fn accepts(&self, texts: &[&str]) -> bool {
        let fold = !self.text.chars().any(char::is_uppercase);
        self.text.is_empty() || texts.iter().any(|text| contains(text.as_bytes(), self.text.as_bytes(), fold))
    }

    /// True when the path passes.
    pub(in crate::ui) fn shows(&self, path: PathId) -> bool {
        self.found.as_ref().is_none_or(|found| found.shown.has(path))
    }

    /// Clears the text.
    pub(in crate::ui) fn clear(&mut self) {
        self.text.clear();
        self.is_editing = false;
        self.changed();
    }

    /// True when there is something to show or to clear.
    pub(in crate::ui) fn is_on(&self) -> bool {
        self.is_editing || !self.text.is_empty()
    }

    /// Parses the changed text: the pattern to search for, if any.
    pub(in crate::ui) fn changed(&mut self) -> Option<Pattern> {
        self.turn += 1;
        self.is_waiting = false;
        if self.is_plain {
            return None;
        }
        match Pattern::parse(&self.text) {
            Ok(pattern) => {
                self.error = None;
                if pattern.is_none() {
                    self.found = None;
                }
                self.is_waiting = pattern.is_some();
                pattern
            }
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    fn found(text: &str) -> Vec<String> {
        let image = sample::image(&[&[
            ("usr/lib/libc.so", 1),
            ("usr/bin/Cat", 1),
            ("etc/cat/a", 1),
            ("etc/passwd", 1),
        ]]);
        let found = Pattern::parse(text).unwrap().unwrap().find(&image, &|| false).unwrap();
        let hits = (0..image.paths.len()).map(PathId).filter(|&id| found.hits.has(id));
        hits.map(|id| String::from_utf8(image.paths.full(id)).unwrap()).collect()
    }

    #[test]
    fn a_text_has_smart_case_and_slashes_join_names() {
        assert_eq!(found("cat"), ["etc/cat", "usr/bin/Cat"]);
        assert_eq!(found("Cat"), ["usr/bin/Cat"]);
        assert_eq!(found("lib/lib"), ["usr/lib/libc.so"]);
        assert_eq!(found("sr/b"), ["usr/bin"]);
        assert_eq!(found("usr/lib/libc"), ["usr/lib/libc.so"]);
        assert_eq!(found("cat/"), ["etc/cat/a"]);
    }

    #[test]
    fn globs_and_regular_expressions() {
        assert_eq!(found("*.so"), ["usr/lib/libc.so"]);
        assert_eq!(found("usr/*/[a-d]*"), ["usr/bin/Cat"]);
        assert_eq!(found("re:^etc/.*d$"), ["etc/passwd"]);
        assert!(Pattern::parse("re:(").is_err());
        assert!(Pattern::parse("a[").is_err());
        assert!(Pattern::parse("").unwrap().is_none());
    }

    #[test]
    fn a_bad_pattern_keeps_what_was_found() {
        let mut filter = Filter { text: "re:a".into(), ..Filter::default() };
        assert!(filter.changed().is_some());
        filter.found = Some(Matches::default());
        filter.text = "re:a(".into();
        assert!(filter.changed().is_none());
        assert!(filter.error.is_some() && filter.found.is_some());
        filter.text.clear();
        assert!(filter.changed().is_none());
        assert!(filter.error.is_none() && filter.found.is_none());
    }
}
