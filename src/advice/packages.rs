//! Files told by the packages that own them: `gcc-12 and libssl-dev` says more than 400 paths.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::ledger::Ledger;
use crate::analysis::Manager;
use crate::image::PathId;
use crate::text;

/// Bytes by package of the system's package manager.
#[derive(Debug, Default, Clone)]
pub(super) struct Owners {
    bytes: BTreeMap<usize, u64>,
}

impl Owners {
    /// Notes that a file belongs to a finding.
    pub(super) fn add(&mut self, ledger: &Ledger<'_>, path: PathId, bytes: u64) {
        if let Some(owner) = ledger.analysis.packages.owner_index(path)
            && is_of_the_system(ledger, owner)
        {
            *self.bytes.entry(owner).or_default() += bytes;
        }
    }

    /// The names of the packages, the one with most bytes first; none when packages own less than half of `all` bytes.
    pub(super) fn names(&self, ledger: &Ledger<'_>, all: u64) -> Option<String> {
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
pub(super) fn is_of_the_system(ledger: &Ledger<'_>, owner: usize) -> bool {
    matches!(ledger.analysis.packages.list[owner].manager, Manager::Dpkg | Manager::Apk | Manager::Rpm)
}

/// `a, b, c and 12 more`: the first `count` names, or all if only one would be left out.
pub(super) fn name_list(names: &[&str], count: usize) -> String {
    let shown = if names.len() <= count + 1 { names.len() } else { count };
    let mut list: Vec<String> = names[..shown].iter().map(|name| text::line(name.as_bytes(), 60)).collect();
    if shown < names.len() {
        return format!("{} and {} more", list.join(", "), names.len() - shown);
    }
    match list.pop() {
        Some(end) if !list.is_empty() => format!("{} and {end}", list.join(", ")),
        end => end.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::name_list;

    #[test]
    fn names_are_listed_like_words() {
        assert_eq!(name_list(&["a"], 2), "a");
        assert_eq!(name_list(&["a", "b", "c"], 2), "a, b and c");
        assert_eq!(name_list(&["a", "b", "c", "d"], 2), "a, b and 2 more");
        assert_eq!(name_list(&[], 2), "");
    }
}
