//! What comes from outside: keys, the mouse and sizes from the terminal, signals, and the end of the terminal.
//! Each is read by a thread that sends events to the loop.

use std::sync::mpsc::Sender;
use std::time::Duration;

use crossterm::event::Event as Input;

use super::event::Event;
use super::hangup;
use super::spawn::{NO_THREAD, spawn};
use crate::error::{Error, Result};

/// The number of the hang-up signal.
pub(super) const HANG_UP: i32 = 1;

/// Starts reading the terminal. The UI ends when the terminal does.
///
/// # Errors
/// When no thread can be started.
pub(super) fn read_keys(sender: Sender<Event>) -> Result<()> {
    let end = sender.clone();
    // the UI may have ended meanwhile
    started(move || hangup::watch(|| _ = end.send(Event::Stop(HANG_UP))))?;
    started(move || {
        // polling installs the handler for size changes; a change before that is reported here
        let watched = crossterm::event::poll(Duration::ZERO).is_ok();
        if let (true, Ok((width, height))) = (watched, crossterm::terminal::size()) {
            _ = sender.send(Event::Resize(width, height));
        }
        loop {
            let event = match crossterm::event::read() {
                Ok(Input::Key(key)) => Event::Key(key),
                Ok(Input::Mouse(mouse)) => Event::Mouse(mouse),
                Ok(Input::Paste(text)) => Event::Paste(text),
                Ok(Input::Resize(width, height)) => Event::Resize(width, height),
                Ok(_) => continue,
                Err(_) => Event::Stop(HANG_UP),
            };
            let is_over = matches!(event, Event::Stop(_));
            if sender.send(event).is_err() || is_over {
                break;
            }
        }
    })
}

/// Starts a thread without which there is no UI.
fn started(work: impl FnOnce() + Send + 'static) -> Result<()> {
    if spawn(work) { Ok(()) } else { Err(Error::because(NO_THREAD).hint("ask for the text: --format text")) }
}

/// Handles the signals that end or stop a program, so that the terminal is restored first.
///
/// # Errors
/// When the system does not allow it.
#[cfg(unix)]
pub(super) fn read_signals(sender: Sender<Event>) -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2};

    /// How long the loop may take before the process exits without it.
    const PATIENCE: Duration = Duration::from_secs(2);

    let ours = [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP];
    let mut signals = signal_hook::iterator::Signals::new(ours).map_err(|error| Error::io(&error))?;
    started(move || {
        for signal in signals.forever() {
            let event = if signal == SIGTSTP { Event::Suspend } else { Event::Stop(signal) };
            let is_end = signal != SIGTSTP;
            if sender.send(event).is_err() {
                break;
            }
            if is_end {
                // a terminal that accepts no output blocks the loop, but the signal must still end the program
                spawn(|| {
                    std::thread::sleep(PATIENCE);
                    std::process::exit(130);
                });
            }
        }
    })
}

/// Elsewhere there are no signals to take.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
pub(super) fn read_signals(_sender: Sender<Event>) -> Result<()> {
    Ok(())
}
