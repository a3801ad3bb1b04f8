//! dive's configuration file, `.dive-ci`, so that people can switch without work.
//!
//! ```yaml
//! rules:
//!   lowestEfficiency: 0.95
//!   highestWastedBytes: 20MB
//!   highestUserWastedPercent: 0.20
//! ```
//!
//! Source: dive's README ("CI Integration") and its rules (`ci/rules.go`). Keys are found in any case,
//! `disabled`, `off` and `false` switch a rule off, and what is not set keeps its default, which is the
//! same there and here. Unlike dive, a rule without a value is an error: it may be a slip.
//!
//! The YAML is read as `saphyr-parser`'s events. Three keys need no tree, events know their lines, and an
//! alias, which lets a small file grow without bounds when it is expanded, can be refused. The crate is
//! kept up, free of unsafe code and brings one small dependency; the serde readers bring a dozen.

use std::path::Path;

use saphyr_parser::{Event, Parser, ScanError};

use super::gate::Gate;
use super::gates::Gates;
use super::limit::Setting;
use crate::error::{Error, Result};
use crate::text::suggestion;

/// The file's name.
pub(super) const NAME: &str = ".dive-ci";

/// dive's rules, and our gates for them.
const RULES: [(&str, &str); 3] = [
    ("lowestEfficiency", "min-efficiency"),
    ("highestWastedBytes", "max-wasted"),
    ("highestUserWastedPercent", "max-own-wasted"),
];

/// True for names that dive's file has.
pub(super) fn is_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == NAME)
        || path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"))
}

/// Reads the gates out of the text.
pub(super) fn parse(text: &str) -> Result<Gates> {
    let mut gates = Gates::default();
    let mut depth = 0;
    let mut key: Option<String> = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| not_yaml(&error))?;
        let fail = |why: String| Error::because(why).at(format!("line {}", span.start.line()));
        match (event, depth, key.take()) {
            (Event::MappingStart(..), 0, _) => depth = 1,
            (Event::MappingStart(..), 1, Some(_)) => depth = 2,
            (Event::MappingEnd, ..) => depth -= 1,
            (Event::Scalar(name, ..), 1, None) if name.eq_ignore_ascii_case("rules") => {
                key = Some(name.into_owned());
            }
            (Event::Scalar(name, ..), 1, None) => {
                return Err(fail(format!("unknown key: `{name}`")).hint(suggestion(&name, &["rules"])));
            }
            (Event::Scalar(name, ..), 2, None) => key = Some(name.into_owned()),
            (Event::Scalar(value, ..), 2, Some(key)) => {
                let (name, gate) = rule(&key).ok_or_else(|| {
                    fail(format!("unknown rule: `{key}`")).hint(suggestion(&key, &RULES.map(|r| r.0)))
                })?;
                let setting = setting(gate, &value).map_err(|why| fail(format!("`{name}`: {why}")))?;
                if gates.set(gate, setting) {
                    return Err(fail(format!("`{name}` is set twice")));
                }
            }
            // an empty document, or `rules:` with nothing below
            (Event::Scalar(value, ..), _, _) if matches!(&*value, "" | "~" | "null") => {}
            (
                Event::Scalar(..) | Event::MappingStart(..) | Event::SequenceStart(..) | Event::Alias(_),
                _,
                key,
            ) => {
                let place = key.map_or("the file".into(), |key| format!("`{key}`"));
                let wanted = if depth == 2 { "one value" } else { "a table of rules" };
                return Err(fail(format!("{place} must be {wanted}"))
                    .hint("as in dive's README, write `rules:` and below it `lowestEfficiency: 0.95`"));
            }
            // dive reads the first document of a file
            (Event::DocumentEnd, ..) => break,
            _ => {}
        }
    }
    Ok(gates)
}

/// The rule of this name and the gate for it.
fn rule(key: &str) -> Option<(&'static str, &'static Gate)> {
    let (name, gate) = RULES.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    Some((name, Gate::named(gate)?))
}

fn setting(gate: &Gate, value: &str) -> std::result::Result<Setting, String> {
    if ["disabled", "false"].iter().any(|off| value.trim().eq_ignore_ascii_case(off)) {
        return Ok(Setting::Off);
    }
    gate.parse(value)
}

fn not_yaml(error: &ScanError) -> Error {
    Error::because(format!("it is not valid YAML: {}", error.info()))
        .at(format!("line {}", error.marker().line()))
}

#[cfg(test)]
mod tests {
    use super::super::Value;
    use super::*;
    use proptest::prelude::*;

    fn get(text: &str) -> Vec<(&'static str, Setting)> {
        let gates = parse(text).unwrap();
        super::super::GATES.iter().filter_map(|gate| Some((gate.name, gates.get(gate)?.clone()))).collect()
    }

    #[test]
    fn the_three_rules_become_gates() {
        let text = "# ours\nrules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 20MB\n  highestUserWastedPercent: \"0.20\"\n";
        let want = [
            ("min-efficiency", Setting::at(Value::Share(0.95))),
            ("max-wasted", Setting::at(Value::Size(20_000_000))),
            ("max-own-wasted", Setting::at(Value::Share(0.2))),
        ];
        assert_eq!(get(text), want);
        let json = r#"{"Rules": {"lowestefficiency": "0.95", "HIGHESTWASTEDBYTES": 20000000, "highestUserWastedPercent": 0.2}}"#;
        assert_eq!(get(json), want);
    }

    #[test]
    fn rules_can_be_switched_off_and_left_out() {
        assert_eq!(get("rules:\n  highestWastedBytes: disabled\n"), [("max-wasted", Setting::Off)]);
        assert_eq!(get("rules:\n  lowestEfficiency: 'Disabled'"), [("min-efficiency", Setting::Off)]);
        assert_eq!(get("rules:\n  lowestEfficiency: off"), [("min-efficiency", Setting::Off)]);
        for empty in ["", "# nothing\n", "---\n", "rules:\n", "rules: {}\n", "~"] {
            assert_eq!(get(empty), [], "{empty:?}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, want) in [
            (
                "rules:\n  lowestEficiency: 1",
                "line 2: unknown rule: `lowestEficiency`; did you mean `lowestEfficiency`?",
            ),
            ("rule:\n  lowestEfficiency: 1", "line 1: unknown key: `rule`; did you mean `rules`?"),
            ("rules:\n  lowestEfficiency: 1.5", "line 2: `lowestEfficiency`: `1.5` is not a share"),
            ("rules:\n  highestWastedBytes: much", "line 2: `highestWastedBytes`: `much` is not a size"),
            ("rules:\n  highestWastedBytes:", "line 2: `highestWastedBytes`: `` is not a size"),
            (
                "rules:\n  lowestEfficiency: 1\n  lowestefficiency: 1",
                "line 3: `lowestEfficiency` is set twice",
            ),
            ("rules:\n  - a", "line 2: `rules` must be a table of rules"),
            ("rules: 3", "line 1: `rules` must be a table of rules"),
            ("- a", "line 1: the file must be a table of rules"),
            ("rules:\n  lowestEfficiency:\n    a: 1", "line 3: `lowestEfficiency` must be one value"),
            ("rules:\n  lowestEfficiency: [1]", "line 2: `lowestEfficiency` must be one value"),
            ("rules: &a\n  lowestEfficiency: *a", "line 2: `lowestEfficiency` must be one value"),
            ("rules: {", "line 2: it is not valid YAML: "),
        ] {
            let got = parse(text).unwrap_err().to_string();
            assert!(got.starts_with(want), "{text:?}: {got}");
        }
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        for open in ["[", "{", "- ", "? ", "rules: {", "&a "] {
            assert!(parse(&open.repeat(100_000)).is_err(), "{open}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(rules:|lowestEfficiency|[-:{}\\[\\]&*!?|>'\"#%@ \n\t]|[a-z0.é]){0,40}") {
            _ = parse(&text);
        }
    }
}
