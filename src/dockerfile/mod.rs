//! Dockerfiles as text: reading and writing them, and what to change in them.
//!
//! This room knows no image. It reads the instructions that a builder wrote into an image's history
//! ([`parse_created_by`]), cuts shell text into commands ([`shell`]), and writes instructions ([`write`]). What to
//! change is an [`Edit`] on a step of the history.

mod created_by;
mod edit;
mod keyword;
pub mod shell;
pub mod write;

pub use created_by::{Instruction, parse as parse_created_by};
pub use edit::{Edit, Fix};
pub use keyword::Keyword;

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
