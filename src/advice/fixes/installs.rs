//! Versions for what is installed.

use super::edits;
use crate::advice::engine::base_images;
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::knowledge::languages::INSTALLERS;
use crate::advice::rules::installs::{Unpinned, loose};
use crate::analysis::Manager;
use crate::dockerfile::{Edit, Fix};
use crate::text;

impl Facts for Unpinned {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let more = self.0.len().saturating_sub(4);
        let names: Vec<String> = self.0.iter().take(4).map(|name| text::line(name.as_bytes(), 100)).collect();
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let edits: Vec<Edit> = found.layers.iter().flat_map(|&layer| pinned(ledger, layer)).collect();
        let has_url = self.0.iter().any(|name| name.contains("://"));
        let notes = match (edits.is_empty(), has_url) {
            (false, _) => vec!["the versions that this image has".to_owned()],
            (true, true) => {
                vec![
                    "name the version in the URL, and check what came: echo 'SUM  FILE' | sha256sum -c"
                        .into(),
                ]
            }
            (true, false) => {
                vec![
                    "name the versions: a requirements.txt with ==, or a lock file beside package.json"
                        .into(),
                ]
            }
        };
        Words {
            title: format!("No version is asked for: {}{rest}", names.join(", ")),
            why: found.rule.why.clone(),
            fix: Fix { edits, notes },
        }
    }
}

/// The installations of a layer with the versions that this image has.
fn pinned(ledger: &Ledger<'_>, layer: usize) -> Vec<Edit> {
    edits::replace(ledger, layer, |part| {
        let mut fixed = part.to_owned();
        for kind in &INSTALLERS {
            let (Some((manager, sign)), Some((_, words))) = (kind.pins, kind.find(part)) else { continue };
            for name in loose(&words, manager) {
                let plain = name.trim_end_matches("@latest");
                let version = version(ledger, manager, plain.split('[').next().unwrap_or_default())?;
                let pin = format!("{plain}{sign}{version}");
                let words: Vec<&str> =
                    fixed.split(' ').map(|word| if word == name { pin.as_str() } else { word }).collect();
                fixed = words.join(" ");
            }
        }
        (fixed != part).then(|| vec![fixed])
    })
}

/// The version of a package in this image.
fn version(ledger: &Ledger<'_>, manager: Manager, name: &str) -> Option<String> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['_', '.'], "-");
    let mut packages = ledger.analysis.packages.list.iter().filter(|package| package.manager == manager);
    let package = packages.find(|package| plain(&package.name) == plain(name))?;
    package.version.as_deref().map(base_images::word)
}
