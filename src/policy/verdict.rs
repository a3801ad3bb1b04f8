//! The verdict: every gate that is on, what it asked for and what the image has.

use super::facts::Measurements;
use super::{Gates, Ignore, Value};
use crate::advice::Advice;
use crate::analysis::Analysis;
use crate::image::Image;
use crate::text;
use crate::units;

/// What the gates say about an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Every gate passed.
    pub passed: bool,
    /// The gates that are on, in the order of [`super::GATES`].
    pub gates: Vec<GateResult>,
    /// Wasted bytes that were taken out because of the configuration.
    pub ignored_bytes: u64,
    /// Paths with wasted bytes that were taken out.
    pub ignored_paths: u64,
}

/// What one gate says.
#[derive(Debug, Clone, PartialEq)]
pub struct GateResult {
    /// The gate's name.
    pub gate: &'static str,
    /// What it asked for.
    pub limit: Value,
    /// What the image has; of the same kind.
    pub actual: Value,
    /// The image is on the right side of the limit.
    pub passed: bool,
    /// What to look at first, as one short sentence safe to show; only when the gate failed.
    pub look_at: Option<String>,
}

/// Judges an image by the gates that are on. Gates that are not set do not count, not even with their
/// default: see [`Gates::over`].
pub fn judge(gates: &Gates, ignore: &Ignore, image: &Image, analysis: &Analysis) -> Verdict {
    judge_facts(gates, &Measurements::of(image, analysis, ignore))
}

impl Verdict {
    /// The same verdict with a gate for the rules that the user denies, when there are any: none of them may have
    /// a finding above info. A mere judgement never fails a build.
    #[must_use]
    pub fn denying(mut self, rules: &[String], advice: &Advice) -> Self {
        if rules.is_empty() {
            return self;
        }
        let found: Vec<_> = rules.iter().filter_map(|rule| advice.denied(rule)).collect();
        self.passed &= found.is_empty();
        self.gates.push(GateResult {
            gate: "deny",
            limit: Value::Count(0),
            actual: Value::Count(found.len() as u64),
            passed: found.is_empty(),
            look_at: found
                .first()
                .map(|finding| format!("{}: {}", finding.rule, text::line(finding.title.as_bytes(), 200))),
        });
        self
    }
}

fn judge_facts(gates: &Gates, facts: &Measurements) -> Verdict {
    let results = gates.limits().map(|(gate, limit)| {
        let actual = (gate.actual)(facts);
        let passed = gate.passes(actual, limit);
        let look_at = if passed { None } else { (gate.look_at)(facts) };
        GateResult { gate: gate.name, limit, actual, passed, look_at }
    });
    let gates: Vec<_> = results.collect();
    Verdict {
        passed: gates.iter().all(|gate| gate.passed),
        gates,
        ignored_bytes: facts.ignored_bytes,
        ignored_paths: facts.ignored_paths,
    }
}

impl GateResult {
    /// The limit and the actual value as texts. They differ in sight whenever they differ: `10.0 %` against
    /// `10.0 %` would leave people puzzled why the gate failed.
    pub fn texts(&self) -> (String, String) {
        let short = (short(self.limit), short(self.actual));
        if self.limit == self.actual || short.0 != short.1 {
            return short;
        }
        match (self.limit, self.actual) {
            (Value::Share(limit), Value::Share(actual)) => (2..=15)
                .map(|digits| (percent(limit, digits), percent(actual, digits)))
                .find(|(limit, actual)| limit != actual)
                .unwrap_or(short),
            (Value::Size(limit), Value::Size(actual)) => {
                (format!("{} B", units::count(limit)), format!("{} B", units::count(actual)))
            }
            _ => short,
        }
    }
}

fn short(value: Value) -> String {
    match value {
        Value::Share(ratio) => units::share(ratio),
        Value::Size(bytes) => units::size(bytes),
        Value::Count(number) => units::count(number),
    }
}

fn percent(ratio: f64, digits: usize) -> String {
    format!("{:.digits$} %", ratio * 100.0)
}

#[cfg(test)]
mod tests {
    use super::super::facts::tests::facts;
    use super::super::{GATES, Gate, Setting};
    use super::*;
    use crate::analysis::analyse;
    use crate::image::{About, Assembly, Parts, Step};
    use crate::layer::{Attrs, Entry, Kind, LayerIndex, NO_LINK};
    use crate::oci::Config;
    use crate::overlay::Union;

    /// Settings from `NAME=TEXT`.
    fn gates(settings: &[(&str, &str)]) -> Gates {
        let mut gates = Gates::default();
        for (name, text) in settings {
            let gate = Gate::named(name).unwrap();
            gates.set(gate, gate.parse(text).unwrap());
        }
        gates
    }

    fn texts(limit: Value, actual: Value) -> (String, String) {
        GateResult { gate: "x", limit, actual, passed: false, look_at: None }.texts()
    }

    #[test]
    fn each_gate_measures_its_own_figure() {
        let verdict = judge_facts(
            &gates(&[
                ("min-efficiency", "75%"),
                ("max-wasted", "249MB"),
                ("max-own-wasted", "22%"),
                ("max-size", "1GB"),
                ("max-layer-size", "400MB"),
                ("max-layers", "3"),
            ]),
            &facts(),
        );
        let got: Vec<_> = verdict.gates.iter().map(|gate| (gate.gate, gate.passed, gate.texts().1)).collect();
        let want = [
            ("min-efficiency", true, "75.0 %"),
            ("max-wasted", false, "250 MB"),
            ("max-own-wasted", false, "22.2 %"),
            ("max-size", true, "1.0 GB"),
            ("max-layer-size", true, "400 MB"),
            ("max-layers", false, "4"),
        ];
        assert_eq!(got, want.map(|(name, passed, actual)| (name, passed, actual.to_owned())));
        assert!(!verdict.passed);
    }

    #[test]
    fn every_gate_that_fails_says_what_to_look_at_and_no_other() {
        let mut hard = Gates::default();
        for gate in &GATES {
            hard.set(gate, gate.parse(if gate.name == "min-efficiency" { "1" } else { "0" }).unwrap());
        }
        assert!(judge_facts(&hard, &facts()).gates.iter().all(|gate| !gate.passed && gate.look_at.is_some()));
        let soft = gates(&[("min-efficiency", "0"), ("max-layers", "99")]);
        assert!(judge_facts(&soft, &facts()).gates.iter().all(|gate| gate.passed && gate.look_at.is_none()));
    }

    #[test]
    fn denied_rules_fail_by_findings_above_info_that_are_no_judgement() {
        use crate::advice::{Confidence, Finding, Severity};
        let finding = |rule: &str, severity, confidence| Finding {
            rule: rule.into(),
            severity,
            confidence,
            title: "t\x1b".into(),
            bytes: 1,
            layers: vec![],
            why: String::new(),
            fix: crate::dockerfile::Fix::default(),
            snippet: String::new(),
            evidence: vec![],
            evidence_total: 0,
        };
        let findings = vec![
            finding("vcs", Severity::Info, Confidence::Likely),
            finding("docs", Severity::High, Confidence::Judgement),
            finding("npm", Severity::Low, Confidence::Likely),
        ];
        let advice = Advice { findings, ..Advice::default() };
        let judged = |rules: &[&str]| {
            let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
            judge_facts(&Gates::default(), &facts()).denying(&rules, &advice)
        };
        assert!(judged(&[]).gates.is_empty());
        assert!(judged(&["vcs", "docs", "apk"]).passed);
        let failed = judged(&["vcs", "npm"]);
        assert!(!failed.passed);
        assert_eq!(failed.gates[0].look_at.as_deref(), Some("npm: t\\x1b"));
        assert_eq!(failed.gates[0].actual, Value::Count(1));
    }

    #[test]
    fn gates_that_are_off_or_not_set_do_not_count() {
        let mut off = Gates::defaults();
        off.set(&GATES[0], Setting::Off);
        off.set(&GATES[2], Setting::Off);
        let verdict = judge_facts(&off, &facts());
        assert!(verdict.passed && verdict.gates.is_empty());
        assert!(!judge_facts(&Gates::defaults(), &facts()).passed);
    }

    #[test]
    fn values_that_differ_look_different() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(texts(Value::Share(0.9), Value::Share(0.75)), pair("90.0 %", "75.0 %"));
        assert_eq!(texts(Value::Share(0.1), Value::Share(0.100_02)), pair("10.000 %", "10.002 %"));
        assert_eq!(
            texts(Value::Size(20_000_000), Value::Size(20_000_001)),
            pair("20 000 000 B", "20 000 001 B")
        );
        assert_eq!(texts(Value::Size(5), Value::Size(5)), pair("5 B", "5 B"));
        assert_eq!(texts(Value::Count(3), Value::Count(4)), pair("3", "4"));
    }

    /// An image of layers, each with files as (path, bytes) and a command. Nothing is removed in it.
    fn image(layers: &[(&str, &[(&str, u64)])]) -> Image {
        let mut assembly = Assembly::default();
        let mut history = Vec::new();
        for (number, (command, files)) in layers.iter().enumerate() {
            let mut index = LayerIndex::default();
            let attrs = index.attrs.intern(&Attrs::default());
            for (path, size) in *files {
                let path = index.names.path(path.as_bytes()).0;
                let (kind, link, hash) = (Kind::File, NO_LINK, number as u64 + 1);
                index.entries.push(Entry { size: *size, offset: 0, mtime: 0, hash, path, attrs, link, kind });
            }
            assembly
                .add(&index, Parts { step: Some(crate::dockerfile::StepId::at(number)), ..Parts::default() })
                .unwrap();
            let command = (*command).to_owned();
            history.push(Step { instruction: None, command, created: None, layer: Some(number) });
        }
        assembly.finish(About::default(), Config::default(), history, Vec::new())
    }

    #[test]
    fn ignored_paths_are_counted_and_taken_out_of_the_ratios() {
        let image = image(&[
            ("ADD rootfs /", &[("var/db/status", 100), ("srv/a", 300)]),
            ("install", &[("var/db/status", 200)]),
            ("edit", &[("var/db/status", 100), ("srv/a", 300)]),
        ]);
        let analysis = analyse(&image, &Union::of(&image), 1);
        let gates = gates(&[("min-efficiency", "0.9"), ("max-own-wasted", "0.1"), ("max-size", "999 B")]);

        let verdict = judge(&gates, &Ignore::default(), &image, &analysis);
        let actual = |verdict: &Verdict| verdict.gates.iter().map(|gate| gate.actual).collect::<Vec<_>>();
        assert_eq!(actual(&verdict), [Value::Share(0.4), Value::Share(200.0 / 600.0), Value::Size(1000)]);
        assert_eq!((verdict.ignored_bytes, verdict.ignored_paths), (0, 0));
        let hints: Vec<_> = verdict.gates.iter().filter_map(|gate| gate.look_at.as_deref()).collect();
        assert_eq!(
            hints,
            [
                "layer 2 `edit` hides 300 B of layer 0",
                "layer 2 `edit` hides 200 B of layer 1",
                "layer 0 `ADD rootfs /` holds 400 B of 1.0 kB",
            ]
        );

        let verdict = judge(&gates, &Ignore::new(&["var/db/*"]).unwrap(), &image, &analysis);
        assert_eq!(actual(&verdict), [Value::Share(400.0 / 700.0), Value::Share(0.0), Value::Size(1000)]);
        assert_eq!((verdict.ignored_bytes, verdict.ignored_paths), (300, 1));
        assert_eq!(verdict.gates[0].look_at.as_deref(), Some("layer 2 `edit` hides 300 B of layer 0"));
    }

    #[test]
    fn commands_are_safe_to_show() {
        let image = image(&[("install \u{1b}[2J", &[("a", 5)])]);
        let analysis = analyse(&image, &Union::of(&image), 0);
        let verdict = judge(&gates(&[("max-layer-size", "0")]), &Ignore::default(), &image, &analysis);
        let hint = verdict.gates[0].look_at.as_deref();
        assert_eq!(hint, Some("layer 0 `install \\x1b[2J` holds 5 B of 5 B"));
    }
}
