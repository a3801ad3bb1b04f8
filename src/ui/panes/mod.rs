//! The tabs, one file each.

mod advice;
mod details;
mod files;
mod image;
mod largest;
mod layer_rows;
mod layers;
mod treemap;
mod wasted;

use super::data::Data;
use super::pane::Pane;

/// All tabs, in the order of their digits.
pub(super) fn all(data: &Data) -> Vec<Box<dyn Pane>> {
    vec![
        Box::new(layers::Layers::new(data)),
        Box::new(wasted::WastedTab::new(data)),
        Box::new(advice::Advice::default()),
        Box::new(largest::Largest::new(data)),
        Box::new(image::ImageTab::default()),
    ]
}
