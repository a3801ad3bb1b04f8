//! Writes an image again without the bytes that no container can see.
//!
//! A [`Plan`] is a pure function of the image: for every layer it says which entries stay. The base layers
//! stay byte for byte, so that they stay shared; the layers above keep their number, their order and
//! their history, but for those that have nothing left.

mod plan;

pub use plan::{Action, LayerPlan, Made, Mark, Options, Outcome, Plan, plan};
