//! Globs of the user are read and matched, or refused, whatever they are. The last line is a path, the others are
//! globs. All together find what one of them alone finds.
//!
//! `cargo +nightly fuzz run globs`
#![no_main]

use layercake::policy::Ignore;
use layercake::source::normal_text;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Some((globs, path)) = text.rsplit_once('\n') else { return };
    let path = normal_text(path);
    let globs: Vec<&str> = globs.split('\n').collect();
    let Ok(all) = Ignore::new(&globs) else { return };
    let alone = |glob: &&str| Ignore::new(&[*glob]).expect("each is a glob").matches(&path);
    assert_eq!(
        all.matches(&path),
        globs.iter().any(|glob| alone(&glob)),
        "{globs:?} {:?}",
        String::from_utf8_lossy(&path)
    );
});
