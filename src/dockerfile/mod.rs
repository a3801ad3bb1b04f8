//! Dockerfiles as text: reading and writing them, and what to change in them.
//!
//! This room knows no image. It reads the instructions that a builder wrote into an image's history
//! ([`parse_created_by`]), cuts shell text into commands ([`shell`]), and writes instructions ([`mod@write`]). What to
//! change is an [`Edit`] on a step of the history.

mod align;
mod compose;
mod created_by;
mod edit;
mod file;
mod keyword;
mod rebuilt;
pub mod shell;
mod step;
pub mod write;

pub use align::{Alignment, Difference};
pub use compose::{Applied, Composed, Skipped, Target, compose, snippet};
pub use created_by::{Instruction, parse as parse_created_by};
pub use edit::{Edit, Fix};
pub use file::{Dockerfile, Flag, Form, Heredoc, LineRange, Logical, Node, Script};
pub use keyword::Keyword;
pub use rebuilt::Rebuilt;
pub use step::{StepId, StepText};
