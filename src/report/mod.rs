//! What layercake says about an image: as JSON for programs, as text for people.
//!
//! A report computes nothing. Every number in it comes from the [`analysis`](crate::analysis), so that
//! the formats cannot disagree; what is here is only order, words and layout. Both writers take the
//! same borrowed [`Input`] and write row by row: an image may have a million wasted paths, and their
//! names are made one at a time, never as a list.
//!
//! Layers have the same number everywhere: the `index` of the JSON report is the number in the text,
//! and the first layer of the base image is 0.

mod json;
mod rows;
#[cfg(test)]
mod sample;
mod style;
mod text;
mod wire;

pub use json::{SCHEMA, write_json};
pub use text::{NARROWEST, TextOptions, write_text, write_verdict};

use crate::advice::Advice;
use crate::analysis::Analysis;
use crate::image::Image;
use crate::policy::Verdict;

/// All that a report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The image.
    pub image: &'a Image,
    /// Its numbers.
    pub analysis: &'a Analysis,
    /// What could be changed in the Dockerfile.
    pub advice: &'a Advice,
    /// What the gates decided, if any were asked.
    pub verdict: Option<&'a Verdict>,
}

impl<'a> Input<'a> {
    /// A report without a verdict.
    pub fn new(image: &'a Image, analysis: &'a Analysis, advice: &'a Advice) -> Self {
        Self { image, analysis, advice, verdict: None }
    }
}

/// How many rows a list may have: `None` and 0 both mean all.
fn row_limit(top: Option<usize>) -> usize {
    top.filter(|&rows| rows > 0).unwrap_or(usize::MAX)
}
