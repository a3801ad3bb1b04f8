//! Reports of the verbs that have documents of their own: as text or as JSON, on standard output or in a file.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::args::Colour;
use super::output;
use super::reports::options;
use crate::error::Result;
use crate::report::Options;

/// What to write and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub(super) struct DocumentArgs<K: Formats = Kind> {
    /// Write a report in this format
    #[arg(long, value_enum)]
    pub format: Option<K>,
    /// Write JSON to FILE, or to standard output without one or with -
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", conflicts_with_all = ["format", "output"])]
    pub json: Option<PathBuf>,
    /// Write the report to FILE, whole or not at all
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Rows per list; 0 for all [default: 10 in text, all in JSON]
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// The formats of a verb's document: two at least.
pub(super) trait Formats: ValueEnum + Copy + Send + Sync + 'static {
    /// For people.
    const TEXT: Self;
    /// For programs.
    const JSON: Self;
}

/// The formats that every document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// For people
    Text,
    /// For programs: one JSON object, schema 1
    Json,
}

impl Formats for Kind {
    const TEXT: Self = Self::Text;
    const JSON: Self = Self::Json;
}

impl<K: Formats> DocumentArgs<K> {
    /// True when no report is asked for and there is a terminal to show things on.
    pub(super) fn is_interactive(&self) -> bool {
        let is_asked = self.format.is_some() || self.json.is_some() || self.output.is_some();
        !is_asked && io::stdout().is_terminal()
    }

    /// The format, and the file that it goes to; none for standard output.
    pub(super) fn target(&self) -> (K, Option<&Path>) {
        let (kind, place) = match &self.json {
            Some(path) => (K::JSON, Some(path)),
            None => (self.format.unwrap_or(K::TEXT), self.output.as_ref()),
        };
        (kind, place.map(PathBuf::as_path).filter(|path| path.as_os_str() != "-"))
    }

    /// Writes the document that was asked for; `write` is told which.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, write: impl Fn(K, &mut dyn Write, &Options) -> io::Result<()>) -> Result<()> {
        let (kind, place) = self.target();
        let to_terminal = place.is_none() && io::stdout().is_terminal();
        let options = options(self.color, to_terminal, self.top);
        match place {
            None => output::to_stdout(|out| write(kind, out, &options)),
            Some(path) => output::to_file(path, |out| write(kind, out, &options)),
        }
    }
}
