//! A step that upgrades the packages of the base image: each is then stored twice.

use std::collections::BTreeMap;

use crate::advice::engine::claims::Claims;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::analysis::package_managers::PACKAGE_MANAGERS;
use crate::dockerfile::shell;
use crate::overlay::Cause;

const ID: &str = "upgrade";

/// The layer that upgrades.
#[derive(Debug)]
pub(in crate::advice) struct Upgrade {
    pub(in crate::advice) layer: usize,
}

/// True for a text that upgrades what is installed.
pub(in crate::advice) fn is_upgrade(command: &str) -> bool {
    PACKAGE_MANAGERS.iter().flat_map(|manager| manager.upgrades).any(|upgrade| shell::runs(command, upgrade))
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let by: Vec<usize> = ledger
        .own_layers()
        .filter(|&layer| {
            let command = ledger.image.command_of(layer);
            is_upgrade(command)
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
        ledger.file(ID, Draft { layers: vec![layer], ..Draft::of(claims) }, Upgrade { layer });
    }
}
