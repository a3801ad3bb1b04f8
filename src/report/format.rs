//! What a format of the report is, and what it is given.

use std::io::{self, BufWriter, Write};
use std::ops::Deref;

use crate::load::Examination;
use crate::policy::Verdict;

/// All that a report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The image and all that is known of it.
    pub examination: &'a Examination,
    /// What the gates decided, if any were asked.
    pub verdict: Option<&'a Verdict>,
}

impl<'a> Input<'a> {
    /// A report without a verdict.
    pub fn new(examination: &'a Examination) -> Self {
        Self { examination, verdict: None }
    }
}

impl Deref for Input<'_> {
    type Target = Examination;

    fn deref(&self) -> &Examination {
        self.examination
    }
}

/// What the user wants of a report, whatever its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Columns that a line may have at most, where the format has lines of its own.
    pub width: usize,
    /// Colours and bold type, where the format has any.
    pub colour: bool,
    /// How many rows a list may have; 0: all of them; `None`: as many as the format has by itself.
    pub top: Option<usize>,
}

impl Options {
    /// How a report is laid out that has so many rows per list by itself; 0: all.
    pub(super) fn layout(&self, rows: usize) -> Layout {
        let rows = match self.top.unwrap_or(rows) {
            0 => usize::MAX,
            some => some,
        };
        Layout { width: self.width, colour: self.colour, rows }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { width: 80, colour: false, top: None }
    }
}

/// How one report is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Columns that a line may have at most.
    pub width: usize,
    /// Colours and bold type.
    pub colour: bool,
    /// How many rows a list may have.
    pub rows: usize,
}

/// Writes a report in one format. It fails only when the output does.
pub type Writer = fn(&mut dyn Write, &Input<'_>, &Layout) -> io::Result<()>;

/// A format of the report.
#[derive(Debug)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for, in a few words for the help.
    pub help: &'static str,
    /// Someone who reads it sees what the gates decided. After any other format the program says so on standard error.
    pub shows_verdict: bool,
    /// Rows per list unless the user wants another number; 0: all.
    pub rows: usize,
    /// Writes it.
    pub writer: Writer,
}

impl Format {
    /// Writes a report.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write(&self, out: &mut dyn Write, input: &Input<'_>, options: &Options) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        (self.writer)(&mut out, input, &options.layout(self.rows))?;
        out.flush()
    }
}
