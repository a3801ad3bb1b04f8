//! temp
mod finding;
mod globs;
mod wildcard;
pub use finding::{Advice, Confidence, Evidence, Finding, Savings, Severity};
