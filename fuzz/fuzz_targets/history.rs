//! The history of an image is text from strangers: every step can be parsed, and its words can be shown.
//!
//! `cargo +nightly fuzz run history`
#![no_main]

use layercake::dockerfile::parse_created_by;

libfuzzer_sys::fuzz_target!(|created_by: &str| {
    let instruction = parse_created_by(created_by);
    let shown = layercake::text::line(format!("{instruction:?}").as_bytes(), 200);
    assert!(!shown.contains('\u{1b}'));
});
