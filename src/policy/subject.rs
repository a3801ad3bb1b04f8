//! What is judged: an image's figures and findings, and what it was before.

use super::baseline::Baseline;
use super::ignore::Ignore;
use super::limit::{Limit, Value};
use super::measurements::Measurements;
use crate::advice::{Advice, Finding};
use crate::analysis::Analysis;
use crate::image::Image;
use crate::text;

/// An image as the gates see it.
#[derive(Debug)]
pub struct Subject<'a> {
    pub(super) measured: Measurements,
    pub(super) advice: &'a Advice,
    pub(super) baseline: Option<&'a Baseline>,
}

impl<'a> Subject<'a> {
    /// Takes the figures of an image, without the waste of the paths to ignore.
    pub fn new(image: &Image, analysis: &Analysis, advice: &'a Advice, ignore: &Ignore) -> Self {
        Self { measured: Measurements::of(image, analysis, ignore), advice, baseline: None }
    }

    /// The same beside an earlier state of the image.
    #[must_use]
    pub fn since(self, baseline: Option<&'a Baseline>) -> Self {
        Self { baseline, ..self }
    }

    /// By how much the files of all layers grew, in bytes or as a share of what they were; 0 without a baseline.
    pub(super) fn growth(&self, as_share: bool) -> Value {
        let before = self.baseline.map_or(self.measured.size, |baseline| baseline.content);
        let bytes = self.measured.size.saturating_sub(before);
        match (as_share, bytes) {
            (false, bytes) => Value::Size(bytes),
            (true, 0) => Value::Share(0.0),
            (true, bytes) => Value::Share(super::measurements::ratio(bytes, before.max(1))),
        }
    }

    /// Which layer grew most.
    pub(super) fn most_grown(&self) -> Option<String> {
        self.baseline.and_then(|baseline| baseline.most_grown(&self.measured))
    }

    /// The findings that a limit forbids: those of its rules above info. A mere judgement never fails a build.
    pub(super) fn denied<'s>(&'s self, limit: &'s Limit) -> impl Iterator<Item = &'s Finding> {
        let rules = match limit {
            Limit::Rules(rules) => rules.as_slice(),
            Limit::Value(_) => &[],
        };
        rules.iter().filter_map(|rule| self.advice.denied(rule))
    }

    /// The first of them, in words.
    pub(super) fn first_denied(&self, limit: &Limit) -> Option<String> {
        let finding = self.denied(limit).next()?;
        Some(format!("{}: {}", finding.rule, text::line(finding.title.as_bytes(), 200)))
    }
}
