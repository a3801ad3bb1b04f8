//! The members of an archive that can be read only once.

use std::io::Read;

use super::tar::{Member, Walk};
use super::{Compression, Streaming};

/// A member of an archive that passes by.
pub struct Passed<'a, 'r> {
    /// Its normalised name.
    pub name: &'a [u8],
    /// Its header.
    pub member: &'a Member,
    /// Its body, not read yet.
    pub body: PassedBody<'a, 'r>,
}

/// The body of a member that passes by, recognised by its first bytes.
pub enum PassedBody<'a, 'r> {
    /// Perhaps a layer: a tar, or something packed like this.
    Layer(Compression, &'a mut PassingWalk<'r>),
    /// A JSON document; it is kept as well.
    Document(&'a [u8]),
    /// Anything else. A member that is no regular file has no body.
    Other(&'a mut PassingWalk<'r>),
}

/// The walk over an archive that passes by.
pub type PassingWalk<'r> = Walk<Streaming<Box<dyn Read + Send + 'r>>>;
