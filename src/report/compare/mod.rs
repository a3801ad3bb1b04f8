//! What changed from one image to another: as text for people, as JSON for programs.

mod grown;
mod input;
mod json;
mod rows;
mod sections;
mod tables;
mod text;

use std::io::{self, Write};

use super::format::Options;

pub use grown::grown;
pub use input::Compared;

/// Rows per list of the text, unless the user wants another number.
const ROWS: usize = 10;

impl Compared<'_> {
    /// Writes the report as text, in small pieces: `out` should be buffered.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_text(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        text::write(out, self, &options.layout(ROWS))
    }

    /// Writes the report as JSON; `assets/compare.schema.json` describes it.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_json(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        json::write(out, self, options.layout(0).rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice;
    use crate::compare::{Hashes, compare};
    use crate::load::Examination;
    use crate::report::sample;

    fn text(old: &Examination, new: &Examination) -> String {
        let comparison = compare(&old.side(), &new.side(), &Hashes::default());
        let findings = advice::difference((&old.image, &old.advice), (&new.image, &new.advice));
        let compared = Compared {
            old: old.side(),
            new: new.side(),
            comparison: &comparison,
            old_advice: &old.advice,
            new_advice: &new.advice,
            findings: &findings,
            verdict: None,
        };
        let mut out = Vec::new();
        compared.write_text(&mut out, &Options::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn many_layers_in_a_row_take_one_row() {
        let (few, many) = (sample::layered(5), sample::layered(30));
        let grown = text(&few, &many);
        assert!(grown.contains("=  0–4   5.0 MB   0–4   5.0 MB  5 layers"), "{grown}");
        assert!(grown.contains("+    -           5–29  25.0 MB  25 layers"), "{grown}");
        let shrunk = text(&many, &few);
        assert!(shrunk.contains("- 5–29  25.0 MB     -           25 layers"), "{shrunk}");
        let similar = text(&few, &sample::layered(7));
        assert!(similar.contains("1.0 MB  make 5") && similar.contains("1.0 MB  make 6"), "{similar}");
    }
}
