//! Small images for the tests of this room, built without any tar.

use std::io::Read as _;

use super::data::{Data, Shown};
use crate::advice::Advice;
use crate::analysis::analyse;
use crate::error::Result;
use crate::image::sample::Builder;
use crate::image::{About, EntryId, Image};
use crate::load::{Examination, Progress, ReadBodies, TakeBody};
use crate::overlay::Union;

/// Files of a layer: path and size. A path that starts with `-` is removed by the layer.
pub(super) type Files<'a> = [(&'a str, u64)];

/// An image of these layers, without a base.
pub(super) fn image(layers: &[&Files<'_>]) -> Image {
    let about = About { reference: "sample:latest".into(), source: "built in".into(), ..About::default() };
    let builder =
        layers.iter().enumerate().fold(Builder::default().about(about), |builder, (number, files)| {
            builder.layer(&format!("RUN make step {number}"), |layer| {
                files.iter().fold(layer, |layer, (path, size)| match path.strip_prefix('-') {
                    Some(path) => layer.whiteout(path),
                    None => layer.file(path, *size, size * 1000 + number as u64 + 1),
                })
            })
        });
    builder.build(Vec::new())
}

/// What is shown of an image, with a base of so many layers. Bodies are as many `x` as the size says.
pub(super) fn shown(layers: &[&Files<'_>], base: usize) -> Shown {
    let image = image(layers);
    let union = Union::of(&image);
    let analysis = analyse(&image, &union, base);
    let examination = Examination { image, union, analysis, advice: Advice::default() };
    Shown { examination, bodies: Some(Box::new(Crosses)), against: None, among: None }
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
