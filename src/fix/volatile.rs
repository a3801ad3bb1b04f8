//! What every build writes anew: logs, caches of programs, records with times in them.

/// Paths by their beginnings and endings.
const VOLATILE: [(&str, &str); 26] = [
    ("var/log/", ""),
    ("var/cache/ldconfig/", ""),
    ("var/cache/fontconfig/", ""),
    ("var/cache/debconf/", ""),
    ("var/cache/apt/", ".bin"),
    // apt makes them whenever it runs
    ("var/lib/apt/lists/lock", ""),
    ("var/lib/apt/lists/partial", ""),
    ("var/lib/apt/lists/auxfiles", ""),
    ("var/cache/man/", ""),
    ("var/lib/dpkg/", "-old"),
    ("var/lib/apt/extended_states", ""),
    ("var/lib/systemd/", ""),
    ("var/lib/rpm/", ""),
    ("var/lib/dnf/", ""),
    ("var/lib/ucf/", ""),
    ("usr/share/mime/", ".cache"),
    ("usr/share/info/dir", ""),
    ("etc/", "-"),
    ("etc/ld.so.cache", ""),
    ("etc/machine-id", ""),
    ("run/", ""),
    ("root/.npm/_logs", ""),
    ("root/.npm/_update-notifier-last-checked", ""),
    ("", ".pyc"),
    ("", "/__pycache__"),
    // the fix's own, which a COPY of the whole context takes along
    ("", "/.dockerignore"),
];

/// True for what every build writes anew.
pub(super) fn is_volatile(path: &[u8]) -> bool {
    VOLATILE.iter().any(|(start, end)| path.starts_with(start.as_bytes()) && path.ends_with(end.as_bytes()))
}
