//! Names of images, as engines are asked for them.

/// What stands for all images of an engine.
pub(super) const ALL_IMAGES: &str = "*";
