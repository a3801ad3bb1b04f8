//! The JSON report, schema 1; `assets/report.schema.json` describes it field by field.
//!
//! It is laid out for `diff` and `grep`: the outer objects have a line for every field, and each row of
//! a list is one compact line. The same image gives the same bytes, every time.

mod about;
mod files;
mod findings;
mod layers;
mod layout;
mod list;
mod path;
mod verdict;

use crate::load::Examination;
use std::io::{self, BufWriter, Write};

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::format::{Format, Input, Layout};
pub(super) use about::{ImageFields, TOOL, Tool, TotalsFields};
pub(super) use layers::LinesFields;
pub(super) use list::List;
pub(super) use path::PathFields;
pub(super) use verdict::VerdictFields;

use about::BaseFields;
use findings::SavingsFields;
use layout::Rowwise;

/// The version of the format. It grows when a field goes away or changes its meaning.
pub const SCHEMA: u32 = 1;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 64 << 10;

/// The format. A limit of rows is one for `wasted`, `duplicates`, `packages` and `findings` each; the sums in
/// `totals` are always over everything.
pub(super) const FORMAT: Format = Format {
    name: "json",
    help: "For programs: one JSON object, schema 1",
    shows_verdict: false,
    rows: 0,
    writer: write,
};

fn write(out: &mut dyn Write, input: &Input<'_>, layout: &Layout) -> io::Result<()> {
    write_document(out, &Report { input, limit: layout.rows })
}

/// Writes any JSON document in the layout of the report.
///
/// # Errors
/// Only those of `out`.
pub fn write_document(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    // a buffer of a known type: the serializer writes a few bytes at a time
    let mut out = BufWriter::with_capacity(BUFFER, out);
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Rowwise::default()))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// The whole report; its lists are made while they are written.
struct Report<'a> {
    input: &'a Input<'a>,
    limit: usize,
}

impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Input { examination: Examination { image, analysis, advice, .. }, verdict } = self.input;
        let mut report = serializer.serialize_struct("Report", 14)?;
        report.serialize_field("schema", &SCHEMA)?;
        report.serialize_field("tool", &TOOL)?;
        report.serialize_field("image", &ImageFields::of(&image.about))?;
        report.serialize_field("base", &BaseFields::of(analysis))?;
        report.serialize_field("totals", &TotalsFields::of(analysis))?;
        report.serialize_field("layers", &List(|| layers::layers(image, analysis)))?;
        report.serialize_field("history", &List(|| layers::history(image)))?;
        report.serialize_field("wasted", &List(|| files::wasted(image, analysis).take(self.limit)))?;
        report
            .serialize_field("duplicates", &List(|| files::duplicates(image, analysis).take(self.limit)))?;
        report.serialize_field("packages", &List(|| files::packages(analysis).take(self.limit)))?;
        report.serialize_field("findings", &List(|| findings::findings(image, advice).take(self.limit)))?;
        report.serialize_field("savings", &SavingsFields::of(&advice.savings))?;
        report.serialize_field("verdict", &verdict.map(VerdictFields::of))?;
        report.serialize_field("diagnostics", &List(|| verdict::diagnostics(image)))?;
        report.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Options, sample};

    fn report(input: &Input<'_>, top: Option<usize>) -> String {
        let mut out = Vec::new();
        FORMAT.write(&mut out, input, &Options { top, ..Options::default() }).unwrap();
        String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "[version]")
    }

    #[test]
    fn every_field_is_there_in_order() {
        let sample = sample::advised(sample::wasteful());
        let verdict = sample::failed();
        let input = Input { verdict: Some(&verdict), ..Input::new(&sample) };
        insta::assert_snapshot!(report(&input, None));
    }

    #[test]
    fn what_is_not_known_is_null_or_empty() {
        let sample = sample::empty();
        insta::assert_snapshot!(report(&Input::new(&sample), None));
    }

    #[test]
    fn top_shortens_lists_and_nothing_else() {
        let sample = sample::wasteful();
        let input = Input::new(&sample);
        let (all, two) = (report(&input, Some(0)), report(&input, Some(2)));
        assert_eq!(all, report(&input, None));
        let [mut all, two] = [all, two].map(|text| serde_json::from_str::<serde_json::Value>(&text).unwrap());
        assert_eq!(all["wasted"].as_array().unwrap().len(), 8);
        all["wasted"].as_array_mut().unwrap().truncate(2);
        assert_eq!(all, two);
    }
}
