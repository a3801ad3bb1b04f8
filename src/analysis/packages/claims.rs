//! Who owns which path, while the records are read.

use std::collections::{BTreeMap, HashMap};

use super::model::{Manager, NOBODY, Package, Packages, Recommended};
use super::places::Places;
use super::recommends::Extra;
use crate::image::{EntryId, Image, PathId};
use crate::overlay::{Slot, Stack, Union};
use crate::source::limits;

/// A package as its record names it; its place in [`Claims::found`] is its number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PackageFiles {
    pub manager: Manager,
    pub name: String,
    pub version: Option<String>,
}

/// The packages found so far, and what they claim.
pub(super) struct Claims<'a> {
    pub image: &'a Image,
    pub union: &'a Union,
    pub places: Places<'a>,
    pub found: Vec<PackageFiles>,
    owners: Vec<u32>,
}

impl<'a> Claims<'a> {
    pub(super) fn new(stack: Stack<'a>) -> Self {
        let Stack { image, union } = stack;
        Self { image, union, places: Places::new(stack), found: Vec::new(), owners: Vec::new() }
    }

    /// The regular file that stands at a path.
    pub(super) fn live_file(&self, path: &[u8]) -> Option<PathId> {
        let path = self.image.paths.find(path)?;
        self.content_at(path).map(|_| path)
    }

    /// The entry with the content of the file that stands at a path.
    pub(super) fn content_at(&self, path: PathId) -> Option<EntryId> {
        self.union.content_of(self.union.rootfs.entry(path)?)
    }

    /// The body of the file that stands at a path, if it was kept.
    pub(super) fn body(&self, path: &[u8]) -> Option<&'a [u8]> {
        self.body_at(self.image.paths.find(path)?)
    }

    /// The same by the path's id.
    pub(super) fn body_at(&self, path: PathId) -> Option<&'a [u8]> {
        self.image.excerpts.body(self.content_at(path)?)
    }

    /// Adds a package and returns its number; none if there are too many.
    pub(super) fn add(&mut self, manager: Manager, name: &[u8], version: Option<&[u8]>) -> Option<u32> {
        if name.is_empty() || self.found.len() >= limits::PACKAGES {
            return None;
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.found.push(PackageFiles {
            manager,
            name: text(name),
            version: version.filter(|version| !version.is_empty()).map(text),
        });
        u32::try_from(self.found.len() - 1).ok()
    }

    /// Assigns a path to a package, unless another owns it already. Paths without a file are skipped.
    pub(super) fn claim(&mut self, path: PathId, package: u32) {
        if self.owners.is_empty() {
            self.owners = vec![NOBODY; self.image.paths.len() as usize];
        }
        let owner = &mut self.owners[path.index()];
        if *owner == NOBODY {
            *owner = package;
        }
    }

    /// Gives the file that a record names to a package. `from` is the directory that the name is relative to.
    pub(super) fn claim_named(&mut self, from: PathId, name: &[u8], package: u32) {
        if let Some(path) = self.places.file(from, name) {
            self.claim(path, package);
        }
    }

    /// Counts what each package owns. `recommended` is what is there only as a recommendation.
    pub(super) fn settle(mut self, recommended: &[Extra], unread: Vec<Manager>) -> Packages {
        let mut totals = vec![Total::default(); self.found.len()];
        let unowned = self.count(&mut totals);
        let mut places: BTreeMap<&PackageFiles, Vec<usize>> = BTreeMap::new();
        for (number, found) in self.found.iter().enumerate() {
            places.entry(found).or_default().push(number);
        }
        let is_kept = |numbers: &[usize], found: &PackageFiles| {
            // a system package may have no files; a language's package without any came with a system package
            matches!(found.manager, Manager::Dpkg | Manager::Apk | Manager::Rpm)
                || numbers.iter().any(|&n| totals[n].files > 0)
        };
        let mut list: Vec<(Package, Vec<usize>)> = places
            .into_iter()
            .filter(|(found, numbers)| is_kept(numbers, found))
            .map(|(found, numbers)| (package(found, numbers.iter().map(|&n| &totals[n])), numbers))
            .collect();
        list.sort_by_key(|(package, _)| std::cmp::Reverse(package.bytes)); // stable: else by name
        let mut places = vec![NOBODY; self.found.len()];
        for (place, (_, numbers)) in list.iter().enumerate() {
            for &number in numbers {
                places[number] = u32::try_from(place).unwrap_or(NOBODY);
            }
        }
        for owner in self.owners.iter_mut().filter(|owner| **owner != NOBODY) {
            *owner = places[*owner as usize];
        }
        let mut recommended: Vec<Recommended> = recommended
            .iter()
            .filter_map(|extra| {
                let place = |number: u32| {
                    let place = places[number as usize];
                    (place != NOBODY).then_some(place as usize)
                };
                let needs = extra.needs.iter().filter_map(|&number| place(number)).collect();
                Some(Recommended { package: place(extra.package)?, by: place(extra.by)?, needs })
            })
            .collect();
        recommended.sort_by_key(|recommended| (recommended.package, recommended.by));
        recommended.dedup_by_key(|recommended| recommended.package);
        let list = list.into_iter().map(|(package, _)| package).collect();
        Packages { list, unowned, recommended, unread, owners: self.owners }
    }

    /// Sums up what each package owns, and returns what no package owns. A content with several paths belongs to the owner of
    /// the first path that has one.
    fn count(&self, totals: &mut [Total]) -> u64 {
        let mut counted = vec![false; self.image.entries.len()];
        let mut live = 0;
        let mut billed = 0;
        for wants_owner in [true, false] {
            for (path, slot) in self.union.rootfs.live() {
                let Slot::Entry(id) = slot else { continue };
                let Some(content) = self.union.content_of(id) else { continue };
                let owner = self.owners.get(path.index()).copied().unwrap_or(NOBODY);
                let total = totals.get_mut(owner as usize);
                if total.is_some() != wants_owner {
                    continue;
                }
                let is_first = !std::mem::replace(&mut counted[content.index()], true);
                let bytes = if is_first { self.image.entry(content).size } else { 0 };
                live += bytes;
                if let Some(total) = total {
                    billed += bytes;
                    total.files += 1;
                    if bytes > 0 {
                        *total.layers.entry(self.image.layer_of(content)).or_default() += bytes;
                    }
                }
            }
        }
        live - billed
    }
}

/// What one package owns.
#[derive(Debug, Clone, Default)]
struct Total {
    files: u64,
    layers: HashMap<usize, u64>,
}

/// The package whose places own `totals`.
fn package<'t>(found: &PackageFiles, totals: impl Iterator<Item = &'t Total>) -> Package {
    let (mut files, mut sums) = (0, BTreeMap::new());
    for total in totals {
        files += total.files;
        for (layer, bytes) in &total.layers {
            *sums.entry(*layer).or_default() += bytes;
        }
    }
    let mut layers: Vec<(usize, u64)> = sums.into_iter().collect();
    layers.sort_by_key(|&(_, bytes)| std::cmp::Reverse(bytes));
    Package {
        manager: found.manager,
        name: found.name.clone(),
        version: found.version.clone(),
        bytes: layers.iter().map(|(_, bytes)| bytes).sum(),
        files,
        layers,
    }
}
