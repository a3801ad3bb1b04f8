//! Packages that apt brought along because others recommend them, told by dpkg's and apt's own records.
//!
//! Where there are no records, the history tells at least that recommended packages were not refused.

use std::collections::HashMap;

use crate::advice::engine::claims::Claims;
use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::knowledge::package_managers::takes_recommends;
use crate::analysis::Manager;
use crate::overlay::Slot;

const ID: &str = "recommends";

/// What is known of them.
#[derive(Debug)]
pub(in crate::advice) struct Recommended {
    /// The steps that install with recommendations, lowest first.
    pub(in crate::advice) guilty: Vec<usize>,
    /// The packages, with the one that recommends or needs each: indexes into the list of packages, largest first.
    /// Empty when there are no records.
    pub(in crate::advice) packages: Vec<(usize, usize)>,
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let guilty: Vec<usize> = ledger
        .own_layers()
        .filter(|&layer| ledger.shell_run(layer).is_some())
        .filter(|&layer| {
            takes_recommends(ledger.image.command_of(layer))
                && ledger.image.layers[layer].content >= ledger.scale.floor
        })
        .collect();
    if ledger.analysis.packages.list.iter().any(|package| package.manager == Manager::Dpkg) {
        by_records(ledger, guilty);
    } else if !guilty.is_empty() {
        let draft = Draft::about(guilty.clone(), Severity::Low);
        ledger.file(ID, draft, Recommended { guilty, packages: Vec::new() });
    }
}

/// Bills the files of the packages that nobody needs.
fn by_records(ledger: &mut Ledger<'_>, guilty: Vec<usize>) {
    let packages = &ledger.analysis.packages;
    let reasons: HashMap<usize, usize> = packages
        .recommended
        .iter()
        .filter(|found| packages.list[found.package].layer().is_some_and(|layer| ledger.is_own(layer)))
        .map(|found| (found.package, found.by))
        .collect();
    let mut claims = Claims::default();
    for (path, slot) in ledger.union.rootfs.live() {
        let Slot::Entry(id) = slot else { continue };
        let is_extra = packages.owner_index(path).is_some_and(|owner| reasons.contains_key(&owner));
        if let Some(content) = ledger.union.content_of(id)
            && is_extra
            && ledger.is_own(ledger.image.layer_of(content))
        {
            ledger.claim(&mut claims, path, content);
        }
    }
    if claims.weight < ledger.scale.floor {
        return;
    }
    let mut packages: Vec<(usize, usize)> = reasons.into_iter().collect();
    packages.sort_unstable();
    ledger.file(ID, Draft::of(claims), Recommended { guilty, packages });
}
