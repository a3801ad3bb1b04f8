//! Debian's packages.
//!
//! Sources: dpkg(1) "FILES", deb-control(5). `/var/lib/dpkg/status` has a paragraph for each package,
//! `/var/lib/dpkg/info/NAME[:ARCH].list` names its files. Distroless images have a file `status.d/NAME` for
//! each package, with `NAME.md5sums` beside it.

use std::collections::HashMap;

use super::claims::Claims;
use super::fields::paragraphs;
use super::model::Manager;
use super::recommends::{self, Control};
use crate::image::PathId;
use crate::layer::records::DPKG;

const STATUS_FILES: &[u8] = b"var/lib/dpkg/status.d";
const LISTS: &[u8] = b"var/lib/dpkg/info";
const STATES: &[u8] = b"var/lib/apt/extended_states";

/// Finds the packages and their files. Returns the packages that are there only because they are recommended, and why.
pub(super) fn read(claims: &mut Claims<'_>) -> Vec<recommends::Extra> {
    let mut controls = Vec::new();
    if let Some(status) = DPKG.databases().find_map(|path| claims.body(&path)) {
        add(claims, status, &mut controls);
    }
    let mut sums = Vec::new();
    if let Some(directory) = claims.image.paths.find(STATUS_FILES) {
        for path in claims.image.paths.children(directory) {
            let Some(body) = claims.body_at(path) else { continue };
            match claims.image.paths.name(path).strip_suffix(b".md5sums") {
                Some(name) => sums.push((name, body)),
                None => add(claims, body, &mut controls),
            }
        }
    }
    let by_name = Names::of(&controls);
    for (name, body) in sums {
        if let Some(package) = by_name.get(name) {
            // each line: a sum, blanks, a path
            for line in body.split(|&b| b == b'\n') {
                if let Some(blank) = line.iter().position(|&b| b == b' ') {
                    claims.claim_named(PathId::ROOT, line[blank..].trim_ascii_start(), package);
                }
            }
        }
    }
    if let Some(directory) = claims.image.paths.find(LISTS) {
        for path in claims.image.paths.children(directory) {
            let Some(name) = claims.image.paths.name(path).strip_suffix(b".list") else { continue };
            if let (Some(package), Some(body)) = (by_name.get(name), claims.body_at(path)) {
                for line in body.split(|&b| b == b'\n') {
                    claims.claim_named(PathId::ROOT, line, package);
                }
            }
        }
    }
    match claims.body(STATES) {
        Some(states) => recommends::only_recommended(&controls, &automatic(states)),
        None => Vec::new(),
    }
}

/// Adds the installed packages of a status.
fn add<'t>(claims: &mut Claims<'_>, status: &'t [u8], controls: &mut Vec<Control<'t>>) {
    for control in installed(status) {
        if let Some(number) = claims.add(Manager::Dpkg, control.name, Some(control.version)) {
            controls.push(Control { number, ..control });
        }
    }
}

/// The installed packages of a status, without numbers.
pub(super) fn installed(status: &[u8]) -> Vec<Control<'_>> {
    fn field<'t>(control: &mut Control<'t>, name: &'t [u8], value: &'t [u8]) {
        let place = match name {
            b"Package" => &mut control.name,
            b"Architecture" => &mut control.architecture,
            b"Version" => &mut control.version,
            b"Status" => &mut control.status,
            b"Depends" => &mut control.depends,
            b"Pre-Depends" => &mut control.pre_depends,
            b"Recommends" => &mut control.recommends,
            b"Provides" => &mut control.provides,
            b"Essential" => &mut control.essential,
            _ => return,
        };
        *place = value;
    }
    let mut controls = Vec::new();
    paragraphs(status, field, |control: Control<'_>| {
        // `config-files` and the like: the package was removed. Distroless has no status
        if control.status.is_empty() || control.status.ends_with(b" installed") {
            controls.push(control);
        }
    });
    controls
}

/// Packages that apt installed as dependencies of others.
fn automatic(states: &[u8]) -> Vec<&[u8]> {
    #[derive(Default)]
    struct State<'t> {
        name: &'t [u8],
        is_automatic: bool,
    }
    let mut names = Vec::new();
    paragraphs(
        states,
        |state: &mut State<'_>, name, value| match name {
            b"Package" => state.name = value,
            b"Auto-Installed" => state.is_automatic = value == b"1",
            _ => {}
        },
        |state| {
            if state.is_automatic {
                names.push(state.name);
            }
        },
    );
    names
}

/// Numbers of packages by `NAME` and by `NAME:ARCH`.
struct Names<'t>(HashMap<(&'t [u8], &'t [u8]), u32>);

impl<'t> Names<'t> {
    fn of(controls: &[Control<'t>]) -> Self {
        let mut names = HashMap::new();
        for control in controls {
            names.entry((control.name, &[][..])).or_insert(control.number);
            names.entry((control.name, control.architecture)).or_insert(control.number);
        }
        Self(names)
    }

    fn get(&self, name: &[u8]) -> Option<u32> {
        let colon = name.iter().position(|&b| b == b':').unwrap_or(name.len());
        let architecture = name.get(colon + 1..).unwrap_or_default();
        self.0.get(&(&name[..colon], architecture)).copied()
    }
}
