//! The report as Markdown: a comment on a pull request, or the summary of a job.
//!
//! Its first line is a comment that is not shown. A workflow finds its earlier comment by that line and replaces it,
//! so that a pull request has one such comment for each image and not one for each push.

pub(super) mod escape;

use crate::load::Examination;
use std::io::{self, Write};

use super::format::{Format, Input, Layout};
use crate::policy::{GateResult, Verdict};
use crate::{text, units};
use escape::{block, code, html, plain};

/// The format.
pub(super) const FORMAT: Format = Format {
    name: "markdown",
    help: "For a comment on a pull request or the summary of a job",
    shows_verdict: true,
    rows: 5,
    writer: write,
};

fn write(out: &mut dyn Write, input: &Input<'_>, layout: &Layout) -> io::Result<()> {
    let Input { examination: Examination { image, analysis, .. }, verdict } = input;
    let totals = &analysis.totals;
    let reference = image.about.reference.as_str();
    writeln!(out, "<!-- layercake: {} -->", marker(reference))?;
    title(out, &code(reference), *verdict)?;
    let layers = text::counted(image.layers.len() as u64, "layer", "layers");
    writeln!(
        out,
        "**{}** in {layers}, **{} wasted**, {} efficient\n",
        units::size(totals.content),
        units::size(totals.wasted),
        units::share(totals.efficiency)
    )?;
    if let Some(verdict) = verdict {
        gates(out, verdict)?;
    }
    findings(out, input, layout.rows)?;
    layers_table(out, input)?;
    wasted(out, input, layout.rows)
}

/// What names the image inside the hidden line, where nothing may end it.
pub(super) fn marker(reference: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | ':' | '@');
    reference.chars().take(200).map(|c| if is_plain(c) { c } else { '_' }).collect()
}

/// The heading: what it is about, and how the gates ended.
pub(super) fn title(out: &mut dyn Write, about: &str, verdict: Option<&Verdict>) -> io::Result<()> {
    match verdict {
        Some(verdict) if verdict.passed => writeln!(out, "### ✅ {about}: all gates passed\n"),
        Some(verdict) => writeln!(out, "### ❌ {about}: {}\n", failed(verdict)),
        None => writeln!(out, "### {about}\n"),
    }
}

fn failed(verdict: &Verdict) -> String {
    let gates = text::counted(verdict.gates.len() as u64, "gate", "gates");
    format!("{} of {gates} failed", verdict.gates.iter().filter(|gate| !gate.passed).count())
}

/// The gates as a table.
pub(super) fn gates(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    if verdict.gates.is_empty() {
        return Ok(());
    }
    writeln!(out, "| | gate | limit | actual | look first at |\n|---|---|---:|---:|---|")?;
    for gate in &verdict.gates {
        let GateResult { gate: name, look_at, .. } = gate;
        let (limit, actual) = gate.texts();
        let mark = if gate.passed { "✅" } else { "❌" };
        let look_at = look_at.as_deref().map(plain).unwrap_or_default();
        writeln!(out, "| {mark} | {name} | {limit} | {actual} | {look_at} |")?;
    }
    if verdict.ignored_paths > 0 {
        let paths = text::counted(verdict.ignored_paths, "path", "paths");
        let bytes = units::size(verdict.ignored_bytes);
        writeln!(out, "\nNot counted: {bytes} wasted in {paths} that the configuration ignores.")?;
    }
    writeln!(out)
}

fn findings(out: &mut dyn Write, input: &Input<'_>, rows: usize) -> io::Result<()> {
    let advice = &input.advice;
    if advice.findings.is_empty() {
        return Ok(());
    }
    let savings = text::savings(advice.savings.exact, advice.savings.possible);
    writeln!(out, "#### Advice{}{savings}\n", if savings.is_empty() { "" } else { ": " })?;
    for finding in advice.findings.iter().take(rows) {
        let bytes =
            if finding.bytes > 0 { format!("{}, ", units::size(finding.bytes)) } else { String::new() };
        writeln!(
            out,
            "<details><summary><b>{}</b>: {bytes}{}</summary>\n",
            finding.severity.name(),
            html(&finding.title)
        )?;
        writeln!(out, "{}\n", plain(&finding.why))?;
        writeln!(out, "{}</details>\n", block("dockerfile", &finding.snippet, ""))?;
    }
    rest(out, advice.findings.len(), rows, "finding", "findings")
}

fn layers_table(out: &mut dyn Write, input: &Input<'_>) -> io::Result<()> {
    let Examination { image, analysis, .. } = input.examination;
    writeln!(out, "<details><summary>Layers</summary>\n")?;
    writeln!(out, "| layer | size | wasted | command |\n|---:|---:|---:|---|")?;
    for (number, layer) in analysis.layers.iter().enumerate() {
        let base = if number < analysis.base_layers { "base " } else { "" };
        let wasted = if layer.wasted > 0 { units::size(layer.wasted) } else { "-".into() };
        let words: Vec<_> = image.command_of(number).split_whitespace().collect();
        let command = text::cut(&words.join(" "), 100).into_owned();
        let command = if command.is_empty() { String::new() } else { code(&command) };
        writeln!(out, "| {base}{number} | {} | {wasted} | {command} |", units::size(layer.content))?;
    }
    writeln!(out, "\n</details>")
}

fn wasted(out: &mut dyn Write, input: &Input<'_>, rows: usize) -> io::Result<()> {
    let Examination { image, analysis, .. } = input.examination;
    if analysis.wasted.is_empty() {
        return Ok(());
    }
    writeln!(out, "<details><summary>Most wasted paths</summary>\n")?;
    writeln!(out, "| bytes | copies | path |\n|---:|---:|---|")?;
    for row in analysis.wasted.iter().take(rows) {
        let path = text::line(&image.paths.full(row.path), usize::MAX);
        let copies = units::count(analysis.copies_of(row).len() as u64);
        writeln!(out, "| {} | {copies} | {} |", units::size(row.bytes), code(&path))?;
    }
    writeln!(out)?;
    rest(out, analysis.wasted.len(), rows, "path", "paths")?;
    writeln!(out, "</details>")
}

/// What a limited list left out.
pub(super) fn rest(out: &mut dyn Write, all: usize, rows: usize, one: &str, many: &str) -> io::Result<()> {
    match all.saturating_sub(rows) {
        0 => Ok(()),
        1 => writeln!(out, "and 1 more {one}\n"),
        more => writeln!(out, "and {} more {many}\n", units::count(more as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Options, sample};

    #[test]
    fn a_wasteful_image() {
        let sample = sample::advised(sample::wasteful());
        let verdict = sample::failed();
        let input = Input { verdict: Some(&verdict), ..Input::new(&sample) };
        let mut out = Vec::new();
        FORMAT.write(&mut out, &input, &Options::default()).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn a_lean_image_without_verdict() {
        let sample = sample::lean();
        let mut out = Vec::new();
        let input = Input::new(&sample);
        FORMAT.write(&mut out, &input, &Options::default()).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn nothing_ends_the_hidden_line() {
        assert_eq!(marker("x--><script>:1"), "x____script_:1");
    }
}
