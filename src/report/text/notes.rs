//! What was odd about the image, but did not prevent reading it.

use std::fmt::Write as _;
use std::io;

use super::page::{Page, path_text};
use super::style::{PLAIN, WARNING};
use crate::report::format::Input;
use crate::text;

pub(super) fn write(page: &mut Page<'_>, input: &Input<'_>, rows: usize) -> io::Result<()> {
    let notes = &input.image.diagnostics;
    if notes.is_empty() {
        return Ok(());
    }
    page.title("NOTES", "problems in this image that did not prevent reading it")?;
    for note in notes.iter().take(rows) {
        let mut text = text::line(note.message.as_bytes(), usize::MAX);
        if let Some(layer) = note.layer {
            _ = write!(text, ", layer {layer}");
        }
        if let Some(path) = &note.path {
            _ = write!(text, ": {}", path_text(path));
        }
        let mut line = page.line();
        line.gap(2).text(WARNING, "!").gap(1);
        page.wrapped(line, PLAIN, &text)?;
    }
    page.left_out(notes.len().saturating_sub(rows), "note", 0)
}
