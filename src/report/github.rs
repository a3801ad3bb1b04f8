//! Workflow commands of GitHub Actions: gates that fail become errors of the run, findings warnings and notices.
//!
//! Source: "Workflow commands for GitHub Actions", and the runner's `ActionCommand.cs` for what must be escaped.
//! What comes from an image is made printable first; then `%`, line ends and, in properties, `:` and `,` are escaped,
//! so that no name and no command can end its own line or start another one.

use std::io::{self, Write};

use super::format::{Format, Input, Layout};
use crate::advice::{Finding, Severity};
use crate::image::Image;
use crate::load::Examination;
use crate::policy::Verdict;
use crate::{text, units};

/// The format.
pub(super) const FORMAT: Format = Format {
    name: "github",
    help: "For GitHub Actions: annotations of the run",
    shows_verdict: true,
    rows: 10,
    writer: write,
};

fn write(out: &mut dyn Write, input: &Input<'_>, layout: &Layout) -> io::Result<()> {
    let Input { examination: Examination { image, analysis, advice, .. }, verdict } = input;
    let reference = &image.about.reference;
    gates(out, reference, *verdict)?;
    for finding in advice.findings.iter().take(layout.rows) {
        annotate(out, image, finding)?;
    }
    let totals = &analysis.totals;
    let message = format!(
        "{reference}: {} in {}, {} wasted, {} efficient{}",
        units::size(totals.content),
        text::counted(image.layers.len() as u64, "layer", "layers"),
        units::size(totals.wasted),
        units::share(totals.efficiency),
        match verdict {
            Some(verdict) if verdict.passed => ", all gates passed",
            _ => "",
        }
    );
    command(out, "notice", "layercake", &message)
}

/// An error for each gate that failed.
pub(super) fn gates(out: &mut dyn Write, reference: &str, verdict: Option<&Verdict>) -> io::Result<()> {
    for gate in verdict.iter().flat_map(|verdict| &verdict.gates) {
        let (limit, actual) = gate.texts();
        let result = format!("{reference}: {} is {actual}, must be {limit}", gate.gate);
        match &gate.look_at {
            Some(look_at) => command(out, "error", gate.gate, &format!("{result}; look first at {look_at}"))?,
            None if gate.passed => {}
            None => command(out, "error", gate.gate, &result)?,
        }
    }
    Ok(())
}

/// A finding as a warning or a notice, at its lines of the Dockerfile.
pub(super) fn annotate(out: &mut dyn Write, image: &Image, finding: &Finding) -> io::Result<()> {
    let level = if finding.severity <= Severity::Medium { "warning" } else { "notice" };
    let bytes = if finding.bytes > 0 { format!(" ({})", units::size(finding.bytes)) } else { String::new() };
    let message = format!("{}: {}{bytes}", image.about.reference, finding.title);
    command_at(out, level, &place(image, &finding.layers), &finding.rule, &message)
}

/// A command about no place.
pub(super) fn command(out: &mut dyn Write, level: &str, title: &str, message: &str) -> io::Result<()> {
    command_at(out, level, "", title, message)
}

/// A command about a place in a file, written as properties that end in a comma.
fn command_at(out: &mut dyn Write, level: &str, place: &str, title: &str, message: &str) -> io::Result<()> {
    writeln!(out, "::{level} {place}title={}::{}", property(title), data(message))
}

/// The lines of the Dockerfile that made the first of these layers, as properties.
fn place(image: &Image, layers: &[usize]) -> String {
    let found = layers.iter().find_map(|&layer| image.lines_of_layer(layer));
    found.map_or_else(String::new, |(origin, lines)| {
        format!("file={},line={},endLine={},", property(&origin.name), lines.from, lines.to)
    })
}

/// The message of a command.
fn data(text: &str) -> String {
    text::line(text.as_bytes(), 4000).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Options, sample};

    #[test]
    fn gates_and_findings_become_annotations() {
        let sample = sample::advised(sample::wasteful());
        let verdict = sample::failed();
        let input = Input { verdict: Some(&verdict), ..Input::new(&sample) };
        let mut out = Vec::new();
        FORMAT.write(&mut out, &input, &Options::default()).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn nothing_from_an_image_ends_a_command() {
        let mut out = Vec::new();
        command(&mut out, "error", "a:b,c%\n", "x\n::add-mask::y\r50%\u{2028}").unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "::error title=a%3Ab%2Cc%25\\n::x\\n::add-mask::y\\r50%25\\u{2028}\n");
    }
}
