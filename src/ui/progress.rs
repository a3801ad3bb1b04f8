//! The progress of the loader: counted by its threads, read by the loop when it draws.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::event::Event;
use crate::load;

/// How far the loader is, and whether it should go on.
pub(super) struct Progress {
    sender: Sender<Event>,
    reading: RwLock<Reading>,
    stop: AtomicBool,
}

/// The parts of the image that is read now, and how much of each is done.
#[derive(Default)]
struct Reading {
    parts: Vec<(String, u64)>,
    done: Vec<AtomicU64>,
}

impl Progress {
    /// Nothing is read yet. The parts come as an event when they are known.
    pub(super) fn new(sender: Sender<Event>) -> Self {
        Self { sender, reading: RwLock::default(), stop: AtomicBool::new(false) }
    }

    /// Asks the loader to stop.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// The bytes of each part that were read.
    pub(super) fn done(&self) -> Vec<u64> {
        self.reading().done.iter().map(|part| part.load(Ordering::Relaxed)).collect()
    }

    fn reading(&self) -> RwLockReadGuard<'_, Reading> {
        self.reading.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl load::Progress for Progress {
    fn begin(&self, parts: &[(String, u64)]) {
        // the same parts may begin twice; others are those of the next image
        if self.reading().parts == parts {
            return;
        }
        let done = parts.iter().map(|_| AtomicU64::new(0)).collect();
        *self.reading.write().unwrap_or_else(PoisonError::into_inner) =
            Reading { parts: parts.to_vec(), done };
        _ = self.sender.send(Event::Begun(parts.to_vec()));
    }

    fn advance(&self, part: usize, bytes: u64) {
        if let Some(done) = self.reading().done.get(part) {
            done.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Progress as _;

    #[test]
    fn each_image_has_its_own_parts() {
        let (sender, events) = std::sync::mpsc::channel();
        let progress = Progress::new(sender);
        progress.advance(0, 5);
        assert!(progress.done().is_empty());
        let [old, new] = [[("a".to_owned(), 10)], [("b".to_owned(), 20)]];
        progress.begin(&old);
        progress.advance(0, 10);
        progress.begin(&old);
        assert_eq!(progress.done(), [10]);
        progress.begin(&new);
        progress.advance(0, 3);
        progress.advance(7, 3);
        assert_eq!(progress.done(), [3]);
        drop(progress);
        assert_eq!(events.iter().count(), 2);
    }
}
