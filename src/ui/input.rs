//! What comes from outside: keys, the mouse and sizes from the terminal, signals, and the end of the terminal.
//! Each is read by a thread that sends events to the loop.

use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use crossterm::event::Event as Input;

use super::event::Event;
use super::hangup;
use crate::error::{Error, Result};

/// The number of the hang-up signal.
pub(super) const HANG_UP: i32 = 1;

/// Reads the terminal from now on. Its end ends the UI.
pub(super) fn read_keys(sender: Sender<Event>) {
    let end = sender.clone();
    // the UI may have ended meanwhile
    thread::spawn(move || hangup::watch(|| _ = end.send(Event::Stop(HANG_UP))));
    thread::spawn(move || {
        // the first look takes the signal of a new size; a size that changed since the first frame is told after it
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
    });
}

/// Takes the signals that end or stop a program from now on, so that the terminal is given back first.
///
/// # Errors
/// When the system does not allow it.
#[cfg(unix)]
pub(super) fn read_signals(sender: Sender<Event>) -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2};

    /// How long the loop may take to end before the program is ended without it.
    const PATIENCE: Duration = Duration::from_secs(2);

    let ours = [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP];
    let mut signals = signal_hook::iterator::Signals::new(ours).map_err(|error| Error::io(&error))?;
    thread::spawn(move || {
        for signal in signals.forever() {
            let event = if signal == SIGTSTP { Event::Suspend } else { Event::Stop(signal) };
            let is_end = signal != SIGTSTP;
            if sender.send(event).is_err() {
                break;
            }
            if is_end {
                // a terminal that takes no more output blocks the loop: the signal still ends the program
                thread::spawn(|| {
                    thread::sleep(PATIENCE);
                    std::process::exit(130);
                });
            }
        }
    });
    Ok(())
}

/// Elsewhere there are no signals to take.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
pub(super) fn read_signals(_sender: Sender<Event>) -> Result<()> {
    Ok(())
}
