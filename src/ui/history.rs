//! The history of one path: what every layer did to it, with the layer's command, as a page to read.

use std::fmt::Write as _;

use super::data::Data;
use super::text::safe;
use super::viewer::Page;
use crate::image::{EntryId, PathId};
use crate::overlay::{self, Fate};
use crate::units;

/// The page about a path.
pub(super) fn page(data: &Data, path: PathId) -> Page {
    let image = &data.image;
    let events = overlay::timeline(image, &data.log, path);
    let mut body = String::new();
    for event in &events {
        let layer = event.layer;
        let base = if data.is_base(layer) { ", of the base image" } else { "" };
        _ = writeln!(body, "layer {layer}{base}: {}", overlay::tell(std::slice::from_ref(event)));
        let range = &image.layers[layer].entries;
        let stored: Vec<EntryId> =
            image.timeline.of(path).iter().copied().filter(|id| range.contains(&id.0)).collect();
        for id in stored {
            _ = writeln!(body, "    {}", entry(data, id));
        }
        for line in image.command_of(layer).lines() {
            _ = writeln!(body, "    {}", safe(line.as_bytes()));
        }
        body.push('\n');
    }
    if events.is_empty() {
        body.push_str("No layer stores it: it is a directory that paths below it imply.\n");
    }
    let title = data.path_text(path, false);
    let ids = image.timeline.of(path).iter();
    let wasted: u64 = ids
        .filter(|id| matches!(data.union.fate(**id), Fate::Lost(..)))
        .map(|id| image.entry(*id).size)
        .sum();
    let about = match wasted {
        0 => "its history".to_owned(),
        bytes => format!("its history  {} in copies that nobody can see", units::size(bytes)),
    };
    Page { title: title.clone(), about, body, copied: title }
}

fn entry(data: &Data, id: EntryId) -> String {
    let (entry, attrs) = (data.image.entry(id), data.image.attrs_of(id));
    let fate = match data.union.fate(id) {
        Fate::Lost(..) if entry.size > 0 => ", wasted",
        _ => "",
    };
    format!(
        "{} {} {}:{}  {}{fate}",
        units::size(entry.size),
        super::describe::mode(&data.image, id),
        attrs.uid,
        attrs.gid,
        super::describe::time(entry.mtime)
    )
}
