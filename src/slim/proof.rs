//! The proof that nothing visible changed: compares the new image, read again, with the old one, path by path.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;

use super::bodies::BodyHashes;
use super::member::CAPABILITY;
use super::plan::{Origins, Plan};
use crate::image::{EntryId, Image, PathId};
use crate::layer::{Attrs, Kind};
use crate::overlay::{Fate, Slot, Union};
use crate::text;

/// What the comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// How many paths were compared.
    pub paths: u64,
    /// How many differences there are.
    pub differences: u64,
    /// The first of them, a line each.
    pub first: Vec<String>,
}

/// Most differences that are listed.
const TOLD: usize = 10;

impl Proof {
    /// True when there is no difference.
    pub fn holds(&self) -> bool {
        self.differences == 0
    }

    pub(super) fn differ(&mut self, line: impl FnOnce() -> String) {
        self.differences += 1;
        if self.first.len() < TOLD {
            self.first.push(line());
        }
    }
}

/// One of the two images.
pub(super) struct Side<'a> {
    image: &'a Image,
    union: &'a Union,
    origins: Origins,
    hashes: &'a BodyHashes,
    /// Extended attributes of files with several names: the union over all names.
    shared: HashMap<EntryId, BTreeMap<&'a [u8], &'a [u8]>>,
}

impl<'a> Side<'a> {
    pub(super) fn new(image: &'a Image, union: &'a Union, hashes: &'a BodyHashes) -> Self {
        let origins = Origins::of(image);
        let mut shared: HashMap<EntryId, BTreeMap<&[u8], &[u8]>> = HashMap::new();
        for (_, slot) in union.rootfs.live() {
            let Slot::Entry(id) = slot else { continue };
            if let Some(origin) = origins.get(id).filter(|origin| *origin != id) {
                let all = shared.entry(origin).or_default();
                for (name, value) in image.attrs_of(origin).xattrs.iter().chain(&image.attrs_of(id).xattrs) {
                    all.insert(name, value);
                }
            }
        }
        Self { image, union, origins, hashes, shared }
    }

    /// The entry that holds the body, link target or device numbers of an entry.
    fn origin(&self, id: EntryId) -> EntryId {
        self.origins.get(id).unwrap_or(id)
    }

    /// True for a hard link to nothing. No engine accepts such an image, so no container sees the path. In the new image
    /// the link may lead to something that a later layer hid only for a while.
    fn is_dangling(&self, id: EntryId) -> bool {
        self.image.entry(id).kind == Kind::HardLink && self.origins.get(id).is_none()
    }

    fn xattrs(&self, id: EntryId) -> BTreeMap<&'a [u8], &'a [u8]> {
        let own =
            self.image.attrs_of(id).xattrs.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
        let Some(shared) = self.shared.get(&self.origin(id)) else { return own.collect() };
        let shared =
            shared.iter().map(|(name, value)| (*name, *value)).filter(|(name, _)| *name != CAPABILITY);
        shared.chain(own.filter(|(name, _)| *name == CAPABILITY)).collect()
    }

    fn live(&self, leave_out: impl Fn(PathId) -> bool) -> Vec<(PathId, Slot)> {
        self.union.rootfs.live().filter(|(path, _)| !leave_out(*path)).collect()
    }
}

/// Compares what containers of two images see. `same` maps a layer of the new image to the layer of the old one that
/// it is, byte for byte.
pub(super) fn compare(
    old: &Side<'_>,
    new: &Side<'_>,
    dropped: impl Fn(PathId) -> bool,
    same: impl Fn(usize) -> Option<usize>,
    proof: &mut Proof,
) {
    let (before, after) = (old.live(dropped), new.live(|_| false));
    let (mut left, mut right) = (before.iter().peekable(), after.iter().peekable());
    let mut partners: HashMap<EntryId, EntryId> = HashMap::new();
    let mut takers: HashMap<EntryId, EntryId> = HashMap::new();
    let (mut one, mut other) = (Vec::new(), Vec::new());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((a, _)), Some((b, _))) => {
                old.image.paths.write(*a, &mut one);
                new.image.paths.write(*b, &mut other);
                // component by component, which is the order of the ids
                one.split(|&byte| byte == b'/').cmp(other.split(|&byte| byte == b'/'))
            }
        };
        proof.paths += 1;
        match order {
            std::cmp::Ordering::Less => {
                if let Some((path, _)) = left.next() {
                    proof.differ(|| format!("{} is missing", shown(old.image, *path)));
                }
            }
            std::cmp::Ordering::Greater => {
                if let Some((path, _)) = right.next() {
                    proof.differ(|| format!("{} is new", shown(new.image, *path)));
                }
            }
            std::cmp::Ordering::Equal => {
                let (Some((path, a)), Some((_, b))) = (left.next(), right.next()) else { break };
                let mut wrong = Vec::new();
                slots(old, new, (*a, *b), &same, &mut wrong);
                if let (Slot::Entry(a), Slot::Entry(b)) = (*a, *b)
                    && !old.is_dangling(a)
                {
                    let (a, b) = (old.origin(a), new.origin(b));
                    if *partners.entry(a).or_insert(b) != b || *takers.entry(b).or_insert(a) != a {
                        wrong.push("its hard links differ".to_owned());
                    }
                }
                if !wrong.is_empty() {
                    proof.differ(|| format!("{}: {}", shown(old.image, *path), wrong.join(", ")));
                }
            }
        }
    }
}

/// What differs between two things at one path.
fn slots(
    old: &Side<'_>,
    new: &Side<'_>,
    pair: (Slot, Slot),
    same: &impl Fn(usize) -> Option<usize>,
    wrong: &mut Vec<String>,
) {
    match pair {
        (Slot::Entry(before), Slot::Entry(after)) => entries(old, new, (before, after), same, wrong),
        // a directory without an entry has no attributes
        (Slot::Implied, other) => {
            if !is_directory(new, other) {
                wrong.push("it was a directory".to_owned());
            }
        }
        (other, Slot::Implied) => {
            let is_directory = is_directory(old, other);
            wrong.push(
                if is_directory { "its attributes are lost" } else { "it is a directory now" }.to_owned(),
            );
        }
    }
}

/// What differs between two entries at one path.
fn entries(
    old: &Side<'_>,
    new: &Side<'_>,
    (before, after): (EntryId, EntryId),
    same: &impl Fn(usize) -> Option<usize>,
    wrong: &mut Vec<String>,
) {
    let mut differ = |what: &str, old: &dyn Display, new: &dyn Display| {
        wrong.push(format!("{what} {old} became {new}"));
    };
    if old.is_dangling(before) {
        return;
    }
    let (from, to) = (old.origin(before), new.origin(after));
    let (kind, now) = (old.image.entry(from).kind, new.image.entry(to).kind);
    if kind != now {
        differ("type", &format!("{kind:?}"), &format!("{now:?}"));
        return;
    }
    let attrs: [&Attrs; 2] = [old.image.attrs_of(before), new.image.attrs_of(after)];
    if attrs[0].mode != attrs[1].mode {
        let [old, new] = attrs.map(|attrs| format!("{:o}", attrs.mode));
        differ("mode", &old, &new);
    }
    let owners = attrs.map(|attrs| format!("{}:{}", attrs.uid, attrs.gid));
    if owners[0] != owners[1] {
        differ("owner", &owners[0], &owners[1]);
    }
    let times = [old.image.entry(before).mtime, new.image.entry(after).mtime];
    if times[0] != times[1] {
        differ("time", &times[0], &times[1]);
    }
    if old.image.attrs_of(from).device != new.image.attrs_of(to).device {
        differ("device", &"numbers", &"others");
    }
    let xattrs = [old.xattrs(before), new.xattrs(after)];
    if xattrs[0] != xattrs[1] {
        let [old, new] =
            xattrs.map(|xattrs| xattrs.keys().map(|name| text::line(name, 80)).collect::<Vec<_>>());
        differ("extended attributes", &format!("{old:?}"), &format!("{new:?}"));
    }
    let targets = [old.image.link_text(from), new.image.link_text(to)];
    if targets[0] != targets[1] {
        let [old, new] = targets.map(|target| text::line(target, 80));
        differ("target", &old, &new);
    }
    let sizes = [old.image.entry(from).size, new.image.entry(to).size];
    if sizes[0] != sizes[1] {
        differ("size", &sizes[0], &sizes[1]);
    } else if kind == Kind::File && !is_same_body(old, new, (from, to), same) {
        wrong.push("its content differs".to_owned());
    }
}

fn is_directory(side: &Side<'_>, slot: Slot) -> bool {
    match slot {
        Slot::Implied => true,
        Slot::Entry(id) => side.image.entry(id).kind.is_directory(),
    }
}

/// True if two bodies are the same: in the same place of equal layers, or with the same hash.
fn is_same_body(
    old: &Side<'_>,
    new: &Side<'_>,
    (a, b): (EntryId, EntryId),
    same: &impl Fn(usize) -> Option<usize>,
) -> bool {
    let (from, to) = (old.image.layer_of(a), new.image.layer_of(b));
    if same(to) == Some(from) {
        return old.image.entry(a).offset == new.image.entry(b).offset;
    }
    match (old.hashes.get(a), new.hashes.get(b)) {
        (Some(before), Some(after)) => before == after,
        _ => false,
    }
}

/// Adds a difference if something above the base is wasted, or the layers are not those of the plan.
pub(super) fn waste(new: &Side<'_>, plan: &Plan, proof: &mut Proof) {
    let kept: Vec<_> = plan.kept_layers().collect();
    if kept.len() != new.image.layers.len() {
        proof.differ(|| format!("{} layers were planned, {} written", kept.len(), new.image.layers.len()));
        return;
    }
    for (number, (layer, planned)) in new.image.layers.iter().zip(kept).enumerate() {
        if layer.content != planned.after {
            proof.differ(|| {
                format!("layer {number} has {} bytes of files instead of {}", layer.content, planned.after)
            });
        }
    }
    let own = plan.base_layers()..new.image.layers.len();
    for id in own.flat_map(|layer| new.image.layer_entries(layer)) {
        if new.union.fate(id) != Fate::Live {
            let path = new.image.path_of(id);
            proof.differ(|| format!("{} is stored but cannot be seen", shown(new.image, path)));
        }
    }
}

fn shown(image: &Image, path: PathId) -> String {
    format!("/{}", text::line(&image.paths.full(path), 200))
}
