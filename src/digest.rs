//! Digests as the image specification writes them: `algorithm:hex`.
//!
//! Digests name blobs, so a digest from an archive is checked before it becomes part of a path: only characters that
//! the specification allows, so that no name leads out of the layout.

use std::fmt;

/// A checked digest, for example `sha256:9f86d0…` (64 hexadecimal digits).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    /// Checks `text` against the specification's grammar (image-spec, descriptor.md, "Digests"):
    /// `[a-z0-9+._-]+:[a-zA-Z0-9=_-]+`, and 64 lower-case hexadecimal digits for sha256.
    pub fn parse(text: &str) -> Option<Self> {
        let (algorithm, encoded) = text.split_once(':')?;
        let algorithm_ok = algorithm.starts_with(|c: char| c.is_ascii_lowercase())
            && algorithm
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+._-".contains(&b));
        let encoded_ok = match algorithm {
            "sha256" => is_hex(encoded, 64),
            "sha512" => is_hex(encoded, 128),
            _ => {
                (32..=256).contains(&encoded.len())
                    && encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"=_-".contains(&b))
            }
        };
        (algorithm_ok && encoded_ok).then(|| Self(text.to_owned()))
    }

    /// The digest of what this SHA-256 is the sum of.
    pub fn sha256(sum: &[u8; 32]) -> Self {
        let digits = sum.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let hex: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
        Self(format!("sha256:{hex}"))
    }

    /// The part before the colon.
    pub fn algorithm(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// The part after the colon.
    pub fn encoded(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }

    /// The whole text, `algorithm:encoded`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// True for exactly `length` lower-case hexadecimal digits.
pub fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// True for what may be the beginning of a sum: at least 12 hexadecimal digits.
pub fn is_sum(text: &str) -> bool {
    text.len() >= 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_digests_pass() {
        let hex = "0".repeat(64);
        assert!(Digest::parse(&format!("sha256:{hex}")).is_some());
        assert_eq!(Digest::parse(&format!("sha256:{hex}")).unwrap().encoded(), hex);
        for bad in ["", "sha256:", "sha256:../../etc/passwd", "sha256:ABC", "nocolon", "../x:abc"] {
            assert_eq!(Digest::parse(bad), None, "{bad}");
        }
        assert!(Digest::parse(&format!("sha256:{}", "g".repeat(64))).is_none());
        assert!(Digest::parse(&format!("..:{}", "a".repeat(64))).is_none());
    }
}
