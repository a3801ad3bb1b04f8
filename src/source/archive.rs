//! The outer tar of a saved image, listed without reading its bodies.

use super::blobs::{Blobs, Contents, archive_kind, read_document};
use super::members::Members;
use super::tar::{Member, Type, Walk};
use super::{Meter, Section, Stepping, normal};
use crate::error::{Error, Result};

/// A tar that can be read at offsets: where each member's body is.
pub(super) struct Archive {
    shown: String,
    section: Section,
    members: Members<Section>,
}

impl Archive {
    /// Hops over the headers of the tar in `section`.
    ///
    /// # Errors
    /// When it is no tar, or is cut short.
    pub(super) fn list(section: Section, shown: String, meter: Meter<'_>) -> Result<Self> {
        let mut members = Members::default();
        let mut walk = Walk::new(Stepping::new(section.clone(), meter));
        let (mut member, mut name) = (Member::default(), Vec::new());
        while !members.is_full() && walk.next(&mut member)? {
            normal(&member.name, &mut name);
            match member.kind {
                Type::File => {
                    let end = member.offset.saturating_add(member.size);
                    if end > section.length() {
                        return Err(Error::because(format!(
                            "the archive is cut short: this member ends at offset {end}, the file at {}",
                            section.length()
                        ))
                        .at(String::from_utf8_lossy(&name))
                        .hint("save or copy the image again"));
                    }
                    members.add(&name, section.part(member.offset, member.size));
                }
                Type::Symlink => members.link(&name, &member.link, true),
                Type::HardLink => members.link(&name, &member.link, false),
                _ => {}
            }
        }
        Ok(Self { shown, section, members })
    }
}

impl Blobs for Archive {
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
        read_document(self.members.body(name)?)
    }

    fn open(&self, name: &[u8]) -> Result<Contents> {
        Ok(Contents::At(self.members.body(name)?.clone()))
    }

    fn whole(&self) -> Option<Section> {
        Some(self.section.clone())
    }
}
