//! The table of gates, and the settings that flags and files make of them.

use std::collections::BTreeMap;

use super::gate::Gate;
use super::limit::{Bound, Kind, Limit, Setting, Value};
use crate::error::{Error, Result};

/// Every gate, in the order in which they are judged and shown.
pub static GATES: [Gate; 8] = [
    Gate {
        name: "min-efficiency",
        kind: Kind::Share,
        bound: Bound::AtLeast,
        default: Setting::at(Value::Share(0.9)),
        help: "Fail when a container can see less than this share of the bytes",
        actual: |subject, _| Value::Share(subject.measured.efficiency()),
        look_at: |subject, _| subject.measured.most_hidden(0),
        about: Some(|subject| subject.measured.wasted),
    },
    Gate {
        name: "max-wasted",
        kind: Kind::Size,
        bound: Bound::AtMost,
        default: Setting::Off,
        help: "Fail when more bytes than this are wasted",
        actual: |subject, _| Value::Size(subject.measured.wasted),
        look_at: |subject, _| subject.measured.most_hidden(0),
        about: None,
    },
    Gate {
        name: "max-own-wasted",
        kind: Kind::Share,
        bound: Bound::AtMost,
        default: Setting::at(Value::Share(0.1)),
        help: "Fail when more than this share of the bytes after the base layers is wasted",
        actual: |subject, _| Value::Share(subject.measured.own_wasted_ratio()),
        look_at: |subject, _| subject.measured.most_hidden(subject.measured.base_layers),
        about: Some(|subject| subject.measured.own_wasted),
    },
    Gate {
        name: "max-size",
        kind: Kind::Size,
        bound: Bound::AtMost,
        default: Setting::Off,
        help: "Fail when the files of all layers together are larger than this",
        actual: |subject, _| Value::Size(subject.measured.size),
        look_at: |subject, _| subject.measured.largest(),
        about: None,
    },
    Gate {
        name: "max-layer-size",
        kind: Kind::Size,
        bound: Bound::AtMost,
        default: Setting::Off,
        help: "Fail when the files of any one layer are larger than this",
        actual: |subject, _| {
            Value::Size(subject.measured.largest_layer().map_or(0, |(_, layer)| layer.content))
        },
        look_at: |subject, _| subject.measured.largest(),
        about: None,
    },
    Gate {
        name: "max-layers",
        kind: Kind::Count,
        bound: Bound::AtMost,
        default: Setting::Off,
        help: "Fail when the image has more layers than this, base layers included",
        actual: |subject, _| Value::Count(subject.measured.layers.len() as u64),
        look_at: |subject, _| Some(subject.measured.own_layers()),
        about: None,
    },
    Gate {
        name: "max-growth",
        kind: Kind::Growth,
        bound: Bound::AtMost,
        default: Setting::Off,
        help: "Fail when the files of all layers together grew by more than this since the --baseline",
        actual: |subject, limit| subject.growth(matches!(limit.value(), Value::Share(_))),
        look_at: |subject, _| subject.most_grown(),
        about: None,
    },
    Gate {
        name: "deny",
        kind: Kind::Rules,
        bound: Bound::AtMost,
        default: Setting::Off,
        help: "Fail when this rule of advice finds something; can be repeated",
        actual: |subject, limit| Value::Count(subject.denied(limit).count() as u64),
        look_at: |subject, limit| subject.first_denied(limit),
        about: None,
    },
];

impl Gate {
    /// The gate of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        GATES.iter().find(|gate| gate.name == name)
    }
}

/// The settings that one place makes: the flags, a file, or the defaults. A gate may be missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gates(BTreeMap<&'static str, (Setting, Origin)>);

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A flag or a file.
    User,
    /// Neither sets it.
    Default,
}

impl Gates {
    /// Every gate with its default.
    pub fn defaults() -> Self {
        Self(GATES.iter().map(|gate| (gate.name, (gate.default.clone(), Origin::Default))).collect())
    }

    /// Sets a gate, and says whether it was set before.
    pub fn set(&mut self, gate: &'static Gate, setting: Setting) -> bool {
        self.0.insert(gate.name, (setting, Origin::User)).is_some()
    }

    /// Sets a gate once more: rules of advice are added to those that are denied already.
    pub fn add(&mut self, gate: &'static Gate, setting: Setting) {
        let mut one = Self::default();
        one.set(gate, setting);
        *self = one.over(self);
    }

    /// What is set for a gate.
    pub fn get(&self, gate: &Gate) -> Option<&Setting> {
        self.0.get(gate.name).map(|(setting, _)| setting)
    }

    /// True when no gate is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These settings, and those of `lower` for the gates that are not set here. Rules that either denies are denied.
    #[must_use]
    pub fn over(mut self, lower: &Self) -> Self {
        for (name, lower) in &lower.0 {
            match (self.0.get_mut(name), &lower.0) {
                (None, _) => _ = self.0.insert(name, lower.clone()),
                (Some((Setting::Limit(Limit::Rules(rules)), _)), Setting::Limit(Limit::Rules(more))) => {
                    rules.splice(0..0, more.iter().cloned());
                }
                (Some(_), _) => {}
            }
        }
        self
    }

    /// The rules of advice that fail the build.
    pub fn denied(&self) -> &[String] {
        let rules = self.0.values().find_map(|(setting, _)| match setting {
            Setting::Limit(Limit::Rules(rules)) => Some(rules.as_slice()),
            _ => None,
        });
        rules.unwrap_or_default()
    }

    /// Checks that there is a baseline exactly when something is measured against it.
    ///
    /// # Errors
    /// When one of the two is missing.
    pub fn check_baseline(&self, is_there: bool) -> Result<()> {
        let growth = self.limits().find(|(gate, ..)| gate.kind == Kind::Growth);
        match (growth, is_there) {
            (Some((gate, ..)), false) => Err(Error::because(format!("{} needs a baseline", gate.name)).hint(
                "give the JSON report of an earlier build with --baseline FILE, or set the gate to off",
            )),
            (None, true) => Err(Error::because("--baseline is given, but there is no limit for the growth")
                .hint("set one, for example --max-growth 2%")),
            _ => Ok(()),
        }
    }

    /// The gates to judge, their limits and who set them, in the order of [`GATES`].
    pub(super) fn limits(&self) -> impl Iterator<Item = (&'static Gate, &Limit, Origin)> {
        GATES.iter().filter_map(|gate| match self.0.get(gate.name)? {
            (Setting::Limit(limit), origin) => Some((gate, limit, *origin)),
            (Setting::Off, _) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::Advice;
    use crate::policy::measurements::Measurements;
    use crate::policy::subject::Subject;

    fn gate(name: &str) -> &'static Gate {
        Gate::named(name).unwrap()
    }

    #[test]
    fn limits_are_read_in_their_gates_kind() {
        for (name, text, want) in [
            ("min-efficiency", "90%", Setting::at(Value::Share(0.9))),
            ("max-own-wasted", " 0.25 ", Setting::at(Value::Share(0.25))),
            ("max-wasted", "20MiB", Setting::at(Value::Size(20_971_520))),
            ("max-layers", "30", Setting::at(Value::Count(30))),
            ("max-growth", "5MB", Setting::at(Value::Size(5_000_000))),
            ("max-growth", "2%", Setting::at(Value::Share(0.02))),
            ("max-growth", "0.02", Setting::at(Value::Share(0.02))),
            ("max-growth", "0", Setting::at(Value::Size(0))),
            ("max-size", "OFF", Setting::Off),
            ("deny", "npm", Setting::Limit(Limit::Rules(vec!["npm".into()]))),
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
            ("max-growth", "-1"),
            ("max-growth", "101%"),
            ("max-growth", "much"),
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
        flags.set(gate("max-size"), Setting::at(Value::Size(5)));
        flags.set(gate("deny"), gate("deny").parse("npm").unwrap());
        let mut file = Gates::default();
        file.set(gate("max-size"), Setting::at(Value::Size(9)));
        file.set(gate("max-own-wasted"), Setting::Off);
        file.set(gate("deny"), gate("deny").parse("vcs").unwrap());
        let all = flags.over(&file).over(&Gates::defaults());
        let limits: Vec<_> = all.limits().map(|(gate, limit, _)| (gate.name, limit.value())).collect();
        let want =
            [("min-efficiency", Value::Share(0.9)), ("max-size", Value::Size(5)), ("deny", Value::Count(0))];
        assert_eq!(limits, want);
        assert_eq!(all.denied(), ["vcs", "npm"]);
    }

    #[test]
    fn growth_and_baseline_need_each_other() {
        let mut gates = Gates::defaults();
        assert!(gates.check_baseline(false).is_ok());
        assert!(gates.check_baseline(true).unwrap_err().to_string().contains("--max-growth 2%"));
        gates.set(gate("max-growth"), gate("max-growth").parse("2%").unwrap());
        assert!(gates.check_baseline(true).is_ok());
        assert!(gates.check_baseline(false).unwrap_err().to_string().contains("--baseline FILE"));
    }

    #[test]
    fn every_gate_measures_in_its_own_kind_and_passes_an_empty_image() {
        let advice = Advice::default();
        let subject = Subject { measured: Measurements::default(), advice: &advice, baseline: None };
        for gate in &GATES {
            let text = match gate.kind {
                Kind::Share => "0.5",
                Kind::Rules => "npm",
                _ => "5",
            };
            let Ok(Setting::Limit(limit)) = gate.parse(text) else { panic!("{}", gate.name) };
            let actual = (gate.actual)(&subject, &limit);
            assert_eq!(
                std::mem::discriminant(&actual),
                std::mem::discriminant(&limit.value()),
                "{}",
                gate.name
            );
            if let Setting::Limit(limit) = &gate.default {
                assert!(gate.passes(actual, limit.value()), "{}", gate.name);
            }
            assert!(!gate.help.ends_with('.') && !gate.default_words().is_empty());
        }
    }
}
