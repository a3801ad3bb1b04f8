//! The table of gates, their limits, and the settings that flags and files make of them.

use std::collections::BTreeMap;

use super::facts::Measurements;
use crate::units;

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A share between 0 and 1.
    Share,
    /// Bytes.
    Size,
    /// A number of things.
    Count,
}

/// The side of the limit on which an image passes. The limit itself passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The image must reach the limit.
    AtLeast,
    /// The image must not exceed the limit.
    AtMost,
}

/// A limit, or what was measured against it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A share between 0 and 1.
    Share(f64),
    /// Bytes.
    Size(u64),
    /// A number of things.
    Count(u64),
}

/// What flags or a file say about a gate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Setting {
    /// It is not judged.
    Off,
    /// It is judged by this limit.
    Limit(Value),
}

/// One gate.
#[derive(Debug)]
pub struct Gate {
    /// Its name: the flag without dashes in front, the key in the configuration, the word in the report.
    pub name: &'static str,
    /// What its limit counts.
    pub kind: Kind,
    /// The side on which an image passes.
    pub bound: Bound,
    /// How it stands when nobody sets it.
    pub default: Setting,
    /// One sentence for the help, without its full stop.
    pub help: &'static str,
    /// Measures the image; of the gate's kind.
    pub(super) actual: fn(&Measurements) -> Value,
    /// What to look at first when the gate fails.
    pub(super) look_at: fn(&Measurements) -> Option<String>,
}

/// Every gate, in the order in which they are judged and shown.
pub static GATES: [Gate; 6] = [
    Gate {
        name: "min-efficiency",
        kind: Kind::Share,
        bound: Bound::AtLeast,
        default: Setting::Limit(Value::Share(0.9)),
        help: "Fail when less than this share of the bytes can still be seen in a container",
        actual: |facts| Value::Share(facts.efficiency()),
        look_at: |facts| facts.most_hidden(0),
    },
    Gate {
        name: "max-wasted",
        kind: Kind::Size,
        bound: Bound::AtMost,
        default: Setting::Off,
        help: "Fail when more bytes than this are wasted",
        actual: |facts| Value::Size(facts.wasted),
        look_at: |facts| facts.most_hidden(0),
    },
    Gate {
        name: "max-own-wasted",
        kind: Kind::Share,
        bound: Bound::AtMost,
        default: Setting::Limit(Value::Share(0.1)),
        help: "Fail when more than this share of the bytes behind the base layers is wasted",
        actual: |facts| Value::Share(facts.own_wasted_ratio()),
        look_at: |facts| facts.most_hidden(facts.base_layers),
    },
    Gate {
        name: "max-size",
        kind: Kind::Size,
        bound: Bound::AtMost,
        default: Setting::Off,
        help: "Fail when the files of all layers together are bigger than this",
        actual: |facts| Value::Size(facts.size),
        look_at: Measurements::largest,
    },
    Gate {
        name: "max-layer-size",
        kind: Kind::Size,
        bound: Bound::AtMost,
        default: Setting::Off,
        help: "Fail when the files of any one layer are bigger than this",
        actual: |facts| Value::Size(facts.largest_layer().map_or(0, |(_, layer)| layer.content)),
        look_at: Measurements::largest,
    },
    Gate {
        name: "max-layers",
        kind: Kind::Count,
        bound: Bound::AtMost,
        default: Setting::Off,
        help: "Fail when the image has more layers than this, base layers included",
        actual: |facts| Value::Count(facts.layers.len() as u64),
        look_at: |facts| Some(facts.own_layers()),
    },
];

impl Gate {
    /// The gate of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        GATES.iter().find(|gate| gate.name == name)
    }

    /// Reads what a flag or a file sets: a limit of the gate's kind, or `off`.
    ///
    /// # Errors
    /// A sentence that names the text and says what to write.
    pub fn parse(&self, text: &str) -> Result<Setting, String> {
        if text.trim().eq_ignore_ascii_case("off") {
            return Ok(Setting::Off);
        }
        let limit = match self.kind {
            Kind::Share => units::parse_share(text).map(Value::Share),
            Kind::Size => units::parse_size(text).map(Value::Size),
            Kind::Count => text
                .trim()
                .parse()
                .map(Value::Count)
                .map_err(|_| format!("`{text}` is no whole number: write one such as 30")),
        };
        limit.map(Setting::Limit).map_err(|why| format!("{why}, or off"))
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
}

/// The settings that one place makes: the flags, a file, or the defaults. A gate may be missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gates(BTreeMap<&'static str, Setting>);

impl Gates {
    /// Every gate as it stands when nobody sets it.
    pub fn defaults() -> Self {
        Self(GATES.iter().map(|gate| (gate.name, gate.default)).collect())
    }

    /// Sets a gate, and says whether it was set before.
    pub fn set(&mut self, gate: &'static Gate, setting: Setting) -> bool {
        self.0.insert(gate.name, setting).is_some()
    }

    /// What is set for a gate.
    pub fn get(&self, gate: &Gate) -> Option<Setting> {
        self.0.get(gate.name).copied()
    }

    /// True when no gate is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These settings, and those of `lower` for the gates that are not set here.
    #[must_use]
    pub fn over(mut self, lower: &Self) -> Self {
        for (name, setting) in &lower.0 {
            self.0.entry(name).or_insert(*setting);
        }
        self
    }

    /// The gates to judge and their limits, in the order of [`GATES`].
    pub fn limits(&self) -> impl Iterator<Item = (&'static Gate, Value)> {
        GATES.iter().filter_map(|gate| match self.get(gate)? {
            Setting::Limit(limit) => Some((gate, limit)),
            Setting::Off => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(name: &str) -> &'static Gate {
        Gate::named(name).unwrap()
    }

    #[test]
    fn limits_are_read_in_their_gates_kind() {
        for (name, text, want) in [
            ("min-efficiency", "90%", Setting::Limit(Value::Share(0.9))),
            ("max-own-wasted", " 0.25 ", Setting::Limit(Value::Share(0.25))),
            ("max-wasted", "20MiB", Setting::Limit(Value::Size(20_971_520))),
            ("max-layers", "30", Setting::Limit(Value::Count(30))),
            ("max-size", "OFF", Setting::Off),
        ] {
            assert_eq!(gate(name).parse(text), Ok(want), "{name} {text}");
        }
    }

    #[test]
    fn limits_out_of_range_or_of_another_kind_are_refused() {
        for (name, text) in [
            ("min-efficiency", "NaN"),
            ("min-efficiency", "-0.1"),
            ("min-efficiency", "101%"),
            ("min-efficiency", "20MB"),
            ("max-wasted", "-1"),
            ("max-wasted", "10%"),
            ("max-size", "NaN"),
            ("max-layers", "3.5"),
            ("max-layers", "-3"),
            ("max-layers", "10MB"),
            ("max-layers", ""),
        ] {
            let error = gate(name).parse(text).unwrap_err();
            assert!(error.contains(&format!("`{text}`")) && error.ends_with(", or off"), "{error}");
        }
    }

    #[test]
    fn the_limit_itself_passes() {
        let at_least = gate("min-efficiency");
        assert!(at_least.passes(Value::Share(0.9), Value::Share(0.9)));
        assert!(!at_least.passes(Value::Share(0.899_999), Value::Share(0.9)));
        let at_most = gate("max-wasted");
        assert!(at_most.passes(Value::Size(20), Value::Size(20)));
        assert!(!at_most.passes(Value::Size(21), Value::Size(20)));
    }

    #[test]
    fn a_gate_that_nobody_sets_keeps_its_default() {
        let mut flags = Gates::default();
        flags.set(gate("max-size"), Setting::Limit(Value::Size(5)));
        let mut file = Gates::default();
        file.set(gate("max-size"), Setting::Limit(Value::Size(9)));
        file.set(gate("max-own-wasted"), Setting::Off);
        let all = flags.over(&file).over(&Gates::defaults());
        let limits: Vec<_> = all.limits().map(|(gate, limit)| (gate.name, limit)).collect();
        assert_eq!(limits, [("min-efficiency", Value::Share(0.9)), ("max-size", Value::Size(5))]);
    }

    #[test]
    fn every_gate_measures_in_its_own_kind_and_passes_an_empty_image() {
        let facts = Measurements::default();
        for gate in &GATES {
            let actual = (gate.actual)(&facts);
            let kind = match actual {
                Value::Share(_) => Kind::Share,
                Value::Size(_) => Kind::Size,
                Value::Count(_) => Kind::Count,
            };
            assert_eq!(kind, gate.kind, "{}", gate.name);
            if let Setting::Limit(limit) = gate.default {
                assert!(gate.passes(actual, limit), "{}", gate.name);
            }
            assert!(!gate.help.ends_with('.'));
        }
    }
}
