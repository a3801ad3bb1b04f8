//! Any keys in any order: the UI goes on or ends. After `/` they are a filter: text, a glob, a regular expression.
//!
//! `cargo +nightly fuzz run keys`
#![no_main]

use std::sync::LazyLock;

use layercake::source::Location;
use layercake::ui::{Headless, Options, Shown};

static SAVED: LazyLock<Vec<u8>> = LazyLock::new(layercake_fuzz::plain);

libfuzzer_sys::fuzz_target!(|text: &str| {
    let location = Location::bytes("fuzz", SAVED.clone());
    let (examination, bodies) = layercake_fuzz::examine(&location).expect("an image that was built");
    let mut keys = text.chars();
    let width = keys.next().map_or(80, |c| u16::try_from(u32::from(c) % 150).unwrap_or(80));
    let mut ui = Headless::new(
        Shown { examination, bodies, against: None, among: None },
        (width, 30),
        Options::default(),
    );
    for key in layercake::ui::split_keys(keys.as_str()).into_iter().take(100) {
        if ui.is_over() {
            return;
        }
        ui.keys(key).frame();
    }
});
