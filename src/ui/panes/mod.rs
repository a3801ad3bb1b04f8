//! The tabs, one file each.

mod advice;
mod advice_links;
mod advice_rows;
mod changed;
mod changed_rows;
mod columns;
mod details;
mod duplicates;
mod file_rows;
mod files;
mod image;
mod image_rows;
mod largest;
mod largest_rows;
mod largest_sums;
mod layer_list;
mod layer_page;
mod layer_rows;
mod layers;
mod map;
mod marked;
mod packages;
mod shared;
mod shared_rows;
mod table;
mod treemap;
mod wasted;
mod wasted_rows;
mod weighing;

use super::data::Data;
use super::pane::Pane;

/// All tabs, in the order of their digits. The last one is there only where the image is compared with an older one, or
/// was opened with others.
pub(super) fn all(data: &Data) -> Vec<Box<dyn Pane>> {
    let mut tabs: Vec<Box<dyn Pane>> = vec![
        Box::new(layers::Layers::new(data)),
        Box::new(wasted::WastedTab::new(data)),
        Box::new(advice::Advice::new(data)),
        Box::new(largest::Largest::new(data)),
        Box::new(image::ImageTab::new(data)),
        Box::new(table::Table::<duplicates::Duplicates>::new(data)),
        Box::new(table::Table::<packages::Packages>::new(data)),
    ];
    if let Some(older) = &data.older {
        tabs.push(Box::new(changed::Changed::new(older)));
    } else if let Some(among) = &data.among {
        tabs.push(Box::new(shared::Shared::new(among)));
    }
    tabs
}
