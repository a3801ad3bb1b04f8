//! The tree of files, without anything of a terminal: sums, rows, cursor.
//!
//! Rows are virtual: they are counted, and made only for what is on screen. A directory's totals are
//! differences of prefix sums over the path table. Moving to another layer costs the changes of the layers in between,
//! and opening a directory its children, also with a million files.

mod bits;
mod changes;
mod filter;
mod flat;
mod order;
mod span;
mod sums;
mod walk;

pub(super) use bits::Bits;
pub(super) use changes::{ChangeRows, ChangeTree};
pub(super) use filter::{Filter, Matches, Pattern, position};
pub(super) use flat::{Row, Shape, Tree};
pub(super) use order::{Item, Order, first_of};
pub(super) use span::{Mark, Marks, Span};
pub(super) use sums::{Sums, Weight};
pub(super) use walk::{Acted, Wanted};
