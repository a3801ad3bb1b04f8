//! Single paths in place of a whole file system.

use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::rules::copy_root::CopiedRoot;
use crate::dockerfile::Fix;

impl Facts for CopiedRoot {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let line = ledger.command(self.0).replace(" / /", " PATH PATH");
        Words {
            title: format!("Layer {} copies a whole root file system", self.0),
            why: found.rule.why.clone(),
            fix: Fix::note(format!("for each path that is needed: {line}")),
        }
    }
}
