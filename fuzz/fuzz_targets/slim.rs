//! Whatever can be opened can be slimmed, and the new image shows what the old one did. The first byte is the options.
//!
//! `cargo +nightly fuzz run slim -- -max_len=100000`
#![no_main]

use std::collections::HashSet;

use layercake::load::{Examination, NoProgress};
use layercake::slim::{self, Form, Job, Opened, Options};
use layercake::source::{ImageSelector, Location};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&how, bytes)) = bytes.split_first() else { return };
    let archive = layercake_fuzz::file(&layercake_fuzz::sealed(bytes));
    let location = Location::path(archive.path());
    let Ok((location, _)) = slim::hold(&location, &NoProgress) else { return };
    let Ok((examination, _)) = layercake_fuzz::examine(&location) else { return };
    let Ok(opened) = Opened::open(&location, &ImageSelector::default(), &NoProgress) else { return };
    let Examination { image, union, analysis, .. } = &examination;
    let options = Options {
        base_layers: if how & 1 == 0 { 0 } else { analysis.base_layers },
        squash: how & 2 == 0,
        dropped: HashSet::new(),
    };
    let plan = slim::plan(image, union, &options);
    let job = Job {
        image,
        union,
        opened: &opened,
        plan: &plan,
        dropped: &options.dropped,
        tag: None,
        packing: None,
        form: if how & 4 == 0 { Form::DockerArchive } else { Form::OciArchive },
    };
    let out = layercake_fuzz::file(b"");
    if let Ok(written) = job.run(out.path(), &NoProgress) {
        assert!(written.proof.holds(), "{:?}", written.proof);
    }
});
