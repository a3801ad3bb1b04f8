//! How steps of an image's history are named and shown to this room.

use super::Keyword;

/// The number of a step: of an entry of the image's history, the first is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct StepId(pub u32);

impl StepId {
    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The id of the step at an index.
    pub fn at(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// The text of a step, as [`super::parse_created_by`] reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepText<'a> {
    /// The instruction; none when the text is no instruction.
    pub keyword: Option<Keyword>,
    /// The shell text of a `RUN`, the whole instruction of any other.
    pub command: &'a str,
}
