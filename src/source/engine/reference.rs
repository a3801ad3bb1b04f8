//! Names of images for engines.

/// Means all images of an engine.
pub(super) const ALL_IMAGES: &str = "*";
