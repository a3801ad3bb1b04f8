//! What loading returns.

use crate::image::{Diagnostic, Image};
use crate::layer::{Budget, Excerpt};
use crate::oci::Provenance;
use crate::overlay::{Fate, Stack, Union};
use crate::text;

/// A loaded image with its layers stacked.
#[derive(Debug)]
pub struct Loaded {
    /// The image.
    pub image: Image,
    /// Its layers, stacked.
    pub union: Union,
    /// Where the layers are: names in the archive, lowest layer first. None for a root file system.
    pub blobs: Vec<Vec<u8>>,
    /// What the image's builder attested of its Dockerfile.
    pub provenance: Option<Provenance>,
}

impl Loaded {
    /// Stacks the layers of an image that was just read, and drops what was kept of bodies but is not needed
    /// (what a container cannot see; an os-release identifies the base even where it was replaced)
    /// or was over the budget.
    pub(super) fn new(mut image: Image, blobs: Vec<Vec<u8>>, budget: &Budget) -> Self {
        let union = Union::of(&image);
        let mut excerpts = std::mem::take(&mut image.excerpts);
        excerpts.retain(|id, excerpt| {
            let fits = match excerpt {
                Excerpt::Database(_) => budget.holds_databases(),
                Excerpt::PackageJson(_) => budget.holds_package_jsons(),
                Excerpt::Script(_) => budget.holds_scripts(),
                Excerpt::Elf(..) | Excerpt::Credentials(_) => true,
            };
            // a secret that a later layer deletes can still be read
            let lasts = matches!(excerpt, Excerpt::Credentials(_))
                || image.paths.name(image.path_of(id)) == b"os-release";
            fits && (lasts || union.fate(id) == Fate::Live)
        });
        image.excerpts = excerpts;
        if !budget.holds_databases() || !budget.holds_package_jsons() {
            let message =
                "the records of installed packages are over the limit, so packages are not all shown";
            let (code, message) = ("too-many-records", message.to_owned());
            image.diagnostics.push(Diagnostic { code, message, layer: None, path: None });
        }
        for &link in &union.dangling {
            let target = image.link_path(link).map(|target| image.paths.full(target)).unwrap_or_default();
            image.diagnostics.push(Diagnostic {
                code: "dangling-hard-link",
                message: format!(
                    "the hard link names {}, which is no file when the link is made: a container engine may refuse the layer",
                    text::line(&target, 200)
                ),
                layer: Some(image.layer_of(link)),
                path: Some(image.paths.full(image.path_of(link))),
            });
        }
        Self { image, union, blobs, provenance: None }
    }

    /// The image with its layers stacked.
    pub fn stack(&self) -> Stack<'_> {
        Stack { image: &self.image, union: &self.union }
    }
}
