//! Any bytes may be called an image: they end in a report or in an error, never in a panic.
//!
//! `cargo +nightly fuzz run archive CORPUS -- -max_len=200000`; small saved images make a good corpus.
#![no_main]

use layercake::source::{ImageSelector, Location};
use layercake::{advice, analysis, load, report};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let location = Location::bytes("fuzz", bytes.to_vec());
    let (selector, rules) = (ImageSelector::default(), advice::Settings::default());
    let examined =
        load::examine(&location, &selector, &analysis::Base::Auto, None, &rules, &load::NoProgress);
    let Ok((examination, _)) = examined else { return };
    // what must hold of every image: all content is live or wasted, by one cause
    let totals = &examination.analysis.totals;
    assert_eq!(totals.content, totals.live + totals.overwritten + totals.removed + totals.repeated);
    let input = report::Input::new(&examination);
    for format in &report::FORMATS {
        format.write(&mut std::io::sink(), &input, &report::Options::default()).expect("a report");
    }
});
