//! The engine: who claimed which bytes, which rule a path falls under, and questions that rules and fixes ask of an
//! image. It knows no rule.

mod affixes;
pub(in crate::advice) mod base_images;
pub(in crate::advice) mod claims;
pub(in crate::advice) mod finding;
pub(in crate::advice) mod globs;
pub(in crate::advice) mod grouping;
pub(in crate::advice) mod ledger;
pub(in crate::advice) mod node_locks;
pub(in crate::advice) mod owners;
pub(in crate::advice) mod path_matches;
pub(in crate::advice) mod phrases;
pub(in crate::advice) mod places;
pub(in crate::advice) mod rule;
pub(in crate::advice) mod settings;
pub(in crate::advice) mod started;
mod steps;
pub(in crate::advice) mod table;
pub(in crate::advice) mod unpacking;
pub(in crate::advice) mod wildcard;
