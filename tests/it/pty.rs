//! The program on a real pseudo-terminal, with the image on standard input: the keys then come from the terminal
//! itself, and the screen is given back at the end.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn the_ui_takes_its_keys_from_the_terminal_when_the_image_is_on_standard_input() {
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/demo.tar.zst");
    let mut shell = CommandBuilder::new("sh");
    shell.args(["-c", "echo before; cat \"$0\" | \"$1\" -; echo ended with $?"]);
    shell.arg(demo);
    shell.arg(env!("CARGO_BIN_EXE_layercake"));
    shell.env("TERM", "xterm-256color");
    shell.env_remove("CI");
    shell.cwd(std::env::temp_dir());
    let mut child = pair.slave.spawn_command(shell).expect("a shell");
    drop(pair.slave);

    let cells = |n: u16| n.try_into().expect("not zero");
    let screen = Arc::new(Mutex::new(vt100::Parser::new(cells(24), cells(80), 0)));
    let (mut output, seen) = (pair.master.try_clone_reader().expect("a reader"), Arc::clone(&screen));
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(got @ 1..) = output.read(&mut buffer) {
            seen.lock().expect("a lock").process(&buffer[..got]);
        }
    });
    let mut keys = pair.master.take_writer().expect("a writer");
    let wait = |text: &str| {
        let start = Instant::now();
        loop {
            let now = screen.lock().expect("a lock").screen().contents();
            if now.contains(text) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{text:?} never came; the screen says:\n{now}");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    wait("shop-api:1.4");
    keys.write_all(b"2").expect("a key");
    wait("Wasted bytes");
    keys.write_all(b"q").expect("a key");
    wait("ended with 0");
    let screen = screen.lock().expect("a lock");
    assert!(!screen.screen().alternate_screen(), "the alternate screen was left");
    assert!(screen.screen().contents().contains("before"), "what stood there before is there again");
    child.wait().expect("the shell ends");
}
