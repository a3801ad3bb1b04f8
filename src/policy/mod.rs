//! Gates that an image must pass, where their limits come from, and the verdict.
//!
//! A gate is one row of [`GATES`]: its name is the flag on the command line, the key in
//! `.layercake.toml` and the word in the report, and the row knows how to read a limit, how to measure
//! the [`Subject`] (an image's figures, its findings, and its [`Baseline`]) and what to look at first when it fails.
//! Nothing about a gate is written down elsewhere.
//!
//! Limits come in layers: flags override the configuration file, which overrides the defaults. A gate that
//! is not set keeps its default, as in dive: raising one limit does not switch the others off without
//! noticing. `off` switches a gate off.
//!
//! [`Config::find`] reads `.layercake.toml`, and `.dive-ci` only where there is none, so that people can
//! come from dive without work. An unknown key is an error: a gate that a typo turned off would let
//! everything pass silently. For the same reason a limit on growth without a baseline is an error.

mod baseline;
mod config;
mod dive_ci;
mod edit;
mod gate;
mod gates;
mod ignore;
mod limit;
mod measurements;
mod subject;
mod verdict;

pub(crate) use crate::text::suggestion;
pub use baseline::Baseline;
pub use config::{BaseSetting, Config};
pub use edit::add_to_list;
pub use gate::Gate;
pub use gates::{GATES, Gates};
pub use ignore::Ignore;
pub use limit::{Bound, Kind, Limit, Setting, Value};
pub use subject::Subject;
pub use verdict::{GateResult, Verdict, judge};
