//! Writes an image again without the bytes that no container can see.
//!
//! A [`Plan`] is a pure function of the image: for every layer it says which entries stay. The base layers
//! stay byte for byte, so that they stay shared; the layers above keep their number, their order and
//! their history, but for those that have nothing left. A [`Job`] writes the image by the plan: members are copied with
//! their headers as they are, bodies pass by in pieces, so that memory is bounded by the entries. Then the
//! new image is read again as any other, and held against the old one path by path: the [`Proof`].

mod bodies;
mod documents;
mod export;
mod job;
mod member;
mod opened;
mod pack;
mod plan;
mod proof;
mod spool;
mod store;
mod summary;
mod tarring;
mod verify;
mod write;

pub use export::{Exported, Trial};
pub use job::{Form, Job, Written};
pub use opened::Opened;
pub use pack::Packing;
pub use plan::{Action, LayerPlan, Made, Mark, Options, Outcome, Plan, plan};
pub use proof::Proof;
pub use spool::hold;
pub use summary::{Change, LayerSummary, Summary};
