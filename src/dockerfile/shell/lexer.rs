//! Shell text as tokens with their places: the one tokenizer of the program.
//!
//! It knows what separates commands, quotes, `$(…)` and `${…}` within quotes, comments and heredocs. Expansions are
//! not done. Every byte is looked at once, and a nesting that is never closed ends with the text.

use std::ops::Range;

/// A token, and where in the text it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes.
    pub span: Range<usize>,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A word with its quotes; redirections are words, too.
    Word,
    /// `&&`.
    And,
    /// `||`.
    Or,
    /// `|`, `|&`.
    Pipe,
    /// `;`, and the `;;` of a `case`.
    Semicolon,
    /// A single `&`.
    Background,
    /// The end of a line.
    Newline,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// From `#` to the end of the line.
    Comment,
    /// The lines of a heredoc, with the line that ends them.
    Heredoc,
}

/// The tokens of a text. What lies between them is blanks and continued lines.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { bytes: text.as_bytes(), at: 0, tokens: Vec::new(), heredocs: Vec::new() };
    while lexer.at < lexer.bytes.len() {
        lexer.next();
    }
    lexer.tokens
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    /// Heredocs whose bodies start after the next end of a line: the word that ends it, and whether tabs in front
    /// of that word are ignored.
    heredocs: Vec<(Vec<u8>, bool)>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let end = (self.at + length).min(self.bytes.len());
        self.tokens.push(Token { kind, span: self.at..end });
        self.at = end;
    }

    fn next(&mut self) {
        let next = self.peek(1);
        match self.bytes[self.at] {
            b'\n' => {
                self.push(TokenKind::Newline, 1);
                self.bodies();
            }
            b'\\' if next == Some(b'\n') => self.at += 2,
            b'\\' if next == Some(b'\r') && self.peek(2) == Some(b'\n') => self.at += 3,
            byte if byte.is_ascii_whitespace() => self.at += 1,
            b'&' if next == Some(b'&') => self.push(TokenKind::And, 2),
            b'&' if next == Some(b'>') => self.word(),
            b'&' => self.push(TokenKind::Background, 1),
            b'|' if next == Some(b'|') => self.push(TokenKind::Or, 2),
            b'|' => self.push(TokenKind::Pipe, if next == Some(b'&') { 2 } else { 1 }),
            b';' => self.push(TokenKind::Semicolon, if next == Some(b';') { 2 } else { 1 }),
            b'(' => self.push(TokenKind::Open, 1),
            b')' => self.push(TokenKind::Close, 1),
            b'#' => {
                let rest = &self.bytes[self.at..];
                let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                self.push(TokenKind::Comment, length);
            }
            _ => self.word(),
        }
    }

    /// A word: up to a blank or an operator that no quote protects.
    fn word(&mut self) {
        let start = self.at;
        let mut heredoc = None;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.at += 2,
                b'\'' | b'"' | b'`' => self.quoted(byte),
                b'$' if self.peek(1) == Some(b'{') => self.quoted(b'{'),
                b'<' if self.bytes[self.at..].starts_with(b"<<<") => self.at += 3,
                b'<' if self.peek(1) == Some(b'<') => {
                    self.at += 2;
                    let tabs = self.peek(0) == Some(b'-');
                    self.at += usize::from(tabs);
                    while matches!(self.peek(0), Some(b' ' | b'\t')) {
                        self.at += 1;
                    }
                    heredoc = Some((self.at, tabs));
                }
                // `2>&1` and `<&3` end no command; nor does the `&` of `&>file`
                b'&' if self.at == start || matches!(self.bytes[self.at - 1], b'>' | b'<') => self.at += 1,
                // `>|` overwrites
                b'|' if self.at > start && self.bytes[self.at - 1] == b'>' => self.at += 1,
                b'&' | b'|' | b';' | b'(' | b')' => break,
                byte if byte.is_ascii_whitespace() => break,
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
        if self.at == start {
            // a lone byte that no arm above takes cannot stand here; go on in any case
            self.at += 1;
        }
        self.tokens.push(Token { kind: TokenKind::Word, span: start..self.at });
        if let Some((from, tabs)) = heredoc
            && from < self.at
        {
            self.heredocs.push((unquoted(&self.bytes[from..self.at]), tabs));
        }
    }

    /// Skips what a quote, `$(` or `${` at the current place opens, with everything nested in it.
    fn quoted(&mut self, open: u8) {
        let mut stack = vec![open];
        self.at += if open == b'{' { 2 } else { 1 };
        while let (Some(&inside), Some(byte)) = (stack.last(), self.peek(0)) {
            let next = self.peek(1);
            match (inside, byte) {
                (b'\'', b'\'') | (b'"', b'"') | (b'`', b'`') | (b'{', b'}') | (b'(', b')') => {
                    stack.pop();
                    self.at += 1;
                }
                (b'\'', _) => self.at += 1,
                (_, b'\\') => self.at += 2,
                (_, b'$') if matches!(next, Some(b'(' | b'{')) => {
                    stack.extend(next);
                    self.at += 2;
                }
                (b'(', b'(') | (b'{' | b'(', b'\'') | (_, b'"' | b'`') => {
                    stack.push(byte);
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
    }

    /// The bodies of the heredocs that the line before announced.
    fn bodies(&mut self) {
        let start = self.at;
        for (number, (end, tabs)) in std::mem::take(&mut self.heredocs).into_iter().enumerate() {
            // the newline after the last end stays: it separates commands
            self.at = (self.at + usize::from(number > 0)).min(self.bytes.len());
            while self.at < self.bytes.len() {
                let rest = &self.bytes[self.at..];
                let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                let line = &rest[..length];
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let line = if tabs { line.trim_ascii_start() } else { line };
                self.at += length;
                if line == end {
                    break;
                }
                self.at = (self.at + 1).min(self.bytes.len());
            }
        }
        if self.at > start {
            self.tokens.push(Token { kind: TokenKind::Heredoc, span: start..self.at });
        }
    }
}

/// A word without its quotes and escapes.
fn unquoted(word: &[u8]) -> Vec<u8> {
    word.iter().copied().filter(|byte| !matches!(byte, b'\'' | b'"' | b'\\')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text).into_iter().map(|token| (token.kind, &text[token.span])).collect()
    }

    #[test]
    fn words_keep_quotes_substitutions_and_redirections_together() {
        for text in [
            "'a && b'",
            "\"a $(b \"c d\" && e) f\"",
            "a\\ b",
            "${x:-a b}",
            "\"${x:-\"a b\"}\"",
            "2>&1",
            "&>/dev/null",
            ">|x",
            "`a b`",
            "a#b",
            "\"it's\"",
        ] {
            assert_eq!(cut(text), [(TokenKind::Word, text)], "{text}");
        }
    }

    #[test]
    fn operators_end_words() {
        use TokenKind::{And, Background, Close, Newline, Open, Or, Pipe, Semicolon, Word};
        let kinds = |text| cut(text).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        assert_eq!(
            kinds("a&&b||c|d;e&"),
            [Word, And, Word, Or, Word, Pipe, Word, Semicolon, Word, Background]
        );
        assert_eq!(kinds("(a)\nb"), [Open, Word, Close, Newline, Word]);
        assert_eq!(kinds("a \\\n b"), [Word, Word]);
    }

    #[test]
    fn comments_and_heredocs_are_one_token_each() {
        use TokenKind::{And, Comment, Heredoc, Newline, Word};
        assert_eq!(cut("a # b && c\nd")[1], (Comment, "# b && c"));
        let text = "cat <<'E' <<-F > x && y\na && b\nE\n\tc\n\tF\nz";
        assert_eq!(
            cut(text),
            [
                (Word, "cat"),
                (Word, "<<'E'"),
                (Word, "<<-F"),
                (Word, ">"),
                (Word, "x"),
                (And, "&&"),
                (Word, "y"),
                (Newline, "\n"),
                (Heredoc, "a && b\nE\n\tc\n\tF"),
                (Newline, "\n"),
                (Word, "z"),
            ]
        );
    }

    proptest! {
        #[test]
        fn tokens_of_any_text_stand_in_order(text in "([a-z&|;()'\"`$<{}# \\\\\n-]|é|<<E|\nE\n){0,40}") {
            let mut end = 0;
            for token in tokens(&text) {
                prop_assert!(token.span.start >= end && token.span.end > token.span.start);
                prop_assert!(text.get(token.span.clone()).is_some(), "{:?}", token);
                end = token.span.end;
            }
            prop_assert!(end <= text.len());
        }
    }
}
