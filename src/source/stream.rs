//! What is left of an archive that passed by once: its documents, its links, and the names of the rest.

use std::collections::{HashMap, HashSet};

use super::store::{Step, Store, follow, link_target};
use super::{Compression, limits, looks_like_tar};
use crate::error::{Error, Result};

/// What a member of a passing archive is, told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberKind {
    /// A layer, packed like this.
    Layer(Compression),
    /// A JSON document.
    Document,
    /// Nothing that an image needs.
    Other,
}

/// Tells a member by its first 512 bytes. An empty blob is an empty layer.
pub fn sniff_member(head: &[u8]) -> MemberKind {
    match Compression::sniff(head) {
        Ok(Compression::None) if head.is_empty() || looks_like_tar(head) => {
            MemberKind::Layer(Compression::None)
        }
        Ok(Compression::None) if matches!(head.trim_ascii_start().first(), Some(b'{' | b'[')) => {
            MemberKind::Document
        }
        Ok(Compression::None) | Err(_) => MemberKind::Other,
        Ok(compression) => MemberKind::Layer(compression),
    }
}

/// The documents, links and names of an archive that passed by.
#[derive(Debug, Default)]
pub struct Gathered {
    documents: HashMap<Vec<u8>, Vec<u8>>,
    kept: u64,
    links: HashMap<Vec<u8>, Vec<u8>>,
    others: HashSet<Vec<u8>>,
}

impl Gathered {
    /// Keeps a document.
    ///
    /// # Errors
    /// When all documents together are over [`limits::DOCUMENTS`].
    pub fn keep(&mut self, name: &[u8], body: Vec<u8>) -> Result<()> {
        self.kept += body.len() as u64;
        if self.kept > limits::DOCUMENTS {
            return Err(Error::because(format!(
                "its JSON documents have more than {} bytes together",
                limits::DOCUMENTS
            )));
        }
        self.documents.insert(name.to_vec(), body);
        self.check_count()
    }

    /// Notes that there is a member of this name.
    ///
    /// # Errors
    /// When there are more than [`limits::MEMBERS`].
    pub fn note(&mut self, name: &[u8]) -> Result<()> {
        self.others.insert(name.to_vec());
        self.check_count()
    }

    /// Notes a link.
    ///
    /// # Errors
    /// When there are more than [`limits::MEMBERS`].
    pub fn link(&mut self, name: &[u8], target: &[u8], symbolic: bool) -> Result<()> {
        self.links.insert(name.to_vec(), link_target(name, target, symbolic));
        self.check_count()
    }

    /// True when nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// The names of all members.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.documents.keys().chain(self.links.keys()).chain(&self.others).map(Vec::as_slice)
    }

    fn count(&self) -> usize {
        self.documents.len() + self.links.len() + self.others.len()
    }

    fn check_count(&self) -> Result<()> {
        if self.count() > limits::MEMBERS {
            return Err(Error::because(format!("it has more than {} members", limits::MEMBERS))
                .hint("a root file system is read from an uncompressed file only"));
        }
        Ok(())
    }
}

impl Store for Gathered {
    fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>> {
        let found = follow(name, |name| {
            if let Some(target) = self.links.get(name) {
                return Some(Step::Link(target.clone()));
            }
            (self.documents.contains_key(name) || self.others.contains(name)).then_some(Step::Here(()))
        })?;
        Ok(found.map(|(name, ())| name))
    }

    fn body(&self, name: &[u8]) -> Result<Vec<u8>> {
        self.documents.get(name).cloned().ok_or_else(|| Error::because("it is not a JSON document"))
    }
}
