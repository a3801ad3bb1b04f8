//! One new layer: its markers, its directories, and whether it changes.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::decision::{Action, LayerPlan, Made, Mark, Outcome, Plan};
use super::end::Final;
use super::hiding::Hiding;
use super::replay::Replay;
use crate::image::{EntryId, Image, PathId};
use crate::overlay::Slot;

/// Decides about one new layer.
pub(super) fn settle(
    end: &Final<'_>,
    replay: &Replay,
    plan: &mut Plan,
    at: usize,
    hiding: &mut Hiding,
    directories: &HashMap<usize, Vec<PathId>>,
) {
    let image = end.image;
    let mut layer = plan.layers[at].clone();
    let made: Vec<PathId> =
        layer.sources.clone().filter_map(|source| directories.get(&source)).flatten().copied().collect();
    // where something of this layer stands in the end
    let mut standing: Vec<PathId> = made.clone();
    let mut dead: Vec<PathId> = Vec::new();
    for id in layer.sources.clone().flat_map(|source| image.layer_entries(source)) {
        match plan.action(id) {
            Action::Keep | Action::Relink | Action::Inherit => standing.push(image.path_of(id)),
            Action::Drop | Action::Rename if !image.entry(id).kind.is_directory() => {
                dead.push(image.path_of(id));
            }
            Action::Drop | Action::Rename => {}
        }
    }
    standing.sort_unstable();
    let used = hiding.marks(image, &layer.sources, &dead);
    layer.made = made.into_iter().map(Made::Directory).collect();
    let mut changed = !layer.made.is_empty() || !layer.fetched.is_empty() || !dead.is_empty();
    let mut marked: Vec<PathId> = Vec::new();
    for candidate in used {
        let path = candidate.mark.path();
        marked.push(path);
        let is_whiteout = matches!(candidate.mark, Mark::Whiteout(_));
        // engines disagree about a whiteout of what the same layer holds, but not about an opaque marker
        let mark = if is_whiteout && holds(&standing, path, image.paths.end(path)) {
            let is_implied = end.slot(path) == Some(Slot::Implied);
            if is_implied && !layer.made.contains(&Made::Directory(path)) {
                layer.made.push(Made::Directory(path));
            }
            Mark::Opaque(path)
        } else {
            candidate.mark
        };
        if candidate.is_stored && mark == candidate.mark {
            layer.marks.insert(mark);
        } else if !layer.made.contains(&Made::Mark(mark)) {
            layer.made.push(Made::Mark(mark));
            changed = true;
        }
    }
    layer.made.sort_unstable();
    standing.extend(marked);
    standing.sort_unstable();
    standing.dedup();
    changed |= keep_parents(end, plan, &layer, &standing);
    changed |= layer.sources.clone().any(|source| replay.loses_a_mark(image, source, &layer.marks));
    changed |= layer
        .sources
        .clone()
        .flat_map(|s| image.layer_entries(s))
        .any(|id| plan.action(id) == Action::Relink);
    layer.made.retain(|made| match made {
        Made::Directory(path) => !has_directory(plan, image, &layer.sources, *path),
        Made::Mark(_) => true,
    });
    let is_empty = standing.is_empty();
    layer.outcome = match (is_empty, changed || layer.sources.len() > 1) {
        (true, _) => Outcome::Vanished,
        (false, true) => Outcome::Rewritten,
        (false, false) => Outcome::Unchanged,
    };
    if layer.outcome == Outcome::Unchanged {
        for id in layer.sources.clone().flat_map(|source| image.layer_entries(source)) {
            plan.set(id, Action::Keep);
        }
        let source = &image.layers[layer.sources.start];
        layer.marks.extend(source.whiteouts.iter().map(|path| Mark::Whiteout(*path)));
        layer.marks.extend(source.opaques.iter().map(|path| Mark::Opaque(*path)));
    }
    count(image, plan, &mut layer);
    plan.layers[at] = layer;
}

/// Keeps directories that hold something of the same layer. True if an entry of a directory goes and no later one
/// replaces it.
fn keep_parents(end: &Final<'_>, plan: &mut Plan, layer: &LayerPlan, standing: &[PathId]) -> bool {
    let image = end.image;
    let mut changed = false;
    let mut seen = HashSet::new();
    let entries: Vec<EntryId> =
        layer.sources.clone().flat_map(|source| image.layer_entries(source)).collect();
    for &id in entries.iter().rev() {
        if !image.entry(id).kind.is_directory() {
            continue;
        }
        let path = image.path_of(id);
        let is_last = seen.insert(path);
        if plan.action(id) != Action::Drop {
            continue;
        }
        let is_replaced = end.entry(path).is_some_and(|last| image.entry(last).kind.is_directory());
        let next = PathId(path.0 + 1);
        let is_needed = layer.has(Mark::Opaque(path)) || holds(standing, next, image.paths.end(path));
        let stays = is_last && is_needed && !end.shows_in(path, &layer.sources);
        if stays {
            plan.set(id, Action::Keep);
        } else if !is_replaced || !is_last || end.shows_in(path, &layer.sources) {
            changed = true;
        }
    }
    changed
}

/// True if one of these layers keeps an entry of a directory at the path.
fn has_directory(plan: &Plan, image: &Image, sources: &Range<usize>, path: PathId) -> bool {
    image.timeline.of(path).iter().any(|&id| {
        sources.contains(&image.layer_of(id))
            && image.entry(id).kind.is_directory()
            && plan.action(id) == Action::Keep
    })
}

/// True if `sorted` has a path of `from..end`.
fn holds(sorted: &[PathId], from: PathId, end: PathId) -> bool {
    sorted.get(sorted.partition_point(|path| *path < from)).is_some_and(|path| *path < end)
}

fn count(image: &Image, plan: &Plan, layer: &mut LayerPlan) {
    let size = |id: EntryId| image.entry(id).size;
    layer.after = layer.fetched.iter().map(|(body, _)| size(*body)).sum();
    let marks: usize =
        image.layers[layer.sources.clone()].iter().map(|l| l.whiteouts.len() + l.opaques.len()).sum();
    layer.gone = marks.saturating_sub(layer.marks.len()) as u64;
    for id in layer.sources.clone().flat_map(|source| image.layer_entries(source)) {
        let stays_here = match plan.action(id) {
            Action::Keep | Action::Relink | Action::Inherit => true,
            Action::Drop => false,
            Action::Rename => plan.heir(id).is_some_and(|link| layer.sources.contains(&image.layer_of(link))),
        };
        if stays_here {
            layer.after += size(id);
        }
        layer.gone += u64::from(matches!(plan.action(id), Action::Drop | Action::Rename));
    }
}
