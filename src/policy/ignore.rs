//! Paths whose waste is accepted: the package database that every install rewrites, for example.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs over paths of the image without a leading `/`. `*` stays within one directory, `**` does not.
#[derive(Debug, Clone, Default)]
pub struct Ignore {
    globs: GlobSet,
}

impl Ignore {
    /// Reads the globs. A leading `/` is dropped, since that is how people write paths of an image, and a
    /// trailing one means everything below.
    ///
    /// # Errors
    /// The number of the first invalid glob, and a sentence that names it.
    pub fn new(globs: &[impl AsRef<str>]) -> Result<Self, (usize, String)> {
        let mut set = GlobSetBuilder::new();
        for (number, glob) in globs.iter().map(AsRef::as_ref).enumerate() {
            let path = glob.trim_start_matches("./").trim_start_matches('/');
            let everything_below = if path.ends_with('/') { "**" } else { "" };
            if path.is_empty() {
                return Err((number, format!("`{glob}` names no path: write one such as var/lib/dpkg/**")));
            }
            let glob = GlobBuilder::new(&format!("{path}{everything_below}"))
                .literal_separator(true)
                .empty_alternates(true)
                .build()
                .map_err(|error| (number, format!("`{glob}` is not a glob: {}", error.kind())))?;
            set.add(glob);
        }
        let globs = set
            .build()
            .map_err(|error| (0, format!("the globs are too large together: {}", error.kind())))?;
        Ok(Self { globs })
    }

    /// True when no glob is set.
    pub fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// True when the waste of `path` is accepted. The path is normalised, without a leading `/`.
    pub fn matches(&self, path: &[u8]) -> bool {
        !self.globs.is_empty() && self.globs.is_match_candidate(&Candidate::from_bytes(path))
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
