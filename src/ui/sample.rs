//! Small images for the tests of this room, built without any tar.

use std::io::Read as _;

use super::data::{Data, Shown};
use crate::advice::Advice;
use crate::analysis::analyse;
use crate::dockerfile::{Keyword, StepId};
use crate::error::Result;
use crate::image::{About, Assembly, EntryId, Image, Parts};
use crate::layer::{Attrs, Entry, Kind, LayerIndex, NO_LINK};
use crate::load::{Examination, Progress, ReadBodies, TakeBody};
use crate::oci::Config;
use crate::overlay::Union;

/// Files of a layer: path and size. A path that starts with `-` is removed by the layer.
pub(super) type Files<'a> = [(&'a str, u64)];

/// An image of these layers.
pub(super) fn image(layers: &[&Files<'_>]) -> Image {
    let mut assembly = Assembly::default();
    for (number, files) in layers.iter().enumerate() {
        let mut index = LayerIndex::default();
        let attrs = index.attrs.intern(&Attrs { mode: 0o644, ..Attrs::default() });
        for (path, size) in *files {
            if let Some(path) = path.strip_prefix('-') {
                let id = index.names.path(path.as_bytes());
                index.whiteouts.push(id);
                continue;
            }
            let path = index.names.path(path.as_bytes()).0;
            let hash = size * 1000 + number as u64 + 1;
            index.entries.push(Entry {
                size: *size,
                offset: 0,
                mtime: 0,
                hash,
                path,
                attrs,
                link: NO_LINK,
                kind: Kind::File,
            });
        }
        assembly.add(&index, Parts { step: Some(StepId::at(number)), ..Parts::default() }).unwrap();
    }
    let history = (0..layers.len())
        .map(|layer| crate::image::Step {
            instruction: Some(Keyword::Run),
            command: format!("make step {layer}"),
            created: None,
            layer: Some(layer),
        })
        .collect();
    let about = About { reference: "sample:latest".into(), source: "built in".into(), ..About::default() };
    assembly.finish(about, Config::default(), history, Vec::new())
}

/// What is shown of an image, with a base of so many layers. Bodies are as many `x` as the size says.
pub(super) fn shown(layers: &[&Files<'_>], base: usize) -> Shown {
    let image = image(layers);
    let union = Union::of(&image);
    let analysis = analyse(&image, &union, base);
    let examination = Examination { image, union, analysis, advice: Advice::default() };
    Shown { examination, bodies: Some(Box::new(Crosses)) }
}

struct Crosses;

impl ReadBodies for Crosses {
    fn visit(
        &self,
        image: &Image,
        ids: &[EntryId],
        _progress: &dyn Progress,
        take: &mut TakeBody<'_>,
    ) -> Result<()> {
        ids.iter().try_for_each(|id| take(*id, &mut std::io::repeat(b'x').take(image.entry(*id).size)))
    }
}

/// The same, ready for panes.
pub(super) fn data(layers: &[&Files<'_>]) -> Data {
    data_with_base(layers, 1)
}

/// The same with a base of so many layers.
pub(super) fn data_with_base(layers: &[&Files<'_>], base: usize) -> Data {
    Data::new(shown(layers, base))
}
