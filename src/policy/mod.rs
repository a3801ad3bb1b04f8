//! Gates that an image must pass, where their limits come from, and the verdict.
//!
//! A gate is one row of [`GATES`]: its name is the flag on the command line, the key in
//! `.layercake.toml` and the word in the report, and the row knows how to read a limit, how to measure
//! the image and what to look at first when it fails. Nothing about a gate is written down elsewhere.
//!
//! Limits come in layers: flags win over the configuration file, and that over the defaults. A gate that
//! nobody sets keeps its default, as in dive: who raises one limit does not switch the others off without
//! noticing. `off` switches a gate off.

mod facts;
mod gates;
mod ignore;
mod verdict;

pub use gates::{Bound, GATES, Gate, Gates, Kind, Setting, Value};
pub use ignore::Ignore;
pub use verdict::{GateResult, Verdict, judge};
