//! The program on a real pseudo-terminal: with the image on standard input the keys come from the terminal itself, and
//! what the UI writes to the disk is there afterwards.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::builder::{Form, ImageBuilder};
use crate::program::{report, temp};

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shell on a terminal of 80 by 24.
pub(crate) struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Terminal {
    /// Runs a script in a folder, with these arguments.
    pub(crate) fn start(folder: &Path, script: &str, arguments: &[&Path]) -> Self {
        Self::sized((24, 80), folder, script, arguments)
    }

    /// The same on a terminal that says it has so many rows and columns; what is looked at are 24 by 80 of them.
    fn sized((rows, cols): (u16, u16), folder: &Path, script: &str, arguments: &[&Path]) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut shell = CommandBuilder::new("sh");
        shell.args(["-c", script]);
        shell.args(arguments);
        shell.env("TERM", "xterm-256color");
        shell.env_remove("CI");
        shell.cwd(folder);
        let child = pair.slave.spawn_command(shell).expect("a shell");
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
        let keys = pair.master.take_writer().expect("a writer");
        Self { screen, keys, child, _master: pair.master }
    }

    pub(crate) fn type_keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("keys");
    }

    pub(crate) fn wait(&self, text: &str) {
        let start = Instant::now();
        loop {
            let now = self.screen.lock().expect("a lock").screen().contents();
            if now.contains(text) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{text:?} never came; the screen says:\n{now}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for the shell, and gives what is on the screen then.
    pub(crate) fn end(mut self) -> String {
        self.child.wait().expect("the shell ends");
        let screen = self.screen.lock().expect("a lock");
        assert!(!screen.screen().alternate_screen(), "the alternate screen was left");
        screen.screen().contents()
    }
}

pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_layercake"))
}

#[test]
fn the_ui_takes_its_keys_from_the_terminal_when_the_image_is_on_standard_input() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/demo.tar.zst");
    let script = "echo before; cat \"$0\" | \"$1\" -; echo ended with $?";
    let mut terminal = Terminal::start(&std::env::temp_dir(), script, &[&demo, program()]);
    terminal.wait("shop-api:1.4");
    terminal.type_keys("2");
    terminal.wait("Wasted bytes");
    terminal.type_keys("q");
    terminal.wait("ended with 0");
    assert!(terminal.end().contains("before"), "what stood there before is there again");
}

#[test]
fn the_ui_writes_a_slimmer_image_after_showing_what_goes() {
    let folder = temp();
    let image = ImageBuilder::new()
        .layer(|layer| layer.noise("base", 100_000, 1))
        .layer(|layer| layer.noise("keep", 300_000, 2).noise("gone", 200_000, 3))
        .layer(|layer| layer.whiteout("gone"));
    image.archive(Form::Docker).write(&folder.path().join("in.tar"));
    let script = "\"$0\" in.tar --base 1; echo ended with $?";
    let mut terminal = Terminal::start(folder.path(), script, &[program()]);
    terminal.wait("5 Image");
    terminal.type_keys("5");
    terminal.wait("own layers");
    terminal.type_keys("S");
    terminal.wait("a dry run: nothing was written");
    terminal.wait("200 kB saved");
    terminal.type_keys("\r");
    terminal.wait("Write the slimmer image");
    terminal.type_keys("\r");
    terminal.wait("wrote ./slim.tar: 400 kB of files instead of 600 kB");
    let slim = folder.path().join("slim.tar");
    let totals = report(&slim, &["--base", "1"])["totals"].clone();
    assert_eq!((&totals["wasted"], &totals["content"]), (&0.into(), &400_000.into()));
    // again: nothing is overwritten
    terminal.type_keys("S");
    terminal.wait("a dry run: nothing was written");
    terminal.type_keys("\r");
    terminal.wait("Write the slimmer image");
    terminal.type_keys("\r");
    terminal.wait("it is there already");
    terminal.type_keys("q");
    terminal.wait("ended with 0");
    terminal.end();
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn the_largest_window_is_no_trouble() {
    let script = "\"$0\" --demo; echo ended with $?";
    let mut terminal = Terminal::sized((u16::MAX, u16::MAX), &std::env::temp_dir(), script, &[program()]);
    terminal.wait("shop-api:1.4");
    terminal.type_keys("q");
    terminal.wait("ended with 0");
    terminal.end();
}

#[test]
fn json_on_a_terminal_shows_control_characters_escaped() {
    let folder = temp();
    // the diagnostics come last
    let image = ImageBuilder::new().layer(|l| l.file("c1\u{9b}31m del\u{7f} bidi\u{202e}/.wh.", b""));
    image.archive(Form::Docker).write(&folder.path().join("in.tar"));
    let terminal = Terminal::start(folder.path(), "\"$0\" in.tar --json; echo ended with $?", &[program()]);
    terminal.wait("ended with 0");
    let screen = terminal.end();
    for escaped in ["c1\\u009b31m", "del\\u007f", "bidi\\u202e"] {
        assert!(screen.contains(escaped), "{escaped} is missing in {screen:?}");
    }
}
