//! Any text is a Dockerfile: it is read, its instructions lie in it in order, and nothing of it is lost. Held against
//! an image, fixes are made to it, and the result is again a Dockerfile.
//!
//! `cargo +nightly fuzz run dockerfile`
#![no_main]

use layercake::advice::Confidence;
use layercake::dockerfile::{Dockerfile, shell};
use layercake::fix::{self, Choice};
use layercake::load::Examination;
use layercake::source::{ImageSelector, Location};
use layercake::{advice, load};
use std::sync::LazyLock;

static SAVED: LazyLock<Vec<u8>> = LazyLock::new(layercake_fuzz::plain);

libfuzzer_sys::fuzz_target!(|text: &str| {
    let file = Dockerfile::parse(text);
    assert_eq!(file.text, text);
    let mut end = 0;
    for node in &file.nodes {
        assert!(node.span.start >= end && node.span.end <= text.len());
        end = node.span.end;
        let lines = file.lines(&node.span);
        assert!(lines.from <= lines.to);
        if let Some(script) = node.script(text) {
            for part in shell::parts(&script.logical.text) {
                assert!(text.get(script.logical.in_file(&part.span)).is_some());
            }
        }
    }
    let location = Location::bytes("fuzz", SAVED.clone());
    let mut loaded = load::image(&location, &ImageSelector::default(), &load::NoProgress)
        .expect("an image that was built");
    if loaded.image.locate("Dockerfile", text, None).is_err() {
        return;
    }
    let rules = advice::Settings { floors: false, ..advice::Settings::default() };
    let examination = Examination::of(loaded.image, loaded.union, 1, &rules);
    let choice =
        Choice { only: Vec::new(), except: Vec::new(), confidence: Confidence::Judgement, buildkit: true };
    // one of another image is refused
    let Ok(proposal) = fix::propose(&examination, &choice, None, None) else { return };
    let plan = proposal.plan;
    assert_eq!(plan.old, text);
    assert_eq!(Dockerfile::parse(&plan.text).text, plan.text);
    if plan.done.is_empty() {
        assert_eq!(plan.text, text);
    }
});
