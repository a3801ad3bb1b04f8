//! The history of an image is text from strangers: every step can be parsed and shown, advice comes of it, and the
//! Dockerfile that is rebuilt from it is one.
//!
//! `cargo +nightly fuzz run history`
#![no_main]

use layercake::advice::Confidence;
use layercake::dockerfile::{Dockerfile, parse_created_by, shell};
use layercake::fix::{self, Choice};
use layercake::source::Location;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let instruction = parse_created_by(text);
    let shown = layercake::text::line(format!("{instruction:?}").as_bytes(), 200);
    assert!(!shown.contains('\u{1b}'));
    for part in shell::parts(text) {
        assert!(text.get(part.span).is_some());
    }
    shell::commands(text);
    shell::chain(text);
    let archive = layercake_fuzz::with_history(text);
    let Ok((examination, _)) = layercake_fuzz::examine(&Location::bytes("fuzz", archive)) else { return };
    let choice =
        Choice { only: Vec::new(), except: Vec::new(), confidence: Confidence::Judgement, buildkit: true };
    let plan = fix::propose(&examination, &choice, None, None).expect("a plan").plan;
    let file = Dockerfile::parse(&plan.text);
    assert_eq!(file.text, plan.text);
    assert!(plan.text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()), "{:?}", plan.text);
});
