//! Stores a new layer: cuts its tar into blocks, hashes them, compresses them on all cores, and writes them in order.
//!
//! Each block is compressed on its own: gzip blocks become one member, as pigz writes it; each zstd block is a frame,
//! and every reader joins frames. So the bytes depend neither on the number of cores nor on their timing.

use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::channel;

use super::blocks::{Block, Blocks, Out};
use super::line::{Line, Stored};
use super::packing::Packing;
use crate::error::{Error, Result};

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

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::slim::line::digest;

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
}
