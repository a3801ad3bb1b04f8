//! Names of members, whiteouts among them: what is normal stays so, and nothing climbs out of the root.
//!
//! `cargo +nightly fuzz run names`
#![no_main]

use layercake::layer::{MemberName, classify};
use layercake::source::normal;
use layercake::text;

libfuzzer_sys::fuzz_target!(|name: &[u8]| {
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    normal(name, &mut once);
    normal(&once, &mut twice);
    assert_eq!(once, twice);
    let parts = || once.split(|&byte| byte == b'/').filter(|part| !part.is_empty());
    assert!(parts().all(|part| part != b"." && part != b".."));
    assert_eq!(parts().collect::<Vec<_>>().join(&b'/'), once);
    for part in parts() {
        match classify(part) {
            MemberName::Whiteout(hidden) => {
                assert!(!hidden.is_empty() && hidden != b"." && hidden != b"..");
                assert_eq!([b".wh.", hidden].concat(), part);
            }
            MemberName::Plain => assert!(!part.starts_with(b".wh.")),
            _ => assert!(part.starts_with(b".wh.")),
        }
    }
    let shown = text::line(name, 200);
    assert!(!shown.chars().any(text::is_unsafe), "{shown:?}");
});
