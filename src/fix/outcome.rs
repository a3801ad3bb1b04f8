//! What becomes of a finding.

use crate::dockerfile::{Edit, LineRange};

/// A finding that is fixed.
#[derive(Debug, Clone)]
pub struct Done {
    /// Which: an index into the findings.
    pub finding: usize,
    /// Its edits, and the lines of the old Dockerfile that they change.
    pub edits: Vec<(Edit, Option<LineRange>)>,
}

/// A finding that is not fixed, and why: a clause.
#[derive(Debug, Clone)]
pub struct Left {
    /// Which: an index into the findings.
    pub finding: usize,
    /// Why.
    pub reason: String,
}
