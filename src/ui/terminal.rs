//! Puts the terminal into the UI's state and back. Both can happen any number of times: the end
//! of the UI, a panic, the stop signal and the resume all come here and need not know of each other.

use std::io::{self, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute};

/// True while the terminal is the UI's.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Holds the terminal; dropping it gives the terminal back.
pub(super) struct Guard(());

impl Guard {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When there is none, or it cannot be switched; then it is as before.
    pub(super) fn take(mouse: bool) -> io::Result<Self> {
        enter(mouse)?;
        Ok(Self(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
}

/// Takes the terminal, if it is not taken.
pub(super) fn enter(mouse: bool) -> io::Result<()> {
    if TAKEN.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    let entered = enable_raw_mode()
        .and_then(|()| execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide))
        .and_then(|()| capture_mouse(mouse));
    if entered.is_err() {
        leave();
    }
    entered
}

/// Gives the terminal back, if it is taken.
pub(super) fn leave() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // nothing can be done when one of these fails
        _ = execute!(
            io::stdout(),
            DisableMouseCapture,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            cursor::Show
        );
        _ = disable_raw_mode();
        _ = io::stdout().flush();
    }
}

/// True when a shell can continue the program after a stop: the leader of a session has none above it.
#[cfg(unix)]
pub(super) fn can_stop() -> bool {
    rustix::process::getsid(None).is_ok_and(|leader| leader != rustix::process::getpid())
}

/// Stops the whole job, including what feeds it through a pipe, as Ctrl-Z on a terminal does. Returns when
/// it is continued.
#[cfg(unix)]
pub(super) fn stop() -> io::Result<()> {
    use rustix::process::{Signal, kill_current_process_group};

    let continued = std::sync::Arc::new(AtomicBool::new(false));
    let listener = signal_hook::flag::register(signal_hook::consts::SIGCONT, continued.clone())?;
    kill_current_process_group(Signal::STOP)?;
    // the stop may reach another thread first
    while !continued.load(Ordering::SeqCst) {
        thread::sleep(std::time::Duration::from_millis(1));
    }
    signal_hook::low_level::unregister(listener);
    Ok(())
}

/// Elsewhere programs are not stopped.
#[cfg(not(unix))]
pub(super) fn can_stop() -> bool {
    false
}

/// Elsewhere programs are not stopped.
#[cfg(not(unix))]
pub(super) fn stop() -> io::Result<()> {
    Ok(())
}

/// Takes the mouse, or leaves it to the terminal.
pub(super) fn capture_mouse(on: bool) -> io::Result<()> {
    if on { execute!(io::stdout(), EnableMouseCapture) } else { execute!(io::stdout(), DisableMouseCapture) }
}

/// Restores the terminal before a panic of this thread is printed. Panics of other threads are not
/// printed while the terminal is taken: they come back as errors.
pub(super) fn hook_panics() {
    static ONCE: Once = Once::new();
    let ui: ThreadId = thread::current().id();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if thread::current().id() == ui {
                leave();
            }
            if !TAKEN.load(Ordering::SeqCst) {
                before(panic);
            }
        }));
    });
}
