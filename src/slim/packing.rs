//! How a layer is compressed, block by block.

use crate::source::Compression;

/// How a new layer is compressed, and how hard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    None,
    /// gzip of this level, 0 to 9.
    Gzip(u32),
    /// zstd of this level, 1 to 22.
    Zstd(i32),
}

impl Packing {
    /// gzip at the default level of the `gzip` program.
    pub const GZIP: Self = Self::Gzip(6);
    /// zstd at the default level of the `zstd` program.
    pub const ZSTD: Self = Self::Zstd(3);

    /// Reads `none`, `gzip`, `gzip:9`, `zstd` or `zstd:19`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, level) = match text.split_once(':') {
            Some((name, level)) => (name, Some(level.parse::<u8>().ok()?)),
            None => (text, None),
        };
        match (name, level) {
            ("none", None) => Some(Self::None),
            ("gzip", None) => Some(Self::GZIP),
            ("zstd", None) => Some(Self::ZSTD),
            ("gzip", Some(level @ 1..=9)) => Some(Self::Gzip(level.into())),
            ("zstd", Some(level @ 1..=22)) => Some(Self::Zstd(level.into())),
            _ => None,
        }
    }

    /// The compression of the result.
    pub fn compression(self) -> Compression {
        match self {
            Self::None => Compression::None,
            Self::Gzip(_) => Compression::Gzip,
            Self::Zstd(_) => Compression::Zstd,
        }
    }

    /// Bytes of a block.
    pub(super) fn block(self) -> usize {
        match self {
            Self::None | Self::Gzip(_) => 1 << 20,
            Self::Zstd(_) => 4 << 20,
        }
    }

    /// Compresses a block.
    pub(super) fn compress(self, block: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::None => None,
            Self::Gzip(level) => deflate(block, level),
            Self::Zstd(level) => zstd::bulk::compress(block, level).ok(),
        }
    }
}

impl From<Compression> for Packing {
    fn from(compression: Compression) -> Self {
        match compression {
            Compression::None => Self::None,
            Compression::Gzip => Self::GZIP,
            Compression::Zstd => Self::ZSTD,
        }
    }
}

/// One block of a deflate stream, which ends at a whole byte and is not the last.
fn deflate(block: &[u8], level: u32) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(block.len() / 2 + 64);
    let mut stream = flate2::Compress::new(flate2::Compression::new(level), false);
    loop {
        let done = usize::try_from(stream.total_in()).ok()?;
        let before = out.len();
        stream.compress_vec(&block[done..], &mut out, flate2::FlushCompress::Sync).ok()?;
        let is_whole = stream.total_in() == block.len() as u64 && out.len() < out.capacity();
        if is_whole || (out.len() == before && out.len() < out.capacity()) {
            return Some(out);
        }
        out.reserve(block.len() / 4 + 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read() {
        assert_eq!(Packing::parse("zstd:19"), Some(Packing::Zstd(19)));
        assert_eq!(Packing::parse("gzip"), Some(Packing::GZIP));
        for bad in ["none:1", "gzip:10", "gzip:0", "zstd:23", "zstd:x", "xz", ""] {
            assert_eq!(Packing::parse(bad), None, "{bad}");
        }
    }
}
