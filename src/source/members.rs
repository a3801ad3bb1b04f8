//! The members of an archive by name, with links that point at other members.

use std::collections::HashMap;

use super::limits;
use crate::error::{Error, Result};

/// What is known of an archive's members. `B` is what is known of a body.
#[derive(Debug)]
pub(super) struct Members<B> {
    members: HashMap<Vec<u8>, Member<B>>,
}

#[derive(Debug)]
enum Member<B> {
    Body(B),
    /// The normalised name of another member.
    Link(Vec<u8>),
}

impl<B> Default for Members<B> {
    fn default() -> Self {
        Self { members: HashMap::new() }
    }
}

impl<B> Members<B> {
    /// True when there are so many that the archive is no saved image; later members are not listed.
    pub(super) fn is_full(&self) -> bool {
        self.members.len() >= limits::MEMBERS
    }

    /// Adds a regular file.
    pub(super) fn add(&mut self, name: &[u8], body: B) {
        self.members.insert(name.to_vec(), Member::Body(body));
    }

    /// Adds a link. The target of a symbolic one starts from its directory, unless it is absolute.
    pub(super) fn link(&mut self, name: &[u8], target: &[u8], symbolic: bool) {
        let mut path = Vec::new();
        if symbolic && !target.starts_with(b"/") {
            let directory = name.iter().rposition(|&b| b == b'/').map_or(0, |slash| slash + 1);
            path.extend_from_slice(&name[..directory]);
        }
        path.extend_from_slice(target);
        let mut out = Vec::new();
        super::normal(&path, &mut out);
        self.members.insert(name.to_vec(), Member::Link(out));
    }

    /// The name of the regular file that `name` leads to; none if it leads nowhere.
    ///
    /// # Errors
    /// When links lead round in a circle.
    pub(super) fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut name = name;
        for _ in 0..limits::LINKS {
            match self.members.get(name) {
                None => return Ok(None),
                Some(Member::Body(_)) => return Ok(Some(name.to_vec())),
                Some(Member::Link(target)) => name = target,
            }
        }
        Err(Error::because(format!("its links lead round in a circle (more than {} of them)", limits::LINKS)))
    }

    /// The body of a regular file.
    ///
    /// # Errors
    /// When there is no member of this name.
    pub(super) fn body(&self, name: &[u8]) -> Result<&B> {
        match self.members.get(name) {
            Some(Member::Body(body)) => Ok(body),
            Some(Member::Link(_)) | None => Err(Error::because("it is not in the archive")),
        }
    }

    /// All names, in any order.
    pub(super) fn names(&self) -> Vec<Vec<u8>> {
        self.members.keys().cloned().collect()
    }
}
