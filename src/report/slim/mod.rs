//! What slimming saves, and the proof: as text for people, as JSON for programs.

mod json;
mod slimmed;
mod text;

use std::io::{self, BufWriter, Write};

pub use slimmed::{Dropped, Slimmed};

use super::format::Options;

impl Slimmed<'_> {
    /// Writes the text.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_text(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        text::write(&mut out, self, options)?;
        out.flush()
    }

    /// Writes the JSON document.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(out, self)
    }
}
