//! What a report of two images is made from.

use crate::advice::{Advice, Difference};
use crate::compare::{Comparison, Side};
use crate::policy::Verdict;

/// All that a report of two images is made from.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// The old image.
    pub old: Side<'a>,
    /// The new image.
    pub new: Side<'a>,
    /// What changed.
    pub comparison: &'a Comparison,
    /// What could be changed in the Dockerfile of the old image.
    pub old_advice: &'a Advice,
    /// What could be changed in the Dockerfile of the new image.
    pub new_advice: &'a Advice,
    /// Which of it is new, and which is gone.
    pub findings: &'a Difference,
    /// What the gates decided, if any were asked.
    pub verdict: Option<&'a Verdict>,
}

impl Compared<'_> {
    /// True when both are one image, by the digest of their configurations.
    pub fn is_same_image(&self) -> bool {
        let digest = |side: &Side<'_>| side.image.about.config_digest.clone();
        digest(&self.old).is_some() && digest(&self.old) == digest(&self.new)
    }
}
