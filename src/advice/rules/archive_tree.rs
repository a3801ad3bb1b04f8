//! An archive that was left beside the tree that it unpacks to: the same files twice.

use super::Structural;
use crate::advice::claims::Claims;
use crate::advice::ledger::{Draft, Ledger, layer_list};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, archives};
use crate::image::{EntryId, PathId};
use crate::overlay::Slot;
use crate::units;

static INFO: RuleInfo = RuleInfo::new(
    "archive-plus-tree",
    Group::Archive,
    "An archive stays in the image beside the tree that was unpacked from it",
    "The same files are stored twice, packed and unpacked, and only the unpacked ones are used. Stream the archive through tar, delete it in the RUN that unpacks it, or let ADD unpack an archive of the build context.",
    "RUN curl -fsSL https://HOST/FILE.tar.gz | tar -xz -C /opt",
)
.with(Confidence::Likely, None);

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

/// Smaller archives are not asked for, and no more than so many: each is looked for in all commands.
const LEAST: u64 = 16_000;
const MOST: usize = 256;

/// An archive with what became of it.
struct ArchiveTree {
    path: PathId,
    entry: EntryId,
    unpacking: Option<archives::Unpacking>,
    tree: Option<PathId>,
}

fn find(ledger: &mut Ledger<'_>) {
    let mut claims = Claims::default();
    let (mut found, mut asked): (Vec<ArchiveTree>, usize) = (Vec::new(), 0);
    for (path, slot) in ledger.union.rootfs.live() {
        let Slot::Entry(id) = slot else { continue };
        let name = ledger.image.paths.name(path);
        if !name.contains(&b'.') {
            continue;
        }
        let Some(name) = std::str::from_utf8(name).ok().filter(|name| archives::ending(name).is_some())
        else {
            continue;
        };
        // other rules know better what a package manager's archive is for
        let is_other = ledger.path_matches.rule(path).is_some_and(|(_, rule)| rule.id != "archive-left");
        let Some(entry) = ledger.union.content_of(id).filter(|_| !is_other) else { continue };
        if !ledger.is_own(ledger.image.layer_of(entry))
            || ledger.analysis.packages.owner_index(path).is_some()
        {
            continue;
        }
        if ledger.image.entry(entry).size < LEAST {
            continue;
        }
        asked += 1;
        if asked > MOST {
            break;
        }
        let unpacking = archives::unpacking(ledger, name);
        let tree = archives::tree(ledger, path, ledger.image.entry(entry).size);
        if unpacking.is_some() || tree.is_some() {
            found.push(ArchiveTree { path, entry, unpacking, tree });
        }
    }
    let bytes: u64 = found.iter().map(|found| ledger.image.entry(found.entry).size).sum();
    if bytes < ledger.scale.floor {
        return;
    }
    found.retain(|found| ledger.claim(&mut claims, found.path, found.entry));
    found.sort_by_key(|found| (std::cmp::Reverse(ledger.image.entry(found.entry).size), found.path));
    let Some(first) = found.first() else { return };
    let layer = ledger.origin(first.path, first.entry);
    let place = first.tree.map(|tree| ledger.path(tree));
    let name = ledger.path(first.path);
    let more = found.len() - 1;
    let title = match (&place, more) {
        (Some(place), 0) => format!("{name} stays beside {place}, which was unpacked from it"),
        (None, 0) => format!("{name} stays in the image after it was unpacked"),
        (_, more) => format!("{name} and {more} more archives stay in the image after they were unpacked"),
    };
    let by = first.unpacking.as_ref().map(|step| step.layer);
    let by = by
        .filter(|&by| by != layer)
        .map_or_else(String::new, |by| format!(" {} unpacks it.", ledger.layer(by)));
    let by = crate::advice::ledger::capital(by.trim_start());
    let why = format!(
        "{} in {}.{}{by} {}",
        units::size(claims.bytes),
        if claims.layers.len() == 1 {
            ledger.layer(layer)
        } else {
            layer_list(&claims.layers.keys().copied().collect::<Vec<_>>())
        },
        if by.is_empty() { "" } else { " " },
        INFO.why
    );
    let parent = place.as_deref().and_then(|place| place.rsplit_once('/')).map(|(parent, _)| parent);
    let parent = parent.map(|parent| if parent.is_empty() { "/" } else { parent });
    let fix = archives::fix(ledger, first.path, layer, first.unpacking.as_ref(), parent)
        .unwrap_or_else(|| format!("# in the step that unpacks it\n# rm {name}"));
    let mut lines = vec![fix];
    for other in found.iter().skip(1).take(3) {
        let name = String::from_utf8_lossy(ledger.image.paths.name(other.path)).into_owned();
        lines.extend(archives::without(ledger, &name, ledger.origin(other.path, other.entry)));
    }
    lines.dedup();
    let fix = lines.join("\n");
    ledger.file(&INFO, Draft { title, why, fix, claims, ..Draft::default() });
}
