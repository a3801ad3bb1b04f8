//! Alpine's packages.
//!
//! Source: apk-tools' documentation of the installed database ("apk v2 format"): paragraphs of one-letter
//! fields. `P` is the name, `V` the version, `F` a directory, `R` a file in the `F` above.

use super::claims::Claims;
use super::model::Manager;

pub(super) const INSTALLED: [&[u8]; 2] = [b"lib/apk/db/installed", b"usr/lib/apk/db/installed"];

/// Finds the packages and their files.
pub(super) fn read(claims: &mut Claims<'_>) {
    if let Some(installed) = INSTALLED.into_iter().find_map(|path| claims.body(path)) {
        add(claims, installed);
    }
}

fn add(claims: &mut Claims<'_>, installed: &[u8]) {
    let mut record = Record::default();
    let mut package = None;
    let mut directory: &[u8] = b"";
    let mut name = Vec::new();
    for line in installed.split(|&b| b == b'\n') {
        match line {
            [] => (record, package, directory) = (Record::default(), None, b""),
            [b'P', b':', value @ ..] => record.name = value,
            [b'V', b':', value @ ..] => record.version = value,
            [b'F', b':', value @ ..] => directory = value,
            [b'R', b':', value @ ..] => {
                name.clear();
                name.extend_from_slice(directory);
                name.push(b'/');
                name.extend_from_slice(value);
                if let Some(package) = package {
                    claims.claim_named(&name, package);
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
