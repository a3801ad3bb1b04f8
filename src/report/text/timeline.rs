//! What the layers did to one file, in words: `written in 4, same content again in 6 and 7, deleted in 9`.

use std::fmt::Write as _;

use crate::analysis::Copy;
use crate::image::{Image, PathId};
use crate::layer::Kind;
use crate::overlay::Cause;

/// Most layers that one part of a timeline names.
const NAMED: usize = 6;

/// One thing that happened, and the layers it happened in (none where the words say which).
struct Event {
    what: &'static str,
    layers: Vec<usize>,
}

/// The timeline of the wasted `copies` (lowest layer first) of `path`.
pub(super) fn timeline(image: &Image, path: PathId, copies: &[Copy]) -> String {
    let mut events: Vec<Event> = Vec::new();
    let mut tell = |what, layer: Option<usize>| match events.last_mut() {
        Some(event) if event.what == what => event.layers.extend(layer),
        _ => events.push(Event { what, layers: layer.into_iter().collect() }),
    };
    let mut known = None;
    for copy in copies {
        // the copy before it has already said that this layer stores the file
        if known != Some(copy.layer) {
            tell(if known.is_none() { "written" } else { "written again" }, Some(copy.layer));
        }
        let same_layer = copy.cause == Cause::Repeated;
        tell(ending(image, path, copy), (!same_layer).then_some(copy.by_layer));
        known = Some(if copy.cause == Cause::Removed { usize::MAX } else { copy.by_layer });
    }
    let words: Vec<_> = events
        .iter()
        .map(|event| match event.layers.as_slice() {
            [] => event.what.to_owned(),
            some => format!("{} in {}", event.what, layers(some)),
        })
        .collect();
    words.join(", ")
}

/// What hid a copy.
fn ending(image: &Image, path: PathId, copy: &Copy) -> &'static str {
    let next = image.entry_in_layer(path, copy.by_layer).map(|entry| image.entry(entry).kind);
    match copy.cause {
        Cause::Removed => "deleted",
        _ if copy.metadata_only => "same content again",
        Cause::Repeated => "again in the same layer",
        Cause::Overwritten => match next {
            Some(Kind::Directory) => "replaced by a directory",
            Some(Kind::Symlink) => "replaced by a symbolic link",
            Some(Kind::HardLink) => "replaced by a hard link",
            Some(Kind::File) => "again",
            _ => "replaced",
        },
    }
}

/// `4`, `4 and 5`, `4, 5 and 7`, `4, 5, 6, 7, 8, 9 and 12 more`.
pub(super) fn layers(layers: &[usize]) -> String {
    let named = if layers.len() > NAMED + 1 { NAMED } else { layers.len() };
    let mut text = String::new();
    for (i, layer) in layers[..named].iter().enumerate() {
        let before = match i {
            0 => "",
            i if i + 1 == layers.len() => " and ",
            _ => ", ",
        };
        _ = write!(text, "{before}{layer}");
    }
    if named < layers.len() {
        _ = write!(text, " and {} more", layers.len() - named);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn layers_are_listed_as_people_do() {
        assert_eq!(layers(&[4]), "4");
        assert_eq!(layers(&[4, 6]), "4 and 6");
        assert_eq!(layers(&[4, 6, 7]), "4, 6 and 7");
        assert_eq!(layers(&[1, 2, 3, 4, 5, 6, 7]), "1, 2, 3, 4, 5, 6 and 7");
        assert_eq!(layers(&[1, 2, 3, 4, 5, 6, 7, 8]), "1, 2, 3, 4, 5, 6 and 2 more");
    }

    #[test]
    fn a_story_has_every_turn_in_order() {
        let tell = |sample: &sample::Sample, path: &[u8]| {
            let path = sample.image.paths.find(path).unwrap();
            let wasted = sample.analysis.wasted.iter().find(|wasted| wasted.path == path).unwrap();
            timeline(&sample.image, path, sample.analysis.copies_of(wasted))
        };
        let wasteful = sample::wasteful();
        for (path, text) in [
            ("etc/motd", "written in 0, again in 1, deleted in 3"),
            ("srv/run", "written in 2, deleted in 5"),
            ("srv/app/node_modules/typescript/lib/tsc.js", "written in 2, same content again in 3 and 4"),
            ("srv/esc\x1b[31m", "written in 5, again in 6"),
        ] {
            assert_eq!(tell(&wasteful, path.as_bytes()), text, "{path}");
        }
        assert_eq!(tell(&wasteful, b"srv/bad-\xff\xfe"), "written in 4, again in the same layer");
        let stacked = sample::stacked();
        assert_eq!(tell(&stacked, b"opt/tool"), "written in 0, replaced in 3");
        assert_eq!(tell(&stacked, b"opt/tool/bin/run"), "written in 3, deleted in 5");
        assert_eq!(tell(&stacked, b"usr/a"), "written in 1, again in 5");
    }
}
