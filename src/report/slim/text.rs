//! What slimming saves as text.

use std::io::{self, Write};

use super::slimmed::Slimmed;
use crate::report::format::Options;
use crate::report::text::NARROWEST;
use crate::report::text::page::Page;
use crate::report::text::style::{BOLD, DIM, PLAIN, WASTE};
use crate::slim::{LayerSummary, Outcome};
use crate::text::{counted, line, list};
use crate::units;

/// Columns of a size.
const SIZE: usize = 7;
/// Most base layers that have a row each.
const BASE_ROWS: usize = 3;

pub(super) fn write(out: &mut dyn Write, slimmed: &Slimmed<'_>, options: &Options) -> io::Result<()> {
    let page = &mut Page::new(out, options.width.max(NARROWEST), options.colour);
    layers(page, slimmed)?;
    page.blank()?;
    sums(page, slimmed)?;
    for row in slimmed.dropped {
        let in_base = match row.in_base {
            0 => String::new(),
            count => format!("; {} of base layers stay", counted(count, "file", "files")),
        };
        let rule = &row.rule;
        let files = counted(row.paths, "file", "files");
        let text = format!("--drop {rule} leaves out {files} ({}){in_base}", units::size(row.bytes));
        page.paragraph(PLAIN, &text)?;
        if row.owned > 0 {
            let packages = row.packages.join(", ");
            let text = format!(
                "{} of them belong to packages: {}",
                units::count(row.owned),
                line(packages.as_bytes(), 400)
            );
            page.paragraph(WASTE, &text)?;
        }
    }
    for remark in slimmed.remarks {
        page.paragraph(DIM, &line(remark.as_bytes(), usize::MAX))?;
    }
    Ok(())
}

fn layers(page: &mut Page<'_>, slimmed: &Slimmed<'_>) -> io::Result<()> {
    let rows = &slimmed.summary.layers;
    let base = slimmed.summary.base_layers;
    let label = |row: &LayerSummary| list(&row.sources.clone().collect::<Vec<_>>());
    let width = rows.iter().map(|row| label(row).chars().count()).max().unwrap_or(0).max("LAYER".len());
    let mut head = page.line();
    head.right(width, BOLD, "LAYER")
        .gap(2)
        .right(SIZE, BOLD, "SIZE")
        .gap(2)
        .right(SIZE, BOLD, "AFTER")
        .gap(2);
    head.text(BOLD, "WHAT HAPPENS");
    page.put(&head)?;
    if base > BASE_ROWS {
        let size: u64 = rows[..base].iter().map(|row| row.content.before).sum();
        let mut line = page.line();
        line.right(width, DIM, format!("0–{}", base - 1)).gap(2).right(SIZE, DIM, units::size(size)).gap(2);
        line.right(SIZE, DIM, units::size(size)).gap(2).text(DIM, "base layers stay byte for byte");
        page.put(&line)?;
    }
    for row in rows.iter().skip(if base > BASE_ROWS { base } else { 0 }) {
        let style = if row.outcome == Outcome::Rewritten { PLAIN } else { DIM };
        let gone = counted(row.gone, "entry goes", "entries go");
        let what = match row.outcome {
            Outcome::Base => "base layer, stays byte for byte".to_owned(),
            Outcome::Unchanged => "stays byte for byte".to_owned(),
            Outcome::Rewritten if row.sources.len() > 1 => {
                format!("{} become one, {gone}", counted(row.sources.len() as u64, "layer", "layers"))
            }
            Outcome::Rewritten => gone,
            Outcome::Vanished => "vanishes".to_owned(),
        };
        let mut line = page.line();
        line.right(width, style, label(row))
            .gap(2)
            .right(SIZE, style, units::size(row.content.before))
            .gap(2);
        let after =
            if row.outcome == Outcome::Vanished { "-".into() } else { units::size(row.content.after) };
        line.right(SIZE, style, after).gap(2).text(style, &what);
        page.put(&line)?;
    }
    Ok(())
}

fn sums(page: &mut Page<'_>, slimmed: &Slimmed<'_>) -> io::Result<()> {
    let summary = slimmed.summary;
    let mut row = |what: &str, before: u64, after: u64| {
        let saved = match before.checked_sub(after) {
            Some(0) => "nothing saved".to_owned(),
            Some(saved) => format!("{} saved", units::size(saved)),
            None => format!("{} more", units::size(after - before)),
        };
        let mut line = page.line();
        line.left(SIZE, PLAIN, what).gap(2).right(SIZE, PLAIN, units::size(before)).text(PLAIN, " → ");
        line.right(SIZE, BOLD, units::size(after)).gap(2).text(BOLD, &saved);
        page.put(&line)
    };
    row("content", summary.content.before, summary.content.after)?;
    if let (before, Some(after)) = summary.stored {
        row("stored", before, after)?;
    }
    if let (before, Some(after)) = summary.pull {
        row("to pull", before, after)?;
    }
    if summary.base_wasted > 0 {
        let hidden = match summary.base_hidden {
            0 => String::new(),
            hidden => format!(" ({} of them hidden by later layers)", units::size(hidden)),
        };
        let text = format!(
            "{} in base layers{hidden} cannot be seen and stay: base layers are kept byte for byte, so that they \
             stay shared; --include-base rewrites them too",
            units::size(summary.base_wasted)
        );
        page.paragraph(DIM, &text)?;
    }
    if summary.copied > 0 {
        let text =
            format!("{} of the base are stored again, for hard links to them", units::size(summary.copied));
        page.paragraph(DIM, &text)?;
    }
    verdict(page, slimmed)
}

fn verdict(page: &mut Page<'_>, slimmed: &Slimmed<'_>) -> io::Result<()> {
    let Some(proof) = slimmed.proof else {
        return page.paragraph(DIM, "a dry run: nothing was written");
    };
    if let Some(why) = slimmed.refusal() {
        page.paragraph(WASTE, &format!("not written: {why}"))?;
        let trial = slimmed.trial.map(|trial| &trial.proof);
        for difference in proof.first.iter().chain(trial.into_iter().flat_map(|proof| &proof.first)) {
            page.hint(difference)?;
        }
        return Ok(());
    }
    let output = slimmed.output.unwrap_or_default();
    let text = format!(
        "wrote {}; proved: read again, {} are the same (type, mode, owner, time, size, content, links, extended \
         attributes), and nothing above the base is wasted",
        line(output.as_bytes(), usize::MAX),
        counted(proof.paths, "path", "paths"),
    );
    page.paragraph(PLAIN, &text)?;
    let Some(trial) = slimmed.trial else { return Ok(()) };
    let smoke = if trial.smoke.is_some() { ", and the command succeeds in the new one" } else { "" };
    let text = format!(
        "proved by {} too: it loaded both, {} of their containers are the same{smoke}",
        trial.engine,
        counted(trial.proof.paths, "path", "paths"),
    );
    page.paragraph(PLAIN, &text)
}
