//! The page that sections are written on: its lines are never too wide and never end in blanks.

use std::fmt::{Display, Write as _};
use std::io::{self, Write};

use anstyle::Style;

use super::style::{BOLD, DIM, PLAIN};
use crate::dockerfile::LineRange;
use crate::image::{Image, Origin};
use crate::text::{self, columns, counted, cut, wrap};
use crate::units;

/// Columns that a text needs next to what precedes it; with fewer it goes below, indented.
const NARROW: usize = 30;
const BELOW: usize = 4;

/// Where sections write to, and the width they must respect.
pub(in crate::report) struct Page<'a> {
    out: &'a mut dyn Write,
    /// Columns that a line may have.
    pub(in crate::report) width: usize,
    colour: bool,
}

impl<'a> Page<'a> {
    pub(in crate::report) fn new(out: &'a mut dyn Write, width: usize, colour: bool) -> Self {
        Self { out, width, colour }
    }

    /// A new line to fill.
    pub(in crate::report) fn line(&self) -> Line {
        Line { text: String::new(), used: 0, blanks: 0, width: self.width, colour: self.colour }
    }

    /// Writes a line.
    pub(in crate::report) fn put(&mut self, line: &Line) -> io::Result<()> {
        writeln!(self.out, "{}", line.text)
    }

    /// Writes an empty line.
    pub(in crate::report) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// Writes the title of a section, after an empty line, and what its numbers are about: after the
    /// title if it fits there, else below.
    pub(in crate::report) fn title(&mut self, title: &str, about: &str) -> io::Result<()> {
        self.blank()?;
        let mut line = self.line();
        line.text(BOLD, title);
        if line.room() < columns(about) + 2 {
            self.put(&line)?;
            return self.paragraph(DIM, about);
        }
        line.gap(2).text(DIM, about);
        self.put(&line)
    }

    /// Writes `text` after what `line` has already; further lines start in the same column. Where that
    /// would make a very narrow column, the text goes below.
    pub(in crate::report) fn wrapped(&mut self, mut line: Line, style: Style, text: &str) -> io::Result<()> {
        let mut indent = self.width - line.room();
        if line.room() < NARROW && line.room() < columns(text) && !line.is_empty() {
            self.put(&line)?;
            line = self.line();
            indent = BELOW;
            line.gap(indent);
        }
        for (i, part) in wrap(text, self.width.saturating_sub(indent)).iter().enumerate() {
            if i > 0 {
                self.put(&line)?;
                line = self.line();
                line.gap(indent);
            }
            line.text(style, part);
        }
        self.put(&line)
    }

    /// Writes a line that is to be pasted somewhere: it is wider than the page rather than broken where it must not be.
    pub(in crate::report) fn verbatim(&mut self, indent: usize, style: Style, text: &str) -> io::Result<()> {
        let mut line = Line { width: usize::MAX, ..self.line() };
        line.gap(indent + text.len() - text.trim_start().len()).text(style, text.trim_start());
        self.put(&line)
    }

    /// Writes `text` from the first column.
    pub(in crate::report) fn paragraph(&mut self, style: Style, text: &str) -> io::Result<()> {
        self.wrapped(self.line(), style, text)
    }

    /// Writes what a limited list left out, if anything, and its bytes, if it has any.
    pub(in crate::report) fn left_out(&mut self, rows: usize, what: &str, bytes: u64) -> io::Result<()> {
        if rows == 0 {
            return Ok(());
        }
        let rows = counted(rows as u64, &format!("more {what}"), &format!("more {what}s"));
        let bytes = if bytes > 0 { format!(" ({})", units::size(bytes)) } else { String::new() };
        self.hint(&format!("and {rows}{bytes}; --top 0 shows all"))
    }

    /// Writes a remark below a list.
    pub(in crate::report) fn hint(&mut self, text: &str) -> io::Result<()> {
        let mut line = self.line();
        line.gap(2);
        self.wrapped(line, DIM, text)
    }
}

/// A path for people: escaped, without a leading slash, as in the JSON report.
pub(in crate::report) fn path_text(bytes: &[u8]) -> String {
    text::line(bytes, usize::MAX)
}

/// The command that made a layer, on one line, after its lines in the Dockerfile if they are known.
pub(in crate::report) fn command(image: &Image, layer: usize) -> String {
    command_text(image.command_of(layer), image.lines_of_layer(layer))
}

/// A command on one line, after its lines in the Dockerfile if they are known.
pub(in crate::report) fn command_text(command: &str, lines: Option<(&Origin, LineRange)>) -> String {
    let Some(command) = text::one_line(command, usize::MAX) else {
        return text::UNKNOWN_COMMAND.into();
    };
    let command = text::line(command.as_bytes(), usize::MAX);
    match lines {
        Some((origin, lines)) => format!("{}  {command}", text::line(origin.place(lines).as_bytes(), 60)),
        None => command,
    }
}

/// One line under construction. Blanks are held back until something follows them.
pub(in crate::report) struct Line {
    text: String,
    used: usize,
    blanks: usize,
    width: usize,
    colour: bool,
}

impl Line {
    /// Leaves `columns` blank.
    pub(in crate::report) fn gap(&mut self, columns: usize) -> &mut Self {
        self.blanks += columns;
        self
    }

    /// True while nothing was added.
    pub(in crate::report) fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Columns that are left.
    pub(in crate::report) fn room(&self) -> usize {
        self.width.saturating_sub(self.used + self.blanks)
    }

    /// Adds `text`, cut to the room there is.
    pub(in crate::report) fn text(&mut self, style: Style, text: &str) -> &mut Self {
        let text = cut(text, self.room());
        if !text.is_empty() {
            self.used += self.blanks + columns(&text);
            let blanks = std::mem::take(&mut self.blanks);
            self.text.extend(std::iter::repeat_n(' ', blanks));
            self.push(style, &text);
        }
        self
    }

    fn push(&mut self, style: Style, text: &str) {
        if self.colour && style != PLAIN {
            _ = write!(self.text, "{style}{text}{style:#}");
        } else {
            self.text.push_str(text);
        }
    }

    /// Adds a cell of `width` columns with `text` at its left.
    pub(in crate::report) fn left(&mut self, width: usize, style: Style, text: &str) -> &mut Self {
        let text = cut(text, width);
        self.text(style, &text).gap(width - columns(&text))
    }

    /// Adds a cell of at least `width` columns with `text` at its right.
    pub(in crate::report) fn right(&mut self, width: usize, style: Style, text: impl Display) -> &mut Self {
        let text = text.to_string();
        self.gap(width.saturating_sub(columns(&text))).text(style, &text)
    }
}
