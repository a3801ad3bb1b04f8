//! Programs that need next to nothing of a distribution: some libraries, certificates, time zones. There are images
//! with just these, without a shell and a package manager.

use std::collections::BTreeSet;

use super::Closure;
use crate::advice::engine::ledger::Ledger;
use crate::advice::engine::started::Started;
use crate::advice::knowledge::base_images::{
    DISTROLESS, DISTROLESS_PACKAGES, DISTROLESS_RELEASES, LIBRARIES_OF_C, LIBRARIES_OF_CC,
};
use crate::dockerfile::Keyword;
use crate::image::PathId;
use crate::layer::Kind;
use crate::overlay::Slot;

/// The image that suffices for what a container starts, and the libraries that it needs of it. None where own steps
/// brought anything that needs more: another package, a script, a library of another kind.
pub(in crate::advice) fn image(ledger: &Ledger<'_>) -> Option<(String, Vec<String>)> {
    let release = ledger.analysis.system.base.as_ref().filter(|release| release.id == "debian")?;
    let version = release.version.as_deref().filter(|version| DISTROLESS_RELEASES.contains(version))?;
    let image = ledger.image;
    // a health check in the form of a shell needs one
    if image.history.iter().any(|step| step.instruction == Some(Keyword::Healthcheck)) {
        return None;
    }
    let started = Started::of(ledger);
    let content = |path: PathId| ledger.union.content_of(ledger.union.rootfs.entry(path)?);
    let is_program = |&path: &PathId| content(path).is_some_and(|id| image.excerpts.elf(id).is_some());
    let is_plain = |path: &PathId| {
        let Some(id) = ledger.union.rootfs.entry(*path) else { return false };
        ledger.is_own(image.layer_of(id)) && (is_program(path) || image.entry(id).kind == Kind::Symlink)
    };
    if !started.programs.iter().any(is_program) || !started.programs.iter().all(is_plain) {
        return None;
    }
    let own = unpackaged(ledger);
    let names: BTreeSet<&[u8]> = own.iter().map(|&path| image.paths.name(path)).collect();
    let mut needed: BTreeSet<&[u8]> = BTreeSet::new();
    for &path in &own {
        let Some(id) = content(path) else { continue };
        if image.excerpts.script(id).is_some() {
            return None;
        }
        let Some(elf) = image.excerpts.elf(id) else { continue };
        match image.excerpts.libraries(id) {
            Some(libraries) => needed.extend(libraries.iter().map(|name| &**name)),
            None if elf.needs_loader => return None,
            None => {}
        }
    }
    needed.retain(|name| !names.contains(name));
    let is_in = |list: &[&str], name: &[u8]| list.iter().any(|known| known.as_bytes() == name);
    let is_c = |name: &[u8]| is_in(&LIBRARIES_OF_C, name) || name.starts_with(b"ld-linux");
    if !needed.iter().all(|name| is_c(name) || is_in(&LIBRARIES_OF_CC, name)) {
        return None;
    }
    let closure = Closure::of(ledger, &started, &own);
    if !closure.gaps.is_empty() || !closure.install.iter().all(|word| is_there(word)) {
        return None;
    }
    let kind = if needed.iter().all(|name| is_c(name)) { "base" } else { "cc" };
    let libraries = needed.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    Some((format!("{DISTROLESS}/{kind}-debian{version}"), libraries))
}

/// Live files of own layers that no package brought.
fn unpackaged(ledger: &Ledger<'_>) -> Vec<PathId> {
    let live = ledger.union.rootfs.live().filter_map(|(path, slot)| match slot {
        Slot::Entry(id) if ledger.is_own(ledger.image.layer_of(id)) => Some(path),
        _ => None,
    });
    live.filter(|&path| {
        ledger.analysis.packages.owner_index(path).is_none() && !ledger.path_matches.is_package_file(path)
    })
    .collect()
}

/// True for a package whose files the small images have as well.
fn is_there(word: &str) -> bool {
    DISTROLESS_PACKAGES.contains(&word.split(['=', ':', '/']).next().unwrap_or(word))
}
