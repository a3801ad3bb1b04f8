//! What an image runs on: `os/architecture[/variant]`.

use std::fmt;

use serde::Deserialize;

use super::nullable;

/// An operating system and an architecture in Go's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
pub struct Platform {
    /// The operating system: `linux`.
    #[serde(default, deserialize_with = "nullable")]
    pub os: String,
    /// The architecture: `amd64`.
    #[serde(default, deserialize_with = "nullable")]
    pub architecture: String,
    /// Its variant: `v7`.
    pub variant: Option<String>,
}

impl Platform {
    /// Reads `os/architecture` or `os/architecture/variant`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('/');
        let (os, architecture) = (parts.next()?, parts.next()?);
        let variant = parts.next().map(str::to_owned);
        let well_formed = !os.is_empty() && !architecture.is_empty() && parts.next().is_none();
        well_formed.then(|| Self { os: os.into(), architecture: normal(architecture).into(), variant })
    }

    /// The platform that a container engine on this machine would choose: Linux on this architecture.
    pub fn host() -> Self {
        Self { os: "linux".into(), architecture: normal(std::env::consts::ARCH).into(), variant: None }
    }

    /// True if an image for `self` satisfies a request for `wanted`. The variant is compared only if the request names
    /// one; arm64 implies its only variant, v8.
    pub fn answers(&self, wanted: &Self) -> bool {
        let variant = |p: &Self| {
            p.variant.clone().filter(|v| !(v.is_empty() || v == "v8" && normal(&p.architecture) == "arm64"))
        };
        self.os == wanted.os
            && normal(&self.architecture) == normal(&wanted.architecture)
            && variant(wanted).is_none_or(|v| variant(self) == Some(v))
    }

    /// True if nothing is known, or for the `unknown/unknown` of attestations.
    pub fn is_unknown(&self) -> bool {
        matches!(self.os.as_str(), "" | "unknown") && matches!(self.architecture.as_str(), "" | "unknown")
    }
}

/// Go's word for an architecture that Rust or uname call something else.
fn normal(architecture: &str) -> &str {
    match architecture {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" | "i386" => "386",
        other => other,
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_unknown() {
            return f.write_str("unknown platform");
        }
        write!(f, "{}/{}", self.os, self.architecture)?;
        match self.variant.as_deref() {
            Some(variant) if !variant.is_empty() => write!(f, "/{variant}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(text: &str) -> Platform {
        Platform::parse(text).unwrap()
    }

    #[test]
    fn platforms_are_read_and_shown() {
        assert_eq!(platform("linux/arm/v7").to_string(), "linux/arm/v7");
        assert_eq!(platform("linux/x86_64").to_string(), "linux/amd64");
        for bad in ["", "linux", "linux/", "/amd64", "a/b/c/d"] {
            assert_eq!(Platform::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_wish_without_variant_takes_any() {
        assert!(platform("linux/arm/v7").answers(&platform("linux/arm")));
        assert!(!platform("linux/arm/v6").answers(&platform("linux/arm/v7")));
        assert!(platform("linux/arm64/v8").answers(&platform("linux/arm64")));
        assert!(platform("linux/arm64").answers(&platform("linux/arm64/v8")));
        assert!(!platform("windows/amd64").answers(&platform("linux/amd64")));
    }
}
