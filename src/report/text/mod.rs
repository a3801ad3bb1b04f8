//! The text report, for a terminal, a pipe or the log of a build.
//!
//! One file for each section. A section writes itself on a [`page::Page`], which keeps lines within the
//! width and free of blanks at their ends; a section with nothing to say is left out, so that a lean
//! image has a short report. Everything that comes from the image is escaped where it enters.

mod advice;
mod duplicates;
mod header;
mod layers;
mod notes;
mod packages;
pub(super) mod page;
pub(super) mod style;
pub(super) mod verdict;
mod wasted;

use std::io::{self, Write};

use super::format::{Format, Input, Layout};
use crate::policy::Verdict;
use page::Page;

/// The format.
pub(super) const FORMAT: Format =
    Format { name: "text", help: "For people", shows_verdict: true, rows: 10, writer: write };

/// Fewest columns that the report is laid out for; fewer are taken as that many.
pub(super) const NARROWEST: usize = 30;

fn write(out: &mut dyn Write, input: &Input<'_>, layout: &Layout) -> io::Result<()> {
    let rows = layout.rows;
    let page = &mut Page::new(out, layout.width.max(NARROWEST), layout.colour);
    header::write(page, input)?;
    layers::write(page, input)?;
    wasted::write(page, input, rows)?;
    advice::write(page, input, rows)?;
    duplicates::write(page, input, rows)?;
    packages::write(page, input, rows)?;
    notes::write(page, input, rows)?;
    if let Some(verdict) = input.verdict {
        page.blank()?;
        verdict::write(page, verdict)?;
    }
    Ok(())
}

/// Writes the verdict alone, as text without colours: for a log, while the report itself goes to a file.
///
/// # Errors
/// Only those of `out`.
pub fn write_verdict(out: &mut dyn Write, verdict: &Verdict, width: usize) -> io::Result<()> {
    verdict::write(&mut Page::new(out, width.max(NARROWEST), false), verdict)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Examination;
    use crate::policy::Verdict;
    use crate::report::Options;
    use crate::report::sample;

    fn text(sample: &Examination, verdict: Option<&Verdict>, options: Options) -> String {
        let input = Input { verdict, ..Input::new(sample) };
        let mut out = Vec::new();
        FORMAT.write(&mut out, &input, &options).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn at(width: usize) -> Options {
        Options { width, ..Options::default() }
    }

    /// `text` without colours.
    fn plain(text: &str) -> String {
        let mut parts = text.split('\x1b');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |all, part| all + part.split_once('m').unwrap().1)
    }

    #[test]
    fn a_wasteful_image_at_80_columns() {
        insta::assert_snapshot!(text(&sample::advised(sample::wasteful()), Some(&sample::failed()), at(80)));
    }

    #[test]
    fn a_wasteful_image_at_120_columns() {
        insta::assert_snapshot!(text(&sample::advised(sample::wasteful()), Some(&sample::failed()), at(120)));
    }

    #[test]
    fn a_wasteful_image_at_40_columns() {
        insta::assert_snapshot!(text(&sample::advised(sample::wasteful()), Some(&sample::failed()), at(40)));
    }

    #[test]
    fn many_base_layers_have_one_row_and_long_lists_say_what_they_leave_out() {
        insta::assert_snapshot!(text(&sample::stacked(), None, Options { top: Some(1), ..at(80) }));
    }

    #[test]
    fn a_lean_image_has_a_short_report() {
        insta::assert_snapshot!(text(&sample::lean(), None, at(80)));
    }

    #[test]
    fn an_image_without_content_or_history() {
        insta::assert_snapshot!(text(&sample::empty(), None, at(80)));
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let (sample, verdict) = (sample::advised(sample::wasteful()), sample::failed());
        let coloured = text(&sample, Some(&verdict), Options { colour: true, ..at(80) });
        assert!(coloured.contains("\x1b[31m"));
        assert_eq!(plain(&coloured), text(&sample, Some(&verdict), at(80)));
    }

    #[test]
    fn no_line_is_too_wide_or_ends_in_blanks() {
        let verdict = sample::failed();
        let samples = [sample::wasteful(), sample::stacked(), sample::lean(), sample::empty()];
        for sample in samples.map(sample::advised) {
            for width in NARROWEST..140 {
                let text = text(&sample, Some(&verdict), at(width));
                for line in text.lines() {
                    assert!(crate::text::columns(line) <= width, "{width}: {line}");
                    assert_eq!(line, line.trim_end());
                    assert!(!line.chars().any(char::is_control), "{line}");
                }
                assert!(!text.contains("\n\n\n"));
            }
        }
    }
}
