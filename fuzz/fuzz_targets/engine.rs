//! An engine may answer anything: an image comes of it, or an error. Answers are parted by lines of `----`.
//!
//! It listens where `DOCKER_HOST` says: `DOCKER_HOST=unix:///tmp/fuzz.sock cargo +nightly fuzz run engine`
#![no_main]

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use layercake::source::{Engine, EngineQuery, Location};

/// What is answered next; the last answer first.
static ANSWERS: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

static LISTENS: LazyLock<()> = LazyLock::new(|| {
    let host = std::env::var("DOCKER_HOST").expect("DOCKER_HOST");
    let path = host.strip_prefix("unix://").expect("DOCKER_HOST=unix:///…");
    _ = std::fs::remove_file(path);
    let listener = UnixListener::bind(path).expect("a socket");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let answer = ANSWERS.lock().expect("a lock").pop().unwrap_or_default();
            let mut request = [0; 4096];
            _ = stream.read(&mut request);
            _ = stream.write_all(&answer);
        }
    });
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    LazyLock::force(&LISTENS);
    let mut answers = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(5).position(|window| window == b"----\n") {
        answers.push(layercake_fuzz::sealed(&rest[..at]));
        rest = &rest[at + 5..];
    }
    answers.push(rest.to_vec());
    answers.reverse();
    *ANSWERS.lock().expect("a lock") = answers;
    let query = EngineQuery { silence: Duration::from_millis(300), pull: false };
    if let Err(error) = layercake_fuzz::examine(&Location::engine(Engine::Docker, "fuzz:1", query)) {
        assert!(!error.to_string().is_empty());
    }
});
