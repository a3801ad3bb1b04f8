//! How a blob is compressed, by its first bytes. Media types and file names are ignored: they
//! are wrong often enough.

use std::io::{self, BufReader, Read};

use crate::error::{Error, Result, describe_io};

/// A compression that images are stored with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Compression {
    /// Not compressed.
    #[default]
    None,
    /// gzip, of one member or several (pigz, eStargz).
    Gzip,
    /// Zstandard, of one frame or several (zstd:chunked).
    Zstd,
}

impl Compression {
    /// The word for it, in text and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Tells the compression of a blob that starts with `head` (4 bytes are enough).
    ///
    /// # Errors
    /// When it is one that images can hold but this program does not read (bzip2, xz).
    pub fn sniff(head: &[u8]) -> Result<Self> {
        let foreign = |name: &str, tool: &str| {
            Err(Error::because(format!("it is compressed with {name}, which is not supported"))
                .hint(format!("unpack it with `{tool}` first")))
        };
        match head {
            [0x1f, 0x8b, ..] => Ok(Self::Gzip),
            // a frame (RFC 8878, 3.1.1), or a skippable frame first (3.1.2)
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => foreign("bzip2", "bunzip2"),
            [0xfd, b'7', b'z', b'X', ..] => foreign("xz", "unxz"),
            _ => Ok(Self::None),
        }
    }

    /// Unpacks `reader`. Every member or frame is read; checksums are verified; an error of the
    /// stream names the compression.
    ///
    /// # Errors
    /// When the decompressor cannot be set up.
    pub fn reader<'a, R: Read + Send + 'a>(self, reader: R) -> io::Result<Box<dyn Read + Send + 'a>> {
        let buffered = BufReader::with_capacity(256 << 10, reader);
        Ok(match self {
            Self::None => Box::new(buffered),
            Self::Gzip => {
                Box::new(Named { name: "gzip", inner: flate2::bufread::MultiGzDecoder::new(buffered) })
            }
            // the library's own limit on the window (128 MiB) bounds the memory
            Self::Zstd => Box::new(Named { name: "zstd", inner: zstd::Decoder::with_buffer(buffered)? }),
        })
    }
}

/// A decompressor whose errors name the compression.
struct Named<R> {
    name: &'static str,
    inner: R,
}

impl<R: Read> Read for Named<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| {
            let (what, hint) = match error.kind() {
                io::ErrorKind::UnexpectedEof => ("ends too early".to_owned(), AGAIN),
                // zstd's words for a window over its limit
                _ if error.to_string().contains("too much memory") => (
                    "needs more than 128 MiB of memory, the limit".to_owned(),
                    "unpack it with unzstd --long=31",
                ),
                _ => (format!("is corrupt ({})", describe_io(&error)), AGAIN),
            };
            let why = format!("the {} stream {what}", self.name);
            io::Error::new(error.kind(), BadStream { why, hint })
        })
    }
}

/// The reason of a decompressor's error.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
struct BadStream {
    why: String,
    hint: &'static str,
}

/// What to try with a damaged stream.
const AGAIN: &str = "save or copy the image again";

/// An error of a stream, in words; those of a decompressor keep theirs.
pub fn stream_error(error: &io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<BadStream>()) {
        Some(bad) => Error::because(&bad.why).hint(bad.hint),
        None => Error::io(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        Compression::sniff(packed).unwrap().reader(packed)?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn every_member_and_frame_is_read() {
        let two = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(unpack(&two).unwrap(), b"one two");
        let frame = |bytes: &[u8]| zstd::encode_all(bytes, 3).unwrap();
        let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let frames =
            [skippable.clone(), frame(b"one "), skippable.clone(), frame(b"two"), skippable].concat();
        assert_eq!(unpack(&frames).unwrap(), b"one two");
    }

    #[test]
    fn a_damaged_stream_says_which() {
        let mut packed = gzip(&[7; 5000]);
        let length = packed.len();
        packed[length - 5] ^= 1;
        let error = stream_error(&unpack(&packed).unwrap_err()).to_string();
        assert!(error.starts_with("the gzip stream is corrupt"), "{error}");
        let error = stream_error(&unpack(&packed[..length / 2]).unwrap_err()).to_string();
        assert!(error.starts_with("the gzip stream ends too early"), "{error}");
        let packed = zstd::encode_all(&[7_u8; 5000][..], 3).unwrap();
        let error = stream_error(&unpack(&packed[..packed.len() - 3]).unwrap_err()).to_string();
        assert!(error.starts_with("the zstd stream ends too early"), "{error}");
    }

    #[test]
    fn a_window_over_the_limit_is_not_called_damage() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.window_log(30).unwrap();
        encoder.long_distance_matching(true).unwrap();
        encoder.write_all(&[7; 5000]).unwrap();
        let error = stream_error(&unpack(&encoder.finish().unwrap()).unwrap_err()).to_string();
        assert!(error.starts_with("the zstd stream needs more than 128 MiB"), "{error}");
    }

    #[test]
    fn other_compressions_are_named() {
        assert!(Compression::sniff(b"BZh9xx").unwrap_err().to_string().contains("bzip2"));
        assert!(
            Compression::sniff(&[0xfd, b'7', b'z', b'X', b'Z', 0]).unwrap_err().to_string().contains("unxz")
        );
        assert_eq!(Compression::sniff(b"").unwrap(), Compression::None);
    }
}
