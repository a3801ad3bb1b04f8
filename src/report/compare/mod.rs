//! What changed from one image to another: as text for people, as JSON for programs, and in the formats of CI services.

mod github;
mod grown;
mod input;
mod json;
mod markdown;
mod rows;
mod sections;
mod tables;
mod text;
mod words;

use std::io::{self, Write};

use super::format::Options;
use super::junit;

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

    /// Writes the report as Markdown, for a comment on a pull request.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_markdown(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        markdown::write(out, self, &options.layout(5))
    }

    /// Writes annotations for GitHub Actions.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_github(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        github::write(out, self, &options.layout(ROWS))
    }

    /// Writes the gates as test cases.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_junit(&self, out: &mut dyn Write) -> io::Result<()> {
        junit::suite(out, &self.new.image.about.reference, self.verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice;
    use crate::compare::{Hashes, compare};
    use crate::load::Examination;
    use crate::report::sample;

    fn written(
        old: &Examination,
        new: &Examination,
        write: impl FnOnce(&Compared<'_>, &mut dyn Write) -> io::Result<()>,
    ) -> String {
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
        write(&compared, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn text(old: &Examination, new: &Examination) -> String {
        written(old, new, |compared, out| compared.write_text(out, &Options::default()))
    }

    #[test]
    fn formats_of_ci_services() {
        let (mut old, new) = (sample::lean(), sample::advised(sample::wasteful()));
        old.image.about.config_digest = None;
        insta::assert_snapshot!(written(&old, &new, |compared, out| {
            compared.write_markdown(out, &Options::default())?;
            writeln!(out, "----")?;
            compared.write_github(out, &Options::default())
        }));
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
