//! What layercake says about an image: as text for people, as JSON for programs, and in the formats of CI services.
//!
//! A report computes nothing. Every number in it comes from the [`analysis`](crate::analysis), so that the formats
//! cannot disagree; what is here is only order, words and layout. All writers take the same borrowed [`Input`] and
//! write row by row: an image may have a million wasted paths, and their names are made one at a time, never as a
//! list.
//!
//! A format is one file (or folder) with one [`Format`] in it, and one row of [`FORMATS`]. Layers have the same
//! number everywhere: the `index` of the JSON report is the number in the text, and the first layer of the base
//! image is 0.

mod compare;
mod format;
mod github;
mod json;
mod junit;
mod markdown;
#[cfg(test)]
mod sample;
mod share;
mod slim;
mod text;

pub use compare::{Compared, grown};
pub use format::{Format, Input, Layout, Options, Writer};
pub use json::{SCHEMA, write_document};
pub use share::Shared;
pub use slim::{Dropped, Slimmed};
pub use text::write_verdict;

/// Every format, in the order of the help.
pub static FORMATS: [Format; 5] =
    [text::FORMAT, json::FORMAT, markdown::FORMAT, github::FORMAT, junit::FORMAT];

/// The format of this name.
pub fn format_named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::*;

    /// A made-up format: this constant is all that it needs.
    const SHOUT: Format = Format {
        name: "shout",
        help: "In capitals",
        shows_verdict: false,
        rows: 1,
        writer: |out: &mut dyn Write, input: &Input<'_>, layout: &Layout| -> io::Result<()> {
            for row in input.analysis.wasted.iter().take(layout.rows) {
                let path = String::from_utf8_lossy(&input.image.paths.full(row.path)).to_uppercase();
                writeln!(out, "{path}")?;
            }
            Ok(())
        },
    };

    fn written(format: &Format, top: Option<usize>) -> String {
        let sample = sample::advised(sample::wasteful());
        let verdict = sample::failed();
        let input = Input { verdict: Some(&verdict), ..Input::new(&sample) };
        let mut out = Vec::new();
        format.write(&mut out, &input, &Options { top, ..Options::default() }).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_made_up_format_is_written_as_any_other() {
        assert_eq!(written(&SHOUT, None), "VAR/LIB/APT/LISTS/DEB.EXAMPLE.ORG_MAIN_PACKAGES\n");
        assert_eq!(written(&SHOUT, Some(0)).lines().count(), 8);
    }

    #[test]
    fn every_format_has_its_own_name_and_shows_what_it_says_it_shows() {
        for (at, format) in FORMATS.iter().enumerate() {
            assert_eq!(FORMATS.iter().position(|other| other.name == format.name), Some(at));
            assert!(!format.help.ends_with('.'), "{}", format.name);
            let text = written(format, None);
            assert!(text.ends_with('\n') && !text.contains('\x1b'), "{}", format.name);
            if format.shows_verdict {
                assert!(text.contains("max-own-wasted"), "{}", format.name);
            }
        }
    }
}
