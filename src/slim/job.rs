//! The job: what is written, and how.

use std::collections::HashSet;

use super::opened::Opened;
use super::packing::Packing;
use super::plan::Plan;
use super::proof::Proof;
use crate::image::{Image, PathId};
use crate::load::Loaded;
use crate::overlay::Union;

/// How an image is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An archive that `docker load` of any age takes: an OCI layout with a `manifest.json`.
    DockerArchive,
    /// An OCI layout in a tar.
    OciArchive,
    /// An OCI layout as a directory.
    OciDirectory,
}

/// What is written.
pub struct Job<'a> {
    /// The old image.
    pub image: &'a Image,
    /// Its layers, stacked.
    pub union: &'a Union,
    /// Where its bytes are.
    pub opened: &'a Opened,
    /// What stays of it.
    pub plan: &'a Plan,
    /// The paths that the plan leaves out although a container sees them.
    pub dropped: &'a HashSet<PathId>,
    /// The new image's name; that of the old one when there is none.
    pub tag: Option<&'a str>,
    /// How the layers above the base are compressed; none: as they were.
    pub packing: Option<Packing>,
    /// How the image is stored.
    pub form: Form,
}

/// A new image, and the proof that it shows what the old one does.
#[derive(Debug)]
pub struct Written {
    /// The new image, as it was read again.
    pub loaded: Loaded,
    /// What was compared.
    pub proof: Proof,
    /// What was left out of the documents, a sentence each.
    pub remarks: Vec<String>,
}

/// Where a layer of the new image came from.
pub(super) enum Came {
    /// Its blob was copied.
    Copied(usize),
    /// Its tar was compressed anew; the hash of the tar's bytes.
    Repacked(usize, u64),
    /// It was written member by member.
    Made,
}

impl Came {
    /// The old layer that it still is.
    pub(super) fn same_as(&self) -> Option<usize> {
        match self {
            Self::Copied(old) | Self::Repacked(old, _) => Some(*old),
            Self::Made => None,
        }
    }
}
