//! Stores a new layer: cuts its tar into blocks, hashes them, compresses them on all cores, and writes them in order.
//!
//! Each block is compressed on its own: gzip blocks become one member, as pigz writes it; each zstd block is a frame,
//! and every reader joins frames. So the bytes depend neither on the number of cores nor on their timing.

use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::channel;

use sha2::{Digest as _, Sha256};

use super::blocks::{Block, Blocks, Out};
use super::line::Line;
use crate::digest::Digest;
use crate::error::{Error, Result};
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

    fn block(self) -> usize {
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

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    /// The digest of the tar.
    pub(super) diff_id: Digest,
    /// The digest of the blob.
    pub(super) digest: Digest,
    /// Bytes of the blob.
    pub(super) size: u64,
}

/// Stores in `out` the tar that `fill` makes.
///
/// # Errors
/// Those of `out`, else those of `fill`: when writing fails, `fill` cannot go on either.
pub(super) fn pack(
    packing: Packing,
    out: &mut (dyn Write + Send),
    fill: impl FnOnce(&mut dyn Out) -> Result<()>,
) -> Result<Stored> {
    let line = Line::new(packing, out);
    let filled = rayon::in_place_scope(|scope| {
        let (home, used) = channel();
        let fresh = || vec![0; packing.block()];
        let mut send = |bytes: Vec<u8>, length: usize| {
            line.add(Arc::new(Block::new(bytes, length, home.clone())));
            scope.spawn(|_| while line.help() {});
            line.make_room()?;
            Ok(used.try_recv().unwrap_or_else(|_| fresh()))
        };
        let mut blocks = Blocks::new(fresh(), &mut send);
        let filled = fill(&mut blocks).and_then(|()| blocks.flush().map_err(|error| Error::io(&error)));
        if filled.is_ok() {
            line.clear();
        } else {
            line.stop();
        }
        filled
    });
    line.finish(filled)
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

/// `sha256:…`
pub(super) fn digest(sum: Sha256) -> Digest {
    Digest::sha256(&sum.finalize().into())
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::*;

    fn packed(packing: Packing, bytes: &[u8]) -> (Vec<u8>, Stored) {
        let mut out = Vec::new();
        let stored = pack(packing, &mut out, |blocks| {
            for piece in bytes.chunks(70_001) {
                blocks.write(piece).map_err(|error| Error::io(&error))?;
            }
            Ok(())
        })
        .unwrap();
        (out, stored)
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let noise = |i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8;
        let bytes: Vec<u8> =
            (0..9_000_000_u32).map(|i| if i % 3_000 < 1_000 { noise(i) } else { 7 }).collect();
        for length in [0, 1, 1 << 20, bytes.len()] {
            let bytes = &bytes[..length];
            let mut diff_ids = Vec::new();
            for packing in [Packing::None, Packing::Gzip(1), Packing::GZIP, Packing::ZSTD] {
                let (stored, about) = packed(packing, bytes);
                let mut back = Vec::new();
                let mut reader: Box<dyn Read> = match packing {
                    // one member, so that every reader takes it
                    Packing::Gzip(_) => Box::new(flate2::read::GzDecoder::new(&stored[..])),
                    _ => packing.compression().reader(&stored[..]).unwrap(),
                };
                reader.read_to_end(&mut back).unwrap();
                assert!(back == bytes, "{packing:?}, {length} bytes");
                assert_eq!(about.size, stored.len() as u64);
                assert_eq!(about.digest, digest(Sha256::new_with_prefix(&stored)));
                diff_ids.push(about.diff_id);
                assert_eq!(packed(packing, bytes).0, stored, "the same bytes every time");
            }
            assert!(diff_ids.iter().all(|id| *id == digest(Sha256::new_with_prefix(bytes))));
        }
    }

    #[test]
    fn the_writer_s_error_is_the_one_to_tell() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is full"))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for packing in [Packing::None, Packing::GZIP, Packing::ZSTD] {
            let error = pack(packing, &mut Full, |blocks| {
                let bytes = vec![0; 50 << 20];
                blocks.write(&bytes).map_err(|error| Error::io(&error))
            });
            assert_eq!(error.unwrap_err().to_string(), "the disk is full");
        }
    }

    #[test]
    fn levels_are_read() {
        assert_eq!(Packing::parse("zstd:19"), Some(Packing::Zstd(19)));
        assert_eq!(Packing::parse("gzip"), Some(Packing::GZIP));
        for bad in ["none:1", "gzip:10", "gzip:0", "zstd:23", "zstd:x", "xz", ""] {
            assert_eq!(Packing::parse(bad), None, "{bad}");
        }
    }
}
