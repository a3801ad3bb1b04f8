//! What a report of slimming is made from.

use crate::image::Image;
use crate::slim::{Proof, Summary, Trial};
use crate::text::counted;

/// All that a report of slimming is made from.
#[derive(Debug, Clone, Copy)]
pub struct Slimmed<'a> {
    /// The old image.
    pub image: &'a Image,
    /// What is saved.
    pub summary: &'a Summary,
    /// Where the new image is, when it was written.
    pub output: Option<&'a str>,
    /// What was compared, when it was written.
    pub proof: Option<&'a Proof>,
    /// The verdict of an engine, if one was asked.
    pub trial: Option<&'a Trial>,
    /// What `--drop` leaves out.
    pub dropped: &'a [Dropped],
    /// Remarks, a sentence each.
    pub remarks: &'a [String],
}

impl Slimmed<'_> {
    /// Why the new image is not kept; none if it is.
    pub fn refusal(&self) -> Option<String> {
        let counted = |proof: &Proof| counted(proof.differences, "difference", "differences");
        if let Some(proof) = self.proof.filter(|proof| !proof.holds()) {
            return Some(format!("the new image differs, {}", counted(proof)));
        }
        let trial = self.trial.filter(|trial| !trial.holds())?;
        Some(if trial.proof.holds() {
            "the command fails in a container of the new image".to_owned()
        } else {
            format!("containers of {} differ, {}", trial.engine, counted(&trial.proof))
        })
    }
}

/// The living files that one rule takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dropped {
    /// The rule.
    pub rule: String,
    /// Paths that go.
    pub paths: u64,
    /// Their bytes, hard links once.
    pub bytes: u64,
    /// Paths that stay because base layers store them.
    pub in_base: u64,
    /// Packages that own paths that go, sorted, and how many of the paths they own.
    pub packages: Vec<String>,
    /// Paths that packages own.
    pub owned: u64,
}
