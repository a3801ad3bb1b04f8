//! The commands that a `RUN` does one after the other, with their places, so that one of them can be replaced.

use std::ops::Range;

use super::lexer::{TokenKind, tokens};

/// Reserved words that open a compound command, and those that close one.
const OPENING: [&str; 7] = ["if", "for", "while", "until", "case", "select", "{"];
const CLOSING: [&str; 4] = ["fi", "done", "esac", "}"];
/// Reserved words after which a command starts.
const LEADING: [&str; 8] = ["then", "do", "else", "elif", "!", "if", "while", "until"];

/// One part of a text: everything up to the next `&&`, `;`, `&` or end of a line that is in no parentheses, quotes or
/// compound command. `a || b` and `a | b` are one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its place in the text, without the blanks around it. Heredocs that it reads belong to it.
    pub span: Range<usize>,
    /// What stands after it.
    pub joint: Option<TokenKind>,
}

/// The parts of a shell text, first to last. [`super::super::Edit::ReplaceCommand`] counts these.
pub fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let (mut parentheses, mut compounds) = (0_u32, 0_u32);
    let mut at_command = true;
    for token in tokens(text) {
        let kind = token.kind;
        let word = &text[token.span.clone()];
        match kind {
            TokenKind::Comment => continue,
            TokenKind::Heredoc => {
                // what follows the heredoc's line is read with it
                match (&mut open, parts.last_mut()) {
                    (Some(open), _) => open.end = token.span.end,
                    (None, Some(last)) => last.span.end = token.span.end,
                    (None, None) => open = Some(token.span),
                }
                continue;
            }
            TokenKind::Open => parentheses += 1,
            TokenKind::Close => parentheses = parentheses.saturating_sub(1),
            TokenKind::Word if at_command && OPENING.contains(&word) => compounds += 1,
            TokenKind::Word if at_command && CLOSING.contains(&word) => {
                compounds = compounds.saturating_sub(1);
            }
            _ => {}
        }
        let separates = matches!(
            kind,
            TokenKind::And | TokenKind::Semicolon | TokenKind::Background | TokenKind::Newline
        );
        at_command =
            !matches!(kind, TokenKind::Word) || at_command && (LEADING.contains(&word) || word == "{");
        if separates && parentheses == 0 && compounds == 0 {
            match open.take() {
                // `a &&` goes on in the next line
                Some(span) => parts.push(Part { span, joint: Some(kind) }),
                None if kind == TokenKind::Newline => {}
                None => {
                    if let Some(last) = parts.last_mut()
                        && last.joint == Some(TokenKind::Newline)
                    {
                        last.joint = Some(kind);
                    }
                }
            }
        } else if let Some(open) = &mut open {
            // a line may go on after `|` and `||`, and no part ends with the newline before it
            if kind != TokenKind::Newline {
                open.end = token.span.end;
            }
        } else if kind != TokenKind::Newline {
            open = Some(token.span);
        }
    }
    parts.extend(open.map(|span| Part { span, joint: None }));
    if let Some(last) = parts.last_mut()
        && matches!(last.joint, Some(TokenKind::Newline | TokenKind::Semicolon))
    {
        last.joint = None;
    }
    parts
}

/// The texts of the parts.
pub fn part_texts(text: &str) -> Vec<&str> {
    parts(text).into_iter().map(|part| &text[part.span]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_end_at_separators_outside_of_everything() {
        for (text, want) in [
            ("a && b; c\nd & e", &["a", "b", "c", "d", "e"][..]),
            ("set -eux; (a; b) && c || d | e", &["set -eux", "(a; b)", "c || d | e"]),
            ("if a; then b && c; fi && d", &["if a; then b && c; fi", "d"]),
            ("for x in a b; do c; done; e", &["for x in a b; do c; done", "e"]),
            ("case $x in a) b;; *) c && d;; esac; e", &["case $x in a) b;; *) c && d;; esac", "e"]),
            ("{ a; b; } && c", &["{ a; b; }", "c"]),
            ("echo if && b", &["echo if", "b"]),
            ("a && \\\n  b", &["a", "b"]),
            ("set -e\n\n# why && how\na\n", &["set -e", "a"]),
            ("cat > x <<E\na; b\nE\nc", &["cat > x <<E\na; b\nE", "c"]),
            ("x=$(a; b) && c", &["x=$(a; b)", "c"]),
            ("a &&\nb", &["a", "b"]),
            ("", &[]),
        ] {
            assert_eq!(part_texts(text), want, "{text}");
        }
    }

    #[test]
    fn a_part_knows_what_follows_it() {
        let joints = |text| parts(text).into_iter().map(|part| part.joint).collect::<Vec<_>>();
        assert_eq!(
            joints("a && b; c & d;"),
            [Some(TokenKind::And), Some(TokenKind::Semicolon), Some(TokenKind::Background), None]
        );
    }
}
