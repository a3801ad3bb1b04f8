//! How many columns a text takes, and how to make it take fewer.
//!
//! Texts are escaped before they come here, so every character is printable; some take two columns, some none.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Columns that `text` takes on a terminal.
pub fn columns(text: &str) -> usize {
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

/// `text` in at most `width` columns; `…` stands for what is cut off at its end.
pub fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if columns(text) <= width {
        return text.into();
    }
    match width {
        0 => "".into(),
        _ => format!("{}…", head(text, width - 1).trim_end()).into(),
    }
}

/// `path` in at most `width` columns; `…` stands for what is cut out of its middle. The file's name stays whole if
/// there is room for it, with as many directories before it as fit half the width. A name without directories
/// loses its own middle, so that its beginning and its ending (a version, a suffix) stay.
pub fn cut_path(path: &str, width: usize) -> Cow<'_, str> {
    if columns(path) <= width {
        return path.into();
    }
    if width == 0 {
        return "".into();
    }
    let room = width - 1;
    let name = path.rfind('/').map_or(path, |at| &path[at..]);
    let end = if columns(name) <= room {
        let whole = tail(path, room.div_ceil(2).max(columns(name)));
        // whole directories only, and at least the name
        whole.find('/').map_or(name, |at| &whole[at..])
    } else {
        tail(path, room * 2 / 3)
    };
    format!("{}…{end}", head(path, room - columns(end))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_ends_with_an_ellipsis_and_fits() {
        assert_eq!(cut("apt-get update", 14), "apt-get update");
        assert_eq!(cut("apt-get update", 9), "apt-get…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("日本語", 6), "日本語");
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
            (0, ""),
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
            assert!(columns(&cut_path(text, width)) <= width, "{text} {width}");
        }
    }
}
