//! A step that upgrades the packages of the base image: each is then stored twice.

use std::collections::BTreeMap;

use super::Structural;
use crate::advice::desk::{Desk, Draft, files};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::shell;
use crate::advice::tally::Tally;
use crate::advice::{Confidence, bases};
use crate::overlay::Cause;
use crate::units;

static INFO: RuleInfo = RuleInfo::new(
    "upgrade",
    Group::Structure,
    "Packages of the base image are upgraded in a layer above it",
    "The base image stays below, with the old versions: each upgraded package is stored twice, and pulled twice by everybody. A newer base image has the same fixes, is shared, and is tested as a whole.",
    "FROM debian:bookworm-20250113-slim",
)
.with(Confidence::Likely, None);

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

const UPGRADES: [&str; 14] = [
    "apt-get upgrade",
    "apt-get dist-upgrade",
    "apt-get full-upgrade",
    "apt upgrade",
    "apt full-upgrade",
    "apk upgrade",
    "yum update",
    "yum upgrade",
    "dnf update",
    "dnf upgrade",
    "microdnf update",
    "microdnf upgrade",
    "zypper update",
    "zypper dup",
];

fn find(desk: &mut Desk<'_>) {
    let by: Vec<usize> = (desk.analysis.base_layers..desk.image.layers.len())
        .filter(|&layer| {
            let command = desk.image.command_of(layer);
            UPGRADES.iter().any(|upgrade| shell::runs(command, upgrade))
        })
        .collect();
    let mut tallies: BTreeMap<usize, Tally> = by.iter().map(|&layer| (layer, Tally::default())).collect();
    for wasted in &desk.analysis.wasted {
        for copy in desk.analysis.copies_of(wasted) {
            let is_old = !desk.is_own(copy.layer)
                && copy.cause == Cause::Overwritten
                && !desk.classes.is_package_file(wasted.path);
            if is_old && let Some(tally) = tallies.get_mut(&copy.by_layer) {
                desk.claim(tally, wasted.path, copy.entry);
            }
        }
    }
    let floor = desk.scale.floor;
    for (layer, tally) in tallies.into_iter().filter(|(_, tally)| tally.weight >= floor) {
        let title = format!("Layer {layer} upgrades {} of the base image", files(tally.entries));
        let why = format!(
            "{} stores {} of the base image in a new version; the old one stays below it and is pulled by everybody. \
             A newer base image has the same fixes, is shared, and is tested as a whole.",
            desk.layer(layer),
            units::size(tally.bytes)
        );
        let from = bases::name(desk).map_or_else(String::new, |name| format!("FROM {name}\n"));
        let commands = desk.command(layer);
        let upgrade = shell::chain(&commands);
        let upgrade = upgrade.into_iter().find(|part| UPGRADES.iter().any(|known| shell::runs(part, known)));
        let fix = format!(
            "# docker build --pull takes the newest base; then leave out: {}\n{from}",
            upgrade.unwrap_or("the upgrade")
        );
        desk.file(&INFO, Draft { title, why, fix, tally, layers: vec![layer], ..Draft::default() });
    }
}
