//! The gates as a `JUnit` report, which GitLab, Jenkins, Azure and others show among the tests.
//!
//! Source: the schema that Jenkins's xUnit plug-in publishes (`junit-10.xsd`). Every gate is a test case; without a
//! verdict there is none.

use std::io::{self, Write};

use super::format::{Format, Input, Layout};
use crate::policy::Verdict;
use crate::text;

/// The format.
pub(super) const FORMAT: Format = Format {
    name: "junit",
    help: "For GitLab, Jenkins and others: the gates as test cases (XML)",
    shows_verdict: false,
    rows: 0,
    writer: write,
};

fn write(out: &mut dyn Write, input: &Input<'_>, _: &Layout) -> io::Result<()> {
    suite(out, &input.image.about.reference, input.verdict)
}

/// The gates as a suite of tests that has this name.
pub(super) fn suite(out: &mut dyn Write, name: &str, verdict: Option<&Verdict>) -> io::Result<()> {
    let gates = verdict.map(|verdict| verdict.gates.as_slice()).unwrap_or_default();
    let failures = gates.iter().filter(|gate| !gate.passed).count();
    let reference = xml(name);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"layercake\" tests=\"{}\" failures=\"{failures}\">", gates.len())?;
    writeln!(out, "  <testsuite name=\"{reference}\" tests=\"{}\" failures=\"{failures}\">", gates.len())?;
    for gate in gates {
        let (limit, actual) = gate.texts();
        write!(out, "    <testcase classname=\"layercake.{reference}\" name=\"{}\"", xml(gate.gate))?;
        if gate.passed {
            writeln!(out, "/>")?;
            continue;
        }
        let message = format!("{} is {actual}, must be {limit}", gate.gate);
        writeln!(out, ">")?;
        write!(out, "      <failure message=\"{}\">", xml(&message))?;
        writeln!(out, "{}</failure>", xml(gate.look_at.as_deref().unwrap_or(&message)))?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// Text inside XML. What XML cannot hold, control characters, is shown escaped.
fn xml(text: &str) -> String {
    let text = text::line(text.as_bytes(), usize::MAX);
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    // the two characters that are printable and not in XML 1.0
    escaped.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Options, sample};

    #[test]
    fn gates_are_test_cases() {
        let sample = sample::advised(sample::wasteful());
        let verdict = sample::failed();
        let input = Input { verdict: Some(&verdict), ..Input::new(&sample) };
        let mut out = Vec::new();
        FORMAT.write(&mut out, &input, &Options::default()).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(xml("<a b=\"c\">&\x1b\u{ffff}]]>"), "&lt;a b=&quot;c&quot;&gt;&amp;\\x1b\u{fffd}]]&gt;");
    }
}
