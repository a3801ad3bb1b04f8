//! Paths whose waste is accepted: the package database that every install rewrites, for example.
//!
//! The globs are matched as those of the rules are, so that thousands of them cost little. The crate globset says what a
//! glob is, and matches those with a backslash, which rules do not have.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::advice::Globs;

/// Globs over paths of the image without a leading `/`. `*` stays within one directory, `**` does not.
#[derive(Debug, Clone, Default)]
pub struct Ignore {
    globs: Option<Globs>,
    escaped: GlobSet,
}

impl Ignore {
    /// Reads the globs. A leading `/` is dropped, since that is how people write paths of an image, and a
    /// trailing one means everything below.
    ///
    /// # Errors
    /// The number of the first invalid glob, and a sentence that names it.
    pub fn new(globs: &[impl AsRef<str>]) -> Result<Self, (usize, String)> {
        let mut escaped = GlobSetBuilder::new();
        let mut ignore = Self::default();
        for (number, glob) in globs.iter().map(AsRef::as_ref).enumerate() {
            let path = glob.trim_start_matches("./").trim_start_matches('/');
            let everything_below = if path.ends_with('/') { "**" } else { "" };
            if path.is_empty() {
                return Err((number, format!("`{glob}` names no path: write one such as var/lib/dpkg/**")));
            }
            let built = GlobBuilder::new(&format!("{path}{everything_below}"))
                .literal_separator(true)
                .empty_alternates(true)
                .build()
                .map_err(|error| (number, format!("`{glob}` is not a glob: {}", error.kind())))?;
            if path.contains('\\') {
                escaped.add(built);
            } else {
                let known = ignore.globs.get_or_insert_default();
                known.add(path, 0, false).map_err(|why| (number, why))?;
            }
        }
        ignore.escaped = escaped
            .build()
            .map_err(|error| (0, format!("the globs are too large together: {}", error.kind())))?;
        Ok(ignore)
    }

    /// True when no glob is set.
    pub fn is_empty(&self) -> bool {
        self.globs.is_none() && self.escaped.is_empty()
    }

    /// True when the waste of `path` is accepted. The path is normalised, without a leading `/`.
    pub fn matches(&self, path: &[u8]) -> bool {
        self.globs.as_ref().is_some_and(|globs| globs.of(path) != 0)
            || !self.escaped.is_empty() && self.escaped.is_match_candidate(&Candidate::from_bytes(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_normalised_paths() {
        let ignore = Ignore::new(&["var/lib/dpkg/**", "/etc/*.cache", "srv/data/", "a{,b}"]).unwrap();
        for path in
            ["var/lib/dpkg/status", "var/lib/dpkg/info/x.list", "etc/ld.so.cache", "srv/data/x/y", "a", "ab"]
        {
            assert!(ignore.matches(path.as_bytes()), "{path}");
        }
        for path in ["var/lib/dpkg", "etc/x/y.cache", "srv/database", "b"] {
            assert!(!ignore.matches(path.as_bytes()), "{path}");
        }
        assert!(ignore.matches(b"srv/data/not-\xff-utf8"));
        let escaped = Ignore::new(&["a\\*b"]).unwrap();
        assert!(!escaped.is_empty() && escaped.matches(b"a*b") && !escaped.matches(b"axb"));
    }

    #[test]
    fn thousands_of_globs_cost_little() {
        let globs: Vec<String> = (0..20_000)
            .map(|n| match n % 5 {
                0 => format!("srv/{n}/**"),
                1 => format!("**/cache-{n}-*"),
                2 => format!("**/*-{n}.txt"),
                3 => format!("**/{n}"),
                _ => format!("usr/*/{n}?/x"),
            })
            .collect();
        let start = std::time::Instant::now();
        let ignore = Ignore::new(&globs).unwrap();
        let found =
            (0..100_000).filter(|n| ignore.matches(format!("usr/share/{n}/a-{n}.txt").as_bytes())).count();
        assert_eq!(found, 4000);
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }

    #[test]
    fn without_globs_nothing_matches() {
        assert!(!Ignore::default().matches(b"x"));
        assert!(Ignore::default().is_empty());
    }

    #[test]
    fn what_is_no_glob_is_named() {
        let (number, error) = Ignore::new(&["ok", "a[b"]).unwrap_err();
        assert_eq!(number, 1);
        assert!(error.starts_with("`a[b` is not a glob: "), "{error}");
        assert!(Ignore::new(&["/"]).is_err());
        assert!(Ignore::new(&[""]).is_err());
    }
}
