//! The package managers of distributions, one row each: everything that the program knows about one is here.

use super::packages::Manager;
use crate::layer::records::{self, Records};

/// A package manager.
#[derive(Debug)]
pub struct PackageManager {
    /// Its name.
    pub name: &'static str,
    /// The program: where it is, packages can be installed.
    pub program: &'static [u8],
    /// Whose packages it installs; none when they are not read.
    pub family: Option<Manager>,
    /// Where its records are; none if they are not read.
    pub records: Option<&'static Records>,
    /// Other paths that every installation rewrites, as globs.
    pub rewrites: &'static [&'static str],
    /// How it installs, options left out.
    pub installs: &'static [&'static str],
    /// How it fetches the lists of packages in a command of its own; empty when installing does that.
    pub updates: &'static [&'static str],
    /// How it installs new versions of what is there.
    pub upgrades: &'static [&'static str],
    /// Other commands that fill its caches.
    pub fetches: &'static [&'static str],
    /// A `RUN` that installs `{}` and leaves nothing else behind, except for what `clean` removes.
    pub install: &'static str,
    /// The end of a `RUN` that removes packages again.
    pub remove: &'static str,
    /// The option of an installation that leaves out what packages only recommend.
    pub lean: Option<&'static str>,
    /// The option of an installation that leaves out manual pages.
    pub without_docs: Option<&'static str>,
    /// Lines for a file that leave out languages from then on.
    pub without_languages: Option<&'static str>,
}

impl PackageManager {
    /// The text of a `RUN` that installs packages.
    pub fn install(&self, packages: &[String]) -> String {
        self.install.replace("{}", &packages.join(" "))
    }

    /// The commands that remove packages again.
    pub fn remove(&self, packages: &[String]) -> String {
        self.remove.replace("{}", &packages.join(" "))
    }

    /// All commands that fill its caches.
    pub fn filling(&self) -> impl Iterator<Item = &'static str> {
        [self.installs, self.updates, self.upgrades, self.fetches].into_iter().flatten().copied()
    }

    /// True if it installs from lists that a separate command has to fetch first.
    pub fn has_lists(&self) -> bool {
        !self.updates.is_empty()
    }
}

/// All of them.
pub static PACKAGE_MANAGERS: &[PackageManager] = &[
    PackageManager {
        name: "apt-get",
        program: b"usr/bin/apt-get",
        family: Some(Manager::Dpkg),
        records: Some(&records::DPKG),
        rewrites: &["var/lib/apt/extended_states", "var/cache/debconf/**"],
        installs: &["apt-get install", "apt install"],
        updates: &["apt-get update", "apt update"],
        upgrades: &[
            "apt-get upgrade",
            "apt-get dist-upgrade",
            "apt-get full-upgrade",
            "apt upgrade",
            "apt full-upgrade",
        ],
        fetches: &[],
        install: "apt-get update && apt-get install -y --no-install-recommends {}",
        remove: "apt-get purge -y --auto-remove {}",
        lean: Some("--no-install-recommends"),
        without_docs: None,
        without_languages: None,
    },
    PackageManager {
        name: "apk",
        program: b"sbin/apk",
        family: Some(Manager::Apk),
        records: Some(&records::APK),
        rewrites: &[],
        installs: &["apk add"],
        updates: &[],
        upgrades: &["apk upgrade"],
        fetches: &["apk update"],
        install: "apk add --no-cache {}",
        remove: "apk del {}",
        lean: None,
        without_docs: None,
        without_languages: None,
    },
    PackageManager {
        name: "dnf",
        program: b"usr/bin/dnf",
        family: Some(Manager::Rpm),
        records: Some(&records::RPM),
        rewrites: &["var/lib/dnf/**"],
        installs: &["dnf install"],
        updates: &[],
        upgrades: &["dnf update", "dnf upgrade"],
        fetches: &["dnf groupinstall", "dnf makecache"],
        install: "dnf install -y --setopt=install_weak_deps=False {} && dnf clean all",
        remove: "dnf remove -y {} && dnf clean all",
        lean: Some("--setopt=install_weak_deps=False"),
        without_docs: Some("--setopt=tsflags=nodocs"),
        without_languages: Some(RPM_LANGUAGES),
    },
    PackageManager {
        name: "microdnf",
        program: b"usr/bin/microdnf",
        family: Some(Manager::Rpm),
        records: Some(&records::RPM),
        rewrites: &[],
        installs: &["microdnf install"],
        updates: &[],
        upgrades: &["microdnf update", "microdnf upgrade"],
        fetches: &["microdnf makecache"],
        install: "microdnf install -y --setopt=install_weak_deps=0 {} && microdnf clean all",
        remove: "microdnf remove -y {} && microdnf clean all",
        lean: Some("--setopt=install_weak_deps=0"),
        without_docs: Some("--nodocs"),
        without_languages: Some(RPM_LANGUAGES),
    },
    PackageManager {
        name: "yum",
        program: b"usr/bin/yum",
        family: Some(Manager::Rpm),
        records: Some(&records::RPM),
        rewrites: &[],
        installs: &["yum install"],
        updates: &[],
        upgrades: &["yum update", "yum upgrade"],
        fetches: &["yum groupinstall", "yum makecache"],
        install: "yum install -y {} && yum clean all",
        remove: "yum remove -y {} && yum clean all",
        lean: None,
        without_docs: Some("--setopt=tsflags=nodocs"),
        without_languages: Some(RPM_LANGUAGES),
    },
    PackageManager {
        name: "tdnf",
        program: b"usr/bin/tdnf",
        family: Some(Manager::Rpm),
        records: Some(&records::RPM),
        rewrites: &[],
        installs: &["tdnf install"],
        updates: &[],
        upgrades: &["tdnf update", "tdnf upgrade"],
        fetches: &["tdnf makecache"],
        install: "tdnf install -y {} && tdnf clean all",
        remove: "tdnf remove -y {} && tdnf clean all",
        lean: None,
        without_docs: None,
        without_languages: None,
    },
    PackageManager {
        name: "zypper",
        program: b"usr/bin/zypper",
        family: Some(Manager::Rpm),
        records: Some(&records::RPM),
        rewrites: &[],
        installs: &["zypper install", "zypper in"],
        updates: &[],
        upgrades: &["zypper update", "zypper up", "zypper dup"],
        fetches: &["zypper refresh", "zypper ref"],
        install: "zypper --non-interactive install --no-recommends {} && zypper clean --all",
        remove: "zypper --non-interactive remove --clean-deps {} && zypper clean --all",
        lean: Some("--no-recommends"),
        without_docs: None,
        without_languages: None,
    },
    PackageManager {
        name: "pacman",
        program: b"usr/bin/pacman",
        family: None,
        records: None,
        rewrites: &["var/lib/pacman/local/**"],
        installs: &["pacman"],
        updates: &[],
        upgrades: &[],
        fetches: &[],
        install: "pacman -Syu --noconfirm {} && pacman -Scc --noconfirm",
        remove: "pacman -Rns --noconfirm {} && pacman -Scc --noconfirm",
        lean: None,
        without_docs: None,
        without_languages: None,
    },
];

/// rpm installs the texts of these languages only.
const RPM_LANGUAGES: &str = "echo '%_install_langs C.utf8' > /etc/rpm/macros.image-language-conf";
