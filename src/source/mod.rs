//! Where bytes come from: files, directories and streams that hold an image, in whatever layout.
//!
//! The room ends where layers begin. It recognises what a path holds by its content, lists an archive's
//! members without reading their bodies, reads the manifests, lets the wished image be chosen,
//! and hands out a [`Section`] for each blob. Everything that can be named (members of an
//! archive, files of a directory, documents that passed by in a stream) is one [`Store`] to the catalogue.

mod archive;
mod catalog;
mod choose;
mod compression;
mod directory;
mod engine;
mod input;
pub mod limits;
mod names;
mod open;
mod section;
mod store;
mod stream;
pub mod tar;

pub use self::tar::looks_like_tar;
pub use archive::Archive;
pub use catalog::{Blob, Candidate, Catalog};
pub use choose::{Choice, ImageSelector};
pub use compression::{Compression, stream_error};
pub use directory::Directory;
pub use engine::{Engine, EngineError, EngineErrorKind, EngineImage, Saving};
pub use input::{Input, Stepping, Streaming};
pub use names::{normal, normal_text};
pub use open::{Opened, not_an_image, open};
pub use section::{Section, SectionReader};
pub use store::{Store, document};
pub use stream::{Gathered, MemberKind, sniff_member};

/// Told how far the reading is; asked whether to go on. Called from several threads.
pub trait Meter: Sync {
    /// So many more bytes of the blob were read or skipped.
    fn advance(&self, bytes: u64);
    /// True when the user wants to stop.
    fn stopped(&self) -> bool;
}

/// A [`Meter`] that nobody looks at.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoMeter;

impl Meter for NoMeter {
    fn advance(&self, _bytes: u64) {}
    fn stopped(&self) -> bool {
        false
    }
}
