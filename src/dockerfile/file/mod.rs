//! A Dockerfile as its bytes and its instructions with their places.
//!
//! The text is never changed: an edit replaces ranges of it, so what is not edited stays byte for byte. Instructions
//! that nobody knows are kept as they are.

mod instruction;
mod lines;
mod logical;
mod script;

use std::ops::Range;

pub use instruction::{Flag, Heredoc, Node};
pub use logical::Logical;
pub use script::{Form, Script};

use super::Keyword;

/// A Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    /// Its bytes.
    pub text: String,
    /// Its instructions, first to last.
    pub nodes: Vec<Node>,
    /// The character that continues a line: `\`, or what the directive `escape` says.
    pub escape: char,
}

/// Lines of a file: the first and the last, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct LineRange {
    /// The first.
    pub from: u32,
    /// The last.
    pub to: u32,
}

impl Dockerfile {
    /// Reads a Dockerfile. Any text is one; what no builder would take is an instruction without a keyword.
    pub fn parse(text: &str) -> Self {
        Self::read(text, lines::Lines::new(text))
    }

    /// Reads instructions that are to stand in the middle of a Dockerfile: no comment is a directive.
    pub(super) fn fragment(text: &str, escape: char) -> Self {
        Self::read(text, lines::Lines::within(text, escape))
    }

    fn read(text: &str, mut lines: lines::Lines<'_>) -> Self {
        let mut nodes = Vec::new();
        while let Some(joined) = lines.next_instruction() {
            nodes.push(Node::read(joined, text, &mut lines));
        }
        Self { text: text.to_owned(), nodes, escape: lines.escape() }
    }

    /// The lines that a range of bytes covers.
    pub fn lines(&self, span: &Range<usize>) -> LineRange {
        let number = |at: usize| {
            let before = self.text.as_bytes().iter().take(at).filter(|&&byte| byte == b'\n').count();
            u32::try_from(before + 1).unwrap_or(u32::MAX)
        };
        LineRange { from: number(span.start), to: number(span.end.max(span.start + 1) - 1) }
    }

    /// The line break that it uses.
    pub fn newline(&self) -> &'static str {
        if self.text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r')) { "\r\n" } else { "\n" }
    }

    /// The stages: for each `FROM` the instructions up to the next one, itself first.
    pub fn stages(&self) -> Vec<Range<usize>> {
        let starts: Vec<usize> = (0..self.nodes.len())
            .filter(|&number| self.nodes[number].keyword == Some(Keyword::From))
            .collect();
        let ends = starts.iter().skip(1).copied().chain([self.nodes.len()]);
        starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
    }
}

#[cfg(test)]
mod tests;
