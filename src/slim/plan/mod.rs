//! What stays of each layer, and why.
//!
//! The rules, for the layers above the base:
//! - An entry stays if the final root file system shows it. A directory also stays if something in it stays in the
//!   same layer, so that no engine has to invent its mode.
//! - A body whose own name is gone, but that a hard link still reaches, moves to the first such link in the order of
//!   the tars; the other links then name that one.
//! - A whiteout stays where it still hides something of the base: nothing that stays in the layers above the
//!   base is ever hidden later. An entry that goes but hid something of the base (a file that took a directory's
//!   place for a while) leaves a whiteout.
//! - A layer with nothing left vanishes.
//! - A layer that would lose only directories that a later layer stores again, or markers that never hid anything,
//!   stays byte for byte: its digest is worth more than a few headers.

mod decision;
mod end;
mod hiding;
mod layer;
mod links;
mod origins;
mod replay;

use std::collections::HashMap;
use std::ops::Range;

pub(super) use origins::Origins;

pub use decision::{Action, LayerPlan, Made, Mark, Options, Outcome, Plan};

use crate::image::{EntryId, Image, PathId};
use crate::overlay::{Slot, Union};
use end::Final;
use hiding::Hiding;
use replay::Replay;

/// Plans the image without its dead bytes. `union` is that of `image`.
pub fn plan(image: &Image, union: &Union, options: &Options) -> Plan {
    let base_layers = options.base_layers.min(image.layers.len());
    let first = match base_layers {
        0 => 0,
        count => image.layers[count - 1].entries.end,
    };
    let end = Final { image, union, first, dropped: &options.dropped };
    let replay = Replay::of(image, base_layers);
    let own = image.entries.len() - first as usize;
    let mut plan = Plan {
        layers: Vec::new(),
        copied: 0,
        kept_in_base: kept_in_base(&end),
        first,
        actions: vec![Action::Drop; own],
        heirs: HashMap::new(),
        targets: HashMap::new(),
    };
    for (_, slot) in end.live() {
        if let Slot::Entry(id) = slot {
            plan.set(id, Action::Keep);
        }
    }
    let copied = links::settle(&end, &replay, options.squash, &mut plan);
    plan.copied = copied.iter().map(|(body, _)| image.entry(*body).size).sum();
    let mut groups: Vec<Range<usize>> = (0..base_layers).map(|layer| layer..layer + 1).collect();
    if options.squash && base_layers < image.layers.len() {
        groups.push(base_layers..image.layers.len());
    } else {
        groups.extend((base_layers..image.layers.len()).map(|layer| layer..layer + 1));
    }
    plan.layers = groups.into_iter().map(|sources| LayerPlan::new(image, sources, base_layers)).collect();
    fetch(image, &mut plan, copied);
    let mut hiding = Hiding::new(&end, &replay);
    let directories = implied(&end, &replay);
    // from the top down: an earlier layer need not hide what a later one hides
    for at in (base_layers..plan.layers.len()).rev() {
        layer::settle(&end, &replay, &mut plan, at, &mut hiding, &directories);
    }
    keep_layers(image, &mut plan);
    plan
}

fn kept_in_base(end: &Final<'_>) -> Vec<PathId> {
    let in_base = |path: &&PathId| end.union.rootfs.entry(**path).is_some_and(|id| !end.is_own(id));
    let mut kept: Vec<PathId> = end.dropped.iter().filter(in_base).copied().collect();
    kept.sort_unstable();
    kept
}

/// Gives each new layer the bodies that come from other layers.
fn fetch(image: &Image, plan: &mut Plan, copied: Vec<(EntryId, EntryId)>) {
    let renamed = plan.heirs.iter().map(|(body, link)| (*body, *link));
    let mut all: Vec<(EntryId, EntryId)> = copied.into_iter().chain(renamed).collect();
    all.sort_unstable();
    for (body, link) in all {
        let (from, to) = (image.layer_of(body), image.layer_of(link));
        if let Some(layer) = plan.layers.iter_mut().find(|layer| layer.sources.contains(&to))
            && !layer.sources.contains(&from)
        {
            layer.fetched.push((body, link));
        }
    }
}

/// Directories that are only implied and that nothing will imply any longer, by the layer that implied them.
fn implied(end: &Final<'_>, replay: &Replay) -> HashMap<usize, Vec<PathId>> {
    let mut missing: HashMap<usize, Vec<PathId>> = HashMap::new();
    let mut live = end.live().peekable();
    while let Some((path, slot)) = live.next() {
        if slot != Slot::Implied {
            continue;
        }
        let is_empty = live.peek().is_none_or(|(next, _)| *next >= end.image.paths.end(path));
        if let Some(&layer) = replay.implied_by.get(&path)
            && is_empty
        {
            missing.entry(layer).or_default().push(path);
        }
    }
    missing
}

/// Keeps layers that would vanish: an image has at least one, so if all would vanish the first stays, empty; and if the
/// history does not say which step made which layer, none may vanish, because their numbers would no longer match.
fn keep_layers(image: &Image, plan: &mut Plan) {
    let is_vague = !image.history.is_empty() && image.layers.iter().any(|layer| layer.step.is_none());
    let is_gone = |layer: &&mut LayerPlan| layer.outcome == Outcome::Vanished;
    let keep = |layer: &mut LayerPlan| layer.outcome = Outcome::Rewritten;
    if is_vague {
        plan.layers.iter_mut().filter(is_gone).for_each(keep);
    } else if plan.layers.iter().all(|layer| layer.outcome == Outcome::Vanished) {
        plan.layers.iter_mut().take(1).for_each(keep);
    }
}
