//! How many columns a text takes, and how to make it take fewer.
//!
//! Texts are escaped before they come here, so every character is printable; some take two columns,
//! some none.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// A space that [`wrap`] does not break at; the page writes it as an ordinary one.
pub(super) const FIRM_SPACE: char = '\u{a0}';

/// Columns that `text` takes on a terminal.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(char_columns).sum()
}

fn char_columns(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The longest start of `text` that takes at most `width` columns.
fn head(text: &str, width: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|&(_, c)| {
        used += char_columns(c);
        used > width
    });
    end.map_or(text, |(at, _)| &text[..at])
}

/// The longest end of `text` that takes at most `width` columns.
fn tail(text: &str, width: usize) -> &str {
    let mut used = 0;
    let start = text.char_indices().rev().find(|&(_, c)| {
        used += char_columns(c);
        used > width
    });
    start.map_or(text, |(at, c)| &text[at + c.len_utf8()..])
}

/// `text` in at most `width` columns; what is cut off at the end is replaced by `…`.
pub(super) fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if columns(text) <= width {
        return text.into();
    }
    match width {
        0 => "".into(),
        _ => format!("{}…", head(text, width - 1).trim_end()).into(),
    }
}

/// `path` in at most `width` columns; what is cut out of its middle is replaced by `…`. The file's name
/// stays whole if there is room for it, and then as many directories before it as fit half the width.
pub(super) fn cut_path(path: &str, width: usize) -> Cow<'_, str> {
    if columns(path) <= width {
        return path.into();
    }
    let room = width.saturating_sub(1);
    let name = path.rfind('/').map_or(path, |at| &path[at..]);
    let end = if columns(name) <= room {
        let selector = tail(path, room.div_ceil(2).max(columns(name)));
        // whole directories only, and at least the name
        selector.find('/').map_or(name, |at| &selector[at..])
    } else {
        tail(path, room * 2 / 3)
    };
    format!("{}…{end}", head(path, room - columns(end))).into()
}

/// `text` in lines of at most `width` columns, broken at spaces; a word that is longer is broken itself.
pub(super) fn wrap(text: &str, width: usize) -> Vec<&str> {
    let width = width.max(2);
    let mut lines = Vec::new();
    let mut rest = text.trim_matches(' ');
    while columns(rest) > width {
        let fits = head(rest, width);
        // a line may end just before a space, or at the last one in it
        let end = if rest[fits.len()..].starts_with(' ') {
            fits.len()
        } else {
            fits.rfind(' ').unwrap_or(fits.len())
        };
        let end = if end == 0 { fits.len() } else { end };
        lines.push(rest[..end].trim_end_matches(' '));
        rest = rest[end..].trim_start_matches(' ');
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// A bar of at most `width` columns in steps of an eighth. It is empty only for nothing, and full only
/// for all.
pub(super) fn bar(part: u64, whole: u64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let all = width as u64 * 8;
    let eighths = match part {
        0 => 0,
        part if part >= whole => all,
        part => u64::try_from(u128::from(part) * u128::from(all) / u128::from(whole)).unwrap_or(all).max(1),
    };
    let full = usize::try_from(eighths / 8).unwrap_or(width);
    format!("{}{}", "█".repeat(full), EIGHTHS[usize::try_from(eighths % 8).unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_ends_with_an_ellipsis_and_fits() {
        assert_eq!(cut("apt-get update", 14), "apt-get update");
        assert_eq!(cut("apt-get update", 9), "apt-get…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn a_cut_path_keeps_the_name_of_the_file() {
        let path = "srv/app/node_modules/typescript/lib/tsc.js";
        for (width, text) in [
            (42, path),
            (41, "srv/app/node_modules/typescri…/lib/tsc.js"),
            (30, "srv/app/node_modul…/lib/tsc.js"),
            (12, "srv/…/tsc.js"),
            (8, "…/tsc.js"),
            (6, "sr….js"),
            (1, "…"),
        ] {
            let cut = cut_path(path, width);
            assert!(columns(&cut) <= width, "{cut}");
            assert_eq!(cut, text, "{width}");
        }
        assert_eq!(cut_path("a-very-long-name-without-directories.tar", 16), "a-ver…tories.tar");
    }

    #[test]
    fn every_width_is_kept() {
        let texts =
            ["srv/日本語/ファイル.txt", "a/b/c/d/e/f/g/h", "one two three four-five-six seven", "éééé/日"];
        for (text, width) in texts.iter().flat_map(|text| (0..40).map(move |width| (text, width))) {
            assert!(columns(&cut(text, width)) <= width, "{text} {width}");
            assert!(columns(&cut_path(text, width)) <= width.max(1), "{text} {width}");
            assert!(wrap(text, width).iter().all(|line| columns(line) <= width.max(2)), "{text} {width}");
        }
    }

    #[test]
    fn wrapping_loses_no_word() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(wrap("", 4), [""; 0]);
    }

    #[test]
    fn a_bar_is_empty_for_nothing_and_full_for_all() {
        assert_eq!(bar(0, 100, 4), "");
        assert_eq!(bar(1, 1_000_000, 4), "▏");
        assert_eq!(bar(50, 100, 4), "██");
        assert_eq!(bar(99, 100, 4), "███▉");
        assert_eq!(bar(100, 100, 4), "████");
        assert_eq!(bar(0, 0, 4), "");
        assert_eq!(bar(u64::MAX - 1, u64::MAX, 2), "█▉");
    }
}
