//! All that is known of an image: what every report, gate and screen is made from.

use std::path::PathBuf;

use super::ReadBodies;
use super::bodies::Bodies;
use crate::advice::{self, Advice};
use crate::analysis::{self, Analysis, Base};
use crate::compare::Side;
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

    /// The image as one of several that are compared.
    pub fn side(&self) -> Side<'_> {
        Side { image: &self.image, union: &self.union, analysis: &self.analysis }
    }
}

/// The Dockerfile that an image was built from, as the user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedDockerfile {
    /// The file.
    pub path: PathBuf,
    /// The stage that was built; none: the last.
    pub target: Option<String>,
}

impl NamedDockerfile {
    /// A Dockerfile, if one is named.
    pub fn of(path: Option<PathBuf>, target: Option<String>) -> Option<Self> {
        path.map(|path| Self { path, target })
    }

    /// The name of the file, and its text.
    fn read(&self) -> Result<(String, String)> {
        let name = self.path.display().to_string();
        let text = std::fs::read_to_string(&self.path).map_err(|error| Error::io(&error).at(name.clone()))?;
        Ok((name, text))
    }

    /// Finds the lines of the steps of those of several images that were built from it, whole. The others have none.
    ///
    /// # Errors
    /// When it cannot be read, is no Dockerfile, or is of none of the images.
    pub fn locate<'a>(&self, images: impl IntoIterator<Item = &'a mut Image>) -> Result<()> {
        let (name, text) = self.read()?;
        let mut differs = None;
        let mut fits_one = false;
        for image in images {
            let known = image.diagnostics.len();
            image
                .locate(&name, &text, self.target.as_deref())
                .map_err(|why| Error::because(why).at(name.clone()))?;
            if image.diagnostics.len() == known {
                fits_one = true;
            } else {
                image.origin = None;
                differs = differs.or(image.diagnostics.drain(known..).next());
            }
        }
        match differs {
            Some(differs) if !fits_one => Err(Error::because(differs.message)
                .hint("name the Dockerfile that one of the images was built from; --target names its stage")),
            _ => Ok(()),
        }
    }
}

/// Loads an image and examines it; also gives what reads its files again, unless it passed by only once.
///
/// # Errors
/// Those of [`load::image`](super::image), when the image does not have the base layers that `base` asks for, and
/// when the Dockerfile cannot be read.
pub fn examine(
    location: &Location,
    selector: &ImageSelector,
    base: &Base,
    dockerfile: Option<&NamedDockerfile>,
    rules: &advice::Settings,
    progress: &dyn Progress,
) -> Result<(Examination, Option<Box<dyn ReadBodies>>)> {
    let mut loaded = super::pipeline::image(location, selector, progress)?;
    let provenance = loaded.provenance.take();
    if let Some(named) = dockerfile {
        let (name, text) = named.read()?;
        let target = &named.target;
        // the builder's own account is of this text only
        let located = match provenance.filter(|provenance| provenance.text == text && target.is_none()) {
            Some(provenance) => loaded.image.locate_by(&name, &provenance),
            None => loaded.image.locate(&name, &text, target.as_deref()),
        };
        located.map_err(|why| Error::because(why).at(name))?;
    } else if let Some(provenance) = provenance {
        // a text that fits nothing leaves the image as it is without one
        _ = loaded.image.locate_by(&provenance.name, &provenance);
    }
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
