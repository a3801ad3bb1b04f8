//! Names and texts from an image, made safe to show.
//!
//! An image comes from strangers: its file names and history may hold escape sequences, newlines,
//! bidirectional overrides, zero-width characters and bytes that are not UTF-8. Whatever is shown on a
//! terminal goes through [`line()`]; JSON holds the data itself, where only bytes that are not UTF-8
//! need [`json_text`].

use std::fmt::Write as _;

/// True for characters that a terminal would act on, or that hide or reorder what is shown.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// `bytes` as one line of printable text, cut to at most `limit` characters (the last one `…`).
///
/// Control characters come as `\n`, `\t` or `\xNN`, invisible ones as `\u{NNNN}`, bytes that are not
/// UTF-8 as `\xNN`. A backslash stays as it is: the text is for people, not for parsing back.
pub fn line(bytes: &[u8], limit: usize) -> String {
    let mut out = String::with_capacity(bytes.len().min(limit));
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                c if !is_unsafe(c) => out.push(c),
                c if u32::from(c) < 0x100 => _ = write!(out, "\\x{:02x}", u32::from(c)),
                c => _ = write!(out, "\\u{{{:04x}}}", u32::from(c)),
            }
        }
        for byte in chunk.invalid() {
            _ = write!(out, "\\x{byte:02x}");
        }
        if out.len() > limit.saturating_mul(4) {
            break;
        }
    }
    if out.chars().count() > limit {
        out = out.chars().take(limit.saturating_sub(1)).collect();
        out.push('…');
    }
    out
}

/// `bytes` as JSON text: UTF-8 stays, every other byte comes as `\xNN`. The flag says whether there
/// was such a byte, so that the caller can add the exact bytes beside it.
pub fn json_text(bytes: &[u8]) -> (String, bool) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), false);
    }
    let mut out = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            _ = write!(out, "\\x{byte:02x}");
        }
    }
    (out, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_what_a_terminal_would_act_on() {
        assert_eq!(line(b"esc-\x1b[31mred", 99), "esc-\\x1b[31mred");
        assert_eq!(line("new\nline\ttab\rcr".as_bytes(), 99), "new\\nline\\ttab\\rcr");
        assert_eq!(line("a\u{202e}b\u{200b}c".as_bytes(), 99), "a\\u{202e}b\\u{200b}c");
        assert_eq!(line(b"not-\xff\xfe-x", 99), "not-\\xff\\xfe-x");
        assert_eq!(line("café-日本".as_bytes(), 99), "café-日本");
        assert_eq!(line("\u{9b}2J".as_bytes(), 99), "\\x9b2J");
    }

    #[test]
    fn a_line_is_cut_with_an_ellipsis() {
        assert_eq!(line(b"abcdef", 6), "abcdef");
        assert_eq!(line(b"abcdefg", 6), "abcde…");
    }

    #[test]
    fn json_text_keeps_control_characters_and_marks_bad_bytes() {
        assert_eq!(json_text(b"a\nb"), ("a\nb".into(), false));
        assert_eq!(json_text(b"a\xffb"), ("a\\xffb".into(), true));
    }
}
