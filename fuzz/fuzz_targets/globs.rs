//! Globs of the user find what the crate `globset` finds. The last line is a path, the others are globs.
//!
//! `cargo +nightly fuzz run globs`
#![no_main]

use globset::GlobBuilder;
use layercake::policy::Ignore;
use layercake::source::normal_text;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Some((globs, path)) = text.rsplit_once('\n') else { return };
    let path = normal_text(path);
    // we take doubled slashes for one, as paths have them
    let globs: Vec<&str> = globs.split('\n').filter(|glob| !glob.contains("//")).collect();
    let Ok(ignore) = Ignore::new(&globs) else { return };
    let reference = globs.iter().any(|glob| {
        let glob = glob.trim_start_matches("./").trim_start_matches('/');
        let below = if glob.ends_with('/') { "**" } else { "" };
        let built = GlobBuilder::new(&format!("{glob}{below}"))
            .literal_separator(true)
            .empty_alternates(true)
            .build()
            .expect("what we take is a glob");
        built.compile_matcher().is_match_candidate(&globset::Candidate::from_bytes(&path))
    });
    assert_eq!(ignore.matches(&path), reference, "{globs:?} {:?}", String::from_utf8_lossy(&path));
});
