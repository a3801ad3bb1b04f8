//! A manifest, an index or a configuration may be any text. The first byte says which document is replaced.
//!
//! `cargo +nightly fuzz run documents`
#![no_main]

use layercake::report;
use layercake::source::Location;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((which, text)) = bytes.split_first() else { return };
    let archive = layercake_fuzz::with_document(usize::from(*which), text);
    let Ok((examination, _)) = layercake_fuzz::examine(&Location::bytes("fuzz", archive)) else { return };
    for format in &report::FORMATS {
        format
            .write(&mut std::io::sink(), &report::Input::new(&examination), &report::Options::default())
            .expect("a report");
    }
});
