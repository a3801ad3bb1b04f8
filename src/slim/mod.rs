//! Writes an image again without the bytes that no container can see.
//!
//! A [`Plan`] is a pure function of the image: it says for every layer which entries stay. Base layers stay byte for
//! byte, so that they stay shared. The layers above keep their order and their history; a layer with nothing left
//! vanishes. A [`Job`] writes the image that the plan describes. It copies members with their headers unchanged and
//! streams their bodies, so memory is bounded by the number of entries. Then the new image is read like any other and
//! compared with the old one, path by path: that is the [`Proof`].

mod blocks;
mod bodies;
mod documents;
mod export;
mod job;
mod line;
mod member;
mod opened;
mod pack;
mod packing;
mod plan;
mod proof;
mod spool;
mod store;
mod summary;
mod tarring;
mod unpack;
mod verify;
mod write;

pub use export::{Exported, Trial};
pub use job::{Form, Job, Written};
pub use opened::Opened;
pub use packing::Packing;
pub use plan::{Action, LayerPlan, Made, Mark, Options, Outcome, Plan, plan};
pub use proof::Proof;
pub use spool::hold;
pub use summary::{Change, LayerSummary, Summary};
