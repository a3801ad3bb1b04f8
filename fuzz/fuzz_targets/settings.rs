//! `.layercake.toml` and `.dive-ci` may be any text: it is understood, or refused in one sentence that names a line.
//!
//! `cargo +nightly fuzz run settings`
#![no_main]

use std::path::Path;

use layercake::policy::Config;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for name in [".layercake.toml", ".dive-ci"] {
        if let Err(error) = Config::parse(Path::new(name), text) {
            let sentence = error.to_string();
            assert!(sentence.contains(name), "{sentence:?}");
        }
    }
});
