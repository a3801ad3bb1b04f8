//! Any bytes may be called an image: they end in a report or in an error, never in a panic.
//!
//! `cargo +nightly fuzz run archive CORPUS -- -max_len=200000`; small saved images make a good corpus.
#![no_main]

use layercake::source::{ImageSelector, Location};
use layercake::{advice, analysis, load, report};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(loaded) = load::image(&Location::bytes("fuzz", bytes.to_vec()), &ImageSelector::default(), &load::NoProgress) else { return };
    let (image, union) = (&loaded.image, &loaded.union);
    let base = analysis::Base::Auto.layers(image).expect("a base can always be guessed");
    let analysis = analysis::analyse(image, union, base);
    // the identity of DESIGN.md, section 2
    let totals = &analysis.totals;
    assert_eq!(totals.content, totals.live + totals.overwritten + totals.removed + totals.repeated);
    let advice = advice::advise(image, union, &analysis, &advice::Settings::default());
    let input = report::Input::new(image, &analysis, &advice);
    for format in &report::FORMATS {
        format.write(&mut std::io::sink(), &input, &report::Options::default()).expect("a report");
    }
});
