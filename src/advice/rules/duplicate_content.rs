//! The same content at several live paths.

use super::Structural;
use crate::advice::Confidence;
use crate::advice::desk::{Desk, Draft, files};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::shell;
use crate::advice::tally::Tally;
use crate::image::{Image, PathId};
use crate::units;

static INFO: RuleInfo = RuleInfo::new(
    "duplicate-content",
    Group::Structure,
    "The same files are stored at several places",
    "Equal files that are no hard links of each other are stored and pulled once for each path. Keep one, and link to it.",
    "RUN ln -s /app/dist /srv/www",
)
.with(Confidence::Likely, None);

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

/// Smaller files are not worth a link, in bytes; the analysis lists from 4 KiB on.
const LEAST: u64 = 16 << 10;

fn find(desk: &mut Desk<'_>) {
    let mut tally = Tally::default();
    let mut kept = None;
    for duplicate in &desk.analysis.duplicates {
        if duplicate.bytes < LEAST {
            continue;
        }
        // the copy of the lowest layer stays; what another rule took away is no copy any more
        let mut copies: Vec<_> =
            duplicate.paths.iter().copied().filter(|(_, entry)| !desk.is_claimed(*entry)).collect();
        copies.sort_by_key(|(path, entry)| (desk.image.layer_of(*entry), *path));
        for (path, entry) in copies.iter().skip(1) {
            if desk.is_own(desk.image.layer_of(*entry)) {
                kept.get_or_insert((copies[0].0, *path));
                desk.claim(&mut tally, *path, *entry);
            }
        }
    }
    let Some((first, second)) = kept.filter(|_| tally.weight >= desk.scale.high_floor) else { return };
    let layer = tally.by_bytes().first().map_or(0, |(layer, _)| *layer);
    let (from, to) = trees(desk.image, first, second);
    let (from, to) = (desk.path(from), desk.path(to));
    let copied = shell::commands(&desk.command(layer)).iter().any(|words| words[0] == "cp");
    let fix = if copied {
        format!("RUN ln -s {from} {to}\n# or, in the RUN that writes them: mv {from} {to}")
    } else {
        format!(
            "RUN rm -rf {to} && ln -s {from} {to}\n# in the step that writes {to}, so that it is never stored"
        )
    };
    let are = if tally.entries == 1 { "is" } else { "are" };
    let title = format!("{} {are} stored a second time", files(tally.entries));
    let why = format!(
        "{} holds {} that stand elsewhere with the same content, such as {} and {}. They are no hard links, so each \
         is stored and pulled.",
        desk.layer(layer),
        units::size(tally.bytes),
        desk.path(first),
        desk.path(second)
    );
    desk.file(&INFO, Draft { title, why, fix, tally, ..Draft::default() });
}

/// Two equal files, or the directories above them as far up as the names below are the same.
fn trees(image: &Image, mut first: PathId, mut second: PathId) -> (PathId, PathId) {
    let paths = &image.paths;
    loop {
        let (up, over) = (paths.parent(first), paths.parent(second));
        if up == over || up == PathId::ROOT || over == PathId::ROOT || paths.name(first) != paths.name(second)
        {
            return (first, second);
        }
        (first, second) = (up, over);
    }
}
