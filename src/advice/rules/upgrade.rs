//! A step that upgrades the packages of the base image: each is then stored twice.

use std::collections::BTreeMap;

use super::Structural;
use crate::advice::claims::Claims;
use crate::advice::ledger::{Draft, Ledger, files};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::shell;
use crate::advice::{Confidence, base_images};
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

fn find(ledger: &mut Ledger<'_>) {
    let by: Vec<usize> = (ledger.analysis.base_layers..ledger.image.layers.len())
        .filter(|&layer| {
            let command = ledger.image.command_of(layer);
            UPGRADES.iter().any(|upgrade| shell::runs(command, upgrade))
        })
        .collect();
    let mut tallies: BTreeMap<usize, Claims> = by.iter().map(|&layer| (layer, Claims::default())).collect();
    for wasted in &ledger.analysis.wasted {
        for copy in ledger.analysis.copies_of(wasted) {
            let is_old = !ledger.is_own(copy.layer)
                && copy.cause == Cause::Overwritten
                && !ledger.path_matches.is_package_file(wasted.path);
            if is_old && let Some(claims) = tallies.get_mut(&copy.by_layer) {
                ledger.claim(claims, wasted.path, copy.entry);
            }
        }
    }
    let floor = ledger.scale.floor;
    for (layer, claims) in tallies.into_iter().filter(|(_, claims)| claims.weight >= floor) {
        let title = format!("Layer {layer} upgrades {} of the base image", files(claims.entries));
        let why = format!(
            "{} stores {} of the base image in a new version; the old one stays below it and is pulled by everybody. \
             A newer base image has the same fixes, is shared, and is tested as a whole.",
            ledger.layer(layer),
            units::size(claims.bytes)
        );
        let from = base_images::name(ledger).map_or_else(String::new, |name| format!("FROM {name}\n"));
        let commands = ledger.command(layer);
        let upgrade = shell::chain(&commands);
        let upgrade = upgrade.into_iter().find(|part| UPGRADES.iter().any(|known| shell::runs(part, known)));
        let fix = format!(
            "# docker build --pull takes the newest base; then leave out: {}\n{from}",
            upgrade.unwrap_or("the upgrade")
        );
        ledger.file(&INFO, Draft { title, why, fix, claims, layers: vec![layer], ..Draft::default() });
    }
}
