//! Slimming: the plan, the writer and the proof.

mod plan;
