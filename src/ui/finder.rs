//! Runs searches on a thread of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};

use super::data::Data;
use super::event::Event;
use super::spawn::{NO_THREAD, spawn};
use super::tree::Pattern;

/// A search thread: one search runs, and only the newest waits.
pub(super) struct Finder {
    questions: Sender<(usize, u64, u64, Pattern)>,
    /// The number of the newest search; an older one that still runs is abandoned.
    newest: Arc<AtomicU64>,
}

impl Finder {
    /// A thread that looks through this image.
    pub(super) fn new(data: Arc<Data>, events: Sender<Event>) -> Self {
        let (questions, asked) = mpsc::channel::<(usize, u64, u64, Pattern)>();
        let newest = Arc::new(AtomicU64::new(0));
        let current = Arc::clone(&newest);
        let said = events.clone();
        let is_there = spawn(move || {
            while let Ok(mut question) = asked.recv() {
                while let Ok(newer) = asked.try_recv() {
                    question = newer;
                }
                let (tab, turn, number, pattern) = question;
                let is_old = || current.load(Ordering::Relaxed) != number;
                if let Some(found) = data.find(&pattern, &is_old)
                    && events.send(Event::Matches { tab, turn, found }).is_err()
                {
                    break;
                }
            }
        });
        if !is_there {
            // the UI takes events as long as it is there
            _ = said.send(Event::Done(NO_THREAD.into()));
        }
        Self { questions, newest }
    }

    /// Starts a search; the result comes as an event.
    pub(super) fn ask(&self, tab: usize, turn: u64, pattern: Pattern) {
        let number = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
        // the thread ends only with the UI
        _ = self.questions.send((tab, turn, number, pattern));
    }
}
