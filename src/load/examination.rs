//! All that is known of an image: what every report, gate and screen is made from.

use super::ReadBodies;
use super::bodies::Bodies;
use crate::advice::{self, Advice};
use crate::analysis::{self, Analysis, Base};
use crate::error::{Error, Result};
use crate::image::Image;
use crate::overlay::Union;
use crate::source::{ImageSelector, Location, Progress};

/// An image, its layers stacked, its numbers, and what could be changed in its Dockerfile.
#[derive(Debug)]
pub struct Examination {
    /// The image.
    pub image: Image,
    /// Its layers, stacked.
    pub union: Union,
    /// Its numbers.
    pub analysis: Analysis,
    /// What could be changed in the Dockerfile.
    pub advice: Advice,
}

impl Examination {
    /// Examines an image whose first `base_layers` layers came with `FROM`. `rules` should have passed
    /// [`advice::Settings::check`].
    pub fn of(image: Image, union: Union, base_layers: usize, rules: &advice::Settings) -> Self {
        let analysis = analysis::analyse(&image, &union, base_layers);
        let advice = advice::advise(&image, &union, &analysis, rules);
        Self { image, union, analysis, advice }
    }
}

/// Loads an image and examines it; also gives what reads its files again, unless it passed by only once.
///
/// # Errors
/// Those of [`load::image`](super::image), and when the image does not have the base layers that `base` asks for.
pub fn examine(
    location: &Location,
    selector: &ImageSelector,
    base: &Base,
    rules: &advice::Settings,
    progress: &dyn Progress,
) -> Result<(Examination, Option<Box<dyn ReadBodies>>)> {
    let loaded = super::pipeline::image(location, selector, progress)?;
    let Some(base_layers) = base.layers(&loaded.image) else {
        return Err(wrong_base(base, loaded.image.layers.len()));
    };
    let bodies =
        Bodies::new(location, loaded.blobs).map(|bodies| -> Box<dyn ReadBodies> { Box::new(bodies) });
    Ok((Examination::of(loaded.image, loaded.union, base_layers, rules), bodies))
}

fn wrong_base(base: &Base, layers: usize) -> Error {
    let why = match base {
        Base::Layers(count) => format!("the base cannot have {count} layers: the image has only {layers}"),
        _ => "the image that is named as the base has other layers than the first ones of this image".into(),
    };
    Error::because(why).hint("give the number of base layers, or auto")
}
