//! What was built: the files that a second stage would have to copy out of the first.

use super::base_images;
use super::ledger::Ledger;
use super::owners::is_of_the_system;
use crate::advice::knowledge::package_managers;
use crate::analysis::system::Language;
use crate::dockerfile::{Keyword, shell};
use crate::image::PathId;
use crate::overlay::Slot;

/// Most paths that are named.
const MOST: usize = 6;

/// The paths, each once; none when the image does not tell.
///
/// The program that a container starts, what the commands name (`-o /usr/local/bin/app`), what the building steps wrote
/// outside of sources and caches; for interpreters the working directory and the packages that were installed for
/// the program. What a package manager of the system brought is never one.
pub(in crate::advice) fn find(ledger: &Ledger<'_>) -> Vec<PathId> {
    let image = ledger.image;
    let system = &ledger.analysis.system;
    let is_runtime = |path| system.runtimes.iter().any(|runtime| runtime.path == path);
    let mut found: Vec<PathId> = Vec::new();
    let started = system.program.map(|program| program.path);
    found.extend(started.filter(|&path| is_made(ledger, path) && !is_runtime(path)));
    found.extend(started_with(ledger).filter(|&path| is_made(ledger, path)));
    found.extend(named(ledger).into_iter().filter(|&path| is_made(ledger, path)));
    found.extend(written(ledger));
    if found.is_empty() {
        let bins = [&b"usr/local/bin"[..], b"usr/local/sbin"];
        let bins = bins.into_iter().filter_map(|place| image.paths.find(place));
        let made = bins.flat_map(|place| image.paths.children(place));
        found.extend(made.filter(|&path| is_made(ledger, path) && !is_runtime(path)));
    }
    let interpreter = base_images::runtime(ledger);
    let is_python = interpreter.is_some_and(|runtime| runtime.language == Language::Python);
    if is_python {
        found.extend(site_packages(ledger));
    }
    found.extend(working(ledger, found.is_empty() || interpreter.is_some()));
    tidy(ledger, found)
}

/// True for live files of own layers that no package of the system has.
fn is_made(ledger: &Ledger<'_>, path: PathId) -> bool {
    let Some(Slot::Entry(id)) = ledger.union.rootfs.get(path) else { return false };
    let packaged =
        || ledger.analysis.packages.owner_index(path).is_some_and(|owner| is_of_the_system(ledger, owner));
    let Some(content) = ledger.union.content_of(id) else { return false };
    ledger.is_own(ledger.image.layer_of(content)) && !packaged()
}

/// What an interpreter is started with: `java -jar /opt/app.jar`.
fn started_with<'a>(ledger: &'a Ledger<'_>) -> impl Iterator<Item = PathId> + 'a {
    let runtime = &ledger.image.config.config;
    let words = runtime.entrypoint.iter().chain(&runtime.cmd).filter(|word| word.starts_with('/'));
    words.filter_map(|word| ledger.image.paths.find(word.trim_matches('/').as_bytes()))
}

/// Files that commands name as their output.
fn named(ledger: &Ledger<'_>) -> Vec<PathId> {
    let mut found = Vec::new();
    for layer in ledger.analysis.base_layers..ledger.image.layers.len() {
        let command = ledger.image.command_of(layer);
        if !ledger.is_made_by(layer, Keyword::Run) || !package_managers::builds(command) {
            continue;
        }
        for words in shell::commands(command) {
            let output = words.windows(2).find(|pair| pair[0] == "-o").map(|pair| pair[1].as_str());
            let output = output.filter(|name| name.starts_with('/'));
            found.extend(output.and_then(|name| ledger.image.paths.find(name.trim_matches('/').as_bytes())));
        }
    }
    found
}

/// Places that building steps write to and nobody runs from.
const ASIDE: [&[u8]; 12] = [
    b"usr/src",
    b"tmp",
    b"var",
    b"root",
    b"home",
    b"run",
    b"etc/ld.so.cache",
    b"go/pkg",
    b"usr/local/cargo",
    b"usr/include",
    b"usr/local/include",
    b"usr/local/go",
];

/// What building steps wrote outside of sources and caches.
fn written(ledger: &Ledger<'_>) -> Vec<PathId> {
    let image = ledger.image;
    let own = ledger.analysis.base_layers..image.layers.len();
    // where the sources were copied to
    let mut aside: Vec<PathId> = ASIDE.iter().filter_map(|place| image.paths.find(place)).collect();
    for layer in own.clone().filter(|&layer| ledger.is_copied(layer)) {
        let command = ledger.image.command_of(layer);
        let target = command.split_whitespace().last().unwrap_or_default();
        let target = if target.starts_with('/') { target } else { &image.config.config.working_dir };
        let place = image.paths.find(target.trim_matches('/').as_bytes());
        aside.extend(place.filter(|&place| place != PathId::ROOT && !command.contains("--from=")));
    }
    let mut found = Vec::new();
    for layer in own {
        let command = image.command_of(layer);
        let builds = ledger.is_made_by(layer, Keyword::Run) && package_managers::builds(command);
        if !builds || package_managers::installed(command).is_some() {
            continue;
        }
        for entry in image.layer_entries(layer) {
            let path = image.path_of(entry);
            let is_aside = aside.iter().any(|&place| place <= path && path < image.paths.end(place));
            if !is_aside && ledger.path_matches.rule(path).is_none() && is_made(ledger, path) {
                found.push(path);
            }
        }
    }
    found
}

/// The directories that pip installs into, when own layers have something there.
fn site_packages(ledger: &Ledger<'_>) -> Vec<PathId> {
    let paths = &ledger.image.paths;
    let Some(lib) = paths.find(b"usr/local/lib") else { return Vec::new() };
    let pythons = paths.children(lib).filter(|&path| paths.name(path).starts_with(b"python3"));
    let places = pythons.flat_map(|python| paths.children(python));
    let places = places.filter(|&path| matches!(paths.name(path), b"site-packages" | b"dist-packages"));
    places.filter(|&place| (place.0..paths.end(place).0).any(|id| is_made(ledger, PathId(id)))).collect()
}

/// The working directory when it holds what runs; of Java's archives only these.
fn working(ledger: &Ledger<'_>, is_run_from: bool) -> Vec<PathId> {
    let image = ledger.image;
    let place = image.config.config.working_dir.trim_matches('/').as_bytes();
    let place = image.paths.find(place).filter(|&path| path != PathId::ROOT);
    let Some(place) = place.filter(|&place| ledger.union.rootfs.is_directory(image, place)) else {
        return Vec::new();
    };
    let inside = (place.0..image.paths.end(place).0).map(PathId);
    let (mut jars, mut others) = (Vec::new(), false);
    for path in inside.filter(|&path| is_made(ledger, path)) {
        others = true;
        if image.paths.name(path).ends_with(b".jar") && ledger.path_matches.rule(path).is_none() {
            jars.push(path);
        }
    }
    if !jars.is_empty() {
        return jars;
    }
    if others && is_run_from { vec![place] } else { Vec::new() }
}

/// At most [`MOST`] paths, none of them below another: many files of one directory become the directory.
fn tidy(ledger: &Ledger<'_>, mut found: Vec<PathId>) -> Vec<PathId> {
    let paths = &ledger.image.paths;
    loop {
        found.sort_unstable();
        found.dedup();
        let mut end = PathId::ROOT;
        found.retain(|&path| {
            let is_new = path >= end;
            if is_new {
                end = paths.end(path);
            }
            is_new
        });
        if found.len() <= MOST {
            return found;
        }
        // the deepest go up first
        let depth = |path: PathId| {
            std::iter::successors(Some(path), |&at| (at != PathId::ROOT).then(|| paths.parent(at))).count()
        };
        let deepest = found.iter().map(|&path| depth(path)).max().unwrap_or(0);
        if deepest <= 4 {
            found.truncate(MOST);
            return found;
        }
        for path in &mut found {
            if depth(*path) == deepest {
                *path = paths.parent(*path);
            }
        }
    }
}
