//! The UI in a real pseudo-terminal: the test runs itself again inside it, as a child that opens the UI.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::shown;
use crate::error::Error;
use crate::ui::{Options, Request, run};

/// Tells the child what to do; without it the child's test does nothing.
const ROLE: &str = "LAYERCAKE_UI_TEST";
const PATIENCE: Duration = Duration::from_secs(60);

/// What the child runs: not a test of its own.
#[test]
fn child() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let load = move |_: &crate::ui::Wanted, watch: &dyn crate::load::Progress| match role.as_str() {
        "slow" => {
            watch.begin(&[("layer 0".into(), 1000)]);
            watch.advance(0, 400);
            while !watch.stopped() {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(Error::Interrupted)
        }
        "panic" => panic!("the loader broke"),
        "bad" => Err(Error::because("it is no image")),
        _ => Ok(vec![shown()]),
    };
    let outcome = run(Request::new("sample.tar", load), Options::default());
    println!("OUTCOME {outcome:?}");
}

/// A panic in the thread of the UI itself, with the terminal taken.
#[test]
fn panicking_child() {
    if std::env::var(ROLE).is_ok_and(|role| role == "ui-panic") {
        crate::ui::terminal::hook_panics();
        let _guard = crate::ui::terminal::Guard::take(true).unwrap();
        panic!("the UI broke");
    }
}

struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    /// Tells the reader to close its side.
    is_closed: Arc<AtomicBool>,
}

impl Terminal {
    fn open(role: &str, test: &str) -> Self {
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args([&path_of(test), "--exact", "--nocapture", "--test-threads=1"]);
        Self::run(command, role)
    }

    /// An interactive shell that runs the child as `$CHILD`: with job control, as users have it.
    fn shell() -> Self {
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "--noprofile", "--noediting", "-i"]);
        let test = path_of("child");
        let exe = std::env::current_exe().unwrap();
        command.env("CHILD", format!("{} {test} --exact --nocapture --test-threads=1", exe.display()));
        command.env("PS1", "ready> ");
        Self::run(command, "normal")
    }

    fn run(mut command: CommandBuilder, role: &str) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        command.env(ROLE, role);
        // what the user chose must not change what the tests see, nor they what the user chose
        command.env("XDG_STATE_HOME", std::env::temp_dir().join("layercake-ui-tests"));
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command).unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(cells(24), cells(80), 200)));
        let (mut reader, shared) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&screen));
        let is_closed = Arc::new(AtomicBool::new(false));
        let closed = Arc::clone(&is_closed);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(got @ 1..) = reader.read(&mut buffer) {
                shared.lock().unwrap().process(&buffer[..got]);
                if closed.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Self { master: pair.master, child, writer, screen, is_closed }
    }

    #[track_caller]
    fn wait_for(&self, what: &str, is_there: impl Fn(&vt100::Screen) -> bool) {
        let begun = Instant::now();
        while !is_there(self.screen.lock().unwrap().screen()) {
            let parser = self.screen.lock().unwrap();
            let (screen, shown) = (parser.screen(), parser.screen().contents());
            let modes = (screen.alternate_screen(), screen.hide_cursor(), screen.bracketed_paste());
            assert!(begun.elapsed() < PATIENCE, "waited for {what} (modes {modes:?}):\n{shown}");
            drop(parser);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[track_caller]
    fn wait_for_text(&self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Closes the terminal, and waits for the program to say so in a file when it has ended.
    #[track_caller]
    fn close(mut self, told: &std::path::Path) {
        self.is_closed.store(true, Ordering::SeqCst);
        // what this draws wakes the reader, which then closes its side
        self.keys("2");
        let Self { master, writer, mut child, .. } = self;
        drop((master, writer));
        child.kill().unwrap();
        let begun = Instant::now();
        while !told.exists() {
            assert!(begun.elapsed() < PATIENCE, "it outlived its terminal");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The main screen is back, with the cursor, without the mouse.
    #[track_caller]
    fn wait_for_restored(&self) {
        self.wait_for("the main screen", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
                && !screen.bracketed_paste()
        });
    }
}

#[test]
fn it_opens_resizes_quits_and_restores_the_screen() {
    let mut terminal = Terminal::open("normal", "child");
    terminal.wait_for_text("Layer 1: what it changed");
    assert!(terminal.screen.lock().unwrap().screen().alternate_screen());
    terminal.screen.lock().unwrap().screen_mut().set_size(cells(30), cells(100));
    terminal.master.resize(PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 }).unwrap();
    terminal.wait_for("the new size", |screen| {
        screen.rows(0, 100).nth(29).is_some_and(|row| row.contains("move"))
    });
    terminal.keys("2");
    terminal.wait_for_text("Wasted bytes");
    terminal.keys("q");
    terminal.wait_for_restored();
    terminal.wait_for_text("OUTCOME Ok(Quit)");
    assert!(terminal.child.wait().unwrap().success());
}

#[test]
fn ctrl_c_cancels_the_loading() {
    let mut terminal = Terminal::open("slow", "child");
    terminal.wait_for_text("400 B of 1.0 kB read");
    terminal.keys("\x03");
    terminal.wait_for_restored();
    terminal.wait_for_text("OUTCOME Ok(Cancelled)");
}

#[test]
fn a_signal_restores_the_screen() {
    let mut terminal = Terminal::open("normal", "child");
    terminal.wait_for_text("Layer 1: what it changed");
    let pid = terminal.child.process_id().unwrap();
    assert!(std::process::Command::new("kill").arg(pid.to_string()).status().unwrap().success());
    terminal.wait_for_restored();
    terminal.wait_for_text("OUTCOME Ok(Signal(15))");
    terminal.child.wait().unwrap();
}

#[test]
fn a_loader_that_fails_or_panics_ends_in_an_error() {
    for (role, said) in [("bad", "it is no image"), ("panic", "the loader broke")] {
        let terminal = Terminal::open(role, "child");
        terminal.wait_for_text("OUTCOME Err");
        terminal.wait_for_text(said);
        terminal.wait_for_restored();
    }
}

#[test]
fn a_panic_restores_the_screen_before_it_is_told() {
    let terminal = Terminal::open("ui-panic", "panicking_child");
    terminal.wait_for_text("the UI broke");
    terminal.wait_for_restored();
}

#[test]
fn it_stops_and_comes_back_in_a_shell_with_job_control() {
    let mut terminal = Terminal::shell();
    terminal.wait_for_text("ready>");
    terminal.keys("$CHILD\n");
    terminal.wait_for_text("Layer 1: what it changed");
    for _ in 0..2 {
        terminal.keys("\x1a");
        terminal.wait_for_restored();
        terminal.wait_for_text("Stopped");
        terminal.keys("clear; fg\n");
        terminal.wait_for_text("Layer 1: what it changed");
        // it takes keys again, and answers
        terminal.keys("2");
        terminal.wait_for_text("Wasted bytes");
        terminal.keys("1");
        terminal.wait_for_text("Layer 1: what it changed");
    }
    terminal.keys("q");
    terminal.wait_for_restored();
    terminal.wait_for_text("OUTCOME Ok(Quit)");
}

#[test]
fn signals_that_end_programs_restore_the_screen() {
    for signal in ["QUIT", "USR1", "USR2", "HUP", "INT"] {
        let mut terminal = Terminal::open("normal", "child");
        terminal.wait_for_text("Layer 1: what it changed");
        let pid = terminal.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        terminal.wait_for_restored();
        terminal.wait_for_text("OUTCOME Ok(Signal(");
        terminal.child.wait().unwrap();
    }
}

/// In a session of its own, where no hang-up signal reaches it, on a terminal that closes.
#[test]
fn the_end_of_the_terminal_ends_it_without_a_signal() {
    let place = tempfile::tempdir().unwrap();
    let told = place.path().join("told");
    let mut terminal = Terminal::shell();
    terminal.wait_for_text("ready>");
    terminal.keys(&format!("trap '' HUP; setsid -w sh -c '$CHILD; echo $? > {}'\n", told.display()));
    terminal.wait_for_text("Layer 1: what it changed");
    terminal.close(&told);
}

/// Stopped by the shell when the terminal closes: continued and ended, not left behind.
#[test]
fn a_terminal_that_closes_ends_it_also_after_a_stop() {
    let mut terminal = Terminal::shell();
    terminal.wait_for_text("ready>");
    let place = tempfile::tempdir().unwrap();
    let told = place.path().join("told");
    terminal.keys(&format!("(trap '' HUP; $CHILD; echo $? > {})\n", told.display()));
    terminal.wait_for_text("Layer 1: what it changed");
    terminal.keys("\x1a");
    terminal.wait_for_restored();
    terminal.wait_for_text("Stopped");
    terminal.keys("clear; fg\n");
    terminal.wait_for_text("Layer 1: what it changed");
    terminal.close(&told);
}

fn path_of(test: &str) -> String {
    format!("ui::tests::pseudo_terminal::{test}")
}

fn cells(number: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(number).unwrap()
}
