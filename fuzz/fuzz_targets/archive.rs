//! Any bytes may be called an image: they end in a report or in an error, never in a panic; and in the same one
//! whether they pass by as a stream or are read as a file.
//!
//! `cargo +nightly fuzz run archive -- -max_len=200000`
#![no_main]

use layercake::load::Examination;
use layercake::report;
use layercake::source::Location;

fn json(examination: &Examination) -> Vec<u8> {
    let format = report::format_named("json").expect("JSON");
    let mut out = Vec::new();
    format.write(&mut out, &report::Input::new(examination), &report::Options::default()).expect("a report");
    out
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let bytes = layercake_fuzz::sealed(bytes);
    let file = layercake_fuzz::file(&bytes);
    let name = file.path().display().to_string();
    let passed = layercake_fuzz::examine(&Location::bytes(&name, bytes.clone()));
    let read = layercake_fuzz::examine(&Location::path(file.path()));
    let (passed, read) = match (passed, read) {
        (Ok((passed, _)), Ok((read, _))) => (passed, read),
        (Err(_), Err(_)) => return,
        (Ok(_), Err(error)) => panic!("only the file is refused: {error}"),
        (Err(error), Ok(_)) => panic!("only the stream is refused: {error}"),
    };
    // what must hold of every image: all content is live or wasted, by one cause
    let totals = &passed.analysis.totals;
    assert_eq!(totals.content, totals.live + totals.overwritten + totals.removed + totals.repeated);
    let (one, other) = (json(&passed), json(&read));
    assert!(
        one == other,
        "the stream gives {}\nand the file {}",
        String::from_utf8_lossy(&one),
        String::from_utf8_lossy(&other)
    );
    for format in &report::FORMATS {
        format
            .write(&mut std::io::sink(), &report::Input::new(&read), &report::Options::default())
            .expect("a report");
    }
});
