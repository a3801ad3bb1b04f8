//! An installation without what packages only recommend.

use super::{apt, path_rules};
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::{capital, name_list};
use crate::advice::rules::recommends::Recommended;
use crate::dockerfile::Fix;
use crate::text;
use crate::units;

/// So many packages are named in the title.
const NAMED: usize = 4;

impl Facts for Recommended {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let edits = apt::lean(ledger, &self.guilty, &self.kept);
        let fix =
            if edits.is_empty() { path_rules::general(found.rule) } else { Fix { edits, notes: Vec::new() } };
        if self.packages.is_empty() {
            let first = self.guilty.first().map_or_else(String::new, |&layer| capital(&ledger.layer(layer)));
            return Words {
                title: format!(
                    "apt-get install brings all recommended packages along: {}",
                    text::layers(&self.guilty)
                ),
                why: format!("{first} installs without --no-install-recommends. {}", found.rule.why),
                fix,
            };
        }
        let list = &ledger.analysis.packages.list;
        let name = |package: usize| text::line(list[package].name.as_bytes(), 60);
        let names: Vec<&str> =
            self.packages.iter().map(|&(package, _)| list[package].name.as_str()).collect();
        let count = units::count(names.len() as u64);
        let (are, noun) = if names.len() == 1 { ("is", "package") } else { ("are", "packages") };
        let reasons: Vec<String> = self
            .packages
            .iter()
            .take(3)
            .map(|&(package, by)| format!("{} came for {}", name(package), name(by)))
            .collect();
        // the title names a few
        let all = match names.len() {
            ..=NAMED => String::new(),
            count => format!(" All of them: {}.", name_list(&names, count)),
        };
        Words {
            title: format!(
                "{count} {noun} {are} there only because others recommend them: {}",
                name_list(&names, NAMED)
            ),
            why: format!(
                "Nothing that was asked for depends on them, says dpkg: {}. If the image does need one, name it in the \
                 install, and leave the others out.{all}",
                reasons.join(", ")
            ),
            fix,
        }
    }
}
