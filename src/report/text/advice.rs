//! What to change in the Dockerfile.

use std::io;

use super::fit::columns;
use super::page::{Page, size};
use super::timeline::layers;
use crate::advice::{Advice, Severity};
use crate::escape;
use crate::report::Input;
use crate::report::style::{BOLD, DIM, PLAIN, WARNING};
use crate::units;

/// Columns before the lines of a fix.
const INDENT: usize = 6;

pub(super) fn write(page: &mut Page<'_>, input: &Input<'_>, rows: usize) -> io::Result<()> {
    let Advice { findings, savings } = input.advice;
    if findings.is_empty() {
        return Ok(());
    }
    let about =
        format!("{} wasted for certain, up to {} possible", size(savings.exact), size(savings.possible));
    page.title("ADVICE", &about)?;
    for finding in findings.iter().take(rows) {
        let style = if finding.severity <= Severity::Medium { WARNING } else { PLAIN };
        let mut line = page.line();
        let bytes = if finding.bytes > 0 { units::size(finding.bytes) } else { "-".into() };
        line.right(8, PLAIN, bytes).gap(2).left(6, style, finding.severity.name()).gap(2);
        // most titles name the layers themselves
        let place = match finding.layers.as_slice() {
            _ if finding.title.contains("ayer") => String::new(),
            [] => String::new(),
            [one] => format!(" (layer {one})"),
            many => format!(" (layers {})", layers(many)),
        };
        page.wrapped(line, BOLD, &format!("{}{place}", escape::line(finding.title.as_bytes(), usize::MAX)))?;
        for fix in finding.fix.lines() {
            for part in broken(&escape::line(fix.as_bytes(), usize::MAX), page.width - INDENT) {
                let text = part.trim_start();
                let mut line = page.line();
                line.gap(INDENT + part.len() - text.len());
                page.wrapped(line, DIM, text)?;
            }
        }
    }
    let rest = findings.get(rows..).unwrap_or_default();
    page.left_out(rest.len(), "finding", rest.iter().map(|finding| finding.bytes).sum())
}

/// A line of a Dockerfile in pieces of at most `room` columns that are still right when they are pasted: a
/// command goes on behind a backslash, a comment behind another `#`. A word that is too long is left whole.
fn broken(line: &str, room: usize) -> Vec<String> {
    let text = line.trim_start();
    let indent = &line[..line.len() - text.len()];
    let is_comment = text.starts_with('#');
    let (more, next) = if is_comment { ("", "# ") } else { (" \\", "    ") };
    let mut pieces = vec![indent.to_owned()];
    let mut is_first = true;
    for word in text.split(' ') {
        let last = pieces.len() - 1;
        let piece = &mut pieces[last];
        if is_first || columns(piece) + 1 + columns(word) + columns(more) <= room {
            if !is_first {
                piece.push(' ');
            }
            piece.push_str(word);
        } else {
            piece.push_str(more);
            pieces.push(format!("{indent}{next}{word}"));
        }
        is_first = false;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_lines_can_be_pasted() {
        assert_eq!(broken("RUN a && b", 20), ["RUN a && b"]);
        assert_eq!(
            broken("    apt-get install -y one two", 26),
            ["    apt-get install -y \\", "        one two"]
        );
        assert_eq!(broken("# build in a stage of its own", 16), ["# build in a", "# stage of its", "# own"]);
        assert_eq!(broken("var/lib/a/very/long/path", 10), ["var/lib/a/very/long/path"]);
    }
}
