//! What a removing step has left to do when its files are removed where they are written, or never come.

use super::copies::Copies;
use super::edits;
use crate::dockerfile::{Edit, shell};
use crate::image::PathId;
use crate::overlay::Fate;

/// The removals of a step after `made`: those that find nothing go, and the others succeed where nothing is left.
/// `paths` are those that `made` takes away.
pub(super) fn edits(copies: &Copies<'_>, hider: usize, made: &[Edit], paths: &[String]) -> Vec<Edit> {
    let step = |idle: bool| {
        edits::replace(copies.ledger, hider, |part| {
            let commands = shell::commands(part);
            let [words] = commands.as_slice() else { return None };
            if words[0] != "rm" {
                return None;
            }
            let left = |operand: &&str| match work(copies, hider, operand, made) {
                Work::Done => false,
                Work::None => !idle,
                Work::Left => true,
            };
            let all: Vec<&str> = shell::operands(words).collect();
            let kept: Vec<&str> = all.iter().copied().filter(left).collect();
            if kept.is_empty() {
                return Some(Vec::new());
            }
            let spent = all.iter().filter(|operand| !kept.contains(operand));
            let fewer = spent.fold(part.to_owned(), |text, operand| without(&text, operand));
            let tolerant = tolerant(words, &kept, paths, &fewer).unwrap_or(fewer);
            (tolerant != part).then(|| vec![tolerant])
        })
    };
    // what removes nothing in this image stays, unless the step then does nothing at all
    let whole = step(true);
    if matches!(whole.as_slice(), [Edit::RemoveStep { .. }]) && has_done(copies, hider, made) {
        return whole;
    }
    step(false)
}

/// What a removal finds.
#[derive(Debug, PartialEq, Eq)]
enum Work {
    /// What it removed is gone by then.
    Done,
    /// It removed nothing before either.
    None,
    /// Something, or nobody knows.
    Left,
}

/// What an operand of `rm` finds after the edits.
fn work(copies: &Copies<'_>, hider: usize, operand: &str, made: &[Edit]) -> Work {
    let (ledger, image) = (copies.ledger, copies.ledger.image);
    let (stem, is_inside) = operand.strip_suffix("/*").map_or((operand, false), |stem| (stem, true));
    if !stem.starts_with('/') || stem.contains(['*', '?', '[', '$', '`', '\'', '"', '\\', '{']) {
        return Work::Left;
    }
    let Some(place) = image.paths.find(stem.trim_matches('/').as_bytes()) else { return Work::None };
    let cleaned = made.iter().filter_map(|edit| match edit {
        Edit::AppendCommand { step, command } if removes(command, operand) => {
            image.history.get(step.index())?.layer
        }
        _ => None,
    });
    let cleaned = cleaned.max();
    let is_ignored = made.iter().any(|edit| matches!(edit, Edit::Ignore { .. }));
    let evidence = copies.found.claims.evidence();
    let mut work = Work::None;
    for path in (place.0 + u32::from(is_inside)..image.paths.end(place).0).map(PathId) {
        for &id in image.timeline.of(path) {
            let Fate::Lost(_, by) = ledger.union.fate(id) else { continue };
            if usize::from(by) != hider {
                continue;
            }
            let layer = image.layer_of(id);
            let comes = !(is_ignored
                && ledger.is_from_context(layer)
                && evidence.iter().any(|evidence| evidence.entry == id));
            if comes && cleaned.is_none_or(|cleaned| cleaned < layer) {
                return Work::Left;
            }
            work = Work::Done;
        }
    }
    work
}

fn removes(command: &str, operand: &str) -> bool {
    let commands = shell::commands(command);
    commands.iter().any(|words| words[0] == "rm" && shell::operands(words).any(|word| word == operand))
}

/// True when some removal of the step finds nothing any more that it found before.
fn has_done(copies: &Copies<'_>, hider: usize, made: &[Edit]) -> bool {
    let commands = shell::commands(copies.ledger.image.command_of(hider));
    let mut operands =
        commands.iter().filter(|words| words[0] == "rm").flat_map(|words| shell::operands(words));
    operands.any(|operand| work(copies, hider, operand, made) == Work::Done)
}

fn without(text: &str, operand: &str) -> String {
    let words: Vec<&str> = text.split(' ').filter(|word| *word != operand).collect();
    words.join(" ")
}

/// The removal with `-f`, if it names something that will not be there.
fn tolerant(words: &[String], operands: &[&str], paths: &[String], text: &str) -> Option<String> {
    let mut options = words.iter().filter(|word| word.starts_with('-'));
    let is_forced = options.any(|word| word == "--force" || !word.starts_with("--") && word.contains('f'));
    let is_hit = operands.iter().any(|operand| hits(operand, paths));
    (!is_forced && is_hit).then(|| text.replacen("rm ", "rm -f ", 1))
}

/// True when an operand of `rm` names one of the paths, or a directory above it.
pub(super) fn hits(operand: &str, paths: &[String]) -> bool {
    let stem = operand.split(['*', '$', '?']).next().unwrap_or(operand).trim_end_matches('/');
    stem.len() > 1
        && paths.iter().any(|path| path.starts_with(stem) || !stem.starts_with('/') && path.contains(stem))
}
