//! Noticing that the terminal is gone. A hang-up signal reaches only the processes in the foreground, and the
//! key reader mistakes the end of input for silence, so the terminal itself is watched.

/// Blocks until the terminal hangs up, then calls `gone`. Returns without a call
/// where terminals cannot be watched.
#[cfg(unix)]
pub(super) fn watch(gone: impl FnOnce()) {
    use std::io::IsTerminal as _;
    use std::os::fd::AsFd as _;

    use rustix::event::{PollFd, PollFlags, poll};

    // the same terminal that keys are read from
    let stdin = std::io::stdin();
    let file = if stdin.is_terminal() { None } else { std::fs::File::open("/dev/tty").ok() };
    let terminal = match &file {
        Some(file) => file.as_fd(),
        None if stdin.is_terminal() => stdin.as_fd(),
        None => return,
    };
    loop {
        // no event is requested, so only errors and a hang-up wake this
        let mut polled = [PollFd::from_borrowed_fd(terminal, PollFlags::empty())];
        match poll(&mut polled, None) {
            Err(rustix::io::Errno::INTR) => {}
            Ok(_) if polled[0].revents().contains(PollFlags::HUP) => return gone(),
            // some systems cannot wait for a terminal this way
            _ => return,
        }
    }
}

/// Elsewhere nothing is watched.
#[cfg(not(unix))]
pub(super) fn watch(_gone: impl FnOnce()) {}
