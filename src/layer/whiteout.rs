//! Whiteouts: names that remove what lower layers hold.
//!
//! Source: image-spec, layer.md, "Whiteouts". `.wh.NAME` removes NAME, `.wh..wh..opq` hides all that lower
//! layers hold in its directory. Other names that start with `.wh..wh.` are bookkeeping of AUFS.

/// What a normalised path is to the union.
#[derive(Debug, PartialEq, Eq)]
pub enum Name<'a> {
    /// An entry like any other.
    Plain,
    /// Removes this name from the directory of the whiteout.
    Whiteout(&'a [u8]),
    /// Hides what lower layers hold in the directory.
    Opaque,
    /// Bookkeeping, to be ignored.
    Bookkeeping,
    /// A whiteout that names nothing, or `.` or `..`.
    Invalid,
}

/// Classifies the last part of a path.
pub fn classify(name: &[u8]) -> Name<'_> {
    match name.strip_prefix(b".wh.") {
        None => Name::Plain,
        Some(b".wh..opq") => Name::Opaque,
        Some(b"" | b"." | b"..") => Name::Invalid,
        Some(rest) if rest.starts_with(b".wh.") => Name::Bookkeeping,
        Some(rest) => Name::Whiteout(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_classified() {
        assert_eq!(classify(b"file"), Name::Plain);
        assert_eq!(classify(b".whx"), Name::Plain);
        assert_eq!(classify(b".wh.file"), Name::Whiteout(b"file"));
        assert_eq!(classify(b".wh.new\nline"), Name::Whiteout(b"new\nline"));
        assert_eq!(classify(b".wh..wh..opq"), Name::Opaque);
        assert_eq!(classify(b".wh..wh.plnk"), Name::Bookkeeping);
        assert_eq!(classify(b".wh..wh.aufs"), Name::Bookkeeping);
        assert_eq!(classify(b".wh..wh."), Name::Bookkeeping);
        for invalid in [&b".wh."[..], b".wh..", b".wh..."] {
            assert_eq!(classify(invalid), Name::Invalid);
        }
    }
}
