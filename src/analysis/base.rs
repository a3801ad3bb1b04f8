//! Which layers came with `FROM`.

use crate::digest::Digest;
use crate::dockerfile::Keyword;
use crate::image::Image;

/// How the boundary between base layers and own layers is found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Base {
    /// Guessed from the history.
    #[default]
    Auto,
    /// The first this many layers.
    Layers(usize),
    /// The layers of another image, as its diff IDs: as many as both have in common from the first on.
    Image(Vec<Digest>),
}

impl Base {
    /// Number of base layers of `image`; none if the boundary does not fit it.
    pub fn layers(&self, image: &Image) -> Option<usize> {
        match self {
            Self::Auto => Some(auto(image)),
            Self::Layers(count) => (*count <= image.layers.len()).then_some(*count),
            Self::Image(diff_ids) => {
                let common = image
                    .layers
                    .iter()
                    .zip(diff_ids)
                    .take_while(|(layer, diff_id)| layer.diff_id.as_ref() == Some(diff_id))
                    .count();
                (common == diff_ids.len()).then_some(common)
            }
        }
    }
}

/// The layers up to the last `CMD` that is followed by a step that makes a layer: base images end with
/// one. Without such a step the first layer is the base. Source: how official images are built. If the base has no
/// `CMD`, the user has to say `--base`. A Dockerfile that fits the image tells exactly. What a container wrote follows the
/// last `CMD` of its image, but is no reason to take the whole image for the base.
pub fn auto(image: &Image) -> usize {
    if let Some(origin) = image.origin.as_ref().filter(|origin| origin.alignment.difference.is_none()) {
        let before = &image.history[..origin.alignment.first.index().min(image.history.len())];
        return before.iter().filter(|step| step.layer.is_some()).count();
    }
    let mut base = None;
    let mut layers = 0;
    let mut at_cmd = None;
    for step in &image.history {
        if step.layer.is_some() && step.layer == image.written_layer() {
            continue;
        }
        if step.layer.is_some() {
            base = at_cmd.or(base);
            layers += 1;
        } else if step.instruction == Some(Keyword::Cmd) {
            at_cmd = Some(layers);
        }
    }
    base.filter(|&layers| layers > 0).unwrap_or(1).min(image.layers.len())
}
