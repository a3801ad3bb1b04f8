//! Prose in lines of a given width.

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// `text` in lines of at most `width` columns, broken at blanks. A number stays with its unit and its groups of
/// digits with each other (`96.4 MB`, `11 702`); a word that is too long is broken. Line breaks of the text stay,
/// and the lines of an indented paragraph keep its indent.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    // no character takes more than two columns
    let width = width.max(2);
    text.lines().flat_map(|paragraph| wrapped(paragraph, width)).collect()
}

fn wrapped(paragraph: &str, width: usize) -> Vec<String> {
    let words = paragraph.trim_matches(' ');
    let indent = paragraph.len() - paragraph.trim_start_matches(' ').len();
    let indent = " ".repeat(if indent * 2 > width { 0 } else { indent });
    let options = options(width).initial_indent(&indent).subsequent_indent(&indent).break_words(true);
    textwrap::wrap(words, options).into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// How we wrap: the first blank that serves, no hyphens.
pub(super) fn options<'a>(width: usize) -> Options<'a> {
    Options::new(width)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .word_separator(WordSeparator::Custom(words))
        .word_splitter(WordSplitter::NoHyphenation)
}

/// The words of a line, each with the blanks after it. A number and what belongs to it are one word.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut rest = line;
    Box::new(std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = word_end(rest, 0);
        while rest[..end].ends_with(|c: char| c.is_ascii_digit())
            && rest[end..].starts_with(' ')
            && belongs_to_number(&rest[end + 1..word_end(rest, end + 1)])
        {
            end = word_end(rest, end + 1);
        }
        let blanks = rest[end..].len() - rest[end..].trim_start_matches(' ').len();
        let (word, after) = rest.split_at(end + blanks);
        rest = after;
        Some(Word::from(word))
    }))
}

/// Where the word that starts at `from`, or after the blanks there, ends.
fn word_end(text: &str, from: usize) -> usize {
    let start = text.len() - text[from..].trim_start_matches(' ').len();
    text[start..].find(' ').map_or(text.len(), |length| start + length)
}

/// True for three digits, a unit or a percent sign, with punctuation after it or without.
fn belongs_to_number(word: &str) -> bool {
    let word = word.trim_end_matches([',', '.', ';', ':', ')']);
    matches!(word, "B" | "kB" | "MB" | "GB" | "TB" | "PB" | "EB" | "%")
        || word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::columns;

    #[test]
    fn wrapping_loses_no_word() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(wrap("four-five", 6), ["four-f", "ive"]);
        assert_eq!(wrap("", 4), [""; 0]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(wrap("  two three four", 9), ["  two", "  three", "  four"]);
    }

    #[test]
    fn a_number_stays_with_its_unit() {
        assert_eq!(wrap("up to 96.4 MB, really", 10), ["up to", "96.4 MB,", "really"]);
        assert_eq!(wrap("all 11 702 files", 7), ["all", "11 702", "files"]);
        assert_eq!(wrap("of 26.5 % more", 6), ["of", "26.5 %", "more"]);
        assert_eq!(wrap("layer 7 and 8", 7), ["layer 7", "and 8"]);
    }

    #[test]
    fn every_width_is_kept() {
        let texts = [
            "srv/日本語/ファイル.txt",
            "a  b c/d/e/f/g/h",
            "one two three 1 000 MB four-five-six seven",
            "éééé 日",
        ];
        for (text, width) in texts.iter().flat_map(|text| (0..40).map(move |width| (text, width))) {
            assert!(wrap(text, width).iter().all(|line| columns(line) <= width.max(2)), "{text} {width}");
        }
    }
}
