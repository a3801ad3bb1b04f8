//! The outer tar of a saved image, listed without reading its bodies.

use std::collections::HashMap;

use super::store::{Step, Store, check_document, follow, link_target};
use super::tar::{Member, Type, Walk};
use super::{Meter, Section, Stepping, limits, normal};
use crate::error::{Error, Result};

/// A seekable archive: where each member's body is.
pub struct Archive {
    section: Section,
    members: HashMap<Vec<u8>, Place>,
    /// There were more members than an image has, so the rest was not listed.
    overflow: bool,
}

enum Place {
    Body { offset: u64, length: u64 },
    Link(Vec<u8>),
}

impl Archive {
    /// Hops over the headers of the tar in `section`.
    ///
    /// # Errors
    /// When it is no tar, or is cut short.
    pub fn list(section: Section, meter: &dyn Meter) -> Result<Self> {
        let mut members = HashMap::new();
        let mut walk = Walk::new(Stepping::new(section.clone(), meter));
        let (mut member, mut name) = (Member::default(), Vec::new());
        let mut overflow = false;
        while walk.next(&mut member)? {
            if members.len() >= limits::MEMBERS {
                overflow = true;
                break;
            }
            normal(&member.name, &mut name);
            let place = match member.kind {
                Type::File => Place::Body { offset: member.offset, length: member.size },
                Type::Symlink => Place::Link(link_target(&name, &member.link, true)),
                Type::HardLink => Place::Link(link_target(&name, &member.link, false)),
                _ => continue,
            };
            if let Place::Body { offset, length } = place
                && offset.saturating_add(length) > section.length()
            {
                return Err(Error::because(format!(
                    "the archive is cut short: this member ends at offset {}, the file at {}",
                    offset + length,
                    section.length()
                ))
                .at(String::from_utf8_lossy(&name))
                .hint("save or copy the image again"));
            }
            members.insert(name.clone(), place);
        }
        Ok(Self { section, members, overflow })
    }

    /// True when there is no member at all.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() && !self.overflow
    }

    /// True when the archive has more members than any image.
    pub fn is_overflowing(&self) -> bool {
        self.overflow
    }

    /// The names of all members.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.members.keys().map(Vec::as_slice)
    }

    /// The bytes of a member; `name` is a resolved one.
    pub fn section(&self, name: &[u8]) -> Option<Section> {
        match self.members.get(name)? {
            Place::Body { offset, length } => Some(self.section.part(*offset, *length)),
            Place::Link(_) => None,
        }
    }
}

impl Store for Archive {
    fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>> {
        let found = follow(name, |name| match self.members.get(name)? {
            Place::Body { .. } => Some(Step::Here(())),
            Place::Link(target) => Some(Step::Link(target.clone())),
        })?;
        Ok(found.map(|(name, ())| name))
    }

    fn body(&self, name: &[u8]) -> Result<Vec<u8>> {
        let section = self.section(name).ok_or_else(|| Error::because("it is not in the archive"))?;
        check_document(section.length())?;
        section.head(usize::try_from(section.length()).unwrap_or(0)).map_err(|error| Error::io(&error))
    }
}
