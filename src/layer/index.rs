//! Reads a layer's tar into a [`LayerIndex`].

use std::io::Read;

use super::hash::{self, BodyHasher};
use super::names::Cursor;
use super::whiteout::{self, Name};
use super::{Attrs, Entry, Kind, LayerIndex, NO_LINK, Remark};
use crate::error::{Error, Result};
use crate::escape;
use crate::source::tar::{Member, Type, Walk};
use crate::source::{Compression, Input, Meter, Section, Stepping, Streaming, limits, normal, stream_error};

/// Most remarks kept of one layer; a hostile one could hold millions.
const REMARKS: usize = 20;

/// Indexes a plain tar by hopping over its bodies. Only bodies of up to a page are read and hashed on the way.
///
/// # Errors
/// When the tar is damaged or over a limit; the error says where.
pub fn index_plain(section: &Section, meter: &dyn Meter) -> Result<LayerIndex> {
    let mut walk = Walk::new(Stepping::new(section.clone(), meter));
    let mut layer = index(&mut walk)?;
    layer.tar = section.length();
    Ok(layer)
}

/// Indexes a tar that passes by, and hashes every body. Reads to the end, behind the tar's own,
/// so that the decompressor checks its sums.
///
/// # Errors
/// When the stream or the tar is damaged or over a limit; the error says where.
pub fn index_stream(reader: impl Read, compression: Compression) -> Result<LayerIndex> {
    let mut walk = Walk::new(Streaming::new(Bounded { reader, left: limits::UNPACKED }));
    let indexed = index(&mut walk);
    let rest = walk.input().drain();
    let mut layer = match (indexed, &rest) {
        // a damaged stream makes a damaged tar: the cause is the better message
        (Err(_), Err(error)) => return Err(stream_error(error)),
        (indexed, _) => indexed?,
    };
    layer.tar = walk.position() + rest.map_err(|error| stream_error(&error))?;
    layer.compression = compression;
    Ok(layer)
}

/// A reader that fails behind so many bytes.
struct Bounded<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let got = self.reader.read(buffer)? as u64;
        self.left = self.left.checked_sub(got).ok_or_else(|| {
            std::io::Error::other(format!(
                "the unpacked layer has more than {} bytes, the limit",
                limits::UNPACKED
            ))
        })?;
        Ok(usize::try_from(got).unwrap_or(buffer.len()))
    }
}

/// Indexes the members of `walk`.
fn index<I: Input>(walk: &mut Walk<I>) -> Result<LayerIndex> {
    let mut indexer = Indexer::default();
    let mut member = Member::default();
    while walk.next(&mut member)? {
        indexer.add(&member, walk).map_err(|error| error.at(escape::line(&member.name, 200)))?;
    }
    Ok(indexer.finish())
}

/// The index as it grows, with what is used again from member to member.
#[derive(Default)]
struct Indexer {
    layer: LayerIndex,
    cursor: Cursor,
    path: Vec<u8>,
    target: Vec<u8>,
    attrs: Attrs,
    xattr_bytes: usize,
}

impl Indexer {
    fn add<I: Input>(&mut self, member: &Member, walk: &mut Walk<I>) -> Result<()> {
        normal(&member.name, &mut self.path);
        bound("the path", self.path.len(), limits::PATH)?;
        if self.path.is_empty() {
            return Ok(()); // the root itself
        }
        let slash = self.path.iter().rposition(|&b| b == b'/');
        let (directory, name) = match slash {
            Some(slash) => (&self.path[..slash], &self.path[slash + 1..]),
            None => (&self.path[..0], &self.path[..]),
        };
        let names = &mut self.layer.names;
        match whiteout::classify(name) {
            Name::Plain => self.add_entry(member, walk)?,
            Name::Whiteout(hidden) => {
                let hidden = [directory, hidden].join(&b"/"[..]);
                let id = names.path(hidden.strip_prefix(b"/").unwrap_or(&hidden));
                self.layer.whiteouts.push(id);
            }
            Name::Opaque => {
                let id = names.path(directory);
                self.layer.opaques.push(id);
            }
            Name::Bookkeeping => {}
            Name::Invalid => self.remark(&member.name),
        }
        bound(
            "the number of entries",
            self.layer.entries.len() + self.layer.whiteouts.len(),
            limits::ENTRIES,
        )?;
        bound("the text of all names", self.layer.names.text_len(), limits::NAMES)
    }

    fn add_entry<I: Input>(&mut self, member: &Member, walk: &mut Walk<I>) -> Result<()> {
        let kind = kind(member.kind);
        let path = self.cursor.find(&mut self.layer.names, &self.path).0;
        let link = match kind {
            Kind::HardLink => {
                normal(&member.link, &mut self.target);
                bound("the link's target", self.target.len(), limits::PATH)?;
                self.layer.names.path(&self.target).0
            }
            Kind::Symlink => {
                let at = self.layer.links.len();
                bound("the text of all links", at + member.link.len(), limits::NAMES)?;
                let length = u32::try_from(member.link.len()).unwrap_or(u32::MAX);
                self.layer.links.extend_from_slice(&length.to_le_bytes());
                self.layer.links.extend_from_slice(&member.link);
                u32::try_from(at).unwrap_or(NO_LINK)
            }
            _ => NO_LINK,
        };
        self.attrs.mode = member.mode;
        self.attrs.uid = member.uid;
        self.attrs.gid = member.gid;
        self.attrs.device = member.device;
        self.attrs.xattrs.clone_from(&member.xattrs);
        self.xattr_bytes += member.xattrs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        bound("the extended attributes of all files", self.xattr_bytes, limits::XATTRS)?;
        let attrs = self.layer.attrs.intern(&self.attrs);
        let size = if kind == Kind::File { member.size } else { 0 };
        let hash = if kind == Kind::File && walk.is_body_cheap() { hash_body(walk)? } else { 0 };
        self.layer.entries.push(Entry {
            size,
            offset: member.offset,
            mtime: member.mtime,
            hash,
            path,
            attrs,
            link,
            kind,
        });
        Ok(())
    }

    fn remark(&mut self, name: &[u8]) {
        if self.layer.remarks.len() < REMARKS {
            let message = "a whiteout that names no file was ignored".to_owned();
            self.layer.remarks.push(Remark { code: "invalid-whiteout", message, path: name.to_vec() });
        }
    }

    fn finish(mut self) -> LayerIndex {
        self.layer.names.freeze();
        self.layer.entries.shrink_to_fit();
        self.layer
    }
}

fn bound(what: &str, value: usize, limit: usize) -> Result<()> {
    if value > limit {
        return Err(Error::because(format!("{what} is over the limit of {limit}")));
    }
    Ok(())
}

fn kind(kind: Type) -> Kind {
    match kind {
        Type::File | Type::Sparse => Kind::File,
        Type::HardLink => Kind::HardLink,
        Type::Symlink => Kind::Symlink,
        Type::CharDevice => Kind::CharDevice,
        Type::BlockDevice => Kind::BlockDevice,
        Type::Directory => Kind::Directory,
        Type::Fifo => Kind::Fifo,
        _ => Kind::Other,
    }
}

/// The hash of a body that passes by.
fn hash_body<I: Input>(walk: &mut Walk<I>) -> Result<u64> {
    let whole = walk.left();
    let first = walk.chunk()?;
    if first.len() as u64 == whole {
        return Ok(hash::body(first));
    }
    let mut hasher = BodyHasher::new();
    hasher.update(first);
    while walk.left() > 0 {
        hasher.update(walk.chunk()?);
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Unwatched;

    fn tar(build: impl Fn(&mut ::tar::Builder<Vec<u8>>)) -> Vec<u8> {
        let mut builder = ::tar::Builder::new(Vec::new());
        build(&mut builder);
        builder.into_inner().unwrap()
    }

    fn append(builder: &mut ::tar::Builder<Vec<u8>>, name: &str, kind: ::tar::EntryType, body: &[u8]) {
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(body.len() as u64);
        header.set_mode(0o644);
        if matches!(kind, ::tar::EntryType::Link | ::tar::EntryType::Symlink) {
            header.set_link_name("./dir/file").unwrap();
        }
        builder.append_data(&mut header, name, body).unwrap();
    }

    fn sample() -> Vec<u8> {
        use ::tar::EntryType::{Directory, Link, Regular, Symlink};
        tar(|b| {
            append(b, "./", Directory, b"");
            append(b, "dir/", Directory, b"");
            append(b, "dir/file", Regular, &[5; 5000]);
            append(b, "dir/hard", Link, b"");
            append(b, "dir/soft", Symlink, b"");
            append(b, "dir/.wh.gone", Regular, b"");
            append(b, "dir/.wh..wh..opq", Regular, b"");
            append(b, ".wh.top", Regular, b"");
            append(b, ".wh..wh.plnk", Regular, b"");
            append(b, "x/.wh.", Regular, b"");
        })
    }

    fn by_stream(tar: &[u8]) -> LayerIndex {
        index_stream(tar, Compression::Gzip).unwrap()
    }

    #[test]
    fn members_whiteouts_and_oddities_are_told_apart() {
        let layer = by_stream(&sample());
        let kinds: Vec<_> = layer.entries.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [Kind::Directory, Kind::File, Kind::HardLink, Kind::Symlink]);
        assert_eq!(layer.entries[2].link, layer.entries[1].path);
        let names = |ids: &[super::super::NameId]| {
            ids.iter().map(|&id| layer.names.name(id).to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(names(&layer.whiteouts), [b"gone".to_vec(), b"top".to_vec()]);
        assert_eq!(names(&layer.opaques), [b"dir".to_vec()]);
        assert_eq!(layer.remarks.len(), 1);
        assert_eq!(layer.remarks[0].path, b"x/.wh.");
        assert_eq!((layer.tar, layer.compression), (sample().len() as u64, Compression::Gzip));
        assert_eq!(layer.entries[1].hash, hash::body(&[5; 5000]));
    }

    #[test]
    fn a_plain_tar_gives_the_same_without_large_bodies() {
        use std::io::Write;
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&sample()).unwrap();
        let plain = index_plain(&Section::whole(file).unwrap(), &Unwatched).unwrap();
        let stream = by_stream(&sample());
        assert_eq!(plain.entries.len(), stream.entries.len());
        for (a, b) in plain.entries.iter().zip(&stream.entries) {
            assert_eq!(
                (a.size, a.offset, a.path, a.kind, a.link),
                (b.size, b.offset, b.path, b.kind, b.link)
            );
            assert!(a.hash == b.hash || a.hash == 0);
        }
        assert_eq!(plain.entries[1].hash, 0);
        assert_eq!(plain.tar, stream.tar);
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let mut endless = Bounded { reader: std::io::repeat(0), left: 1 << 20 };
        let error = std::io::copy(&mut endless, &mut std::io::sink()).unwrap_err();
        assert!(error.to_string().contains("the limit"), "{error}");
    }

    #[test]
    fn long_paths_are_refused() {
        let name = "d/".repeat(limits::PATH);
        let tar = tar(|b| append(b, &name, ::tar::EntryType::Regular, b""));
        let error = index_stream(&tar[..], Compression::None).unwrap_err().to_string();
        assert!(error.contains("the path is over the limit"), "{error}");
    }
}
