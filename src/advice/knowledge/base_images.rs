//! Official images: of languages, with the variable that tells their version, and of distributions.

use crate::analysis::system::Language;

/// A base with less live content is taken for slim already, in bytes: `debian:bookworm-slim` has 75 MB.
pub(in crate::advice) const SLIM: u64 = 85_000_000;
/// So many live bytes of the base in these directories tell a full variant: slim ones have next to none.
pub(in crate::advice) const DOCUMENTS: u64 = 5_000_000;
pub(in crate::advice) const DOCUMENT_PLACES: [&[u8]; 3] =
    [b"usr/share/doc", b"usr/share/man", b"usr/share/locale"];

/// An official image of a language.
pub(in crate::advice) struct Official {
    /// The variable that tells its version.
    pub(in crate::advice) variable: &'static str,
    pub(in crate::advice) image: &'static str,
    /// So many numbers of the version are in its tags.
    pub(in crate::advice) numbers: usize,
    pub(in crate::advice) has_slim: bool,
    /// It is for building: what is built runs on the distribution alone.
    pub(in crate::advice) builds: bool,
}

const fn official(
    variable: &'static str,
    image: &'static str,
    numbers: usize,
    has_slim: bool,
    builds: bool,
) -> Official {
    Official { variable, image, numbers, has_slim, builds }
}

pub(in crate::advice) static OFFICIAL: [Official; 7] = [
    official("GOLANG_VERSION", "golang", 2, false, true),
    official("RUST_VERSION", "rust", 2, true, true),
    official(Language::Python.variable(), "python", 2, true, false),
    official(Language::Node.variable(), "node", 1, true, false),
    official(Language::Ruby.variable(), "ruby", 2, true, false),
    official(Language::Php.variable(), "php", 2, false, false),
    official(Language::Jdk.variable(), "eclipse-temurin", 1, false, false),
];

/// How much of a distribution's version is in its image's tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::advice) enum Tag {
    /// The code name, else the version.
    Codename,
    /// The whole version.
    Version,
    /// So many numbers of it.
    Numbers(usize),
    /// It has none: it rolls.
    None,
}

/// An official image of a distribution.
pub(in crate::advice) struct Distribution {
    /// `ID` of its os-release.
    pub(in crate::advice) id: &'static str,
    pub(in crate::advice) image: &'static str,
    pub(in crate::advice) tag: Tag,
    /// What is put behind the tag for the smaller variant; empty when there is none.
    pub(in crate::advice) slim: &'static str,
}

const fn distribution(id: &'static str, image: &'static str, tag: Tag, slim: &'static str) -> Distribution {
    Distribution { id, image, tag, slim }
}

pub(in crate::advice) static DISTRIBUTIONS: [Distribution; 12] = [
    distribution("debian", "debian", Tag::Codename, "-slim"),
    distribution("ubuntu", "ubuntu", Tag::Version, ""),
    distribution("alpine", "alpine", Tag::Numbers(2), ""),
    distribution("fedora", "fedora", Tag::Numbers(1), ""),
    distribution("almalinux", "almalinux", Tag::Numbers(1), "-minimal"),
    distribution("rocky", "rockylinux", Tag::Numbers(1), "-minimal"),
    distribution("ol", "oraclelinux", Tag::Numbers(1), "-slim"),
    distribution("centos", "centos", Tag::Numbers(1), ""),
    distribution("amzn", "amazonlinux", Tag::Numbers(1), ""),
    distribution("opensuse-leap", "opensuse/leap", Tag::Version, ""),
    distribution("opensuse-tumbleweed", "opensuse/tumbleweed", Tag::None, ""),
    distribution("arch", "archlinux", Tag::None, ""),
];

/// Images of a distribution with some libraries, certificates and time zones, and no shell: `base-debian12`, and
/// `cc-debian12` with the libraries of compilers. Source: README of GoogleContainerTools/distroless.
pub(in crate::advice) const DISTROLESS: &str = "gcr.io/distroless";
/// The versions of Debian that they are made of.
pub(in crate::advice) const DISTROLESS_RELEASES: [&str; 2] = ["12", "13"];
/// The packages whose files they have; those of compilers in `cc` only.
pub(in crate::advice) const DISTROLESS_PACKAGES: [&str; 9] = [
    "ca-certificates",
    "tzdata",
    "netbase",
    "media-types",
    "libc6",
    "libssl3",
    "libgcc-s1",
    "libstdc++6",
    "libgomp1",
];
/// What all of them have, beside the loader.
pub(in crate::advice) const LIBRARIES_OF_C: [&str; 10] = [
    "libc.so.6",
    "libcrypto.so.3",
    "libdl.so.2",
    "libm.so.6",
    "libnss_dns.so.2",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libssl.so.3",
    "libutil.so.1",
];
/// What `cc` has besides.
pub(in crate::advice) const LIBRARIES_OF_CC: [&str; 3] = ["libgcc_s.so.1", "libgomp.so.1", "libstdc++.so.6"];
