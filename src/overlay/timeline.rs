//! What the layers did to one path, and the words for it. The report and the UI tell it alike.

use super::{ChangeLog, Slot};
use crate::image::{EntryId, Image, PathId};
use crate::layer::Kind;
use crate::text;

/// What one layer did to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The layer.
    pub layer: usize,
    /// What it did.
    pub what: What,
    /// How often its tar stores the path; 0 where it only implies or removes it.
    pub times: usize,
}

/// What can be done to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Nothing stood there before.
    Written,
    /// The same type of file stood there before.
    Again(Difference),
    /// Another type of file stood there before; this is the new one.
    Replaced(Kind),
    /// Nothing stands there any more.
    Removed,
}

/// How a stored path differs from what stood there before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one for each thing that may differ")]
pub struct Difference {
    /// Both are regular files of the same content.
    pub same_content: bool,
    /// Both are regular files, of different content.
    pub other_content: bool,
    /// The target of the link.
    pub target: bool,
    /// The permissions.
    pub mode: bool,
    /// User or group.
    pub owner: bool,
    /// Extended attributes.
    pub xattrs: bool,
    /// The time of the last change.
    pub time: bool,
}

/// What each layer did to a path, lowest layer first. A directory that a layer only mentions, because of what is in
/// it, is left out.
pub fn timeline(image: &Image, log: &ChangeLog, path: PathId) -> Vec<Event> {
    let mut events = Vec::new();
    for layer in 0..image.layers.len() {
        let Some((before, after)) = log.change(layer, path) else { continue };
        let what = match (before, after) {
            (None, Some(_)) => What::Written,
            (Some(before), Some(after)) if is_mentioned(image, before, after) => continue,
            (Some(before), Some(after)) => match (kind(image, before), kind(image, after), before, after) {
                (old, new, ..) if old != new => What::Replaced(new),
                (_, _, Slot::Entry(old), Slot::Entry(new)) => What::Again(difference(image, old, new)),
                _ => What::Again(Difference::default()),
            },
            (_, None) => What::Removed,
        };
        let range = &image.layers[layer].entries;
        let times = image.timeline.of(path).iter().filter(|entry| range.contains(&entry.0)).count();
        events.push(Event { layer, what, times });
    }
    events
}

/// A timeline in words: `written in 4 · again in 6 and 7, same content, mode changed · removed in 8`.
pub fn tell(events: &[Event]) -> String {
    let same = |a: &Event, b: &Event| a.what == b.what && a.times == b.times;
    let words: Vec<String> = events
        .chunk_by(same)
        .map(|group| {
            let layers: Vec<usize> = group.iter().map(|event| event.layer).collect();
            group[0].words(&text::list(&layers))
        })
        .collect();
    if words.is_empty() { "no layer stores it".into() } else { words.join(" · ") }
}

impl Event {
    fn words(&self, layers: &str) -> String {
        let verb = match self.what {
            What::Written => "written".to_owned(),
            What::Again(_) => "again".to_owned(),
            What::Replaced(kind) => format!("replaced by a {}", kind.noun()),
            What::Removed => "removed".to_owned(),
        };
        let times = match self.times {
            0 | 1 => String::new(),
            2 => " (twice)".to_owned(),
            many => format!(" ({many} times)"),
        };
        let difference = match self.what {
            What::Again(difference) => difference.words(),
            _ => Vec::new(),
        };
        let first = format!("{verb} in {layers}{times}");
        std::iter::once(first.as_str()).chain(difference).collect::<Vec<_>>().join(", ")
    }
}

impl Difference {
    fn words(self) -> Vec<&'static str> {
        let only_time =
            self.time && !(self.other_content || self.target || self.mode || self.owner || self.xattrs);
        [
            (self.same_content, "same content"),
            (self.other_content, "new content"),
            (self.target, "new target"),
            (self.mode, "mode changed"),
            (self.owner, "owner changed"),
            (self.xattrs, "attributes changed"),
            (only_time, "only its time changed"),
        ]
        .into_iter()
        .filter_map(|(holds, words)| holds.then_some(words))
        .collect()
    }
}

/// True for a directory that a layer only mentions because of what is in it.
fn is_mentioned(image: &Image, before: Slot, after: Slot) -> bool {
    let attrs = |slot| match slot {
        Slot::Implied => Some(None),
        Slot::Entry(id) => image.entry(id).kind.is_directory().then(|| Some(image.entry(id).attrs)),
    };
    attrs(before).is_some() && attrs(before) == attrs(after)
}

fn kind(image: &Image, slot: Slot) -> Kind {
    match slot {
        Slot::Implied => Kind::Directory,
        Slot::Entry(id) => image.entry(id).kind,
    }
}

fn difference(image: &Image, old: EntryId, new: EntryId) -> Difference {
    let (a, b) = (image.entry(old), image.entry(new));
    let is_file = a.kind == Kind::File;
    let is_same = a.size == b.size && (a.size == 0 || (a.hash == b.hash && a.hash != 0));
    let (a_attrs, b_attrs) = (image.attrs_of(old), image.attrs_of(new));
    Difference {
        same_content: is_file && is_same,
        other_content: is_file && !is_same,
        target: image.link_text(old) != image.link_text(new) || image.link_path(old) != image.link_path(new),
        mode: a_attrs.mode != b_attrs.mode,
        owner: (a_attrs.uid, a_attrs.gid) != (b_attrs.uid, b_attrs.gid),
        xattrs: a_attrs.xattrs != b_attrs.xattrs,
        time: a.mtime != b.mtime,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::sample::image;

    fn told(image: &Image, path: &str) -> String {
        let path = image.paths.find(path.as_bytes()).unwrap();
        tell(&timeline(image, &ChangeLog::of(image), path))
    }

    #[test]
    fn every_turn_is_told_in_order() {
        let image = image(&[
            &["file srv/a x", "symlink srv/l one", "file srv/d x", "dir opt"],
            &["owned srv/a x 7", "symlink srv/l two", "file srv/d/e y", "file opt/f y"],
            &["owned srv/a x 8"],
            &["owned srv/a y 8", "owned srv/a z 8"],
            &["whiteout srv/a", "whiteout srv/d"],
            &["file srv/a x"],
        ]);
        assert_eq!(
            told(&image, "srv/a"),
            "written in 0 · again in 1 and 2, same content, owner changed · again in 3 (twice), new content · \
             removed in 4 · written in 5"
        );
        assert_eq!(told(&image, "srv/l"), "written in 0 · again in 1, new target");
        assert_eq!(told(&image, "srv/d"), "written in 0 · replaced by a directory in 1 · removed in 4");
        assert_eq!(told(&image, "srv/d/e"), "written in 1 · removed in 4");
        assert_eq!(told(&image, "opt"), "written in 0", "a directory that is only mentioned is no event");
    }

    #[test]
    fn that_only_the_time_changed_is_said() {
        let difference = Difference { same_content: true, time: true, ..Difference::default() };
        let event = Event { layer: 6, what: What::Again(difference), times: 3 };
        assert_eq!(tell(&[event]), "again in 6 (3 times), same content, only its time changed");
        assert_eq!(tell(&[]), "no layer stores it");
    }
}
