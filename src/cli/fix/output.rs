//! What becomes of a plan: a patch, files, a document, and a few lines about it.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::arguments::FixArgs;
use crate::cli::output::{to_file, to_stdout};
use crate::cli::reports::is_coloured;
use crate::compare::ChangeKind;
use crate::error::Result;
use crate::fix::{self, Changed, Lost, Proof, Proposal};
use crate::load::Examination;
use crate::{text, units};

/// Writes what was asked for; files only when the proof holds.
pub(super) fn write(
    arguments: &FixArgs,
    examination: &Examination,
    proposal: &Proposal,
    proof: Option<&Proof>,
) -> Result<()> {
    let passed = proof.is_none_or(|proof| proof.passed);
    let (plan, patch) = (&proposal.plan, proposal.patch());
    if let Some(path) = &arguments.json {
        let document = fix::document(&examination.image, &examination.advice, plan, &patch, proof);
        if path == Path::new("-") { print(&document)? } else { replace(path, &document)? }
    }
    if passed && let Some(path) = &arguments.output {
        replace(path, &plan.text)?;
    }
    if passed && arguments.write {
        proposal.write(replace)?;
    }
    if arguments.json.is_none() && arguments.output.is_none() && !arguments.write {
        let coloured = is_coloured(arguments.color, std::io::stdout().is_terminal());
        print(&if coloured { painted(&patch) } else { patch })?;
    }
    tell(examination, proposal);
    Ok(())
}

fn print(text: &str) -> Result<()> {
    to_stdout(|out| out.write_all(text.as_bytes()))
}

/// Writes a file whole or not at all.
fn replace(path: &Path, text: &str) -> Result<()> {
    to_file(path, |out| out.write_all(text.as_bytes()))
}

/// A patch in the colours of git, with what could command a terminal escaped.
fn painted(patch: &str) -> String {
    let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
    let mut out = String::new();
    for line in patch.lines() {
        let style = match line.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] | [b'd', b'i', b'f', b'f', ..] => {
                Style::new().bold()
            }
            [b'+', ..] => colour(AnsiColor::Green),
            [b'-', ..] => colour(AnsiColor::Red),
            [b'@', ..] => colour(AnsiColor::Cyan),
            _ => Style::new(),
        };
        let line: Vec<String> =
            line.split('\t').map(|part| text::line(part.as_bytes(), usize::MAX)).collect();
        out.extend([
            style.render().to_string().as_str(),
            &line.join("\t"),
            &style.render_reset().to_string(),
            "\n",
        ]);
    }
    out
}

/// What was done and what was not, on standard error.
fn tell(examination: &Examination, proposal: &Proposal) {
    let plan = &proposal.plan;
    let mut out = std::io::stderr().lock();
    let findings = &examination.advice.findings;
    let mut say = |line: String| {
        // who closed standard error does not want to hear it
        let _ = writeln!(out, "{line}");
    };
    if plan.rebuilt {
        say("The Dockerfile is rebuilt from the image's history; with --dockerfile FILE yours is changed."
            .into());
    }
    if proposal.files.is_empty() && plan.left.is_empty() {
        say("Nothing to fix.".into());
    }
    for done in &plan.done {
        let finding = &findings[done.finding];
        say(format!("fixed    {:<20} {}", finding.rule, text::line(finding.title.as_bytes(), 200)));
    }
    for left in &plan.left {
        say(format!(
            "skipped  {:<20} {}",
            findings[left.finding].rule,
            text::line(left.reason.as_bytes(), 300)
        ));
    }
    if let Some(predicted) = plan.predicted.as_ref().filter(|_| !plan.done.is_empty()) {
        say(format!(
            "predicted: {} smaller, {} left of {}",
            units::size(predicted.saved),
            units::size(predicted.content),
            units::size(examination.image.content())
        ));
    }
}

/// The proof as a table, on standard error.
pub(super) fn table(proof: &Proof) {
    let size = |bytes: i64| {
        let text = units::size(bytes.unsigned_abs());
        if bytes < 0 { format!("{text} larger") } else { format!("{text} smaller") }
    };
    let shown = |lost: &Lost| {
        let package = lost.package.as_ref().map_or_else(String::new, |name| format!(" of {name}"));
        format!("{}{package}", text::line(&lost.path, 200))
    };
    let mut out = std::io::stderr().lock();
    let mut row = |name: &str, value: String| {
        let _ = writeln!(out, "{name:<12} {value}");
    };
    row("proof", if proof.passed { "passed".into() } else { "FAILED".into() });
    let predicted = proof.predicted.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    row("predicted", predicted.map_or("not known before a build".into(), size));
    row("measured", size(proof.measured));
    for (name, list) in [("lost", &proof.lost), ("gained", &proof.gained)] {
        row(
            name,
            if list.is_empty() { "nothing unexpected".into() } else { format!("{} paths", list.len()) },
        );
        for lost in list.iter().take(10) {
            row("", format!("{:>9}  {}", units::size(lost.bytes), shown(lost)));
        }
    }
    let word = |changed: &Changed| match changed.kind {
        ChangeKind::Metadata => "mode, owner or link",
        _ => "content",
    };
    match proof.changed.len() {
        0 => row("changed", "nothing unexpected".into()),
        count => row("changed", format!("{count} paths")),
    }
    for changed in proof.changed.iter().take(10) {
        row("", format!("{:>9}  {}: {}", units::size(changed.was.bytes), shown(&changed.was), word(changed)));
    }
    let excused = &proof.excused;
    for (count, reason) in [
        (excused.each_build, "differ in a rebuild of the old Dockerfile too"),
        (excused.volatile, "are logs, caches of programs and records with times"),
        (excused.packages, "are kept by the scripts of packages that went"),
    ] {
        if count > 0 {
            row("excused", format!("{count} paths {reason}"));
        }
    }
    row(
        "again",
        match proof.again.as_slice() {
            [] => "the new image gives none of the fixed findings".into(),
            rules => format!("still found in the new image: {}", rules.join(", ")),
        },
    );
    row(
        "smoke",
        match proof.smoke {
            Some(true) => "the command succeeded".into(),
            Some(false) => "the command FAILED".into(),
            None if proof.predicted.is_none() => {
                "a change of this size needs a command that shows whether the program runs".into()
            }
            None => "not asked for".into(),
        },
    );
    let seconds = &proof.seconds;
    row("build", format!("{:.1} s before, {:.1} s after", seconds.before, seconds.after));
}
