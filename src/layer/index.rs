//! Reads a layer's tar into a [`LayerIndex`].

use std::io::{self, Read};

use super::budget::{Budget, Used};
use super::counted::{Counted, summed};
use super::excerpt::{self, Wanted};
use super::hash;
use super::names::Cursor;
use super::piped::{Drained, Work, piped};
use super::whiteout::{self, Name};
use super::{Attrs, Entry, Kind, LayerIndex, NO_LINK, Remark};
use crate::error::{Error, Result};
use crate::source::tar::{Member, Type, Walk};
use crate::source::{Compression, Input, Meter, Section, Stepping, Streaming, limits, normal, stream_error};
use crate::text;

/// Indexes a plain tar by hopping over its bodies. Reads and hashes only bodies of up to a page and
/// those that an excerpt is wanted of. `budget` bounds what all layers take.
///
/// # Errors
/// When the tar is damaged or over a limit; the error says where.
pub fn index_plain(section: &Section, meter: Meter<'_>, budget: &Budget) -> Result<LayerIndex> {
    summed(budget, |sum| {
        let mut walk = Walk::new(Stepping::new(section.clone(), meter));
        let mut layer = index(&mut walk, budget)?;
        layer.tar = section.length();
        if sum.is_some() {
            let mut all = Counted::new(section.reader(meter), Compression::None, 0, budget, sum);
            io::copy(&mut all, &mut io::sink()).map_err(|error| stream_error(&error))?;
        }
        Ok(layer)
    })
}

/// Indexes a tar from a stream, and hashes every body. Reads on after the tar's own end, so that the
/// decompressor checks its sums. The blob has `stored` bytes. Where it `is_shared`, one thread reads and unpacks, and this
/// one walks and hashes. `budget` bounds what all layers take.
///
/// # Errors
/// When the stream or the tar is damaged or over a limit; the error says where.
pub fn index_stream(
    reader: impl Read + Send,
    compression: Compression,
    stored: u64,
    is_shared: bool,
    budget: &Budget,
) -> Result<LayerIndex> {
    summed(budget, |sum| {
        let reader = Counted::new(reader, compression, stored, budget, sum);
        let indexing = Indexing { compression, budget };
        if is_shared { piped(reader, indexing) } else { indexing.with(Streaming::new(reader)) }
    })
}

/// Indexing what comes in.
struct Indexing<'a> {
    compression: Compression,
    budget: &'a Budget,
}

impl Work for Indexing<'_> {
    type Output = Result<LayerIndex>;

    fn with<I: Drained>(self, input: I) -> Result<LayerIndex> {
        let mut walk = Walk::new(input);
        let indexed = index(&mut walk, self.budget);
        let rest = walk.input().drained();
        let mut layer = match (indexed, &rest) {
            // a damaged stream makes a damaged tar: the cause is the better message
            (Err(_), Err(error)) => return Err(stream_error(error)),
            (indexed, _) => indexed?,
        };
        layer.tar = walk.position() + rest.map_err(|error| stream_error(&error))?;
        layer.compression = self.compression;
        Ok(layer)
    }
}

/// Indexes the members of `walk`.
fn index<I: Input>(walk: &mut Walk<I>, budget: &Budget) -> Result<LayerIndex> {
    let mut indexer = Indexer::new(budget);
    let mut member = Member::default();
    while walk.next(&mut member)? {
        indexer.add(&member, walk).map_err(|error| error.at(text::line(&member.name, 200)))?;
    }
    indexer.end(walk.lone_zero_block());
    indexer.finish()
}

/// A [`LayerIndex`] as it grows, member by member.
pub struct Indexer<'a> {
    budget: &'a Budget,
    layer: LayerIndex,
    cursor: Cursor,
    path: Vec<u8>,
    target: Vec<u8>,
    attrs: Attrs,
    used: Used,
    small_executables: usize,
}

impl<'a> Indexer<'a> {
    /// Nothing indexed yet.
    pub fn new(budget: &'a Budget) -> Self {
        Self {
            budget,
            layer: LayerIndex::default(),
            cursor: Cursor::default(),
            path: Vec::new(),
            target: Vec::new(),
            attrs: Attrs::default(),
            used: Used::default(),
            small_executables: 0,
        }
    }

    /// Adds a member, of whose body `walk` has read nothing yet.
    ///
    /// # Errors
    /// When the body cannot be read, or the layer is over a limit.
    pub fn add<I: Input>(&mut self, member: &Member, walk: &mut Walk<I>) -> Result<()> {
        self.add_with(member, |indexer| indexer.read_body(walk))
    }

    /// Adds a member whose body was read elsewhere; nothing is kept of it but its hash.
    ///
    /// # Errors
    /// When the layer is over a limit.
    pub fn add_hashed(&mut self, member: &Member, hash: u64) -> Result<()> {
        self.add_with(member, |_| Ok(hash))
    }

    fn add_with(&mut self, member: &Member, hash: impl FnOnce(&mut Self) -> Result<u64>) -> Result<()> {
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
        let (nodes, text) = (names.len(), names.text_len() + self.layer.links.len());
        match whiteout::classify(name) {
            Name::Plain => self.add_entry(member, hash)?,
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
            Name::Invalid => {
                let message = "a whiteout that names no file was ignored".to_owned();
                self.remark("invalid-whiteout", message, self.path.clone());
            }
        }
        let names = &self.layer.names;
        bound("the text of all names", names.text_len(), limits::NAMES)?;
        let text = (names.text_len() + self.layer.links.len() - text) as u64;
        self.used.entries += 1;
        self.used.implied += (names.len() - nodes).saturating_sub(1) as u64;
        self.used.long_text += text.saturating_sub(limits::SHORT_TEXT);
        if self.used.is_much() { self.budget.charge(&mut self.used) } else { Ok(()) }
    }

    fn add_entry(&mut self, member: &Member, hash: impl FnOnce(&mut Self) -> Result<u64>) -> Result<()> {
        let kind = kind(member.kind);
        let path = self.cursor.find(&mut self.layer.names, &self.path);
        let link = match kind {
            Kind::HardLink => {
                normal(&member.link, &mut self.target);
                bound("the link's target", self.target.len(), limits::PATH)?;
                self.layer.names.path(&self.target).0
            }
            Kind::Symlink => {
                let at = self.layer.links.len();
                bound("the link's target", member.link.len(), limits::PATH)?;
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
        let sets = self.layer.attrs.sets().len();
        let attrs = self.layer.attrs.intern(&self.attrs);
        if self.layer.attrs.sets().len() > sets {
            self.used.xattrs += self.attrs.xattr_bytes();
        }
        let size = if kind == Kind::File { member.size } else { 0 };
        let hash = if kind == Kind::File { hash(self)? } else { 0 };
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

    /// Hashes a file's body and keeps its excerpt, if one is wanted. The hash is 0 when reading would be expensive.
    fn read_body<I: Input>(&mut self, walk: &mut Walk<I>) -> Result<u64> {
        let mut wanted = Wanted::of(&self.path, walk.left(), self.attrs.mode);
        if wanted == Some(Wanted::SmallExecutable) {
            // counted in the order of the tar, so that every run looks at the same ones
            self.small_executables += 1;
            wanted = wanted.filter(|_| self.small_executables <= limits::SMALL_EXECUTABLES);
        }
        let Some(wanted) = wanted else {
            return if walk.is_body_cheap() { hash::passing(walk) } else { Ok(0) };
        };
        let (excerpt, hash) = excerpt::take(wanted, walk, self.budget)?;
        if let Some(excerpt) = excerpt {
            let entry = u32::try_from(self.layer.entries.len()).unwrap_or(u32::MAX);
            self.layer.excerpts.push((entry, excerpt));
        }
        Ok(hash)
    }

    /// The tar has ended: by a single block of zeros at this offset, if it did.
    pub fn end(&mut self, lone_zero_block: Option<u64>) {
        if let Some(at) = lone_zero_block {
            self.remark(
                "lone-zero-block",
                format!("the tar ends with a single block of zeros at offset {at}; what follows it is ignored, and container engines refuse such a layer"),
                Vec::new(),
            );
        }
    }

    fn remark(&mut self, code: &'static str, message: String, path: Vec<u8>) {
        let known = self.layer.remarks.iter().filter(|remark| remark.code == code).count();
        if known < limits::REMARKS {
            self.used.long_text += path.len() as u64;
            self.layer.remarks.push(Remark { code, message, path });
        }
    }

    /// The index. Its `tar` is left to the caller, who knows how long the tar was.
    ///
    /// # Errors
    /// When the image as a whole is over a limit.
    pub fn finish(mut self) -> Result<LayerIndex> {
        self.budget.charge(&mut self.used)?;
        self.layer.names.freeze();
        self.layer.entries.shrink_to_fit();
        Ok(self.layer)
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

#[cfg(test)]
mod tests;
