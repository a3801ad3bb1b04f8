//! Any text is a Dockerfile: it is read, its instructions lie in it in order, and nothing of it is lost.
//!
//! `cargo +nightly fuzz run dockerfile`
#![no_main]

use layercake::dockerfile::{Dockerfile, shell};

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
});
