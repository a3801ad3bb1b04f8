//! Any bytes may be called a layer. Hopping over the bodies finds the same entries as reading them all.
//!
//! `cargo +nightly fuzz run layer`
#![no_main]

use layercake::layer::{Budget, index_plain, index_stream};
use layercake::load::NoProgress;
use layercake::source::{Compression, Meter, Section};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let bytes = layercake_fuzz::sealed(bytes);
    let Ok(compression) = Compression::sniff(&bytes) else { return };
    if compression != Compression::None {
        if let Ok(reader) = compression.reader(&*bytes) {
            _ = index_stream(reader, compression, bytes.len() as u64, false, &Budget::default());
        }
        return;
    }
    let passed = index_stream(&*bytes, compression, bytes.len() as u64, false, &Budget::default());
    let file = layercake_fuzz::file(&bytes);
    let section = Section::whole(file.reopen().expect("the file")).expect("its length");
    let read = index_plain(&section, Meter::uncounted(&NoProgress), &Budget::default());
    match (passed, read) {
        (Ok(passed), Ok(read)) => {
            assert_eq!(passed.entries.len(), read.entries.len());
            for (one, other) in passed.entries.iter().zip(&read.entries) {
                assert_eq!(
                    (one.size, one.offset, one.path, one.kind),
                    (other.size, other.offset, other.path, other.kind)
                );
                assert!(other.hash == 0 || other.hash == one.hash);
            }
            assert_eq!((passed.whiteouts, passed.opaques), (read.whiteouts, read.opaques));
            assert_eq!(passed.remarks, read.remarks);
        }
        (Err(_), Err(_)) => {}
        (passed, read) => panic!("a stream gives {:?}, a file {:?}", passed.err(), read.err()),
    }
});
