//! The clipboard by OSC 52: the terminal sets it, which works over ssh and needs no library.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest text, in bytes: terminals drop longer ones.
const LONGEST: usize = 60_000;

/// The sequence that makes the terminal copy `text`. The text is encoded, so the terminal cannot act on it.
pub(super) fn sequence(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("\x1b]52;c;{}\x07", STANDARD.encode(&text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_encoded() {
        assert_eq!(sequence("a\x1b"), "\x1b]52;c;YRs=\x07");
    }
}
