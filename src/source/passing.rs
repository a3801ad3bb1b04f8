//! An archive that passes by once: a packed file, standard input, what an engine sends.
//!
//! Nothing is written to disk. Documents, links and names are kept, in bounds; everything else is for whoever
//! looks at the members as they pass.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::blobs::{Blobs, Contents, Length, Visit, archive_kind, too_long};
use super::members::Members;
use super::passed::{Passed, PassedBody, PassingWalk};
use super::progress::Metered;
use super::tar::{BLOCK, Member, Type, Walk};
use super::{
    Compression, Input as _, Meter, Progress, Streaming, limits, looks_like_tar, normal, stream_error,
};
use crate::error::{Error, Result};
use crate::text;

/// The bytes that tell a compression.
const HEAD: usize = 8;

/// What is kept of a member's body.
enum Body {
    /// All of it: of documents, and of empty members.
    Whole(Vec<u8>),
    /// Nothing: of a layer, or of a document when the others already have too many bytes.
    Passed,
    /// The length of a document that is too long to be one.
    Long(u64),
    /// The first bytes of anything else.
    Other(Vec<u8>),
}

/// An archive that passes by once.
pub(super) struct Passing<'p> {
    shown: String,
    stream: Mutex<Option<Streaming<Box<dyn Read + Send + 'p>>>>,
    /// Bytes of the stream that were read, before unpacking.
    stored: Arc<AtomicU64>,
    /// What it may unpack to beyond [`limits::EXPANSION`] times that.
    allowed: Arc<AtomicU64>,
    members: Members<Body>,
    /// Bytes of the documents that are kept.
    kept: u64,
}

impl<'p> Passing<'p> {
    /// Reads the beginning of `stream`, which has `length` bytes (0 when that is unknown).
    ///
    /// # Errors
    /// When it cannot be read, or is neither a tar nor a packed one.
    pub(super) fn open(
        stream: impl Read + Send + 'p,
        shown: String,
        length: u64,
        progress: &'p dyn Progress,
    ) -> Result<Self> {
        progress.begin(&[(shown.clone(), length)]);
        let stored = Arc::new(AtomicU64::new(0));
        let meter = Meter::part(progress, 0);
        let mut stream = Metered { reader: stream, meter, read: Arc::clone(&stored) };
        let mut head = Vec::new();
        stream.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|error| Error::io(&error))?;
        if head.is_empty() {
            return Err(Error::because("nothing came in")
                .hint("pipe an image into it: docker save IMAGE | layercake -"));
        }
        let compression = Compression::sniff(&head)?;
        let unpacked =
            compression.reader(io::Cursor::new(head).chain(stream)).map_err(|error| Error::io(&error))?;
        let allowed = Arc::new(AtomicU64::new(limits::UNPACKED));
        let unpacked: Box<dyn Read + Send + 'p> = match compression {
            Compression::None => unpacked,
            _ => Box::new(Bounded {
                reader: unpacked,
                given: 0,
                stored: Arc::clone(&stored),
                allowed: Arc::clone(&allowed),
            }),
        };
        let mut stream = Streaming::new(unpacked);
        if !looks_like_tar(stream.peek(BLOCK).map_err(|error| stream_error(&error))?) {
            return Err(not_an_image());
        }
        let members = Members::default();
        Ok(Self { shown, stream: Mutex::new(Some(stream)), stored, allowed, members, kept: 0 })
    }

    /// Keeps what is needed of a member, and shows it to `visit`.
    fn take(
        &mut self,
        name: &[u8],
        member: &Member,
        walk: &mut PassingWalk<'p>,
        visit: &mut Visit<'_>,
    ) -> Result<ControlFlow<()>> {
        let is_listed = !self.members.is_full();
        let mut see = |body| visit(Passed { name, member, body });
        if member.kind == Type::File && is_listed && member.size > 0 {
            match sniff(walk.peek(BLOCK)?) {
                MemberKind::Layer(compression) => {
                    self.members.add(name, Body::Passed);
                    return see(PassedBody::Layer(compression, walk));
                }
                MemberKind::Document if member.size <= limits::DOCUMENT => {
                    let mut text = Vec::with_capacity(usize::try_from(member.size).unwrap_or(0));
                    walk.body().read_to_end(&mut text).map_err(|error| stream_error(&error))?;
                    let flow = see(PassedBody::Document(&text))?;
                    self.kept += member.size;
                    let fits = self.kept <= limits::DOCUMENTS;
                    self.members.add(name, if fits { Body::Whole(text) } else { Body::Passed });
                    return Ok(flow);
                }
                MemberKind::Document => self.members.add(name, Body::Long(member.size)),
                MemberKind::Other => self.members.add(name, Body::Other(walk.peek(HEAD)?.to_vec())),
            }
        } else if is_listed {
            match member.kind {
                Type::File => self.members.add(name, Body::Whole(Vec::new())),
                Type::Symlink => self.members.link(name, &member.link, true),
                Type::HardLink => self.members.link(name, &member.link, false),
                _ => {}
            }
        }
        see(PassedBody::Other(walk))
    }
}

impl Blobs for Passing<'_> {
    fn shown(&self) -> &str {
        &self.shown
    }

    fn kind(&self) -> &'static str {
        archive_kind(self)
    }

    fn names(&self) -> Result<Vec<Vec<u8>>> {
        Ok(self.members.names())
    }

    fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>> {
        self.members.resolve(name)
    }

    fn document(&self, name: &[u8]) -> Result<Vec<u8>> {
        match self.members.body(name)? {
            Body::Whole(text) => Ok(text.clone()),
            Body::Long(length) => Err(too_long(*length)),
            Body::Passed if self.kept > limits::DOCUMENTS => Err(Error::because(format!(
                "the JSON documents have more than {} bytes together",
                limits::DOCUMENTS
            ))),
            Body::Passed | Body::Other(_) => Err(Error::because("it is not a JSON document")),
        }
    }

    fn open(&self, name: &[u8]) -> Result<Contents> {
        match self.members.body(name)? {
            Body::Whole(body) if body.is_empty() => {
                Ok(Contents::Stream { reader: Box::new(io::empty()), length: 0 })
            }
            body => {
                if let Body::Other(head) = body {
                    Compression::sniff(head)?;
                }
                Err(Error::because("it is no tar, so it cannot be a layer"))
            }
        }
    }

    fn allow(&mut self, bytes: u64) {
        self.allowed.store(bytes, Ordering::Relaxed);
    }

    fn pass(&mut self, visit: &mut Visit<'_>) -> Result<Length> {
        let Some(stream) = self.stream.get_mut().unwrap_or_else(PoisonError::into_inner).take() else {
            return Ok(Length::default());
        };
        let mut walk = Walk::new(stream);
        let (mut member, mut name) = (Member::default(), Vec::new());
        while walk.next(&mut member)? {
            normal(&member.name, &mut name);
            let flow = self.take(&name, &member, &mut walk, visit);
            if flow.map_err(|error| error.within(&text::line(&name, 200)))?.is_break() {
                let stored = self.stored.load(Ordering::Relaxed);
                return Ok(Length { stored, unpacked: walk.position(), lone_zero_block: None });
            }
        }
        // after the end of the tar the decompressor checks its sums; what never ends is not waited for
        let rest = walk.input().skip(limits::TRAILING).map_err(|error| stream_error(&error))?;
        let (stored, unpacked) = (self.stored.load(Ordering::Relaxed), walk.position() + rest);
        Ok(Length { stored, unpacked, lone_zero_block: walk.lone_zero_block() })
    }
}

/// A packed archive that fails when far more comes out of it than went in: a small one could have a program read for
/// hours.
struct Bounded<R> {
    reader: R,
    /// Bytes that came out.
    given: u64,
    stored: Arc<AtomicU64>,
    allowed: Arc<AtomicU64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.reader.read(buffer)?;
        self.given += got as u64;
        let allowed = self.allowed.load(Ordering::Relaxed);
        let free = self.stored.load(Ordering::Relaxed).saturating_mul(limits::EXPANSION);
        if self.given > free.saturating_add(allowed) {
            return Err(io::Error::other(format!(
                "the archive unpacks to more than {allowed} bytes beyond {} times its size, the limit; raise it with \
                 --max-unpacked if you trust the image",
                limits::EXPANSION
            )));
        }
        Ok(got)
    }
}

/// What a member of a passing archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MemberKind {
    Layer(Compression),
    Document,
    Other,
}

/// Recognises a member by its first 512 bytes.
fn sniff(head: &[u8]) -> MemberKind {
    match Compression::sniff(head) {
        Ok(Compression::None) if looks_like_tar(head) => MemberKind::Layer(Compression::None),
        // a document may have blanks in front of it, however many
        Ok(Compression::None) if matches!(head.trim_ascii_start().first(), None | Some(b'{' | b'[')) => {
            MemberKind::Document
        }
        Ok(Compression::None) | Err(_) => MemberKind::Other,
        Ok(compression) => MemberKind::Layer(compression),
    }
}

/// The error for something that is no tar at all.
pub(super) fn not_an_image() -> Error {
    Error::because("it is no image archive: there is no tar in it")
        .hint("make one with: docker save IMAGE -o FILE")
}
