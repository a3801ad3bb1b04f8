//! Files that every installation of packages writes anew.

use crate::analysis::package_managers::PACKAGE_MANAGERS;

/// What installing changes, whatever the package manager is.
const COMMON: [&str; 4] = [
    "etc/ld.so.cache",
    "var/cache/ldconfig/**",
    "etc/{passwd,group,shadow,gshadow,subuid,subgid}*",
    "etc/ssl/certs/ca-certificates.crt",
];

/// Of dpkg's records, those that are written anew.
const RECORDS: [(&str, &[&str]); 1] =
    [("var/lib/dpkg", &["status*", "{info,triggers}/**", "{available,diversions,statoverride}*"])];

/// Their paths, as globs.
pub(in crate::advice) fn globs() -> Vec<String> {
    let mut globs: Vec<String> = COMMON.iter().map(ToString::to_string).collect();
    for manager in PACKAGE_MANAGERS {
        globs.extend(manager.rewrites.iter().map(ToString::to_string));
        for home in manager.records.into_iter().flat_map(|records| records.homes) {
            match RECORDS.iter().find(|(known, _)| known == home) {
                Some((_, files)) => globs.extend(files.iter().map(|file| format!("{home}/{file}"))),
                None => globs.push(format!("{home}/**")),
            }
        }
    }
    globs.sort();
    globs.dedup();
    globs
}
