//! One program for one job.

use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::rules::redundant_tools::Redundant;
use crate::dockerfile::Fix;

impl Facts for Redundant {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let names: Vec<String> = self.programs.iter().map(|&path| ledger.path(path)).collect();
        Words {
            title: format!("{} do the same job: {}", names.join(" and "), self.job),
            why: found.rule.why.clone(),
            fix: Fix::note(format!("install one of: {}", names.join(", "))),
        }
    }
}
