//! Where bytes come from: files, directories and streams that hold an image, in whatever layout.
//!
//! The user names a [`Location`]. Opening it gives [`Blobs`]: an archive, a directory or a stream, in which
//! documents and layers are found by name. The room ends where layers begin: it recognises by its content what a
//! place holds, reads the manifests ([`Catalog`]), chooses the image that is wanted ([`ImageSelector`]), and hands
//! out the bytes of each blob.
//!
//! A new kind of place is one folder with a type that implements [`Place`] and one that implements [`Blobs`], and
//! one row in the table of schemes in `location.rs`.

mod archive;
mod blobs;
mod catalog;
mod choose;
mod compression;
mod directory;
pub mod engine;
mod file;
mod input;
mod location;
mod members;
mod names;
mod passed;
mod passing;
mod place;
mod progress;
mod read_ahead;
mod section;
mod stream;
pub mod tar;

pub use self::tar::looks_like_tar;
pub use crate::limits;
pub use blobs::{Blobs, Contents, Length, Visit, blob_name, document};
pub use catalog::{Blob, Candidate, Catalog};
pub use choose::{Choice, ImageSelector};
pub use compression::{Compression, stream_error};
pub use engine::{
    CONTAINER, Engine, EngineError, EngineErrorKind, EngineImage, EngineQuery, Listed, Saving, list_images,
};
pub use input::{Input, Stepping, Streaming};
pub use location::{Location, Trust};
pub use names::{normal, normal_text};
pub use passed::{Passed, PassedBody, PassingWalk};
pub use place::Place;
pub use progress::{Meter, NoProgress, Progress};
pub use section::{Section, SectionReader, write_file_at};
