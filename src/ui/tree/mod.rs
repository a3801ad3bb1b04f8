//! The tree of files, without anything of a terminal: sums, rows, cursor.
//!
//! Only what is open is flattened into rows, and a directory's totals are differences of prefix sums over
//! the path table, so that a key costs a pass over two arrays at most, also with a million files.

mod bits;
mod filter;
mod flat;
mod span;
mod sums;

pub(super) use bits::Bits;
pub(super) use filter::{Filter, Matches, Pattern};
pub(super) use flat::{Acted, Row, Sort, Tree};
pub(super) use span::{Mark, Marks, Span};
pub(super) use sums::{Sums, Weight};
