//! What a gate is: the row of the table, which reads a limit and measures an image.

use super::limit::{Bound, Kind, Limit, Setting, Value};
use super::subject::Subject;
use crate::units;

/// One gate.
#[derive(Debug)]
pub struct Gate {
    /// Its name: the flag without dashes in front, the key in the configuration, the word in the report.
    pub name: &'static str,
    /// What its limit counts.
    pub kind: Kind,
    /// The side on which an image passes.
    pub bound: Bound,
    /// Its setting unless a flag or a file says otherwise.
    pub default: Setting,
    /// One sentence for the help, without its full stop.
    pub help: &'static str,
    /// Measures the image; the value is of the kind of the limit's.
    pub(super) actual: fn(&Subject<'_>, &Limit) -> Value,
    /// What to look at first when the gate fails.
    pub(super) look_at: fn(&Subject<'_>, &Limit) -> Option<String>,
    /// The bytes that a share is about. While they are few, the default limit passes.
    pub(super) about: Option<fn(&Subject<'_>) -> u64>,
}

impl Gate {
    /// Reads what a flag or a file sets: a limit of the gate's kind, or `off`.
    ///
    /// # Errors
    /// A sentence that names the text and says what to write.
    pub fn parse(&self, text: &str) -> Result<Setting, String> {
        if text.trim().eq_ignore_ascii_case("off") {
            return Ok(Setting::Off);
        }
        let value = match self.kind {
            Kind::Share => units::parse_share(text).map(Value::Share),
            Kind::Size => units::parse_size(text).map(Value::Size),
            Kind::Count => text
                .trim()
                .parse()
                .map(Value::Count)
                .map_err(|_| format!("`{text}` is not a whole number: write one such as 30")),
            Kind::Growth if is_share(text) => units::parse_share(text).map(Value::Share),
            Kind::Growth => units::parse_size(text)
                .map(Value::Size)
                .map_err(|_| format!("`{text}` is neither a size nor a share: write 5MB or 2%")),
            Kind::Rules => return Ok(Setting::Limit(Limit::Rules(vec![text.to_owned()]))),
        };
        value.map(Setting::at).map_err(|why| format!("{why}, or off"))
    }

    /// True when `actual` is on the right side of `limit`.
    pub fn passes(&self, actual: Value, limit: Value) -> bool {
        let order = match (actual, limit) {
            (Value::Share(actual), Value::Share(limit)) => actual.partial_cmp(&limit),
            (Value::Size(actual), Value::Size(limit)) | (Value::Count(actual), Value::Count(limit)) => {
                Some(actual.cmp(&limit))
            }
            // the table gives every gate values of one kind
            _ => None,
        };
        match self.bound {
            Bound::AtLeast => order.is_some_and(std::cmp::Ordering::is_ge),
            Bound::AtMost => order.is_some_and(std::cmp::Ordering::is_le),
        }
    }

    /// The default in words.
    pub fn default_words(&self) -> String {
        match &self.default {
            Setting::Off => "off".into(),
            Setting::Limit(Limit::Value(Value::Share(share))) => units::share(*share),
            Setting::Limit(Limit::Value(Value::Size(bytes))) => units::size(*bytes),
            Setting::Limit(Limit::Value(Value::Count(count))) => units::count(*count),
            Setting::Limit(Limit::Rules(rules)) => rules.join(", "),
        }
    }
}

/// True for `2%` and `0.02`: a fraction of a byte is no size.
fn is_share(text: &str) -> bool {
    text.trim().ends_with('%') || text.trim().parse::<f64>().is_ok_and(|number| number > 0.0 && number < 1.0)
}
