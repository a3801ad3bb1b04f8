//! Programs without their symbols.

use super::edits;
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::{files, has_sum};
use crate::advice::rules::unstripped::Unstripped;
use crate::dockerfile::{Fix, shell};
use crate::image::PathId;
use crate::units;

/// Options that make a builder leave symbols out: the command, the option that is there if it does, and the command with it.
const BUILDERS: [(&str, &str, &str); 3] = [
    ("go build", "-ldflags", "go build -ldflags='-s -w'"),
    ("cargo build", "profile.release.strip", "cargo build --config profile.release.strip=true"),
    ("cargo install", "profile.release.strip", "cargo install --config profile.release.strip=true"),
];
/// The same in the manifest of the project.
const IN_MANIFEST: &str = "or in Cargo.toml, under [profile.release]: strip = true";

/// So many files are not named one by one.
const FEW: usize = 4;

impl Facts for Unstripped {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let shares: Vec<String> = self
            .0
            .iter()
            .take(3)
            .map(|&(bytes, path, id)| {
                let size = units::size(ledger.image.entry(id).size);
                format!("{} of {size} in {}", units::size(bytes), ledger.path(path))
            })
            .collect();
        let mut fix = Fix::default();
        for &layer in found.claims.layers.keys() {
            let here: Vec<_> =
                self.0.iter().filter(|(_, _, id)| ledger.image.layer_of(*id) == layer).collect();
            let names = here.iter().map(|(_, path, id)| match here.len() {
                // the directory that holds all of them is named
                FEW.. => Some(*path),
                _ => ledger.lasting_name(*path, *id),
            });
            let paths: Option<Vec<PathId>> = names.collect();
            // another option of a builder gives its files other sums
            let has_sums =
                here.iter().any(|(_, path, _)| ledger.word(*path).is_some_and(|word| has_sum(&word)));
            let one = at(ledger, layer, &paths.unwrap_or_default(), has_sums);
            fix.edits.extend(one.edits);
            fix.notes.extend(one.notes);
        }
        fix.notes.dedup();
        Words {
            title: format!(
                "{} can be stripped: {} of symbols and debug information",
                files(self.0.len() as u64),
                units::size(found.claims.bytes)
            ),
            why: format!("{}. {}", shares.join(", "), found.rule.why),
            fix,
        }
    }
}

fn at(ledger: &Ledger<'_>, layer: usize, paths: &[PathId], has_sums: bool) -> Fix {
    let command = ledger.image.command_of(layer);
    for (builder, known, with) in BUILDERS {
        if !has_sums && shell::runs(command, builder) && !command.contains(known) {
            let edits = edits::swap(ledger, layer, builder, with);
            if !edits.is_empty() {
                let is_cargo = builder.starts_with("cargo");
                return Fix { edits, notes: is_cargo.then(|| IN_MANIFEST.to_owned()).into_iter().collect() };
            }
        }
    }
    let Some(strip) = strip(ledger, paths) else {
        return Fix::note("in the step that builds: strip --strip-unneeded, for each program and library");
    };
    match edits::append(ledger, layer, strip.clone()).filter(|_| has_strip(ledger, layer)) {
        Some(edit) => Fix::one(edit),
        None if ledger.shell_run(layer).is_some() => {
            Fix::note(format!("strip is in the package binutils; in {}: {strip}", ledger.layer(layer)))
        }
        None => Fix::note(format!("where they are built, before they are copied: {strip}")),
    }
}

/// True when the program is there when the step runs, and not by a recommendation that another fix refuses.
fn has_strip(ledger: &Ledger<'_>, layer: usize) -> bool {
    let Some(path) = ledger.image.paths.find(b"usr/bin/strip") else { return false };
    let is_asked = |path| {
        let packages = &ledger.analysis.packages;
        let owner = packages.owner_index(path);
        !packages.recommended.iter().any(|found| Some(found.package) == owner)
    };
    let is_there = ledger.union.rootfs.entry(path).is_some_and(|entry| ledger.image.layer_of(entry) <= layer);
    is_there && is_asked(path)
}

fn strip(ledger: &Ledger<'_>, paths: &[PathId]) -> Option<String> {
    let is_library = |&path: &PathId| String::from_utf8_lossy(ledger.image.paths.name(path)).contains(".so");
    if paths.len() >= FEW {
        let common = common(ledger, paths)?;
        // with `;` a script among the programs is no failure
        return Some(if paths.iter().all(is_library) {
            format!("find {common} -type f -name '*.so*' -exec strip --strip-unneeded {{}} +")
        } else {
            format!("find {common} -type f -perm -u+x -exec strip --strip-unneeded {{}} \\;")
        });
    }
    let few: Option<Vec<String>> = paths.iter().map(|&path| ledger.word(path)).collect();
    Some(format!("strip --strip-unneeded {}", few.filter(|few| !few.is_empty())?.join(" ")))
}

/// The lowest directory that all paths are in.
fn common(ledger: &Ledger<'_>, paths: &[PathId]) -> Option<String> {
    let mut at = paths.first().map_or(PathId::ROOT, |&path| ledger.image.paths.parent(path));
    while paths.iter().any(|&path| path < at || path >= ledger.image.paths.end(at)) {
        at = ledger.image.paths.parent(at);
    }
    ledger.word(at)
}
