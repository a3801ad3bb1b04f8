//! Why an engine gives no image.

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineErrorKind {
    /// No such engine answers: it is not installed, not running, or access is denied.
    Engine,
    /// The engine has no such image.
    Image,
    /// The engine has it but could not give it.
    Answer,
}

/// Why an engine gives no image, and what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineError {
    /// What is missing.
    pub kind: EngineErrorKind,
    /// A clause that names the engine, where it was looked for and what happened.
    pub why: String,
    /// What to try.
    pub hint: Option<String>,
}

impl EngineError {
    /// An error for which there is no remedy yet.
    pub(super) fn new(kind: EngineErrorKind, why: impl Into<String>) -> Self {
        Self { kind, why: why.into(), hint: None }
    }

    /// Says what to try.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
