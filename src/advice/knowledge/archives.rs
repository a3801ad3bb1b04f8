//! Endings of archives, and what `tar` needs to read them.

/// The ending with its dot, and the options with which `tar` reads it from a pipe; none where a pipe will not do.
const ENDINGS: [(&str, Option<&str>); 12] = [
    (".tar.gz", Some("-xz")),
    (".tgz", Some("-xz")),
    (".tar.xz", Some("-xJ")),
    (".txz", Some("-xJ")),
    (".tar.bz2", Some("-xj")),
    (".tbz2", Some("-xj")),
    (".tar.zst", Some("--zstd -x")),
    (".tar", Some("-x")),
    (".zip", None),
    (".7z", None),
    (".deb", None),
    (".rpm", None),
];

/// The ending of an archive's name, and how `tar` reads it.
pub(in crate::advice) fn ending(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    ENDINGS.into_iter().find(|(end, _)| name.len() > end.len() && name.ends_with(end))
}

/// All of them as alternatives of a glob: `tar.gz,tgz,…`.
pub(in crate::advice) fn alternatives() -> String {
    ENDINGS.map(|(end, _)| end.trim_start_matches('.')).join(",")
}
