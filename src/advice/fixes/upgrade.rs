//! A newer base in place of an upgrade.

use crate::advice::engine::base_images;
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::files;
use crate::advice::rules::upgrade::{Upgrade, is_upgrade};
use crate::dockerfile::{Fix, shell};
use crate::units;

impl Facts for Upgrade {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let layer = self.layer;
        let command = ledger.command(layer);
        let upgrade =
            shell::chain(&command).into_iter().find(|part| is_upgrade(part)).unwrap_or("the upgrade");
        let from = base_images::name(ledger).map_or_else(String::new, |name| format!(" ({name})"));
        // a new base is not in this image, so nothing here can tell what it holds: no edit, a note
        let note = format!(
            "docker build --pull takes the newest base{from}; leave out of layer {layer} then: {upgrade}"
        );
        Words {
            title: format!("Layer {layer} upgrades {} of the base image", files(found.claims.entries)),
            why: format!(
                "{} stores {} of the base image in a new version; the old one stays below it and is pulled by \
                 everybody. A newer base image has the same fixes, is shared, and is tested as a whole.",
                ledger.layer(layer),
                units::size(found.claims.bytes)
            ),
            fix: Fix::note(note),
        }
    }
}
