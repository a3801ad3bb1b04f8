//! What all layers of an image may take together.
//!
//! A limit per layer would be no limit: an image may have thousands of layers. Layers are read in parallel, so each
//! counts for itself and adds to these sums from time to time. The sums only grow, and every layer adds all that it used
//! before it is done; so whether an image is over a limit does not depend on the timing of threads.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};
use crate::limits;
use crate::source::Trust;

/// The sums over all layers and threads.
#[derive(Debug, Default)]
pub struct Budget {
    databases: AtomicU64,
    package_jsons: AtomicU64,
    scripts: AtomicU64,
    entries: AtomicU64,
    implied: AtomicU64,
    long_text: AtomicU64,
    xattrs: AtomicU64,
    unpacked: AtomicU64,
    trust: Trust,
    repeated: AtomicU64,
    shared: AtomicU64,
}

/// What a layer used since it last told its [`Budget`].
#[derive(Debug, Default)]
pub(super) struct Used {
    /// Entries and whiteouts.
    pub entries: u64,
    /// Directories that no entry had named.
    pub implied: u64,
    /// Bytes of names and link targets beyond what is free.
    pub long_text: u64,
    /// Bytes of extended attributes that no earlier entry of the layer had.
    pub xattrs: u64,
}

impl Used {
    /// True when it is time to tell the budget.
    pub(super) fn is_much(&self) -> bool {
        self.entries >= 4096 || self.implied >= 4096 || self.long_text + self.xattrs >= 1 << 16
    }
}

impl Budget {
    /// Adds what a layer used, and forgets it there.
    ///
    /// # Errors
    /// When the image as a whole is over a limit.
    pub(super) fn charge(&self, used: &mut Used) -> Result<()> {
        let used = std::mem::take(used);
        charge(&self.entries, used.entries, limits::ENTRIES, "entries")?;
        charge(&self.implied, used.implied, limits::IMPLIED, "directories that no entry names")?;
        charge(&self.long_text, used.long_text, limits::LONG_TEXT, "bytes of long names and link targets")?;
        charge(&self.xattrs, used.xattrs, limits::XATTRS, "bytes of extended attributes")
    }

    /// A budget for what is trusted so far.
    pub fn new(trust: Trust) -> Self {
        Self { trust, ..Self::default() }
    }

    /// Whether the digests of layers are computed.
    pub(crate) fn verifies(&self) -> bool {
        self.trust.verify
    }

    /// Adds bytes that came out of a packed layer beyond [`limits::EXPANSION`] times its size.
    pub(super) fn unpack(&self, bytes: u64) -> Result<()> {
        let limit = self.trust.unpacked.unwrap_or(limits::UNPACKED);
        if bytes > 0 && add(&self.unpacked, bytes) > limit {
            let why = format!(
                "the packed layers unpack to more than {limit} bytes beyond {} times their size, the limit",
                limits::EXPANSION
            );
            return Err(Error::because(why).hint("raise it with --max-unpacked if you trust the image"));
        }
        Ok(())
    }

    /// Adds a layer that is the blob of an earlier layer of its image: its entries, and the bytes of its links' targets.
    ///
    /// # Errors
    /// When the image as a whole is over a limit.
    pub fn repeat(&self, entries: u64, links: u64) -> Result<()> {
        self.charge(&mut Used { long_text: links, ..Used::default() })?;
        charge(&self.repeated, entries, limits::REPEATED, "entries in layers that are named again")
    }

    /// Adds the entries of a layer that an earlier image of the same archive has.
    ///
    /// # Errors
    /// When the archive as a whole is over the limit.
    pub fn share(&self, entries: u64) -> Result<()> {
        charge(&self.shared, entries, limits::SHARED, "entries in common with the images before it")
    }

    /// Asks to keep a package database. When all together are over their limit, none is kept in the end: which came
    /// first would depend on the timing of threads.
    pub(super) fn take_database(&self, size: u64) -> bool {
        add(&self.databases, size) <= limits::DATABASES
    }

    /// Asks to keep a package.json, likewise.
    pub(super) fn take_package_json(&self, size: u64) -> bool {
        add(&self.package_jsons, size) <= limits::PACKAGE_JSONS
    }

    /// Asks to keep a script, likewise.
    pub(super) fn take_script(&self, size: u64) -> bool {
        add(&self.scripts, size) <= limits::SCRIPTS
    }

    /// True when all scripts together are within their limit.
    pub fn holds_scripts(&self) -> bool {
        self.scripts.load(Ordering::Relaxed) <= limits::SCRIPTS
    }

    /// True when all databases together are within their limit.
    pub fn holds_databases(&self) -> bool {
        self.databases.load(Ordering::Relaxed) <= limits::DATABASES
    }

    /// True when all package.json files together are within their limit.
    pub fn holds_package_jsons(&self) -> bool {
        self.package_jsons.load(Ordering::Relaxed) <= limits::PACKAGE_JSONS
    }
}

/// The sum after adding `more`.
fn add(sum: &AtomicU64, more: u64) -> u64 {
    sum.fetch_add(more, Ordering::Relaxed).saturating_add(more)
}

fn charge(sum: &AtomicU64, more: u64, limit: u64, what: &str) -> Result<()> {
    if more > 0 && add(sum, more) > limit {
        return Err(Error::because(format!("the image has more than {limit} {what}, the limit")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_that_was_overdrawn_stays_so() {
        let budget = Budget::default();
        assert!(budget.take_database(limits::DATABASES));
        assert!(budget.holds_databases());
        assert!(!budget.take_database(1));
        assert!(!budget.take_database(0) && !budget.holds_databases());
        assert!(budget.take_package_json(1) && budget.holds_package_jsons());
    }

    #[test]
    fn layers_share_the_limits() {
        let budget = Budget::default();
        let half = || Used { implied: limits::IMPLIED / 2, ..Used::default() };
        let mut used = half();
        budget.charge(&mut used).unwrap();
        assert_eq!(used.implied, 0);
        budget.charge(&mut half()).unwrap();
        budget.charge(&mut Used::default()).unwrap();
        let error = budget.charge(&mut Used { implied: 1, ..Used::default() }).unwrap_err().to_string();
        assert_eq!(error, "the image has more than 1048576 directories that no entry names, the limit");
        budget.unpack(limits::UNPACKED).unwrap();
        assert!(budget.unpack(1).is_err());
        let generous = Budget::new(Trust { unpacked: Some(u64::MAX), verify: false });
        generous.unpack(limits::UNPACKED).unwrap();
        generous.unpack(1).unwrap();
    }
}
