//! How the JSON is laid out: for `diff` and `grep`.

use std::io::{self, Write};

use serde_json::ser::Formatter;

use crate::text;

/// Breaks lines between fields and between the rows of a list, but not within a row.
#[derive(Default)]
pub(super) struct Rowwise {
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
    /// What a terminal would act on is escaped, as control characters are: the same text for a program, and harmless
    /// for someone who looks at the file.
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        // nearly every string is plain ASCII; the serializer has escaped its control characters, except for DEL
        if fragment.is_ascii() && !fragment.as_bytes().contains(&0x7f) {
            return out.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(text::is_unsafe) {
            let (safe, after) = rest.split_at(at);
            out.write_all(safe.as_bytes())?;
            let Some(c) = after.chars().next() else { break };
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &after[c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

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
    use serde::Serialize as _;

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
            {"n":1,"deep":[{"x":[1,2]},{}]},
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
    fn what_a_terminal_would_act_on_is_escaped() {
        let value = serde_json::json!({"a\u{7f}": "x\u{9b}2J\u{202e}y\u{e0001}é日"});
        let text = formatted(&value);
        assert!(text.contains(r#""a\u007f": "x\u009b2J\u202ey\udb40\udc01é日""#), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn layout_changes_nothing_else() {
        let value = serde_json::json!([[], {}, [[{"a": [1, null, "x\ny"]}]], 1.0, {"k": {"l": []}}]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&formatted(&value)).unwrap(), value);
        assert_eq!(formatted(&serde_json::json!([])), "[]");
    }
}
