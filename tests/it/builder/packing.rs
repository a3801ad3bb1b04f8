//! The compressions of a blob, in the odd shapes that real tools write.

use std::io::Write;

/// How a blob (or a whole archive) is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// As it is.
    Plain,
    /// One gzip member.
    Gzip,
    /// Several gzip members in a row, as pigz and estargz write them.
    GzipMembers,
    /// One zstd frame.
    Zstd,
    /// Several zstd frames and skippable frames between and after them, as zstd:chunked has them.
    ZstdFrames,
}

/// Pieces that the several-part packings cut the bytes into.
const PIECES: usize = 3;

impl Packing {
    /// Every packing there is.
    pub(crate) const ALL: [Self; 5] =
        [Self::Plain, Self::Gzip, Self::GzipMembers, Self::Zstd, Self::ZstdFrames];

    /// `bytes`, compressed.
    pub(crate) fn pack(self, bytes: &[u8]) -> Vec<u8> {
        let pieces = || bytes.chunks(bytes.len().div_ceil(PIECES).max(1));
        match self {
            Self::Plain => bytes.to_vec(),
            Self::Gzip => gzip(bytes),
            Self::GzipMembers => pieces().flat_map(gzip).collect(),
            Self::Zstd => zstd(bytes),
            Self::ZstdFrames => {
                let mut out = skippable(b"in front");
                for piece in pieces() {
                    out.extend(zstd(piece));
                    out.extend(skippable(b"between"));
                }
                out
            }
        }
    }

    /// The end of the media type of a layer packed like this: `application/vnd.oci.image.layer.v1.tar…`.
    pub(crate) fn media_suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip | Self::GzipMembers => "+gzip",
            Self::Zstd | Self::ZstdFrames => "+zstd",
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    out.write_all(bytes).expect("a vector takes all bytes");
    out.finish().expect("a vector takes all bytes")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("a vector takes all bytes")
}

/// A zstd frame that a decoder has to jump over (RFC 8878, section 3.1.2).
fn skippable(text: &[u8]) -> Vec<u8> {
    let mut out = vec![0x50, 0x2a, 0x4d, 0x18];
    out.extend(u32::try_from(text.len()).expect("a short text").to_le_bytes());
    out.extend_from_slice(text);
    out
}
