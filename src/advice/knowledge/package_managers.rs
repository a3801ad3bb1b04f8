//! What commands install, and which packages are for building only.

use crate::analysis::package_managers::{PACKAGE_MANAGERS, PackageManager};
use crate::dockerfile::shell;

/// Options whose value is the next word.
const VALUED: [&str; 9] =
    ["-t", "--target-release", "--default-release", "-o", "-c", "--virtual", "--repository", "-X", "--root"];

/// The packages that a command installs, and with what.
pub(in crate::advice) fn installed(command: &str) -> Option<(&'static PackageManager, Vec<String>)> {
    PACKAGE_MANAGERS.iter().find_map(|tool| {
        let mut packages = Vec::new();
        for words in shell::commands(command) {
            let Some(wanted) = tool.installs.iter().find(|wanted| shell::is(&words, wanted)) else {
                continue;
            };
            if *wanted == "pacman" && !words.iter().any(|word| word.starts_with("-S") && word != "-Scc") {
                continue;
            }
            let mut skip = wanted.split(' ').count() - 1;
            let mut is_value = false;
            for word in &words[1..] {
                if std::mem::take(&mut is_value) {
                    continue;
                }
                is_value = VALUED.contains(&word.as_str());
                if word.starts_with('-') || word == "\\" {
                    continue;
                }
                if skip > 0 {
                    skip -= 1;
                } else {
                    packages.push(word.clone());
                }
            }
        }
        (!packages.is_empty()).then_some((tool, packages))
    })
}

/// True for a step that installs what packages recommend.
pub(in crate::advice) fn takes_recommends(command: &str) -> bool {
    let lean = |manager: &PackageManager| manager.lean.is_none_or(|option| command.contains(option));
    installed(command).is_some_and(|(manager, _)| manager.has_lists() && !lean(manager))
        && !command.contains("Install-Recommends")
}

/// The same installation without what packages only recommend.
pub(in crate::advice) fn without_recommends(manager: &PackageManager, part: &str) -> String {
    let Some(option) = manager.lean.filter(|_| takes_recommends(part)) else { return part.to_owned() };
    // after the word that installs, and after the options that follow it
    for install in manager.installs {
        let Some(verb) = install.split(' ').nth(1) else { continue };
        let mut words: Vec<&str> = part.split(' ').collect();
        let Some(mut at) = words.iter().position(|word| *word == verb) else { continue };
        while words.get(at + 1).is_some_and(|word| word.starts_with('-')) {
            at += 1;
        }
        words.insert(at + 1, option);
        return words.join(" ");
    }
    part.to_owned()
}

/// Packages that are for building only, beside those that end like headers do.
const BUILDING: [&str; 51] = [
    "autoconf",
    "automake",
    "autotools-dev",
    "base-devel",
    "binutils",
    "bison",
    "build-base",
    "build-essential",
    "cargo",
    "ccache",
    "clang",
    "cmake",
    "cpp",
    "default-jdk",
    "default-jdk-headless",
    "dpkg-dev",
    "fakeroot",
    "flex",
    "g++",
    "gcc",
    "gcc-c++",
    "gdb",
    "gfortran",
    "go",
    "golang",
    "golang-go",
    "gradle",
    "libtool",
    "lld",
    "llvm",
    "m4",
    "make",
    "maven",
    "meson",
    "musl-dev",
    "nasm",
    "ninja",
    "ninja-build",
    "patch",
    "patchelf",
    "pkg-config",
    "pkgconf",
    "pkgconfig",
    "python3-pip",
    "python3-wheel",
    "rpm-build",
    "rust",
    "rustc",
    "samurai",
    "swig",
    "yasm",
];

/// True for packages that are needed to build and not to run.
pub(in crate::advice) fn is_for_building(package: &str) -> bool {
    let name = package.split(['=', ':', '<', '>', '~']).next().unwrap_or(package);
    BUILDING.contains(&name)
        || is_headers(name)
        || name.contains("-jdk")
        || ["gcc-", "g++-", "clang-", "llvm-", "golang-", "linux-headers"]
            .iter()
            .any(|start| name.starts_with(start))
}

/// True for a text that only updates, upgrades, removes or cleans what a package manager of the system has.
pub(in crate::advice) fn changes(command: &str) -> bool {
    const VERBS: [&str; 10] = [
        "update",
        "upgrade",
        "dist-upgrade",
        "full-upgrade",
        "install",
        "remove",
        "purge",
        "autoremove",
        "clean",
        "autoclean",
    ];
    let commands = shell::commands(command);
    !commands.is_empty()
        && commands.iter().any(|words| {
            let of = |manager: &PackageManager| {
                manager.name == words[0] || manager.name == "apt-get" && words[0] == "apt"
            };
            PACKAGE_MANAGERS.iter().any(of)
                && words[1..]
                    .iter()
                    .any(|word| VERBS.contains(&word.as_str()) || matches!(word.as_str(), "add" | "del"))
        })
}

/// True for the words of a command that only tidies up.
pub(in crate::advice) fn is_tidying(words: &[String]) -> bool {
    const TIDY: [&str; 5] = ["rm", "true", "rmdir", "set", "echo"];
    TIDY.contains(&words[0].as_str()) || words[0] == "find" && words.iter().any(|word| word == "-delete")
}

/// True for packages that hold what programs are compiled against.
pub(in crate::advice) fn is_headers(package: &str) -> bool {
    let name = package.split(['=', ':', '<', '>', '~']).next().unwrap_or(package);
    name.ends_with("-dev") || name.ends_with("-devel") || name.ends_with("-headers")
}

/// True for a shell text that runs a compiler or a build tool.
pub(in crate::advice) fn builds(command: &str) -> bool {
    const PROGRAMS: [&str; 22] = [
        "gcc",
        "g++",
        "cc",
        "c++",
        "clang",
        "clang++",
        "make",
        "cmake",
        "ninja",
        "meson",
        "go",
        "cargo",
        "rustc",
        "javac",
        "mvn",
        "mvnw",
        "gradle",
        "gradlew",
        "dotnet",
        "configure",
        "ld",
        "gfortran",
    ];
    shell::commands(command).iter().any(|words| {
        PROGRAMS.contains(&words[0].as_str()) || words[0].ends_with("-gcc") || words[0].ends_with("-g++")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_told_from_options_and_their_values() {
        for (command, want) in [
            ("apt-get update && apt-get -qq install -y -t backports gcc make=4.3", "gcc make=4.3"),
            ("apk add --no-cache --virtual .build build-base && make", "build-base"),
            ("dnf -y install gcc-c++ && dnf clean all", "gcc-c++"),
            ("pacman -Syu --noconfirm gcc && pacman -Scc", "gcc"),
            ("zypper -n in gcc", "gcc"),
        ] {
            assert_eq!(installed(command).unwrap().1.join(" "), want, "{command}");
        }
        for command in ["apt-get update", "make install", "pacman -Rns gcc", ""] {
            assert!(installed(command).is_none(), "{command}");
        }
    }

    #[test]
    fn what_is_for_building_is_told_by_name() {
        for package in ["gcc", "gcc-12", "libpq-dev", "zlib-devel", "make=4.3-1", "openjdk-17-jdk-headless"] {
            assert!(is_for_building(package), "{package}");
        }
        for package in ["libpq5", "curl", "ca-certificates", "nodejs", "openjdk-17-jre"] {
            assert!(!is_for_building(package), "{package}");
        }
        assert!(builds("cd /src && gcc -g -o x main.c") && builds("./configure && make"));
        assert!(!builds("apt-get install -y gcc make"));
    }
}
