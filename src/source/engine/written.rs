//! What a container wrote: which paths changed, and the layer that is made of them.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{self, Read, Write};

use serde::Deserialize;

use crate::digest::Digest;
use crate::error::{Error, Result, describe_io};
use crate::source::progress::Progress;
use crate::source::tar::{BLOCK, Member, Type, Walk, whiteout};
use crate::source::{Section, Streaming, normal};

/// What became of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
enum Kind {
    Modified,
    Added,
    Removed,
}

impl TryFrom<u8> for Kind {
    type Error = String;

    fn try_from(number: u8) -> std::result::Result<Self, String> {
        match number {
            0 => Ok(Self::Modified),
            1 => Ok(Self::Added),
            2 => Ok(Self::Removed),
            other => Err(format!("there is no kind {other} of changes")),
        }
    }
}

/// The paths that a container changed: those that it wrote, and those that it removed. One may be both: a directory
/// that was removed and made again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    written: HashSet<Vec<u8>>,
    removed: BTreeSet<Vec<u8>>,
}

impl Changes {
    fn add(&mut self, kind: Kind, path: &[u8]) {
        let mut name = Vec::new();
        normal(path, &mut name);
        if name.is_empty() {
            return;
        }
        match kind {
            Kind::Modified | Kind::Added => _ = self.written.insert(name),
            Kind::Removed => _ = self.removed.insert(name),
        }
    }

    /// Those of `/containers/NAME/changes`.
    pub(super) fn of_api(text: &[u8]) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Change {
            path: String,
            kind: Kind,
        }
        let mut changes = Self::default();
        // a container that changed nothing has null
        for Change { path, kind } in serde_json::from_slice::<Option<Vec<Change>>>(text)?.unwrap_or_default()
        {
            changes.add(kind, path.as_bytes());
        }
        Ok(changes)
    }

    /// Those of `podman diff --format json`.
    pub(super) fn of_podman(text: &[u8]) -> serde_json::Result<Self> {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Lists {
            changed: Vec<String>,
            added: Vec<String>,
            deleted: Vec<String>,
        }
        let lists: Lists = serde_json::from_slice(text)?;
        let mut changes = Self::default();
        for (kind, paths) in
            [(Kind::Modified, lists.changed), (Kind::Added, lists.added), (Kind::Removed, lists.deleted)]
        {
            for path in &paths {
                changes.add(kind, path.as_bytes());
            }
        }
        Ok(changes)
    }

    /// Those of `docker diff`: lines such as `A /path`.
    pub(super) fn of_lines(text: &[u8]) -> Self {
        let mut changes = Self::default();
        for line in text.split(|&b| b == b'\n') {
            let kind = match line.first() {
                Some(b'A') => Kind::Added,
                Some(b'C') => Kind::Modified,
                Some(b'D') => Kind::Removed,
                _ => continue,
            };
            changes.add(kind, line.get(2..).unwrap_or_default());
        }
        changes
    }

    /// Makes the layer: `export` is the container's whole file system.
    ///
    /// # Errors
    /// When the export cannot be read, or there is no room for the layer.
    pub(super) fn layer(&self, export: impl Read + Send, progress: &dyn Progress) -> Result<Written> {
        let mut spool = Spool::new()?;
        let mut walk = Walk::recording(Streaming::new(export));
        let (mut member, mut path) = (Member::default(), Vec::new());
        let mut standing = BTreeSet::new();
        while walk.next(&mut member)? {
            normal(&member.name, &mut path);
            let is_removed = self.removed.contains(&path);
            if !is_removed && !self.written.contains(&path) {
                continue;
            }
            if is_removed {
                standing.insert(path.clone());
                if member.kind == Type::Directory {
                    // what the image has in it is gone
                    spool.put(&whiteout::opaque(&path))?;
                }
            }
            spool.put(walk.recorded())?;
            while walk.left() > 0 {
                if progress.stopped() {
                    return Err(Error::Interrupted);
                }
                spool.put(walk.chunk()?)?;
            }
            let padding = member.size.next_multiple_of(BLOCK as u64) - member.size;
            spool.put(&[0; BLOCK][..usize::try_from(padding).unwrap_or(0)])?;
        }
        for path in self.removed.difference(&standing) {
            spool.put(&whiteout::of(path))?;
        }
        spool.finish()
    }
}

/// A layer that was made.
pub(super) struct Written {
    pub(super) tar: Section,
    pub(super) diff_id: Digest,
}

/// The layer on its way into a temporary file, which has no name and is gone when the program ends.
struct Spool {
    file: File,
    sum: sha2::Sha256,
}

impl Spool {
    fn new() -> Result<Self> {
        Ok(Self { file: tempfile::tempfile().map_err(|error| full(&error))?, sum: sha2::Sha256::default() })
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        sha2::Digest::update(&mut self.sum, bytes);
        self.file.write_all(bytes).map_err(|error| full(&error))
    }

    fn finish(mut self) -> Result<Written> {
        self.put(&[0; 2 * BLOCK])?;
        let diff_id = Digest::sha256(&sha2::Digest::finalize(self.sum).into());
        Ok(Written { tar: Section::whole(self.file).map_err(|error| Error::io(&error))?, diff_id })
    }
}

fn full(error: &io::Error) -> Error {
    Error::because(format!(
        "cannot keep what the container wrote in a temporary file: {}",
        describe_io(error)
    ))
    .hint("make room, or let TMPDIR name a directory that has it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_say_it_mean_the_same() {
        let api = Changes::of_api(
            br#"[{"Path":"/etc","Kind":0},{"Path":"/etc/new","Kind":1},{"Path":"/gone","Kind":2}]"#,
        )
        .unwrap();
        let podman =
            Changes::of_podman(br#"{"changed":["/etc"],"added":["/etc/new"],"deleted":["/gone"]}"#).unwrap();
        assert_eq!(api, podman);
        assert_eq!(api, Changes::of_lines(b"C /etc\nA /etc/new\nD /gone\n"));
        assert_eq!(Changes::of_api(b"null").unwrap(), Changes::default());
        assert!(Changes::of_api(br#"[{"Path":"/etc","Kind":7}]"#).is_err());
    }

    #[test]
    fn the_layer_has_what_changed_and_markers_for_what_is_gone() {
        let mut export = tar::Builder::new(Vec::new());
        let mut add = |name: &str, kind, body: &[u8]| {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_size(body.len() as u64);
            export.append_data(&mut header, name, body).unwrap();
        };
        add("d/", tar::EntryType::Directory, b"");
        add("d/new", tar::EntryType::Regular, b"1234");
        add("old", tar::EntryType::Regular, &[7; 3000]);
        let export = io::Cursor::new(export.into_inner().unwrap());
        let changes = Changes::of_lines(b"D /d\nA /d/new\nD /gone/deep\nC /gone\n");
        let written = changes.layer(export, &crate::source::NoProgress).unwrap();
        let mut bytes = vec![0; usize::try_from(written.tar.length()).unwrap()];
        written.tar.read_at(&mut bytes, 0).unwrap();
        let mut archive = tar::Archive::new(&bytes[..]);
        let names: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|entry| String::from_utf8(entry.unwrap().path_bytes().into_owned()).unwrap())
            .collect();
        assert_eq!(names, ["d/.wh..wh..opq", "d/", "d/new", "gone/.wh.deep"]);
    }
}
