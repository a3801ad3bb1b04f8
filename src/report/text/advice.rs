//! What to change in the Dockerfile.

use std::io;

use super::page::{Page, size};
use super::story::layers;
use crate::advice::{Advice, Severity};
use crate::escape;
use crate::report::Input;
use crate::report::style::{BOLD, DIM, PLAIN, WARNING};
use crate::units;

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
            let mut line = page.line();
            line.gap(if page.width < 60 { 6 } else { 18 });
            page.wrapped(line, DIM, &escape::line(fix.as_bytes(), usize::MAX))?;
        }
    }
    let rest = findings.get(rows..).unwrap_or_default();
    page.left_out(rest.len(), "finding", rest.iter().map(|finding| finding.bytes).sum())
}
