//! Lists that are made while they are written.

use serde::{Serialize, Serializer};

/// A list whose rows are made one by one while it is written.
pub(in crate::report) struct List<F>(pub(in crate::report) F);

impl<F, I> Serialize for List<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}
