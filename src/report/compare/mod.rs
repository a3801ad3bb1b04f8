//! What changed from one image to another: as text for people, as JSON for programs.

mod grown;
mod input;
mod json;
mod rows;
mod sections;
mod tables;
mod text;

use std::io::{self, BufWriter, Write};

use super::format::Options;

pub use grown::grown;
pub use input::Compared;

/// Rows per list of the text, unless the user wants another number.
const ROWS: usize = 10;

impl Compared<'_> {
    /// Writes the report as text.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_text(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        text::write(&mut out, self, &options.layout(ROWS))?;
        out.flush()
    }

    /// Writes the report as JSON; `assets/compare.schema.json` describes it.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_json(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        json::write(&mut out, self, options.layout(0).rows)?;
        out.flush()
    }
}
