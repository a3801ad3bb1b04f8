//! Programs and libraries that still have their symbols and debug information.
//!
//! What `strip` would save was read from the section headers; only that part of each file is billed. Files of the
//! system's packages are left alone: the distribution decided on their symbols.

use super::Structural;
use crate::advice::Confidence;
use crate::advice::claims::Claims;
use crate::advice::ledger::{Draft, Ledger, files};
use crate::advice::packages::is_of_the_system;
use crate::advice::rule::{Group, RuleInfo};
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

fn find(ledger: &mut Ledger<'_>) {
    let mut claims = Claims::default();
    let mut found: Vec<(u64, PathId, EntryId)> = Vec::new();
    for (path, slot) in ledger.union.rootfs.live() {
        let Slot::Entry(id) = slot else { continue };
        // further names of a file are no further files
        let Some(elf) = ledger.image.excerpts.elf(id) else { continue };
        let packaged =
            ledger.analysis.packages.owner_index(path).is_some_and(|owner| is_of_the_system(ledger, owner));
        if elf.strippable >= LEAST
            && !packaged
            && !is_of_a_wheel(ledger, path)
            && ledger.is_own(ledger.image.layer_of(id))
        {
            found.push((elf.strippable, path, id));
        }
    }
    found.retain(|&(bytes, path, id)| ledger.claim_part(&mut claims, path, id, bytes));
    found.sort_by_key(|&(bytes, path, _)| (std::cmp::Reverse(bytes), path));
    if claims.weight < ledger.scale.floor {
        return;
    }
    let title = format!(
        "{} can be stripped: {} of symbols and debug information",
        files(found.len() as u64),
        units::size(claims.bytes)
    );
    let shares: Vec<String> = found
        .iter()
        .take(3)
        .map(|&(bytes, path, id)| {
            let size = units::size(ledger.image.entry(id).size);
            format!("{} of {size} in {}", units::size(bytes), ledger.path(path))
        })
        .collect();
    let why = format!("{}. {}", shares.join(", "), INFO.why);
    let layer = claims.by_bytes().first().map_or(0, |(layer, _)| *layer);
    let paths: Vec<PathId> = found.iter().map(|(_, path, _)| *path).collect();
    let fix = fix(ledger, layer, &paths);
    ledger.file(&INFO, Draft { title, why, fix, claims, ..Draft::default() });
}

/// True below the directories of Python's packages: libraries of wheels were patched to find each other, and what
/// strip leaves of them cannot be loaded any more ("ELF load command address/offset not page-aligned").
fn is_of_a_wheel(ledger: &Ledger<'_>, path: PathId) -> bool {
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

fn fix(ledger: &Ledger<'_>, layer: usize, paths: &[PathId]) -> String {
    let command = ledger.command(layer);
    if shell::runs(&command, "go build") && !command.contains("-ldflags") {
        return dockerfile::run(&[command.replace("go build", "go build -ldflags='-s -w'")]);
    }
    if shell::runs(&command, "cargo build") {
        return dockerfile::run(&[
            command.replace("cargo build", "cargo build --config profile.release.strip=true")
        ]);
    }
    let tool =
        ledger.image.paths.find(b"usr/bin/strip").filter(|&path| ledger.union.rootfs.entry(path).is_some());
    let is_asked = |path| {
        let packages = &ledger.analysis.packages;
        let owner = packages.owner_index(path);
        !packages.recommended.iter().any(|found| Some(found.package) == owner)
    };
    let note = if tool.is_some_and(is_asked) { "" } else { "# strip is in the package binutils\n" };
    let strip = match paths {
        [_, _, _, _, ..] => {
            let common = common(ledger, paths);
            format!("find {common} -type f -name '*.so*' -exec strip --strip-unneeded {{}} +")
        }
        few => {
            let few: Vec<String> = few.iter().map(|&path| ledger.path(path)).collect();
            format!("strip --strip-unneeded {}", few.join(" "))
        }
    };
    if ledger.is_made_by(layer, "RUN") && !command.is_empty() && !command.starts_with('[') {
        format!("{note}{}", dockerfile::run(&[command, strip]))
    } else {
        format!("# in the stage or on the machine that builds them, before they are copied\nRUN {strip}")
    }
}

/// The lowest directory that all paths are in.
fn common(ledger: &Ledger<'_>, paths: &[PathId]) -> String {
    let mut at = paths.first().map_or(PathId::ROOT, |&path| ledger.image.paths.parent(path));
    while paths.iter().any(|&path| path < at || path >= ledger.image.paths.end(at)) {
        at = ledger.image.paths.parent(at);
    }
    ledger.path(at)
}
