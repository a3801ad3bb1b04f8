//! The improved Dockerfile of an image: which fixes are made, what they save, and the proof by a rebuild.
//!
//! [`propose`] makes a [`Plan`] from an examined image and a Dockerfile, its own or one rebuilt from the history. The plan
//! holds the new text, what was done and skipped, and the bytes that should go; the [`Proposal`] holds the files that
//! change, as a patch and to be written. [`verify`] holds that promise against
//! the image that was built from the new text.

mod diff;
mod document;
mod expectation;
mod ignore;
mod outcome;
mod plan;
mod predict;
mod proof;
mod proposal;
mod volatile;

pub use document::document;
pub use outcome::{Done, Left};
pub use plan::{Choice, Plan};
pub use predict::Prediction;
pub use proof::{Changed, Excused, Lost, Proof, Seconds, verify};
pub use proposal::{NewFile, Proposal, again, context, ignore_file, propose};
