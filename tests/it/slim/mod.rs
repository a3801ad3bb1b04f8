//! Slimming: the plan, the writer and the proof.

mod cases;
mod faults;
mod plan;
mod read;
mod write;
