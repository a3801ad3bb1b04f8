//! Ctrl-C, SIGTERM and a hang-up: the first asks the program to stop what it does, the second ends it. What does not
//! stop by itself (a write that waits for its reader) is ended after a while.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
#[cfg(unix)]
use std::time::{Duration, Instant};

use signal_hook::consts::signal;

use crate::source::Progress;

/// How long the program may take to stop by itself. An engine's client that was told to stop has 5 seconds.
#[cfg(unix)]
const GRACE: Duration = Duration::from_secs(8);
/// The same where only a report is being written.
#[cfg(unix)]
const GRACE_OF_REPORTS: Duration = Duration::from_secs(1);
/// The same where an engine makes something that must be removed again.
#[cfg(unix)]
const GRACE_OF_CLEANING: Duration = Duration::from_secs(60);
/// How often to check for a second signal.
#[cfg(unix)]
const LOOK: Duration = Duration::from_millis(20);

/// A file that does not have its final name yet; removed when the program is stopped.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);
/// Set while reports are written.
static REPORTING: AtomicBool = AtomicBool::new(false);
/// Set while an engine makes or removes something of the kind.
static CLEANING: AtomicBool = AtomicBool::new(false);

/// What the user or the system stops a program by.
#[cfg(unix)]
const SIGNALS: [i32; 3] = [signal::SIGINT, signal::SIGTERM, signal::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [i32; 2] = [signal::SIGINT, signal::SIGTERM];

/// The flag that the first signal sets. From the first call on, signals no longer end the process at once.
pub(super) fn flag() -> Arc<AtomicBool> {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let flag = FLAG.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let signals: Vec<i32> = SIGNALS.into_iter().filter(|signal| !is_ignored(*signal)).collect();
        if !starts_watching(&signals, &flag) {
            for signal in signals {
                // when a handler cannot be set the signal ends the process, as it would anyway
                _ = signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&flag));
                _ = signal_hook::flag::register(signal, Arc::clone(&flag));
            }
        }
        flag
    });
    Arc::clone(flag)
}

/// Starts a thread that waits for signals; false when it cannot be started.
#[cfg(unix)]
fn starts_watching(signals: &[i32], flag: &Arc<AtomicBool>) -> bool {
    let flag = Arc::clone(flag);
    let signals = signal_hook::iterator::Signals::new(signals);
    signals.and_then(|signals| std::thread::Builder::new().spawn(move || watch(signals, &flag))).is_ok()
}

/// Elsewhere nothing waits for signals.
#[cfg(not(unix))]
fn starts_watching(_signals: &[i32], _flag: &Arc<AtomicBool>) -> bool {
    false
}

/// Sets the flag at the first signal, and ends the program at the second or when it does not stop.
#[cfg(unix)]
fn watch(mut signals: signal_hook::iterator::Signals, flag: &AtomicBool) {
    if signals.forever().next().is_none() {
        return;
    }
    flag.store(true, Ordering::Relaxed);
    let first = Instant::now();
    loop {
        let grace = match (REPORTING.load(Ordering::Relaxed), CLEANING.load(Ordering::Relaxed)) {
            (true, _) => GRACE_OF_REPORTS,
            (false, true) => GRACE_OF_CLEANING,
            (false, false) => GRACE,
        };
        if signals.pending().next().is_some() || first.elapsed() > grace {
            if let Some(path) = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).take() {
                _ = std::fs::remove_file(path);
            }
            std::process::exit(130);
        }
        std::thread::sleep(LOOK);
    }
}

/// Whether the parent process set a signal to be ignored (`nohup`). Known on Linux only.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (signal - 1)) != 0
}

/// Exists while reports are written, when a file may not have its final name yet.
pub(super) struct Reporting;

impl Reporting {
    /// Begins, with the unfinished file that is to be removed if the program is ended.
    pub(super) fn begin(unfinished: Option<PathBuf>) -> Self {
        *UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner) = unfinished;
        REPORTING.store(true, Ordering::Relaxed);
        Self
    }
}

impl Drop for Reporting {
    fn drop(&mut self) {
        REPORTING.store(false, Ordering::Relaxed);
        *UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Exists while an engine makes something that must be removed again, or removes it.
pub(super) struct Cleaning;

impl Cleaning {
    /// Begins.
    pub(super) fn begin() -> Self {
        CLEANING.store(true, Ordering::Relaxed);
        Self
    }
}

impl Drop for Cleaning {
    fn drop(&mut self) {
        // after a signal the rest of the way out belongs to it
        if !Stop.stopped() {
            CLEANING.store(false, Ordering::Relaxed);
        }
    }
}

/// A [`Progress`] that shows nothing, but stops on a signal. Signals end the process as usual until it is asked.
pub(super) struct Stop;

impl Progress for Stop {
    fn stopped(&self) -> bool {
        flag().load(Ordering::Relaxed)
    }
}
