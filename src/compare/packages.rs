//! Packages that were added, removed, or replaced by another version.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use super::versions;
use crate::analysis::{Manager, Package, Packages};

/// A package that differs between two images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageChange {
    /// What installed it.
    pub manager: Manager,
    /// Its name.
    pub name: String,
    /// How it differs.
    pub change: VersionChange,
    /// The version before, if it was there and has one.
    pub old: Option<String>,
    /// The version after, if it is there and has one.
    pub new: Option<String>,
    /// Its bytes before.
    pub bytes_old: u64,
    /// Its bytes after.
    pub bytes_new: u64,
}

/// How a package differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VersionChange {
    /// Only the new image has it.
    Added,
    /// Only the old image has it.
    Removed,
    /// The new image has a later version.
    Upgraded,
    /// The new image has an earlier version.
    Downgraded,
    /// The same version, but its files take other bytes: some were left out, or it was built anew.
    Resized,
}

impl VersionChange {
    /// The word for it, in text and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Upgraded => "upgraded",
            Self::Downgraded => "downgraded",
            Self::Resized => "resized",
        }
    }
}

/// The packages that differ: those that differ most in bytes first, then by manager, name and version.
pub(super) fn packages(old: &Packages, new: &Packages) -> Vec<PackageChange> {
    let mut names: BTreeMap<(Manager, &str), [Vec<&Package>; 2]> = BTreeMap::new();
    for (side, packages) in [old, new].into_iter().enumerate() {
        for package in &packages.list {
            names.entry((package.manager, &package.name)).or_default()[side].push(package);
        }
    }
    let mut found: Vec<PackageChange> =
        names.into_values().flat_map(|[before, after]| of_one_name(before, after)).flatten().collect();
    found.sort_by_key(|change| Reverse(change.bytes_old.abs_diff(change.bytes_new)));
    found
}

/// One name may have several versions (in several `node_modules`): equal ones go together, then the rest,
/// the latest with the latest.
fn of_one_name<'a>(mut before: Vec<&'a Package>, mut after: Vec<&'a Package>) -> Vec<Option<PackageChange>> {
    let mut found = Vec::new();
    before.retain(|package| match after.iter().position(|other| other.version == package.version) {
        Some(at) => {
            found.push(difference(Some(package), Some(after.swap_remove(at))));
            false
        }
        None => true,
    });
    for side in [&mut before, &mut after] {
        side.sort_by(|a, b| by_version(b, a));
    }
    let count = before.len().max(after.len());
    found.extend((0..count).map(|at| difference(before.get(at).copied(), after.get(at).copied())));
    found
}

fn by_version(a: &Package, b: &Package) -> Ordering {
    let text = |package: &Package| package.version.clone().unwrap_or_default();
    versions::compare(a.manager, &text(a), &text(b))
}

fn difference(old: Option<&Package>, new: Option<&Package>) -> Option<PackageChange> {
    let change = match (old, new) {
        (None, None) => return None,
        (None, Some(_)) => VersionChange::Added,
        (Some(_), None) => VersionChange::Removed,
        (Some(a), Some(b)) if a.version == b.version => {
            if a.bytes == b.bytes {
                return None;
            }
            VersionChange::Resized
        }
        (Some(a), Some(b)) if by_version(a, b) == Ordering::Greater => VersionChange::Downgraded,
        (Some(_), Some(_)) => VersionChange::Upgraded,
    };
    let any = new.or(old)?;
    Some(PackageChange {
        manager: any.manager,
        name: any.name.clone(),
        change,
        old: old.and_then(|package| package.version.clone()),
        new: new.and_then(|package| package.version.clone()),
        bytes_old: old.map_or(0, |package| package.bytes),
        bytes_new: new.map_or(0, |package| package.bytes),
    })
}
