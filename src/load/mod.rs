//! The pipeline from a location to an [`Examination`]: open, choose, index the layers, assemble, read what must be
//! compared, analyse, ask the rules.
//!
//! After loading, nothing reads a tar except through the [`ReadBodies`] that loading returns. Layers that can be
//! opened by name are indexed in parallel, the largest first; an archive that passes by once is read in one thread,
//! and its layers are indexed as they come.

mod bodies;
mod compare;
mod compared;
mod examination;
mod extract;
mod hashes;
mod layers;
mod loaded;
mod many;
mod passed;
mod pick;
mod pipeline;
mod rootfs;

pub use crate::source::{NoProgress, Progress};
pub use bodies::{ReadBodies, TakeBody};
pub use compared::{Readable, compared};
pub use examination::{Examination, NamedDockerfile, examine};
pub use extract::{Extracted, extract};
pub use hashes::hashes;
pub use loaded::Loaded;
pub use many::{KnownLayers, Member, images};
pub use pipeline::{diff_ids, image, outline};
