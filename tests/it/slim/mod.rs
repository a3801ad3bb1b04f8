//! Slimming: the plan, the writer and the proof.

mod cases;
mod faults;
mod odd;
mod plan;
mod read;
mod write;
