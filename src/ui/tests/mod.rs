//! The whole UI, driven by keys: journeys, frames, and any keys at any size.

mod any_keys;
mod changes;
mod daily;
mod found;
mod frames;
mod journeys;
mod layers;
#[cfg(unix)]
mod pseudo_terminal;
mod shared;

use super::data::Shown;
use super::{Headless, Options, sample};
use crate::advice::{Advice, Confidence, Evidence, Finding, Savings, Severity};

/// A small image with all kinds of waste and names that want to steer the terminal.
pub(super) fn shown() -> Shown {
    let base: &sample::Files<'_> =
        &[("usr/lib/libc.so", 90_000_000), ("usr/bin/sh", 1_200_000), ("etc/passwd", 900)];
    let lists: &sample::Files<'_> = &[
        ("var/lib/apt/lists/index", 40_000_000),
        ("usr/bin/gcc", 30_000_000),
        ("usr/share/doc/gcc/README", 12_000),
        ("usr/share/\u{1b}[31mred\nline", 7),
        ("usr/share/日本語/名前", 4_200),
    ];
    let app: &sample::Files<'_> = &[
        ("srv/app/index.js", 5_000),
        ("srv/app/node_modules/typescript/lib/tsc.js", 5_900_000),
        ("srv/app/node_modules/webpack/bundle.js", 3_100_000),
        ("srv/app/\u{202e}gpj.exe", 666),
    ];
    let again: &sample::Files<'_> = &[
        ("srv/app/node_modules/typescript/lib/tsc.js", 5_900_000),
        ("srv/app/node_modules/webpack/bundle.js", 3_100_000),
        ("-var/lib/apt/lists/index", 0),
    ];
    let mut shown = sample::shown(&[base, lists, app, again], 1);
    let image = &shown.examination.image;
    let evidence = |path: &str, layer, bytes| {
        let path = image.paths.find(path.as_bytes()).unwrap();
        Evidence { path, entry: image.timeline.of(path)[0], layer, bytes }
    };
    let findings = vec![
        Finding {
            rule: "package-lists".into(),
            severity: Severity::High,
            confidence: Confidence::Exact,
            title: "apt's package lists are removed one layer too late".into(),
            bytes: 40_000_000,
            layers: vec![1, 3],
            names_layers: false,
            why: "A later layer cannot make an earlier one smaller: what layer 1 wrote stays in the image."
                .into(),
            fix: crate::dockerfile::Fix::one(crate::dockerfile::Edit::AppendCommand {
                step: crate::dockerfile::StepId(1),
                command: "rm -rf /var/lib/apt/lists/*".into(),
            }),
            snippet: "RUN apt-get update \\\n && apt-get install -y gcc \\\n && rm -rf /var/lib/apt/lists/*"
                .into(),
            evidence: vec![evidence("var/lib/apt/lists/index", 1, 40_000_000)],
            evidence_total: 1,
            staged: None,
        },
        Finding {
            rule: "metadata-copy".into(),
            severity: Severity::Medium,
            confidence: Confidence::Likely,
            title: "two files are stored again".into(),
            bytes: 9_000_000,
            layers: vec![3],
            names_layers: false,
            why: "Set the owner before the files are written.".into(),
            fix: crate::dockerfile::Fix::one(crate::dockerfile::Edit::InsertStep {
                before: None,
                lines: vec!["COPY --chown=nobody . .".into()],
            }),
            snippet: "COPY --chown=nobody . .".into(),
            evidence: vec![
                evidence("srv/app/node_modules/typescript/lib/tsc.js", 2, 5_900_000),
                evidence("srv/app/node_modules/webpack/bundle.js", 2, 3_100_000),
            ],
            evidence_total: 2,
            staged: None,
        },
    ];
    shown.examination.advice =
        Advice { findings, savings: Savings { exact: 40_000_000, possible: 49_000_000 } };
    shown
}

fn ui(width: u16, height: u16) -> Headless {
    Headless::new(shown(), (width, height), Options::default())
}
