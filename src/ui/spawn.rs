//! Threads of the UI. Where none can be started (small containers limit processes) it says so, and goes on.

use std::thread::Builder;

/// What is said where no thread can be started.
pub(super) const NO_THREAD: &str =
    "no further thread can be started here: the number of processes is limited";

/// Does `work` on a thread of its own; false where none can be started.
pub(super) fn spawn(work: impl FnOnce() + Send + 'static) -> bool {
    Builder::new().spawn(work).is_ok()
}
