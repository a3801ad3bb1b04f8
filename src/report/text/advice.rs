//! What to change in the Dockerfile.

use std::io;

use super::page::Page;
use super::style::{BOLD, DIM, PLAIN, WARNING};
use crate::advice::{Advice, Severity};
use crate::report::format::Input;
use crate::{text, units};

/// Columns before the lines of a fix.
const INDENT: usize = 6;

pub(super) fn write(page: &mut Page<'_>, input: &Input<'_>, rows: usize) -> io::Result<()> {
    let Advice { findings, savings } = &input.advice;
    if findings.is_empty() {
        return Ok(());
    }
    page.title("ADVICE", &text::savings(savings.exact, savings.possible))?;
    for finding in findings.iter().take(rows) {
        let style = if finding.severity <= Severity::Medium { WARNING } else { PLAIN };
        let mut line = page.line();
        let bytes = if finding.bytes > 0 { units::size(finding.bytes) } else { "-".into() };
        line.right(8, PLAIN, bytes).gap(2).left(6, style, finding.severity.name()).gap(2);
        let place = if finding.names_layers || finding.layers.is_empty() {
            String::new()
        } else {
            format!(" ({})", text::layers(&finding.layers))
        };
        let mut lines =
            finding.layers.iter().filter_map(|&layer| input.examination.image.lines_of_layer(layer));
        let at = lines.next().map_or_else(String::new, |(origin, lines)| {
            format!(" [{}]", text::line(origin.place(lines).as_bytes(), 80))
        });
        page.wrapped(
            line,
            BOLD,
            &format!("{}{place}{at}", text::line(finding.title.as_bytes(), usize::MAX)),
        )?;
        let fix: Vec<_> = finding.snippet.lines().map(|fix| text::line(fix.as_bytes(), usize::MAX)).collect();
        for fix in text::code(&fix.join("\n"), page.width - INDENT) {
            page.verbatim(INDENT, DIM, &fix)?;
        }
    }
    let rest = findings.get(rows..).unwrap_or_default();
    page.left_out(rest.len(), "finding", rest.iter().map(|finding| finding.bytes).sum())
}
