//! Random images, planned and applied by the naive [`crate::model`]: what a container sees stays, what no
//! container sees goes, and no engine has a reason to refuse the layers.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use layercake::image::{EntryId, Image, PathId};
use layercake::slim::{Action, Made, Mark, Options, Outcome, Plan};
use proptest::prelude::*;

use crate::builder::Form;
use crate::model::{Model, Node, Op, normal};
use crate::union_props::{image, layers, load_as};

/// Gives every file a size of its own, so that sizes tell contents apart.
pub(super) fn told_apart(mut layers: Vec<Vec<Op>>) -> Vec<Vec<Op>> {
    let files = layers.iter_mut().flatten().filter_map(|op| match op {
        Op::File(_, size) => Some(size),
        _ => None,
    });
    for (number, size) in (1..).zip(files) {
        *size = number;
    }
    layers
}

fn path(image: &Image, path: PathId) -> String {
    String::from_utf8(image.paths.full(path)).unwrap()
}

/// The operations that are entries, in the order of the image's.
fn entries(layers: &[Vec<Op>]) -> Vec<Op> {
    let is_entry = |op: &&Op| match op {
        Op::Whiteout(_) | Op::Opaque(_) => false,
        Op::Dir(path) | Op::File(path, _) | Op::Symlink(path) | Op::Fifo(path) | Op::HardLink(path, _) => {
            !normal(path).is_empty()
        }
    };
    layers.iter().flatten().filter(is_entry).cloned().collect()
}

/// The same operation under another name.
fn renamed(op: &Op, name: String) -> Op {
    match op {
        Op::File(_, size) => Op::File(name, *size),
        Op::Symlink(_) => Op::Symlink(name),
        Op::Fifo(_) => Op::Fifo(name),
        other => panic!("{other:?} carries nothing"),
    }
}

/// The layers that the plan makes of `layers`, as a writer would.
fn apply(image: &Image, plan: &Plan, layers: &[Vec<Op>]) -> Vec<Vec<Op>> {
    let ops = entries(layers);
    let mut new = Vec::new();
    for layer in &plan.layers {
        match layer.outcome {
            Outcome::Vanished => continue,
            Outcome::Base | Outcome::Unchanged => {
                new.push(layers[layer.sources.start].clone());
                continue;
            }
            Outcome::Rewritten => {}
        }
        let mut out = Vec::new();
        for made in &layer.made {
            out.push(match *made {
                Made::Directory(at) => Op::Dir(path(image, at)),
                Made::Mark(Mark::Whiteout(at)) => Op::Whiteout(path(image, at)),
                Made::Mark(Mark::Opaque(at)) => Op::Opaque(path(image, at)),
            });
        }
        for &(body, link) in &layer.fetched {
            out.push(renamed(&ops[body.index()], path(image, image.path_of(link))));
        }
        let mut marks = layer.marks.clone();
        for source in layer.sources.clone() {
            for &at in &image.layers[source].whiteouts {
                if marks.remove(&Mark::Whiteout(at)) {
                    out.push(Op::Whiteout(path(image, at)));
                }
            }
            for &at in &image.layers[source].opaques {
                if marks.remove(&Mark::Opaque(at)) {
                    out.push(Op::Opaque(path(image, at)));
                }
            }
            for id in image.layer_entries(source) {
                let op = &ops[id.index()];
                match (plan.action(id), plan.heir(id)) {
                    (Action::Keep, _) => out.push(op.clone()),
                    (Action::Relink, _) => {
                        let target = path(image, plan.target(id).expect("a target"));
                        out.push(Op::HardLink(path(image, image.path_of(id)), target));
                    }
                    (Action::Rename, Some(link)) if layer.sources.contains(&image.layer_of(link)) => {
                        out.push(renamed(op, path(image, image.path_of(link))));
                    }
                    (Action::Rename | Action::Drop | Action::Inherit, _) => {}
                }
            }
        }
        assert!(marks.is_empty(), "the layer has none of {marks:?}");
        sound(&out);
        new.push(out);
    }
    new
}

/// What engines insist on: each path once, nothing hidden twice, no marker for what the layer holds.
fn sound(ops: &[Op]) {
    let mut stored = BTreeSet::new();
    let (mut whiteouts, mut opaques) = (BTreeSet::new(), BTreeSet::new());
    for op in ops {
        let (set, path) = match op {
            Op::Whiteout(path) => (&mut whiteouts, path),
            Op::Opaque(path) => (&mut opaques, path),
            Op::Dir(path)
            | Op::File(path, _)
            | Op::Symlink(path)
            | Op::Fifo(path)
            | Op::HardLink(path, _) => (&mut stored, path),
        };
        assert!(set.insert(normal(path)), "{path} stands twice in {ops:?}");
    }
    let below = |inner: &str, outer: &str| {
        outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
    };
    for outer in &whiteouts {
        let inner = stored.iter().chain(&opaques).chain(&whiteouts);
        let clash: Vec<_> = inner.filter(|inner| below(inner, outer)).collect();
        assert!(clash.is_empty() && !stored.contains(outer), "{outer} is removed, yet there is {clash:?}");
    }
}

/// Every path: its kind and the sizes that tell contents apart. A hard link to no file,
/// which no engine takes, is of any kind.
pub(super) fn tree(model: &Model, vague: &HashSet<String>) -> BTreeMap<String, (char, u64)> {
    let row = |(path, (node, _)): (&String, &(Node, usize))| {
        let bytes = match node {
            Node::File(Some(content)) if !vague.contains(path) => model.contents[*content].bytes,
            _ => 0,
        };
        let letter = if vague.contains(path) { '?' } else { node.letter() };
        (path.clone(), (letter, bytes))
    };
    model.tree.iter().map(row).collect()
}

/// Hard links to no file.
pub(super) fn vague(model: &Model) -> HashSet<String> {
    let is_vague = |(_, (node, _)): &(&String, &(Node, usize))| *node == Node::File(None);
    model.tree.iter().filter(is_vague).map(|(path, _)| path.clone()).collect()
}

fn check(
    layers: &[Vec<Op>],
    base_layers: usize,
    squash: bool,
    drop_every: usize,
) -> Result<(), TestCaseError> {
    let layers = told_apart(layers.to_vec());
    let loaded = load_as(&image(&layers), Form::DockerV1);
    let (old, union) = (&loaded.image, &loaded.union);
    let first = old.layers[..base_layers].last().map_or(0, |layer| layer.entries.end);
    let is_droppable = |id: &EntryId| id.0 >= first && !old.entry(*id).kind.is_directory();
    let own: Vec<PathId> = union
        .rootfs
        .live()
        .filter_map(|(at, _)| union.rootfs.entry(at).filter(is_droppable).map(|_| at))
        .collect();
    let dropped: HashSet<PathId> = own.into_iter().step_by(drop_every).skip(1).collect();
    let options = Options { base_layers, squash, dropped: dropped.clone() };
    let plan = layercake::slim::plan(old, union, &options);
    let new_layers = apply(old, &plan, &layers);

    let (before, after) = (Model::of(&layers), Model::of(&new_layers));
    let vague = vague(&before);
    let mut expected = tree(&before, &vague);
    for at in &dropped {
        expected.remove(&path(old, *at));
    }
    prop_assert_eq!(&tree(&after, &vague), &expected, "{:?} became {:?}", layers, new_layers);

    let wasted: Vec<_> = after.wasted().filter(|content| content.layer >= base_layers).collect();
    prop_assert!(wasted.is_empty(), "{:?} in {:?}", wasted, new_layers);
    let own_bytes = |model: &Model| {
        model.contents.iter().filter(|content| content.layer >= base_layers).map(|c| c.bytes).sum::<u64>()
    };
    let planned: u64 =
        plan.layers.iter().filter(|layer| layer.outcome != Outcome::Base).map(|layer| layer.after).sum();
    prop_assert_eq!(own_bytes(&after), planned, "the plan's own sum");
    if dropped.is_empty() {
        let dead: u64 =
            before.wasted().filter(|content| content.layer >= base_layers).map(|content| content.bytes).sum();
        prop_assert_eq!(planned, own_bytes(&before) - dead + plan.copied, "before less the dead");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_container_sees_stays(layers in layers(), base in 0..6_usize, squash: bool, drop in 1..5_usize) {
        let drop = if drop == 1 { usize::MAX } else { drop };
        check(&layers, base.min(layers.len()), squash, drop)?;
    }
}
