//! Package managers: what a command installs, which of it is for building only, and how to say both in a `RUN`.

use super::shell;

/// A package manager.
pub(super) struct Tool {
    /// How its installation is called, options left out.
    installs: &'static [&'static str],
    /// A whole `RUN` that installs; `{}` stands for the packages. What apt leaves behind depends on the image.
    install: &'static str,
    /// The end of a `RUN` that takes packages away again.
    remove: &'static str,
}

const TOOLS: [Tool; 7] = [
    Tool {
        installs: &["apt-get install", "apt install"],
        install: "apt-get update && apt-get install -y --no-install-recommends {}",
        remove: "apt-get purge -y --auto-remove {}",
    },
    Tool { installs: &["apk add"], install: "apk add --no-cache {}", remove: "apk del {}" },
    Tool {
        installs: &["dnf install"],
        install: "dnf install -y --setopt=install_weak_deps=False {} && dnf clean all",
        remove: "dnf remove -y {} && dnf clean all",
    },
    Tool {
        installs: &["microdnf install"],
        install: "microdnf install -y --setopt=install_weak_deps=0 {} && microdnf clean all",
        remove: "microdnf remove -y {} && microdnf clean all",
    },
    Tool {
        installs: &["yum install"],
        install: "yum install -y {} && yum clean all",
        remove: "yum remove -y {} && yum clean all",
    },
    Tool {
        installs: &["zypper install", "zypper in"],
        install: "zypper --non-interactive install --no-recommends {} && zypper clean --all",
        remove: "zypper --non-interactive remove --clean-deps {} && zypper clean --all",
    },
    Tool {
        installs: &["pacman"],
        install: "pacman -Syu --noconfirm {} && pacman -Scc --noconfirm",
        remove: "pacman -Rns --noconfirm {} && pacman -Scc --noconfirm",
    },
];

/// Options whose value is the next word.
const VALUED: [&str; 9] =
    ["-t", "--target-release", "--default-release", "-o", "-c", "--virtual", "--repository", "-X", "--root"];

/// The packages that a command installs, and with what.
pub(super) fn installed(command: &str) -> Option<(&'static Tool, Vec<String>)> {
    TOOLS.iter().find_map(|tool| {
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

impl Tool {
    /// A `RUN` that installs packages and leaves nothing else behind.
    pub(super) fn install(&self, packages: &[String]) -> String {
        self.install.replace("{}", &packages.join(" "))
    }

    /// The commands that take packages away again.
    pub(super) fn remove(&self, packages: &[String]) -> String {
        self.remove.replace("{}", &packages.join(" "))
    }

    pub(super) fn is_apt(&self) -> bool {
        self.installs[0] == "apt-get install"
    }

    pub(super) fn is_apk(&self) -> bool {
        self.installs[0] == "apk add"
    }
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
pub(super) fn is_for_building(package: &str) -> bool {
    let name = package.split(['=', ':', '<', '>', '~']).next().unwrap_or(package);
    BUILDING.contains(&name)
        || is_headers(name)
        || name.contains("-jdk")
        || ["gcc-", "g++-", "clang-", "llvm-", "golang-", "linux-headers"]
            .iter()
            .any(|start| name.starts_with(start))
}

/// True for packages that hold what programs are compiled against.
pub(super) fn is_headers(package: &str) -> bool {
    let name = package.split(['=', ':', '<', '>', '~']).next().unwrap_or(package);
    name.ends_with("-dev") || name.ends_with("-devel") || name.ends_with("-headers")
}

/// True for a shell text that runs a compiler or a build tool.
pub(super) fn builds(command: &str) -> bool {
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
