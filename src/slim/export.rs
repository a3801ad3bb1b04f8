//! Compares containers of two images as an engine exports them: a proof that does not depend on this program's own reading.

use std::collections::BTreeMap;
use std::io::Read;

use super::proof::Proof;
use crate::error::{Error, Result};
use crate::layer::hash::BodyHasher;
use crate::source::tar::{Member, Type, Walk};
use crate::source::{Progress, Streaming, normal};
use crate::text;

/// The verdict of an engine on the new image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The engine's name.
    pub engine: &'static str,
    /// The comparison of what it exports.
    pub proof: Proof,
    /// Whether the user's command succeeds in a container of the new image; none if no command was given.
    pub smoke: Option<bool>,
}

impl Trial {
    /// True if nothing differs and the command, if there is one, succeeds.
    pub fn holds(&self) -> bool {
        self.proof.holds() && self.smoke != Some(false)
    }
}

/// The file system of a container, path by path.
pub struct Exported(BTreeMap<Vec<u8>, (Member, u64)>);

impl Exported {
    /// Reads a container's `export`.
    ///
    /// # Errors
    /// When it cannot be read, or the user stops.
    pub fn read(export: impl Read + Send, progress: &dyn Progress) -> Result<Self> {
        let mut walk = Walk::new(Streaming::new(export));
        let (mut members, mut member) = (BTreeMap::new(), Member::default());
        while walk.next(&mut member)? {
            let mut body = BodyHasher::new();
            while walk.left() > 0 {
                if progress.stopped() {
                    return Err(Error::Interrupted);
                }
                body.update(walk.chunk()?);
            }
            let mut path = Vec::new();
            normal(&member.name, &mut path);
            let mut member = std::mem::take(&mut member);
            // its place in the tar does not matter
            (member.name, member.offset) = (Vec::new(), 0);
            member.xattrs.sort_unstable();
            members.insert(path, (member, body.finish()));
        }
        Ok(Self(members))
    }

    /// Compares two containers. `dropped` paths may be missing from the new one. Times of `since` or later are not
    /// compared: the engine made those files itself while it loaded the images.
    pub fn compare(&self, new: &Self, dropped: impl Fn(&[u8]) -> bool, since: i64) -> Proof {
        let mut proof = Proof::default();
        for (path, before) in &self.0 {
            proof.paths += 1;
            match new.0.get(path) {
                Some(after) => {
                    let wrong = differing(before, after, since);
                    if !wrong.is_empty() {
                        proof.differ(|| format!("/{}: {}", text::line(path, 200), wrong.join(", ")));
                    }
                }
                None if dropped(path) => {}
                None => proof.differ(|| format!("/{} is missing", text::line(path, 200))),
            }
        }
        for path in new.0.keys().filter(|path| !self.0.contains_key(*path)) {
            proof.paths += 1;
            proof.differ(|| format!("/{} is new", text::line(path, 200)));
        }
        proof
    }
}

/// What differs between two members at one path.
fn differing((old, body): &(Member, u64), (new, other): &(Member, u64), since: i64) -> Vec<&'static str> {
    let is_own = old.mtime >= since && new.mtime >= since;
    let is_link = |member: &Member| member.kind == Type::HardLink;
    let rows = [
        ("its type", old.kind != new.kind && !is_link(old) && !is_link(new)),
        ("its hard links", is_link(old) != is_link(new)),
        ("its mode", old.mode != new.mode),
        ("its owner", (old.uid, old.gid) != (new.uid, new.gid)),
        ("its time", old.mtime != new.mtime && !is_own),
        ("its target", old.link != new.link),
        ("its device numbers", old.device != new.device),
        ("its extended attributes", old.xattrs != new.xattrs),
        ("its size", old.size != new.size),
        ("its content", body != other),
    ];
    rows.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::NoProgress;

    fn export(members: &[(&str, &[u8], u64)]) -> Exported {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, body, mtime) in members {
            let mut header = tar::Header::new_gnu();
            header.set_size(body.len() as u64);
            header.set_mtime(*mtime);
            builder.append_data(&mut header, name, *body).unwrap();
        }
        Exported::read(std::io::Cursor::new(builder.into_inner().unwrap()), &NoProgress).unwrap()
    }

    #[test]
    fn differences_are_named_and_the_engine_s_own_times_are_none() {
        let old = export(&[("a", b"1", 5), ("b", b"1", 5), ("own", b"", 100), ("gone", b"x", 5)]);
        let new = export(&[("a", b"2", 5), ("b", b"1", 6), ("own", b"", 103), ("more", b"x", 5)]);
        let proof = old.compare(&new, |_| false, 100);
        assert_eq!((proof.paths, proof.differences), (5, 4));
        assert_eq!(proof.first, ["/a: its content", "/b: its time", "/gone is missing", "/more is new"]);
        assert!(old.compare(&old, |_| false, i64::MAX).holds());
        assert_eq!(old.compare(&new, |path| path == b"gone", 100).differences, 3);
    }
}
