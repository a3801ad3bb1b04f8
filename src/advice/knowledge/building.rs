//! What is for building only, told by names: sources, variables; and what scripts of packages write.

/// Endings of sources and of what compilers leave, for languages that are compiled.
const ENDINGS: [&[u8]; 27] = [
    b".a", b".c", b".cc", b".cpp", b".cxx", b".d", b".go", b".gradle", b".h", b".hh", b".hpp", b".hs",
    b".hxx", b".java", b".kt", b".la", b".lo", b".ml", b".o", b".pc", b".rlib", b".rmeta", b".rs", b".S",
    b".scala", b".swift", b".zig",
];
/// Names of files that only builds read.
const NAMES: [&[u8]; 15] = [
    b"CMakeCache.txt",
    b"CMakeLists.txt",
    b"Cargo.lock",
    b"Cargo.toml",
    b"GNUmakefile",
    b"Makefile",
    b"build.gradle.kts",
    b"build.ninja",
    b"build.xml",
    b"config.status",
    b"configure",
    b"go.mod",
    b"go.sum",
    b"meson.build",
    b"pom.xml",
];
/// Directories of packages of languages that are not compiled: what they hold belongs to them.
const LIBRARIES: [&[u8]; 4] = [b"site-packages", b"dist-packages", b"node_modules", b"gems"];

/// True for a source, or for what a compiler leaves beside it.
pub(in crate::advice) fn is_source(path: &[u8]) -> bool {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
    (ENDINGS.iter().any(|end| name.len() > end.len() && name.ends_with(end)) || NAMES.contains(&name))
        && !path.split(|&byte| byte == b'/').any(|part| LIBRARIES.contains(&part))
}

/// Beginnings and endings of what package managers and their packages' scripts write, in any step.
const OF_PACKAGES: [(&[u8], &[u8]); 15] = [
    (b"etc/.pwd.lock", b""),
    (b"etc/ld.so.cache", b""),
    (b"etc/machine-id", b""),
    (b"etc/group", b"-"),
    (b"etc/gshadow", b"-"),
    (b"etc/passwd", b"-"),
    (b"etc/shadow", b"-"),
    (b"run/", b".pid"),
    (b"tmp/hsperfdata_", b""),
    (b"usr/lib/python3/", b".pyc"),
    (b"usr/lib/python3.", b".pyc"),
    (b"var/cache/apt", b""),
    (b"var/cache/ldconfig", b""),
    (b"var/lib/apt/", b""),
    (b"var/lib/dpkg/", b""),
];

/// Beginnings and endings of what scripts of packages write, in steps that install some.
const OF_SCRIPTS: [(&[u8], &[u8]); 39] = [
    (b"etc/X11/", b""),
    (b"etc/alternatives/", b""),
    (b"etc/apparmor.d/local/", b""),
    (b"etc/ca-certificates", b""),
    (b"etc/default/", b""),
    (b"etc/emacs/", b""),
    (b"etc/fonts/", b""),
    (b"etc/init.d/", b""),
    (b"etc/java-", b""),
    (b"etc/logrotate.d/", b""),
    (b"etc/mailcap", b""),
    (b"etc/pam.d/", b""),
    (b"etc/perl/", b""),
    (b"etc/python3", b""),
    (b"etc/rc", b""),
    (b"etc/sgml/", b""),
    (b"etc/shells", b""),
    (b"etc/ssl/certs", b""),
    (b"etc/systemd/", b""),
    (b"etc/ucf.conf", b""),
    (b"etc/xml/", b""),
    (b"run/", b""),
    (b"usr/lib/jvm/", b""),
    (b"usr/lib/locale/C.utf8", b""),
    (b"usr/lib/x86_64-linux-gnu/", b".cache"),
    (b"usr/lib/aarch64-linux-gnu/", b".cache"),
    (b"usr/share/", b".cache"),
    (b"usr/share/mime/", b""),
    (b"var/cache/", b""),
    (b"var/lib/dbus/", b""),
    (b"var/lib/emacsen-common/", b""),
    (b"var/lib/pam/", b""),
    (b"var/lib/python/", b""),
    (b"var/lib/sgml-base/", b""),
    (b"var/lib/shells.state", b""),
    (b"var/lib/systemd/", b""),
    (b"var/lib/ucf/", b""),
    (b"var/lib/xml-core/", b""),
    (b"var/log/", b""),
];

fn is_in(table: &[(&[u8], &[u8])], path: &[u8]) -> bool {
    table.iter().any(|(start, end)| path.starts_with(start) && path.ends_with(end))
}

/// True for what package managers write whatever the step does besides.
pub(in crate::advice) fn is_of_packages(path: &[u8]) -> bool {
    is_in(&OF_PACKAGES, path)
}

/// True for what scripts of packages write, where a step installs packages.
pub(in crate::advice) fn is_of_scripts(path: &[u8]) -> bool {
    is_in(&OF_SCRIPTS, path)
}

/// Variables that compilers and installers read.
const VARIABLES: [&str; 22] = [
    "AR",
    "CC",
    "CFLAGS",
    "CGO_ENABLED",
    "CPATH",
    "CPPFLAGS",
    "CXX",
    "CXXFLAGS",
    "DEBIAN_FRONTEND",
    "GOCACHE",
    "GOFLAGS",
    "GOMODCACHE",
    "GOPROXY",
    "GOSUMDB",
    "LDFLAGS",
    "LIBRARY_PATH",
    "MAKEFLAGS",
    "PKG_CONFIG_PATH",
    "RUSTFLAGS",
    "RUSTUP_HOME",
    "CARGO_HOME",
    "CARGO_NET_GIT_FETCH_WITH_CLI",
];
/// Beginnings of such variables.
const PREFIXES: [&str; 8] =
    ["CMAKE_", "CARGO_", "NPM_CONFIG_", "npm_config_", "PIP_", "POETRY_", "UV_", "YARN_"];

/// True for a variable that only the build reads.
pub(in crate::advice) fn is_variable(name: &str) -> bool {
    VARIABLES.contains(&name) || PREFIXES.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_compiled_languages_are_for_building_and_those_of_others_are_not() {
        for path in ["src/main.c", "app/go.mod", "app/target/libx.rlib", "Makefile"] {
            assert!(is_source(path.as_bytes()), "{path}");
        }
        for path in ["app/main.py", "app/index.ts", "app/templates/x.html", "v/site-packages/n/x.h", "app/.c"]
        {
            assert!(!is_source(path.as_bytes()), "{path}");
        }
        assert!(is_variable("PIP_CERT") && is_variable("CC") && !is_variable("NODE_ENV"));
    }
}
