//! An image and its union, which nearly everything that is computed needs together.

use super::Union;
use crate::image::Image;

/// An image with its layers stacked.
#[derive(Debug, Clone, Copy)]
pub struct Stack<'a> {
    /// The image.
    pub image: &'a Image,
    /// Its layers, stacked.
    pub union: &'a Union,
}
