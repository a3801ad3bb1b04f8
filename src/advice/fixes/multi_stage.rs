//! Building in a stage of its own.

use super::stages;
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::rules::multi_stage::Stages;
use crate::units;

impl Facts for Stages {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let names: Vec<String> = self.outputs.iter().map(|&path| ledger.path(path)).collect();
        let first = names.first().map_or("the program", String::as_str);
        Words {
            title: format!(
                "Build in a stage of its own: {} of {} are not needed to run {first}",
                units::size(self.bytes),
                units::size(ledger.image.content())
            ),
            why: format!(
                "{} of compilers, headers and the like stand beside what was built ({}); the findings about them have the bytes. {}",
                units::size(self.bytes),
                names.join(", "),
                found.rule.why
            ),
            fix: stages::split(ledger).unwrap_or_default(),
        }
    }
}
