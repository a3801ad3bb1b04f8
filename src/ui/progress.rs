//! The progress of the loader: counted by its threads, read by the loop when it draws.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;

use super::event::Event;
use crate::load;

/// How far the loader is, and whether it should go on.
pub(super) struct Progress {
    sender: Sender<Event>,
    done: OnceLock<Vec<AtomicU64>>,
    stop: AtomicBool,
}

impl Progress {
    /// Nothing is read yet. The parts come as an event when they are known.
    pub(super) fn new(sender: Sender<Event>) -> Self {
        Self { sender, done: OnceLock::new(), stop: AtomicBool::new(false) }
    }

    /// Asks the loader to stop.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// The bytes of each part that were read.
    pub(super) fn done(&self) -> Vec<u64> {
        self.done
            .get()
            .map(|all| all.iter().map(|part| part.load(Ordering::Relaxed)).collect())
            .unwrap_or_default()
    }
}

impl load::Progress for Progress {
    fn begin(&self, parts: &[(String, u64)]) {
        // the same parts may begin twice
        if self.done.set(parts.iter().map(|_| AtomicU64::new(0)).collect()).is_ok() {
            _ = self.sender.send(Event::Begun(parts.to_vec()));
        }
    }

    fn advance(&self, part: usize, bytes: u64) {
        if let Some(done) = self.done.get().and_then(|all| all.get(part)) {
            done.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
