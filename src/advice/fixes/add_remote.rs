//! Downloading, unpacking and forgetting an archive in one step.

use super::archives;
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::rules::add_remote::Remote;
use crate::dockerfile::Fix;

impl Facts for Remote {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let fix = self
            .archive
            .zip(self.unpacking.as_ref())
            .and_then(|(path, step)| archives::fix(ledger, path, self.layer, Some(step), None));
        let general =
            || Fix::note(format!("fetch, unpack and remove it in one RUN, in place of: ADD {}", self.url));
        Words {
            title: format!("Layer {} downloads an archive and keeps it packed", self.layer),
            why: found.rule.why.clone(),
            fix: fix.unwrap_or_else(general),
        }
    }
}
