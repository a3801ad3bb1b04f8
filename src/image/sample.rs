//! Small images for tests, written as one line per tar member.

use super::{About, Assembly, Image, Parts, Step};
use crate::layer::{Attrs, Entry, Kind, LayerIndex, NO_LINK, hash};
use crate::oci::Config;

/// An image of layers given by lines: `file PATH BODY`, `dir PATH`, `symlink PATH TARGET`, `hardlink PATH TARGET`,
/// `fifo PATH`, `whiteout PATH`, `opaque PATH`, and `owned PATH BODY UID`.
pub(crate) fn image(layers: &[&[&str]]) -> Image {
    image_with(layers, Vec::new())
}

/// The same with a history.
pub(crate) fn image_with(layers: &[&[&str]], history: Vec<Step>) -> Image {
    let mut assembly = Assembly::default();
    for (number, lines) in layers.iter().enumerate() {
        let mut index = LayerIndex::default();
        for line in *lines {
            add(&mut index, line);
        }
        let step =
            history.iter().position(|step| step.layer == Some(number)).map(crate::dockerfile::StepId::at);
        assembly.add(&index, Parts { step, ..Parts::default() }).unwrap();
    }
    assembly.finish(About::default(), Config::default(), history, Vec::new())
}

fn add(index: &mut LayerIndex, line: &str) {
    let words: Vec<&str> = line.split(' ').collect();
    let path = index.names.path(words[1].as_bytes());
    let kind = match words[0] {
        "file" | "owned" => Kind::File,
        "dir" => Kind::Directory,
        "symlink" => Kind::Symlink,
        "hardlink" => Kind::HardLink,
        "fifo" => Kind::Fifo,
        "whiteout" => return index.whiteouts.push(path),
        "opaque" => return index.opaques.push(path),
        other => unreachable!("{other}"),
    };
    let body = if kind == Kind::File { words[2].as_bytes() } else { b"" };
    let target = match kind {
        Kind::HardLink => index.names.path(words[2].as_bytes()).0,
        Kind::Symlink => {
            let at = u32::try_from(index.links.len()).unwrap();
            index.links.extend(u32::try_from(words[2].len()).unwrap().to_le_bytes());
            index.links.extend(words[2].as_bytes());
            at
        }
        _ => NO_LINK,
    };
    let uid = words.get(3).map_or(0, |uid| uid.parse().unwrap());
    let attrs = index.attrs.intern(&Attrs { uid, ..Attrs::default() });
    let hash = if kind == Kind::File { hash::body(body) } else { 0 };
    index.entries.push(Entry {
        size: body.len() as u64,
        offset: 0,
        mtime: 0,
        hash,
        path: path.0,
        attrs,
        link: target,
        kind,
    });
}
