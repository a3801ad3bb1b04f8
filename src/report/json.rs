//! The JSON report, schema 1; `assets/report.schema.json` describes it field by field.
//!
//! It is laid out for `diff` and `grep`: the outer objects have a line for every field, and each row of
//! a list is one compact line. The same image gives the same bytes, every time.

use std::io::{self, BufWriter, Write};

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::ser::Formatter;

use super::wire::{BaseFields, ImageFields, SavingsFields, TotalsFields, VerdictFields};
use super::{Input, row_limit, rows};

/// The version of the format. It grows when a field goes away or changes its meaning.
pub const SCHEMA: u32 = 1;

/// Writes the report as JSON. `top` limits `wasted`, `duplicates`, `packages` and `findings` to so many rows each
/// (`None` or 0: all rows); the sums in `totals` are always over everything.
///
/// # Errors
/// Only those of `out`.
pub fn write_json(out: &mut dyn Write, input: &Input<'_>, top: Option<usize>) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Rowwise::default());
    Report { input, limit: row_limit(top) }.serialize(&mut serializer)?;
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
        let Input { image, analysis, advice, verdict } = self.input;
        let mut report = serializer.serialize_struct("Report", 14)?;
        report.serialize_field("schema", &SCHEMA)?;
        report.serialize_field("tool", &rows::TOOL)?;
        report.serialize_field("image", &ImageFields::of(&image.about))?;
        report.serialize_field("base", &BaseFields::of(analysis))?;
        report.serialize_field("totals", &TotalsFields::of(analysis))?;
        report.serialize_field("layers", &List(|| rows::layers(image, analysis)))?;
        report.serialize_field("history", &List(|| rows::history(image)))?;
        report.serialize_field("wasted", &List(|| rows::wasted(image, analysis).take(self.limit)))?;
        report.serialize_field("duplicates", &List(|| rows::duplicates(image, analysis).take(self.limit)))?;
        report.serialize_field("packages", &List(|| rows::packages(analysis).take(self.limit)))?;
        report.serialize_field("findings", &List(|| rows::findings(image, advice).take(self.limit)))?;
        report.serialize_field("savings", &SavingsFields::of(&advice.savings))?;
        report.serialize_field("verdict", &verdict.map(VerdictFields::of))?;
        report.serialize_field("diagnostics", &List(|| rows::diagnostics(image)))?;
        report.end()
    }
}

/// A list whose rows are made one by one while it is written.
pub(super) struct List<F>(pub(super) F);

impl<F, I> Serialize for List<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Breaks lines between fields and between the rows of a list, but not within a row.
#[derive(Default)]
struct Rowwise {
    /// Objects and lists that are open.
    depth: usize,
    /// The depth of the outermost open list; whatever is deeper is part of a row.
    list: Option<usize>,
    /// Something was written into the innermost of them.
    filled: bool,
}

impl Rowwise {
    fn in_row(&self) -> bool {
        self.list.is_some_and(|depth| self.depth > depth)
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(b"  "))
    }

    fn open<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        out.write_all(bracket)
    }

    fn item<W: ?Sized + Write>(&self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        if self.in_row() { Ok(()) } else { self.line(out) }
    }

    fn close<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        let broken = self.filled && !self.in_row();
        self.depth -= 1;
        if broken {
            self.line(out)?;
        }
        out.write_all(bracket)
    }
}

impl Formatter for Rowwise {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")?;
        self.list.get_or_insert(self.depth);
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")?;
        self.list = self.list.filter(|&depth| depth <= self.depth);
        Ok(())
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.item(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.item(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(if self.in_row() { b":" } else { b": " })
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::Advice;
    use crate::report::sample;

    fn report(input: &Input<'_>, top: Option<usize>) -> String {
        let mut out = Vec::new();
        write_json(&mut out, input, top).unwrap();
        String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "[version]")
    }

    fn formatted(value: &serde_json::Value) -> String {
        let mut out = Vec::new();
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Rowwise::default())).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_row_is_one_line() {
        let value = serde_json::json!({
            "a": {"b": 1, "c": [], "d": {}},
            "rows": [{"n": 1, "deep": [{"x": [1, 2]}, {}]}, {"n": 2}],
            "z": {"list": [[1], []]},
        });
        insta::assert_snapshot!(formatted(&value), @r#"
        {
          "a": {
            "b": 1,
            "c": [],
            "d": {}
          },
          "rows": [
            {"deep":[{"x":[1,2]},{}],"n":1},
            {"n":2}
          ],
          "z": {
            "list": [
              [1],
              []
            ]
          }
        }
        "#);
    }

    #[test]
    fn layout_changes_nothing_else() {
        let value = serde_json::json!([[], {}, [[{"a": [1, null, "x\ny"]}]], 1.0, {"k": {"l": []}}]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&formatted(&value)).unwrap(), value);
        assert_eq!(formatted(&serde_json::json!([])), "[]");
    }

    #[test]
    fn every_field_is_there_in_order() {
        let sample = sample::wasteful();
        let verdict = sample::failed();
        let advice = sample::advice(&sample);
        let input = Input { verdict: Some(&verdict), ..Input::new(&sample.image, &sample.analysis, &advice) };
        insta::assert_snapshot!(report(&input, None));
    }

    #[test]
    fn what_is_not_known_is_null_or_empty() {
        let sample = sample::empty();
        insta::assert_snapshot!(report(
            &Input::new(&sample.image, &sample.analysis, &Advice::default()),
            None
        ));
    }

    #[test]
    fn top_shortens_lists_and_nothing_else() {
        let sample = sample::wasteful();
        let advice = Advice::default();
        let input = Input::new(&sample.image, &sample.analysis, &advice);
        let (all, two) = (report(&input, Some(0)), report(&input, Some(2)));
        assert_eq!(all, report(&input, None));
        let [mut all, two] = [all, two].map(|text| serde_json::from_str::<serde_json::Value>(&text).unwrap());
        assert_eq!(all["wasted"].as_array().unwrap().len(), 8);
        all["wasted"].as_array_mut().unwrap().truncate(2);
        assert_eq!(all, two);
    }
}
