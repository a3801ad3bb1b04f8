//! What slimming saves, and the proof: as text for people, as JSON for programs.

mod json;
mod slimmed;
mod text;

use std::io::{self, Write};

pub use slimmed::{Dropped, Slimmed};

use super::format::Options;

impl Slimmed<'_> {
    /// Writes the text, in small pieces: `out` should be buffered.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_text(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        text::write(out, self, options)
    }

    /// Writes the JSON document.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(out, self)
    }
}
