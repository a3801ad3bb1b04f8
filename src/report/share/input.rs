//! What a report of several images is made from.

use crate::compare::{Sharing, Side};

/// All that a report of several images is made from.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a> {
    /// The images.
    pub images: &'a [Side<'a>],
    /// What they share.
    pub sharing: &'a Sharing,
}
