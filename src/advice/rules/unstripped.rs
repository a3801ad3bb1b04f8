//! Programs and libraries that still have their symbols and debug information.
//!
//! What `strip` would save was read from the section headers; only that part of each file is billed. Files of the
//! system's packages are left alone: the distribution decided on their symbols.

use super::Structural;
use crate::advice::Confidence;
use crate::advice::desk::{Desk, Draft, files};
use crate::advice::packages::is_of_the_system;
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::tally::Tally;
use crate::advice::{dockerfile, shell};
use crate::image::{EntryId, PathId};
use crate::overlay::Slot;
use crate::units;

static INFO: RuleInfo = RuleInfo::new(
    "unstripped",
    Group::Runtime,
    "Programs hold symbols and debug information",
    "No run needs the symbol table and the debug information of a program. Keep a copy outside of the image for reading crashes.",
    "RUN make && strip --strip-unneeded /usr/local/bin/PROGRAM",
)
.with(Confidence::Likely, None);

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

/// Less is not worth a line, in bytes of one file.
const LEAST: u64 = 4_000;

fn find(desk: &mut Desk<'_>) {
    let mut tally = Tally::default();
    let mut found: Vec<(u64, PathId, EntryId)> = Vec::new();
    for (path, slot) in desk.union.rootfs.live() {
        let Slot::Entry(id) = slot else { continue };
        // further names of a file are no further files
        let Some(elf) = desk.image.excerpts.elf(id) else { continue };
        let packaged =
            desk.analysis.packages.owner_index(path).is_some_and(|owner| is_of_the_system(desk, owner));
        if elf.strippable >= LEAST
            && !packaged
            && !is_of_a_wheel(desk, path)
            && desk.is_own(desk.image.layer_of(id))
        {
            found.push((elf.strippable, path, id));
        }
    }
    found.retain(|&(bytes, path, id)| desk.claim_part(&mut tally, path, id, bytes));
    found.sort_by_key(|&(bytes, path, _)| (std::cmp::Reverse(bytes), path));
    if tally.weight < desk.scale.floor {
        return;
    }
    let title = format!(
        "{} can be stripped: {} of symbols and debug information",
        files(found.len() as u64),
        units::size(tally.bytes)
    );
    let shares: Vec<String> = found
        .iter()
        .take(3)
        .map(|&(bytes, path, id)| {
            let size = units::size(desk.image.entry(id).size);
            format!("{} of {size} in {}", units::size(bytes), desk.path(path))
        })
        .collect();
    let why = format!("{}. {}", shares.join(", "), INFO.why);
    let layer = tally.by_bytes().first().map_or(0, |(layer, _)| *layer);
    let paths: Vec<PathId> = found.iter().map(|(_, path, _)| *path).collect();
    let fix = fix(desk, layer, &paths);
    desk.file(&INFO, Draft { title, why, fix, tally, ..Draft::default() });
}

/// True below the directories of Python's packages: libraries of wheels were patched to find each other, and what
/// strip leaves of them cannot be loaded any more ("ELF load command address/offset not page-aligned").
fn is_of_a_wheel(desk: &Desk<'_>, path: PathId) -> bool {
    let paths = &desk.image.paths;
    let mut at = path;
    while at != PathId::ROOT {
        if matches!(paths.name(at), b"site-packages" | b"dist-packages") {
            return true;
        }
        at = paths.parent(at);
    }
    false
}

fn fix(desk: &Desk<'_>, layer: usize, paths: &[PathId]) -> String {
    let command = desk.command(layer);
    if shell::runs(&command, "go build") && !command.contains("-ldflags") {
        return dockerfile::run(&[command.replace("go build", "go build -ldflags='-s -w'")]);
    }
    if shell::runs(&command, "cargo build") {
        return dockerfile::run(&[
            command.replace("cargo build", "cargo build --config profile.release.strip=true")
        ]);
    }
    let tool =
        desk.image.paths.find(b"usr/bin/strip").filter(|&path| desk.union.rootfs.entry(path).is_some());
    let is_asked = |path| {
        let packages = &desk.analysis.packages;
        let owner = packages.owner_index(path);
        !packages.recommended.iter().any(|found| Some(found.package) == owner)
    };
    let note = if tool.is_some_and(is_asked) { "" } else { "# strip is in the package binutils\n" };
    let strip = match paths {
        [_, _, _, _, ..] => {
            let common = common(desk, paths);
            format!("find {common} -type f -name '*.so*' -exec strip --strip-unneeded {{}} +")
        }
        few => {
            let few: Vec<String> = few.iter().map(|&path| desk.path(path)).collect();
            format!("strip --strip-unneeded {}", few.join(" "))
        }
    };
    if desk.is_made_by(layer, "RUN") && !command.is_empty() && !command.starts_with('[') {
        format!("{note}{}", dockerfile::run(&[command, strip]))
    } else {
        format!("# in the stage or on the machine that builds them, before they are copied\nRUN {strip}")
    }
}

/// The lowest directory that all paths are in.
fn common(desk: &Desk<'_>, paths: &[PathId]) -> String {
    let mut at = paths.first().map_or(PathId::ROOT, |&path| desk.image.paths.parent(path));
    while paths.iter().any(|&path| path < at || path >= desk.image.paths.end(at)) {
        at = desk.image.paths.parent(at);
    }
    desk.path(at)
}
