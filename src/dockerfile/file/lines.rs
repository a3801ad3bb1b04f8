//! The lines of a Dockerfile, joined into instructions.
//!
//! This is the algorithm of `BuildKit` (`frontend/dockerfile/parser/parser.go`, which the old builder shares), with
//! places kept: a line that starts with `#` is a comment, also between continued lines; an escape character at the
//! end of a line, with blanks after it, continues the line, unless another stands in front; parser directives are
//! comments of the form `# name=value` before anything else.

use std::ops::Range;

use super::logical::Logical;

/// One instruction, not yet taken apart.
#[derive(Debug)]
pub(super) struct Joined {
    /// The text without comments and line breaks.
    pub(super) line: Logical,
    /// From its first byte to the end of its last line, without the line break.
    pub(super) span: Range<usize>,
}

/// A cursor over the lines of a file.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    escape: char,
    /// Whether a parser directive may still come.
    directives: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, at, escape: '\\', directives: true }
    }

    /// The lines of a part of a file.
    pub(super) fn within(text: &'a str, escape: char) -> Self {
        Self { text, at: 0, escape, directives: false }
    }

    /// The character that continues lines.
    pub(super) fn escape(&self) -> char {
        self.escape
    }

    /// The next line without its line break, and where it begins.
    pub(super) fn next_line(&mut self) -> Option<(usize, &'a str)> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        self.at += length;
        let line = &rest[..length];
        Some((start, line.trim_end_matches(['\r', '\n'])))
    }

    /// The next instruction.
    pub(super) fn next_instruction(&mut self) -> Option<Joined> {
        loop {
            let (start, line) = self.next_line()?;
            let trimmed = line.trim_start();
            self.directive(trimmed);
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let (kept, mut goes_on) = self.without_continuation(trimmed);
            if kept.is_empty() && !goes_on {
                continue;
            }
            let begin = start + (line.len() - trimmed.len());
            let mut joined = Joined { line: Logical::default(), span: begin..start + line.len() };
            joined.line.push(kept, begin);
            while goes_on && let Some((start, line)) = self.next_line() {
                let trimmed = line.trim_start();
                if trimmed.is_empty() || trimmed.starts_with('#') {
                    continue;
                }
                let kept;
                (kept, goes_on) = self.without_continuation(line);
                joined.line.push(kept, start);
                joined.span.end = start + line.len();
            }
            return Some(joined);
        }
    }

    /// The line without the escape character at its end, and whether there was one.
    fn without_continuation<'b>(&self, line: &'b str) -> (&'b str, bool) {
        let trimmed = line.trim_end_matches([' ', '\t']);
        match trimmed.strip_suffix(self.escape) {
            Some(kept) if !kept.ends_with(self.escape) => (kept, true),
            _ => (line, false),
        }
    }

    fn directive(&mut self, line: &str) {
        if !self.directives {
            return;
        }
        let pair = line.strip_prefix('#').and_then(|rest| rest.split_once('='));
        let name = pair.map(|(name, _)| name.trim().to_ascii_lowercase());
        let value = pair.map_or("", |(_, value)| value.trim());
        match name.as_deref() {
            Some("escape") if matches!(value, "\\" | "`") => {
                self.escape = if value == "`" { '`' } else { '\\' };
            }
            Some("syntax" | "check") => {}
            _ => self.directives = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Vec<String> {
        let mut lines = Lines::new(text);
        std::iter::from_fn(|| lines.next_instruction()).map(|joined| joined.line.text).collect()
    }

    #[test]
    fn lines_are_joined_as_builders_do() {
        for (text, want) in [
            ("FROM a\nRUN b", &["FROM a", "RUN b"][..]),
            ("RUN a \\\n  # why\n\n  && b\nX", &["RUN a   && b", "X"]),
            ("RUN a \\  \n b", &["RUN a  b"]),
            ("RUN a \\\\\nX", &["RUN a \\\\", "X"]),
            ("  RUN a\r\n\t# c\r\nX \\\r\n y\r\n", &["RUN a", "X  y"]),
            ("# escape=`\nRUN a `\n b \\\nX", &["RUN a  b \\", "X"]),
            ("\n# escape=`\nRUN a `\nX", &["RUN a `", "X"]),
            ("# a comment\n# escape=`\nRUN a `\nX", &["RUN a `", "X"]),
            ("#syntax=x\n#Escape = `\nRUN a`\nX", &["RUN aX"]),
            ("\u{feff}FROM a", &["FROM a"]),
            ("RUN a \\", &["RUN a "]),
            ("RUN a \\\n# end", &["RUN a "]),
            ("\u{a0}RUN a \\\r\r\n\u{3000}\r\n\u{2003}# c\n b\r\r\nX", &["RUN a  b", "X"]),
            ("", &[]),
        ] {
            assert_eq!(joined(text), want, "{text:?}");
        }
    }
}
