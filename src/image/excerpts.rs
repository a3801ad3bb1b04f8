//! What was kept of the bodies of a few entries.

use super::ids::EntryId;
use crate::layer::{Elf, Excerpt, Libraries, SecretCheck};

/// The excerpts of an image, by entry.
#[derive(Debug, Default)]
pub struct Excerpts {
    /// In ascending order.
    list: Vec<(EntryId, Excerpt)>,
}

impl Excerpts {
    /// Adds the excerpt of an entry that comes after all entries with one.
    pub(super) fn push(&mut self, id: EntryId, excerpt: Excerpt) {
        self.list.push((id, excerpt));
    }

    /// Drops all excerpts that `keep` rejects.
    pub fn retain(&mut self, mut keep: impl FnMut(EntryId, &Excerpt) -> bool) {
        self.list.retain(|(id, excerpt)| keep(*id, excerpt));
        self.list.shrink_to_fit();
    }

    /// What was kept of an entry.
    pub fn get(&self, id: EntryId) -> Option<&Excerpt> {
        let at = self.list.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(&self.list[at].1)
    }

    /// The body of an entry, if it was kept.
    pub fn body(&self, id: EntryId) -> Option<&[u8]> {
        match self.get(id)? {
            Excerpt::Database(body) | Excerpt::PackageJson(body) => Some(body),
            Excerpt::Elf(..) | Excerpt::Script(_) | Excerpt::Credentials(_) => None,
        }
    }

    /// The headers of an entry, if it is an ELF file whose headers were read.
    pub fn elf(&self, id: EntryId) -> Option<Elf> {
        match self.get(id)? {
            Excerpt::Elf(elf, _) => Some(*elf),
            _ => None,
        }
    }

    /// The libraries that an ELF file asks for; none if it is none, or if they could not be read.
    pub fn libraries(&self, id: EntryId) -> Option<&Libraries> {
        match self.get(id)? {
            Excerpt::Elf(_, libraries) => libraries.as_ref(),
            _ => None,
        }
    }

    /// The text of a short script, if it was kept.
    pub fn script(&self, id: EntryId) -> Option<&[u8]> {
        match self.get(id)? {
            Excerpt::Script(text) => Some(text),
            _ => None,
        }
    }

    /// Whether an entry that may hold a secret does; none if it was not checked.
    pub fn credentials(&self, id: EntryId) -> Option<SecretCheck> {
        match self.get(id)? {
            Excerpt::Credentials(holds) => Some(*holds),
            _ => None,
        }
    }

    /// All of them, by entry.
    pub fn iter(&self) -> impl Iterator<Item = (EntryId, &Excerpt)> {
        self.list.iter().map(|(id, excerpt)| (*id, excerpt))
    }
}
