//! The Dockerfile that an image was built from, where the user names it.

use crate::dockerfile::{Alignment, Dockerfile, LineRange, StepId};

/// The code of the diagnostic that a Dockerfile is not the image's.
pub const DIFFERS: &str = "dockerfile-differs";

/// A Dockerfile, and which of its instructions made which step.
#[derive(Debug)]
pub struct Origin {
    /// The name of the file, as the user gave it.
    pub name: String,
    /// Its instructions.
    pub file: Dockerfile,
    /// The steps that they made.
    pub alignment: Alignment,
}

impl Origin {
    /// The lines that made a step.
    pub fn lines_of(&self, step: StepId) -> Option<LineRange> {
        let node = self.alignment.nodes.get(step.index()).copied().flatten()?;
        Some(self.file.lines(&self.file.nodes[node].span))
    }

    /// `Dockerfile:12`: where lines begin.
    pub fn place(&self, lines: LineRange) -> String {
        format!("{}:{}", self.name, lines.from)
    }
}
