//! Alpine's packages.
//!
//! Source: apk-tools' documentation of the installed database ("apk v2 format"): paragraphs of one-letter
//! fields. `P` is the name, `V` the version, `F` a directory, `R` a file in the `F` above.

use super::claims::Claims;
use super::model::Manager;
use crate::image::PathId;
use crate::layer::records::APK;

/// Finds the packages and their files.
pub(super) fn read(claims: &mut Claims<'_>) {
    if let Some(installed) = APK.databases().find_map(|path| claims.body(&path)) {
        add(claims, installed);
    }
}

fn add(claims: &mut Claims<'_>, installed: &[u8]) {
    let mut record = Record::default();
    let mut package = None;
    let mut directory = Some(PathId::ROOT);
    for line in installed.split(|&b| b == b'\n') {
        match line {
            [] => (record, package, directory) = (Record::default(), None, Some(PathId::ROOT)),
            [b'P', b':', value @ ..] => record.name = value,
            [b'V', b':', value @ ..] => record.version = value,
            [b'F', b':', value @ ..] => directory = claims.places.directory(PathId::ROOT, value),
            [b'R', b':', value @ ..] => {
                if let (Some(package), Some(directory)) = (package, directory) {
                    claims.claim_named(directory, value, package);
                }
            }
            _ => {}
        }
        // the version follows the name, and both precede the files
        if package.is_none() && !record.name.is_empty() && !record.version.is_empty() {
            package = claims.add(Manager::Apk, record.name, Some(record.version));
            record = Record::default();
        }
    }
}

#[derive(Default)]
struct Record<'t> {
    name: &'t [u8],
    version: &'t [u8],
}
