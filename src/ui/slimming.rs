//! Slimming from the Image tab: the dry run is shown, the user says where the new image goes, and a thread writes it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;

use super::confirm::Confirm;
use super::data::Data;
use super::event::Event;
use super::prompt::{Prompt, Purpose};
use super::request::{Offered, Request};
use super::spawn::NO_THREAD;
use super::text::safe;
use crate::source::Progress;

/// What is shown before the user is asked where to.
pub(super) fn confirm(dry_run: &str) -> Confirm {
    let prompt = Prompt {
        title: "Write the slimmer image",
        what: "a file for docker load, or oci-archive:FILE, oci:DIRECTORY, docker:NAME".into(),
        about: "it is read again and compared before it is kept".into(),
        label: "to",
        text: "./slim.tar".into(),
        purpose: Purpose::Slim,
    };
    Confirm::before("Slim: without what no container can see", dry_run.to_owned(), prompt)
}

/// What slimming would do, as an event.
pub(super) fn plan(request: &Request, data: &Data) -> Event {
    Event::Slim(match &request.slim {
        Some(slimmer) => Ok((slimmer.plan)(data)),
        None => Err("this image cannot be written again".into()),
    })
}

/// A slimmer image while it is written. Dropping it stops that, and waits until nothing of it is left.
pub(super) struct Slimming {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Stop(Arc<AtomicBool>);

impl Progress for Stop {
    fn stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Slimming {
    /// Starts writing.
    pub(super) fn start(
        request: Arc<Request>,
        open: Option<Offered>,
        data: Arc<Data>,
        into: PathBuf,
        sender: Sender<Event>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Stop(Arc::clone(&stop));
        let failed = sender.clone();
        let thread = std::thread::Builder::new().spawn(move || {
            let work = || write(&request, open.as_ref(), &data, &into, &stopped);
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            let said = done.unwrap_or_else(|_| "that failed: an error in layercake itself".into());
            // the UI may have ended meanwhile
            _ = sender.send(Event::Done(said));
        });
        if thread.is_err() {
            // the UI takes events as long as it is there
            _ = failed.send(Event::Done(NO_THREAD.into()));
        }
        Self { stop, thread: thread.ok() }
    }

    /// True until it is done.
    pub(super) fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Slimming {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // it has caught its own panic
            _ = thread.join();
        }
    }
}

fn write(request: &Request, open: Option<&Offered>, data: &Data, into: &Path, stop: &dyn Progress) -> String {
    let Some(slimmer) = &request.slim else { return "this image cannot be written again".into() };
    match (slimmer.write)(open, data, into, stop) {
        Ok(said) => said,
        Err(error) => safe(error.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    #[test]
    fn the_ui_waits_until_a_stopped_writer_has_cleared_up() {
        let cleared = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&cleared);
        let slimmer = crate::ui::Slimmer {
            plan: Box::new(|_| String::new()),
            write: Box::new(move |_, _, _, progress| {
                while !progress.stopped() {
                    std::thread::yield_now();
                }
                seen.store(true, Ordering::Relaxed);
                Err(crate::error::Error::Interrupted)
            }),
        };
        let request = Request { slim: Some(slimmer), ..Request::new("x", |_, _| Ok(Vec::new())) };
        let data = Arc::new(sample::data(&[&[("a", 1)]]));
        let (sender, events) = std::sync::mpsc::channel();
        let slimming = Slimming::start(Arc::new(request), None, data, "out.tar".into(), sender);
        assert!(slimming.is_running());
        drop(slimming);
        assert!(cleared.load(Ordering::Relaxed));
        assert!(matches!(events.recv(), Ok(Event::Done(_))));
    }
}
