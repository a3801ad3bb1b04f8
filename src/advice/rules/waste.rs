//! Exact waste, explained: every byte that the layers prove dead, by what happened to it and by the step that did it.

use std::collections::BTreeMap;

use super::{Structural, waste_texts};
use crate::advice::Severity;
use crate::advice::claims::Claims;
use crate::advice::ledger::Ledger;
use crate::advice::rule::{Group as Topic, RuleInfo};
use crate::advice::shell;
use crate::analysis::Copy;
use crate::image::{EntryId, PathId};
use crate::overlay::Cause;

/// What happened to a wasted copy. In the order of billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
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

static REPEATED: RuleInfo = RuleInfo::new(
    "duplicate-entry",
    Topic::Waste,
    "A layer stores the same path twice",
    "The tar of one layer holds several entries for one path; only the last counts. No Dockerfile does that: the tool that built the image did.",
    "# build the image again with a current builder\ndocker buildx build .",
);
static PACKAGE: RuleInfo = RuleInfo::new(
    "pkgdb-rewrite",
    Topic::Waste,
    "Package package_managers write their records again in every install step",
    "Each step that installs packages stores the package manager's records again as a whole. Once per image that cannot be avoided; more often it can: install everything in one RUN.",
    "RUN apt-get update && \\\n    apt-get install -y --no-install-recommends ALL PACKAGES && \\\n    rm -rf /var/lib/apt/lists/*",
)
.with(crate::advice::Confidence::Exact, Some(Severity::Low));
static METADATA: RuleInfo = RuleInfo::new(
    "metadata-only",
    Topic::Waste,
    "chown, chmod or touch stores files again that did not change",
    "A layer cannot change a file's owner, mode or time in place: it stores the whole file again, and the first copy stays below. Set them when the files are written.",
    "COPY --chown=app:app --chmod=755 . /app",
);
static IDENTICAL: RuleInfo = RuleInfo::new(
    "identical-rewrite",
    Topic::Waste,
    "Files are stored again although nothing in them changed",
    "The same files are copied or written twice. The second copy hides the first and looks just like it.",
    "# drop the second COPY, or copy less in the first\nCOPY package.json package-lock.json ./",
);
static DELETED: RuleInfo = RuleInfo::new(
    "deleted-later",
    Topic::Waste,
    "Files are deleted by a later step, which frees nothing",
    "A layer can only hide what a layer below it stores: the bytes stay in the image and are pulled by everybody. Delete in the RUN that writes.",
    "RUN apt-get update && \\\n    apt-get install -y --no-install-recommends PACKAGES && \\\n    rm -rf /var/lib/apt/lists/*",
);
static OVERWRITTEN: RuleInfo = RuleInfo::new(
    "overwritten",
    Topic::Waste,
    "Files are written again by a later step",
    "Both versions are stored, and only the last can be seen. Make the final version in the step that writes the file first, or do not write it there.",
    "RUN make && sed -i s/debug/release/ app.conf",
);
static BASE_HIDDEN: RuleInfo = RuleInfo::new(
    "base-hidden",
    Topic::Waste,
    "Own steps hide files of the base image, which frees nothing",
    "The base image is below, and is pulled as it is. To be rid of its files, start from a smaller one.",
    "FROM debian:bookworm-slim",
)
.with(crate::advice::Confidence::Exact, Some(Severity::Info));
static BASE_WASTE: RuleInfo = RuleInfo::new(
    "base-waste",
    Topic::Waste,
    "The base image itself has wasted bytes",
    "Its own Dockerfile wastes them; only those who build it can change that.",
    "",
)
.with(crate::advice::Confidence::Exact, Some(Severity::Info));

pub(super) const RULE: Structural = Structural {
    infos: &[&REPEATED, &PACKAGE, &METADATA, &IDENTICAL, &DELETED, &OVERWRITTEN, &BASE_HIDDEN, &BASE_WASTE],
    find,
};

impl Kind {
    fn info(self) -> &'static RuleInfo {
        match self {
            Self::Repeated => &REPEATED,
            Self::Package => &PACKAGE,
            Self::Metadata => &METADATA,
            Self::Identical => &IDENTICAL,
            Self::Deleted => &DELETED,
            Self::Overwritten => &OVERWRITTEN,
            Self::BaseHidden => &BASE_HIDDEN,
            Self::BaseWaste => &BASE_WASTE,
        }
    }
}

/// Which attributes differ from a copy to the next.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four attributes that differ or do not, in any mix")]
pub(super) struct Differs {
    pub(super) owner: bool,
    pub(super) mode: bool,
    pub(super) xattrs: bool,
    pub(super) time: bool,
}

/// Copies that met the same end by the same layer.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) claims: Claims,
    /// The layers that hid them.
    pub(super) by: Vec<usize>,
    pub(super) differs: Differs,
    /// Bytes by the path rule that the paths fall under, for the words.
    pub(super) path_matches: BTreeMap<usize, u64>,
}

fn find(ledger: &mut Ledger<'_>) {
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
            let total = &mut group.differs;
            total.owner |= differs.owner;
            total.mode |= differs.mode;
            total.xattrs |= differs.xattrs;
            total.time |= differs.time;
            if let Some((class, _)) = ledger.path_matches.rule(wasted.path) {
                *group.path_matches.entry(class).or_default() += copy.bytes;
            }
            ledger.claim(&mut group.claims, wasted.path, copy.entry);
        }
    }
    for (kind, mut group) in merge_small(ledger, with_unchanged(ledger, groups)) {
        group.by.sort_unstable();
        let mut draft = waste_texts::draft(ledger, kind, &group);
        draft.claims = group.claims;
        ledger.file(kind.info(), draft);
    }
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
        all.differs = Differs {
            owner: all.differs.owner | group.differs.owner,
            mode: all.differs.mode | group.differs.mode,
            xattrs: all.differs.xattrs | group.differs.xattrs,
            time: all.differs.time | group.differs.time,
        };
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
    let (old, new) = (image.attrs_of(copy.entry), image.attrs_of(next));
    Differs {
        owner: (old.uid, old.gid) != (new.uid, new.gid),
        mode: old.mode != new.mode,
        xattrs: old.xattrs != new.xattrs,
        time: image.entry(copy.entry).mtime != image.entry(next).mtime,
    }
}
