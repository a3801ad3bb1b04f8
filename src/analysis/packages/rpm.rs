//! The packages of rpm, as `layer` keeps them of an `rpmdb.sqlite`: Fedora 33 and RHEL 9, and later ones.

use super::claims::Claims;
use super::model::Manager;
use crate::image::PathId;
use crate::layer::records::RPM;

/// Finds the packages and their files.
pub(super) fn read(claims: &mut Claims<'_>) {
    let Some(packages) = RPM.databases().find_map(|path| claims.body(&path)) else { return };
    let mut fields = packages.split(|&byte| byte == 0);
    while let Some(name) = fields.next().filter(|name| !name.is_empty()) {
        let version = fields.next();
        let package = claims.add(Manager::Rpm, name, version);
        for path in fields.by_ref().take_while(|path| !path.is_empty()) {
            if let Some(package) = package {
                claims.claim_named(PathId::ROOT, path.strip_prefix(b"/").unwrap_or(path), package);
            }
        }
    }
}
