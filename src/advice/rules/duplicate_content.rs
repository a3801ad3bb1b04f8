//! The same content at several live paths.

use super::Structural;
use crate::advice::Confidence;
use crate::advice::desk::{Desk, Draft, files};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::shell;
use crate::advice::tally::Tally;
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
    let command = desk.command(layer);
    let copied = shell::commands(&command)
        .into_iter()
        .find(|words| words[0] == "cp")
        .map(|words| shell::operands(&words).map(str::to_owned).collect::<Vec<_>>());
    let fix = match copied.as_deref() {
        Some([from, to]) => format!("RUN ln -s \"$PWD\"/{from} {to}\n# or move instead of copying, in the RUN that writes it: mv {from} {to}")
            .replace("\"$PWD\"//", "/"),
        _ => format!("RUN ln -sf {} {}", desk.path(first), desk.path(second)),
    };
    let title = format!("{} are stored a second time", files(tally.entries));
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
