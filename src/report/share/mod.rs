//! What several images share: as text for people, as JSON for programs.

mod input;
mod json;
mod text;

use std::io::{self, Write};

use super::format::Options;

pub use input::Shared;

/// Rows per list of the text, unless the user wants another number.
const ROWS: usize = 10;

impl Shared<'_> {
    /// Writes the report as text, in small pieces: `out` should be buffered.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_text(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        text::write(out, self, &options.layout(ROWS))
    }

    /// Writes the report as JSON; `assets/share.schema.json` describes it.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_json(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        json::write(out, self, options.layout(0).rows)
    }
}
