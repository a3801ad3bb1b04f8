//! Images that come as a stream: standard input, and bytes in memory.

use std::borrow::Cow;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use super::Progress;
use super::blobs::Blobs;
use super::passing::Passing;
use super::place::Place;
use super::read_ahead::ReadAhead;
use crate::error::{Error, Result};

/// Standard input.
#[derive(Debug)]
pub(super) struct Stdin;

impl Place for Stdin {
    fn name(&self) -> String {
        "standard input".into()
    }

    fn open<'p>(&self, progress: &'p dyn Progress) -> Result<Box<dyn Blobs + 'p>> {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            return Err(Error::because("standard input is a terminal, not an image")
                .hint("pipe an image into it: docker save IMAGE | layercake -"));
        }
        // a sender that is silent must not keep the user from stopping
        let stdin = ReadAhead::start(stdin, Duration::MAX);
        Ok(Box::new(Passing::open(stdin, self.name(), 0, progress)?))
    }

    fn lasts(&self) -> bool {
        false
    }
}

/// An archive in memory.
pub(super) struct InMemory {
    pub(super) name: String,
    /// Its name in reports.
    pub(super) shown: String,
    pub(super) bytes: Arc<Cow<'static, [u8]>>,
}

impl std::fmt::Debug for InMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InMemory({}, {} bytes)", self.name, self.bytes.len())
    }
}

impl Place for InMemory {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn open<'p>(&self, progress: &'p dyn Progress) -> Result<Box<dyn Blobs + 'p>> {
        let reader = io::Cursor::new(Shared(Arc::clone(&self.bytes)));
        Ok(Box::new(Passing::open(reader, self.shown.clone(), 0, progress)?))
    }
}

/// Bytes that a reader can own.
struct Shared(Arc<Cow<'static, [u8]>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
