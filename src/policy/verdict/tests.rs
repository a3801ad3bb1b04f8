//! What each gate decides, and how it is put into words.

use super::super::measurements::tests::facts;
use super::super::{Baseline, GATES, Ignore, Kind, Limit, Setting};
use super::*;
use crate::advice::{Advice, Confidence, Finding, Severity};
use crate::analysis::analyse;
use crate::image::Image;
use crate::image::sample::Builder;
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

fn judge_facts(gates: &Gates) -> Verdict {
    judge(&Subject { measured: facts(), advice: &Advice::default(), baseline: None }, gates)
}

fn texts(gate: &'static str, limit: Value, actual: Value) -> (String, String) {
    GateResult { gate, limit, actual, passed: false, is_noise: false, look_at: None }.texts()
}

#[test]
fn each_gate_measures_its_own_figure() {
    let verdict = judge_facts(&gates(&[
        ("min-efficiency", "75%"),
        ("max-wasted", "249MB"),
        ("max-own-wasted", "22%"),
        ("max-size", "1GB"),
        ("max-layer-size", "400MB"),
        ("max-layers", "3"),
    ]));
    let got: Vec<_> = verdict.gates.iter().map(|gate| (gate.gate, gate.passed, gate.texts().1)).collect();
    let want = [
        ("min-efficiency", true, "75.0 %"),
        ("max-wasted", false, "250 MB"),
        ("max-own-wasted", false, "22.3 %"),
        ("max-size", true, "1.0 GB"),
        ("max-layer-size", true, "400 MB"),
        ("max-layers", false, "4"),
    ];
    assert_eq!(got, want.map(|(name, passed, actual)| (name, passed, actual.to_owned())));
    assert!(!verdict.passed);
}

#[test]
fn every_gate_that_fails_says_what_to_look_at_and_no_other() {
    let advice =
        Advice { findings: vec![finding("npm", Severity::High, Confidence::Exact)], ..Advice::default() };
    let baseline = Baseline::of(&image(&[("ADD rootfs /", &[("a", 5)])]));
    let subject = Subject { measured: facts(), advice: &advice, baseline: Some(&baseline) };
    let all = |text: fn(&Gate) -> &'static str| {
        let mut gates = Gates::default();
        for gate in &GATES {
            gates.set(gate, gate.parse(text(gate)).unwrap());
        }
        judge(&subject, &gates).gates
    };
    let hard = all(|gate| match (gate.bound, gate.kind) {
        (_, Kind::Rules) => "npm",
        (Bound::AtLeast, _) => "1",
        (Bound::AtMost, _) => "0",
    });
    assert_eq!(hard.len(), GATES.len());
    assert!(hard.iter().all(|gate| !gate.passed && gate.look_at.is_some()), "{hard:?}");
    let soft = all(|gate| match gate.kind {
        Kind::Rules => "vcs",
        Kind::Share if gate.bound == Bound::AtLeast => "0",
        Kind::Share => "1",
        _ => "9999999999",
    });
    assert!(soft.iter().all(|gate| gate.passed && gate.look_at.is_none()), "{soft:?}");
}

fn finding(rule: &str, severity: Severity, confidence: Confidence) -> Finding {
    Finding {
        rule: rule.into(),
        severity,
        confidence,
        title: "t\x1b".into(),
        bytes: 1,
        layers: vec![],
        names_layers: false,
        why: String::new(),
        fix: crate::dockerfile::Fix::default(),
        snippet: String::new(),
        evidence: vec![],
        evidence_total: 0,
        staged: None,
    }
}

#[test]
fn denied_rules_fail_by_findings_above_info_that_are_no_judgement() {
    let findings = vec![
        finding("vcs", Severity::Info, Confidence::Likely),
        finding("docs", Severity::High, Confidence::Judgement),
        finding("npm", Severity::Low, Confidence::Likely),
    ];
    let advice = Advice { findings, ..Advice::default() };
    let judged = |rules: &[&str]| {
        let mut gates = Gates::default();
        let rules = rules.iter().map(ToString::to_string).collect();
        gates.set(Gate::named("deny").unwrap(), Setting::Limit(Limit::Rules(rules)));
        judge(&Subject { measured: facts(), advice: &advice, baseline: None }, &gates)
    };
    assert!(judged(&["vcs", "docs", "apk"]).passed);
    let failed = judged(&["vcs", "npm"]);
    assert!(!failed.passed);
    assert_eq!(failed.gates[0].look_at.as_deref(), Some("npm: t\\x1b"));
    assert_eq!(failed.gates[0].actual, Value::Count(1));
}

#[test]
fn growth_is_measured_in_bytes_or_as_a_share() {
    let old = Baseline::of(&image(&[("ADD rootfs /", &[("a", 800_000_000)])]));
    let new = Baseline::of(&image(&[("ADD rootfs /", &[("a", 2_000_000_000)])]));
    for (baseline, limit, actual, passed) in [
        (&old, "200MB", Value::Size(200_000_000), true),
        (&old, "199MB", Value::Size(200_000_000), false),
        (&old, "25%", Value::Share(0.25), true),
        (&old, "24%", Value::Share(0.25), false),
        (&new, "0", Value::Size(0), true),
        (&new, "1%", Value::Share(0.0), true),
    ] {
        let gates = gates(&[("max-growth", limit)]);
        let subject = Subject { measured: facts(), advice: &Advice::default(), baseline: Some(baseline) };
        let verdict = judge(&subject, &gates);
        assert_eq!((verdict.gates[0].actual, verdict.passed), (actual, passed), "{limit}");
    }
}

#[test]
fn a_limit_that_nobody_set_passes_while_its_bytes_are_few() {
    let image = image(&[("COPY a", &[("a", 700_000)]), ("COPY a", &[("a", 100_000)])]);
    let (analysis, advice) = (analyse(&image, &Union::of(&image), 0), Advice::default());
    let subject = Subject::new(&image, &analysis, &advice, &Ignore::default());
    let verdict = judge(&subject, &Gates::defaults());
    assert!(verdict.passed && verdict.gates.iter().all(|gate| gate.is_noise));
    let flags = gates(&[("min-efficiency", "0.9")]).over(&Gates::defaults());
    let verdict = judge(&subject, &flags);
    assert_eq!(verdict.gates.iter().map(|gate| gate.passed).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn gates_that_are_off_or_not_set_do_not_count() {
    let mut off = Gates::defaults();
    off.set(&GATES[0], Setting::Off);
    off.set(&GATES[2], Setting::Off);
    let verdict = judge_facts(&off);
    assert!(verdict.passed && verdict.gates.is_empty());
    assert!(!judge_facts(&Gates::defaults()).passed);
}

#[test]
fn values_that_differ_look_different_and_round_towards_failing() {
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let share = |gate, limit, actual| texts(gate, Value::Share(limit), Value::Share(actual));
    assert_eq!(share("min-efficiency", 0.9, 0.75), pair("at least 90.0 %", "75.0 %"));
    assert_eq!(share("min-efficiency", 0.9, 0.899_99), pair("at least 90.0 %", "89.9 %"));
    assert_eq!(share("min-efficiency", 0.9, 0.999_99), pair("at least 90.0 %", "99.9 %"));
    assert_eq!(share("min-efficiency", 0.9, 1.0), pair("at least 90.0 %", "100 %"));
    assert_eq!(share("max-own-wasted", 0.1, 0.100_02), pair("at most 10.0 %", "10.1 %"));
    assert_eq!(share("max-own-wasted", 0.1, 0.000_02), pair("at most 10.0 %", "0.1 %"));
    assert_eq!(share("max-own-wasted", 0.07, 0.07), pair("at most 7.0 %", "7.0 %"));
    assert_eq!(share("max-own-wasted", 0.1005, 0.102_11), pair("at most 10.05 %", "10.22 %"));
    assert_eq!(share("max-own-wasted", 0.1, 0.099_99), pair("at most 10.000 %", "9.999 %"));
    let size = |limit, actual| texts("max-size", Value::Size(limit), Value::Size(actual));
    assert_eq!(size(20_000_000, 20_000_001), pair("at most 20 000 000 B", "20 000 001 B"));
    assert_eq!(size(5, 5), pair("at most 5 B", "5 B"));
    assert_eq!(texts("max-layers", Value::Count(3), Value::Count(4)), pair("at most 3", "4"));
}

/// An image of layers, each with files as (path, bytes) and a command. Nothing is removed in it.
fn image(layers: &[(&str, &[(&str, u64)])]) -> Image {
    let builder =
        layers.iter().enumerate().fold(Builder::default(), |builder, (number, (command, files))| {
            builder.layer(command, |layer| {
                files.iter().fold(layer, |layer, (path, size)| layer.file(path, *size, number as u64 + 1))
            })
        });
    builder.build(Vec::new())
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

    let advice = Advice::default();
    let judged = |ignore: &Ignore| judge(&Subject::new(&image, &analysis, &advice, ignore), &gates);
    let verdict = judged(&Ignore::default());
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

    let verdict = judged(&Ignore::new(&["var/db/*"]).unwrap());
    assert_eq!(actual(&verdict), [Value::Share(400.0 / 700.0), Value::Share(0.0), Value::Size(1000)]);
    assert_eq!((verdict.ignored_bytes, verdict.ignored_paths), (300, 1));
    assert_eq!(verdict.gates[0].look_at.as_deref(), Some("layer 2 `edit` hides 300 B of layer 0"));
}

#[test]
fn commands_are_safe_to_show() {
    let image = image(&[("install \u{1b}[2J", &[("a", 5)])]);
    let analysis = analyse(&image, &Union::of(&image), 0);
    let advice = Advice::default();
    let subject = Subject::new(&image, &analysis, &advice, &Ignore::default());
    let verdict = judge(&subject, &gates(&[("max-layer-size", "0")]));
    let hint = verdict.gates[0].look_at.as_deref();
    assert_eq!(hint, Some("layer 0 `install \\x1b[2J` holds 5 B of 5 B"));
}
