//! What goes with findings: related ones, the paths that would allow them, their combined fix.

use std::collections::BTreeSet;

use crate::advice::Finding;
use crate::dockerfile::{Fix, Rebuilt};
use crate::image::PathId;
use crate::ui::data::Data;
use crate::ui::text::safe;

/// The findings that this one names, or that name this one, by their rules.
pub(super) fn related(data: &Data, at: usize) -> Vec<usize> {
    let findings = &data.advice.findings;
    let mentions = |from: &Finding, to: &Finding| {
        [&from.why, &from.snippet].into_iter().any(|text| {
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
            text.split(|c| !is_word(c)).any(|word| word == to.rule)
        })
    };
    let Some(here) = findings.get(at) else { return Vec::new() };
    let others = findings.iter().enumerate().filter(|(other, _)| *other != at);
    let named = others
        .filter(|(_, other)| other.rule != here.rule && (mentions(here, other) || mentions(other, here)));
    named.map(|(other, _)| other).collect()
}

/// Globs that match these paths: each path, or their directories where there are many.
pub(super) fn globs(data: &Data, paths: impl Iterator<Item = PathId>) -> Vec<String> {
    /// More paths than this are matched by their directories.
    const MANY: usize = 4;
    let escaped = |path: PathId| -> Option<String> {
        let full = String::from_utf8(data.image.paths.full(path)).ok()?;
        Some(full.chars().fold(String::new(), |mut out, c| {
            if "*?[]{}!\\".contains(c) {
                out.push('\\');
            }
            out.push(c);
            out
        }))
    };
    let paths: BTreeSet<PathId> = paths.collect();
    if paths.len() <= MANY {
        return paths.into_iter().filter_map(escaped).collect();
    }
    let directories: BTreeSet<PathId> = paths.into_iter().map(|path| data.image.paths.parent(path)).collect();
    // the glob of a directory matches those below it too
    let mut end = 0;
    let tops = directories.into_iter().filter(|path| {
        let is_top = *path != PathId::ROOT && path.0 >= end;
        if is_top {
            end = data.image.paths.end(*path).0;
        }
        is_top
    });
    tops.filter_map(escaped).map(|path| format!("{path}/**")).collect()
}

/// The fixes of the marked findings as one: their edits are made together, so that several of one step become
/// one instruction. Fixes without edits follow as they are.
pub(super) fn combined(data: &Data, marked: &BTreeSet<usize>) -> Option<String> {
    if marked.is_empty() {
        return None;
    }
    let marked: Vec<&Finding> = marked.iter().filter_map(|at| data.advice.findings.get(*at)).collect();
    let title = |finding: &&Finding| format!("# {}: {}", finding.rule, safe(finding.title.as_bytes()));
    let mut parts = vec![marked.iter().map(title).collect::<Vec<_>>().join("\n")];
    let edits: Vec<_> = marked.iter().flat_map(|finding| finding.fix.edits.iter().cloned()).collect();
    if !edits.is_empty() {
        let notes = marked.iter().filter(|finding| !finding.fix.edits.is_empty());
        let mut notes: Vec<String> = notes.flat_map(|finding| finding.fix.notes.clone()).collect();
        notes.dedup();
        let texts = data.image.step_texts();
        parts.push(data.image.snippet(&Fix { edits, notes }, &Rebuilt::fragment(&texts)));
    }
    let rest = marked.iter().filter(|finding| finding.fix.edits.is_empty());
    parts.extend(rest.map(|finding| finding.snippet.trim_end().to_owned()));
    Some(parts.join("\n\n"))
}
