//! Files told by the packages that own them: `gcc-12 and libssl-dev` says more than 400 paths.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::ledger::Ledger;
use super::phrases::name_list;
use crate::analysis::Manager;
use crate::image::PathId;

/// Bytes by package of the system's package manager.
#[derive(Debug, Default, Clone)]
pub(in crate::advice) struct Owners {
    bytes: BTreeMap<usize, u64>,
}

impl Owners {
    /// Notes that a file belongs to a finding.
    pub(in crate::advice) fn add(&mut self, ledger: &Ledger<'_>, path: PathId, bytes: u64) {
        if let Some(owner) = ledger.analysis.packages.owner_index(path)
            && is_of_the_system(ledger, owner)
        {
            *self.bytes.entry(owner).or_default() += bytes;
        }
    }

    /// The names of the packages, the one with most bytes first; none when packages own less than half of `all` bytes.
    pub(in crate::advice) fn names(&self, ledger: &Ledger<'_>, all: u64) -> Option<String> {
        let mut owners: Vec<(u64, usize)> =
            self.bytes.iter().map(|(owner, bytes)| (*bytes, *owner)).collect();
        owners.sort_by_key(|&(bytes, owner)| (Reverse(bytes), owner));
        let sum: u64 = owners.iter().map(|(bytes, _)| bytes).sum();
        // an odd man page of each of three hundred packages says nothing
        let most: u64 = owners.iter().take(NAMES).map(|(bytes, _)| bytes).sum();
        let names: Vec<&str> =
            owners.iter().map(|&(_, owner)| ledger.analysis.packages.list[owner].name.as_str()).collect();
        (sum * 2 >= all && most * 2 >= all && sum > 0).then(|| name_list(&names, NAMES))
    }
}

/// So many packages are named.
const NAMES: usize = 4;

/// True for packages of the system, which are installed and removed as a whole.
pub(in crate::advice) fn is_of_the_system(ledger: &Ledger<'_>, owner: usize) -> bool {
    matches!(ledger.analysis.packages.list[owner].manager, Manager::Dpkg | Manager::Apk | Manager::Rpm)
}

/// True below the directories of Python's packages.
pub(in crate::advice) fn is_of_python(ledger: &Ledger<'_>, path: PathId) -> bool {
    let paths = &ledger.image.paths;
    let mut at = path;
    while at != PathId::ROOT {
        if matches!(paths.name(at), b"site-packages" | b"dist-packages") {
            return true;
        }
        at = paths.parent(at);
    }
    false
}
