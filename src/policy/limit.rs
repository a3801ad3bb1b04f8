//! What a gate asks for, and what was measured.

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A share between 0 and 1.
    Share,
    /// Bytes.
    Size,
    /// A number of things.
    Count,
    /// Bytes, or a share of what there was before.
    Growth,
    /// Rules of advice; the limit is that none of them finds anything.
    Rules,
}

/// The side of the limit on which an image passes. The limit itself passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The image must reach the limit.
    AtLeast,
    /// The image must not exceed the limit.
    AtMost,
}

impl Bound {
    /// The words before a limit.
    pub fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
        }
    }
}

/// What was measured, or what it is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A share from 0 to 1; a growth may be more.
    Share(f64),
    /// Bytes.
    Size(u64),
    /// A number of things.
    Count(u64),
}

/// What a flag or a file asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// This value.
    Value(Value),
    /// That none of these rules of advice finds anything.
    Rules(Vec<String>),
}

impl Limit {
    /// What the measured value is compared with.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Value(value) => *value,
            Self::Rules(_) => Value::Count(0),
        }
    }
}

/// What flags or a file say about a gate.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// It is not judged.
    Off,
    /// It is judged by this limit.
    Limit(Limit),
}

impl Setting {
    /// Judged by this value.
    pub(super) const fn at(value: Value) -> Self {
        Self::Limit(Limit::Value(value))
    }
}
