//! A line of progress on standard error while an image loads, and the end on Ctrl-C.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::interrupt;
use crate::source;
use crate::units;

/// Loads that finish sooner show nothing.
const PATIENCE: Duration = Duration::from_millis(200);
/// How often the line is redrawn.
const PACE: Duration = Duration::from_millis(80);

/// Draws the line when standard error is a terminal.
pub(super) struct Progress {
    stop: Arc<AtomicBool>,
    total: AtomicU64,
    done: AtomicU64,
    /// When the line may be drawn next; none if never.
    next: Mutex<Option<Instant>>,
    drawn: AtomicBool,
}

impl Progress {
    /// Starts watching. From now on Ctrl-C stops the load instead of the process; a second one stops that.
    pub(super) fn new() -> Self {
        let next = std::io::stderr().is_terminal().then(|| Instant::now() + PATIENCE);
        Self {
            stop: interrupt::flag(),
            total: AtomicU64::new(0),
            done: AtomicU64::new(0),
            next: Mutex::new(next),
            drawn: AtomicBool::new(false),
        }
    }

    fn draw(&self) {
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        let text = match (done.min(total) * 100).checked_div(total) {
            _ if done == 0 => "waiting for the image".to_owned(),
            Some(percent) => format!("reading layers: {percent} % of {}", units::size(total)),
            None => format!("reading layers: {}", units::size(done)),
        };
        self.drawn.store(true, Ordering::Relaxed);
        _ = write!(std::io::stderr(), "\r\x1b[K{text} (Ctrl-C stops)");
    }

    /// Draws the line when it is time to.
    fn look(&self) {
        // a thread that finds another one drawing goes on reading
        if let Ok(mut next) = self.next.try_lock()
            && next.is_some_and(|at| Instant::now() >= at)
        {
            *next = Some(Instant::now() + PACE);
            self.draw();
        }
    }
}

impl source::Progress for Progress {
    fn begin(&self, parts: &[(String, u64)]) {
        self.total.store(parts.iter().map(|(_, bytes)| bytes).sum(), Ordering::Relaxed);
        // those of another image: what was read of the one before does not count
        self.done.store(0, Ordering::Relaxed);
    }

    fn advance(&self, _part: usize, bytes: u64) {
        self.done.fetch_add(bytes, Ordering::Relaxed);
        self.look();
    }

    fn stopped(&self) -> bool {
        // also called while nothing arrives
        self.look();
        self.stop.load(Ordering::Relaxed)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.load(Ordering::Relaxed) {
            _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
