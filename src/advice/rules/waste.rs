//! Exact waste, explained: every byte that the layers prove dead, by what happened to it and by the step that did it.

use std::collections::BTreeMap;

use crate::advice::engine::claims::Claims;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::analysis::Copy;
use crate::dockerfile::shell;
use crate::image::{EntryId, Image, PathId};
use crate::overlay::{Cause, Fate};

/// What happened to a wasted copy. In the order of billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::advice) enum Kind {
    /// The same path stands again later in the same tar.
    Repeated,
    /// A package manager wrote its records again.
    Package,
    /// The next copy has other attributes and the same content.
    Metadata,
    /// The next copy has the same content and the same attributes; its time may differ.
    Identical,
    /// Removed by a later layer.
    Deleted,
    /// The next copy has another content.
    Overwritten,
    /// Stored in the base, hidden by an own layer.
    BaseHidden,
    /// Stored in the base, hidden there.
    BaseWaste,
}

impl Kind {
    /// The rule about it.
    fn rule(self) -> &'static str {
        match self {
            Self::Repeated => "duplicate-entry",
            Self::Package => "pkgdb-rewrite",
            Self::Metadata => "metadata-only",
            Self::Identical => "identical-rewrite",
            Self::Deleted => "deleted-later",
            Self::Overwritten => "overwritten",
            Self::BaseHidden => "base-hidden",
            Self::BaseWaste => "base-waste",
        }
    }
}

/// Which attributes differ from a copy to the next.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four attributes that differ or do not, in any mix")]
pub(in crate::advice) struct Differs {
    pub(in crate::advice) owner: bool,
    pub(in crate::advice) mode: bool,
    pub(in crate::advice) xattrs: bool,
    pub(in crate::advice) time: bool,
}

impl Differs {
    /// What differs between two entries.
    pub(in crate::advice) fn between(image: &Image, old: EntryId, new: EntryId) -> Self {
        let (before, after) = (image.attrs_of(old), image.attrs_of(new));
        Self {
            owner: (before.uid, before.gid) != (after.uid, after.gid),
            mode: before.mode != after.mode,
            xattrs: before.xattrs != after.xattrs,
            time: image.entry(old).mtime != image.entry(new).mtime,
        }
    }

    /// True when more differs than the time.
    pub(in crate::advice) fn is_set(self) -> bool {
        self.owner || self.mode || self.xattrs
    }

    fn absorb(&mut self, other: Self) {
        self.owner |= other.owner;
        self.mode |= other.mode;
        self.xattrs |= other.xattrs;
        self.time |= other.time;
    }
}

/// Copies that met the same end by the same layer.
#[derive(Debug, Default)]
struct Group {
    claims: Claims,
    /// The layers that hid them.
    by: Vec<usize>,
    differs: Differs,
    /// Bytes by the path rule that the paths fall under, for the words.
    path_matches: BTreeMap<usize, u64>,
}

/// What is known of them.
#[derive(Debug)]
pub(in crate::advice) struct Waste {
    pub(in crate::advice) kind: Kind,
    /// The layers that hid them, lowest first.
    pub(in crate::advice) by: Vec<usize>,
    pub(in crate::advice) differs: Differs,
    /// Bytes by the path rule that the paths fall under.
    pub(in crate::advice) path_matches: BTreeMap<usize, u64>,
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let mut groups: BTreeMap<(Kind, usize), Group> = BTreeMap::new();
    for wasted in &ledger.analysis.wasted {
        for copy in ledger.analysis.copies_of(wasted) {
            if ledger.is_claimed(copy.entry) {
                continue;
            }
            let differs = differs(ledger, wasted.path, copy);
            let kind = kind(ledger, wasted.path, copy, differs);
            // what only the base is to blame for is one finding
            let by = if matches!(kind, Kind::BaseWaste | Kind::BaseHidden | Kind::Package) {
                0
            } else {
                copy.by_layer
            };
            let group = groups.entry((kind, by)).or_default();
            if !group.by.contains(&copy.by_layer) {
                group.by.push(copy.by_layer);
            }
            group.differs.absorb(differs);
            if let Some((class, _)) = ledger.path_matches.rule(wasted.path) {
                *group.path_matches.entry(class).or_default() += copy.bytes;
            }
            ledger.claim(&mut group.claims, wasted.path, copy.entry);
        }
    }
    copied_alive(ledger, &mut groups);
    for (kind, mut group) in merge_small(ledger, with_unchanged(ledger, groups)) {
        group.by.sort_unstable();
        let claims = std::mem::take(&mut group.claims);
        let mut layers: Vec<usize> = claims.layers.keys().copied().chain(group.by.iter().copied()).collect();
        layers.sort_unstable();
        layers.dedup();
        let Group { by, differs, path_matches, .. } = group;
        let facts = Waste { kind, by, differs, path_matches };
        ledger.file(kind.rule(), Draft { layers, ..Draft::of(claims) }, facts);
    }
}

/// Copies that a change of attributes made of files which live on through another name: a `chown -R` of a
/// `node_modules` whose files are hard links into a store. Such a change parts the names, so that the content is
/// stored once more for each that it reaches. Nothing of that is wasted by the layers' arithmetic, and all of it but
/// one copy goes with the change.
fn copied_alive(ledger: &mut Ledger<'_>, groups: &mut BTreeMap<(Kind, usize), Group>) {
    let (image, union) = (ledger.image, ledger.union);
    let mut copies: BTreeMap<EntryId, Vec<(PathId, EntryId)>> = BTreeMap::new();
    for link in image.hard_links().filter(|&link| ledger.is_own(image.layer_of(link))) {
        let Some(content) = union.content_of(link).filter(|&content| union.fate(content) == Fate::Live)
        else {
            continue;
        };
        let known = copies
            .entry(content)
            .or_insert_with(|| next_copy(ledger, content, content).into_iter().collect());
        known.extend(next_copy(ledger, link, content));
    }
    for (content, mut more) in copies {
        more.sort_by_key(|&(_, copy)| copy);
        more.dedup();
        if more.is_empty() {
            continue;
        }
        let by = image.layer_of(more[0].1);
        let group = groups.entry((Kind::Metadata, by)).or_default();
        if group.by.is_empty() {
            group.by.push(by);
        }
        group.differs.absorb(Differs { time: false, ..Differs::between(image, content, more[0].1) });
        // the last copy is the one that the names share then
        more.pop();
        ledger.claim(&mut group.claims, image.path_of(content), content);
        for (path, copy) in more {
            ledger.claim(&mut group.claims, path, copy);
        }
    }
}

/// The living copy of a content that the next step to store its path made with other attributes. `name` is the file, or
/// a hard link to it.
fn next_copy(ledger: &Ledger<'_>, name: EntryId, content: EntryId) -> Option<(PathId, EntryId)> {
    let image = ledger.image;
    let path = image.path_of(name);
    let timeline = image.timeline.of(path);
    let next = *timeline.get(timeline.partition_point(|&entry| entry <= name))?;
    let (old, new) = (image.entry(content), image.entry(next));
    let is_same = new.kind.is_file() && new.hash != 0 && (new.hash, new.size) == (old.hash, old.size);
    let differs = Differs::between(image, content, next).is_set();
    let is_free = !ledger.is_claimed(next) && !ledger.is_claimed(content);
    (is_same && differs && is_free && ledger.union.fate(next) == Fate::Live).then_some((path, next))
}

/// Files that had the mode or owner already, together with those that the same step changed: it stores both again
/// for the same reason.
fn with_unchanged(
    ledger: &Ledger<'_>,
    mut groups: BTreeMap<(Kind, usize), Group>,
) -> BTreeMap<(Kind, usize), Group> {
    let changed: Vec<usize> =
        groups.keys().filter(|(kind, _)| *kind == Kind::Metadata).map(|(_, by)| *by).collect();
    for by in changed {
        if let Some(same) = groups.remove(&(Kind::Identical, by))
            && let Some(group) = groups.get_mut(&(Kind::Metadata, by))
        {
            group.claims.absorb(same.claims, ledger.settings.evidence);
            for (class, bytes) in same.path_matches {
                *group.path_matches.entry(class).or_default() += bytes;
            }
        }
    }
    groups
}

/// The groups that weigh enough; those of a kind that do not, together, if they do then.
fn merge_small(ledger: &Ledger<'_>, groups: BTreeMap<(Kind, usize), Group>) -> Vec<(Kind, Group)> {
    let mut kept = Vec::new();
    let mut rest: BTreeMap<Kind, Group> = BTreeMap::new();
    for ((kind, _), group) in groups {
        if group.claims.weight >= ledger.scale.floor {
            kept.push((kind, group));
            continue;
        }
        let all = rest.entry(kind).or_default();
        all.claims.absorb(group.claims, ledger.settings.evidence);
        all.by.extend(group.by);
        all.differs.absorb(group.differs);
    }
    kept.extend(rest.into_iter().filter(|(_, group)| group.claims.weight >= ledger.scale.floor));
    kept
}

fn kind(ledger: &Ledger<'_>, path: PathId, copy: &Copy, differs: Differs) -> Kind {
    if !ledger.is_own(copy.by_layer) {
        return Kind::BaseWaste;
    }
    match copy.cause {
        _ if !ledger.is_own(copy.layer) => Kind::BaseHidden,
        Cause::Repeated => Kind::Repeated,
        Cause::Overwritten if ledger.path_matches.is_package_file(path) => Kind::Package,
        Cause::Overwritten if copy.metadata_only => {
            let touched = differs.time && shell::runs(ledger.image.command_of(copy.by_layer), "touch");
            if differs.owner || differs.mode || differs.xattrs || touched {
                Kind::Metadata
            } else {
                Kind::Identical
            }
        }
        Cause::Removed => Kind::Deleted,
        Cause::Overwritten => Kind::Overwritten,
    }
}

/// How an unchanged file differs from the copy that took its place.
fn differs(ledger: &Ledger<'_>, path: PathId, copy: &Copy) -> Differs {
    let image = ledger.image;
    let next = || -> Option<EntryId> {
        let next = image.entry_in_layer(path, copy.by_layer)?;
        // a hard link has the attributes of the file that it names
        image.entry(next).kind.is_file().then_some(next)
    };
    let Some(next) = copy.metadata_only.then(next).flatten() else { return Differs::default() };
    Differs::between(image, copy.entry, next)
}
