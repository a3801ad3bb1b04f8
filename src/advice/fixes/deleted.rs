//! Removing files in the step that writes them, or not bringing them in at all.

use super::copies::Copies;
use super::{apt, archives, edits, ignore, spent};
use crate::advice::engine::rule::Group;
use crate::advice::engine::unpacking;
use crate::dockerfile::{Edit, Fix, Keyword, shell};

/// One change for every step that wrote what a later one removed.
pub(super) fn fix(copies: &Copies<'_>) -> Fix {
    let ledger = copies.ledger;
    let mut fix = Fix::default();
    let mut unmade = Vec::new();
    for writer in copies.guilty() {
        let made = at_writer(copies, writer);
        if made.is_empty() {
            unmade.push(ledger.layer(writer));
        }
        for edit in made.edits {
            if !fix.edits.contains(&edit) {
                fix.edits.push(edit);
            }
        }
        fix.notes.extend(made.notes);
    }
    fix.notes.dedup();
    if let Some(&hider) = copies.waste.by.first()
        && !fix.edits.is_empty()
    {
        let evidence = copies.found.claims.evidence();
        let paths: Vec<String> = evidence.iter().map(|evidence| ledger.path(evidence.path)).collect();
        for edit in spent::edits(copies, hider, &fix.edits, &paths) {
            if !fix.edits.contains(&edit) {
                fix.edits.push(edit);
            }
        }
    }
    if !unmade.is_empty() {
        let by: Vec<String> = copies.waste.by.iter().take(2).map(|&layer| ledger.layer(layer)).collect();
        fix.notes.push(format!(
            "{} needs these files until {} removes them: do both in one RUN, with what it copies above it",
            unmade.join(" and "),
            by.join(" and ")
        ));
    }
    fix
}

fn at_writer(copies: &Copies<'_>, writer: usize) -> Fix {
    let ledger = copies.ledger;
    let evidence = copies.found.claims.evidence();
    let of_writer: Vec<_> = evidence.iter().filter(|evidence| evidence.layer == writer).collect();
    if let Some(largest) = of_writer.first() {
        let name = String::from_utf8_lossy(ledger.image.paths.name(largest.path)).into_owned();
        if let Some(step) = unpacking::unpacking(ledger, &name) {
            return archives::fix(ledger, largest.path, writer, Some(&step), None).unwrap_or_default();
        }
    }
    let paths: Vec<String> = of_writer.iter().map(|evidence| ledger.path(evidence.path)).collect();
    let Some(&hider) = copies.waste.by.first() else { return Fix::default() };
    if ledger.is_copied(writer) {
        if ledger.is_from_context(writer)
            && ledger.is_made_by(writer, Keyword::Copy)
            && is_idle(copies, writer, hider)
        {
            let patterns = ignore::patterns(ledger, writer, of_writer.iter().map(|evidence| evidence.path));
            return Fix::one(Edit::Ignore { patterns });
        }
        return Fix::default();
    }
    let (removal, is_lists) = removal(copies, &paths);
    if is_lists {
        return Fix { edits: apt::edits(ledger), notes: Vec::new() };
    }
    if !is_idle(copies, writer, hider) {
        return Fix::default();
    }
    let append = removal.and_then(|removal| edits::append(ledger, writer, removal));
    append.map(Fix::one).unwrap_or_default()
}

/// True when nothing between two steps may need what the first wrote and the second removes: no command ran there,
/// or the files are of a kind that no step needs twice.
fn is_idle(copies: &Copies<'_>, writer: usize, hider: usize) -> bool {
    let ledger = copies.ledger;
    let rules = ledger.path_matches.rules();
    let kept: u64 = copies
        .waste
        .path_matches
        .iter()
        .filter(|(rule, _)| {
            matches!(rules[**rule].group, Group::Cache | Group::Leftover | Group::Context | Group::Runtime)
        })
        .map(|(_, bytes)| bytes)
        .sum();
    if kept * 2 > copies.found.claims.bytes {
        return true;
    }
    let Some((from, to)) = ledger.step_id(writer).zip(ledger.step_id(hider)) else { return false };
    let between = ledger.image.history.get(from.index() + 1..to.index()).unwrap_or_default();
    let runs = between.iter().any(|step| step.instruction == Some(Keyword::Run));
    let command = ledger.image.command_of(hider);
    let only_removes = shell::commands(command).iter().all(|words| words[0] == "rm" || words[0] == "find");
    !runs && only_removes && (to > from)
}

/// The command that removes what a step wrote: as the later step does it, with those operands that name it. Also
/// whether these are apt's lists, which an installation in between may need.
fn removal(copies: &Copies<'_>, paths: &[String]) -> (Option<String>, bool) {
    let ledger = copies.ledger;
    let rules = ledger.path_matches.rules();
    let class =
        copies.waste.path_matches.iter().max_by_key(|(_, bytes)| **bytes).map(|(class, _)| rules[*class]);
    let is_lists = class.is_some_and(|rule| rule.manager == "apt");
    for &layer in &copies.waste.by {
        for words in shell::commands(ledger.image.command_of(layer)) {
            if words[0] != "rm" {
                continue;
            }
            let operands: Vec<&str> =
                shell::operands(&words).filter(|operand| spent::hits(operand, paths)).collect();
            // a word that was quoted, or that names something only where it stands, is not said again
            let is_plain =
                |word: &&str| word.starts_with('/') && !word.contains([' ', '$', '`', '\'', '"', ';', '&']);
            if !operands.is_empty() && operands.iter().all(is_plain) {
                return (Some(format!("rm -rf {}", operands.join(" "))), is_lists);
            }
        }
    }
    if let Some(clean) = class.map(|rule| rule.clean.clone()).filter(|clean| !clean.is_empty()) {
        return (Some(clean), is_lists);
    }
    let evidence = copies.found.claims.evidence();
    let named = evidence.iter().filter(|evidence| paths.contains(&ledger.path(evidence.path)));
    let words: Option<Vec<String>> = named.map(|evidence| ledger.word(evidence.path)).collect();
    let few = words
        .filter(|words| (1..=8).contains(&words.len()) && words.len() as u64 == copies.found.claims.entries);
    (few.map(|words| format!("rm -rf {}", words.join(" "))), is_lists)
}
