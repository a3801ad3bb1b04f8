//! The improved Dockerfile of an image: which fixes are made, what they save, and the proof by a rebuild.
//!
//! A [`Plan`] is made from a loaded image, its findings and a Dockerfile, its own or one rebuilt from the history. It
//! holds the new text, what was done and skipped, and the bytes that should go. [`verify`] holds that promise against
//! the image that was built from the new text.

mod diff;
mod document;
mod ignore;
mod outcome;
mod plan;
mod predict;
mod proof;
mod volatile;

pub use diff::unified;
pub use document::document;
pub use ignore::extended as extended_ignore;
pub use outcome::{Done, Left};
pub use plan::{Choice, Plan, Source, plan};
pub use predict::{Prediction, predict};
pub use proof::{Lost, Proof, Seconds, verify};
