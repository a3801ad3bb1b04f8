//! Ctrl-C and SIGTERM: the first asks the program to stop what it does, the second ends it.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::source::Progress;

/// The flag that the first signal sets. From the first call on, signals no longer end the process at once.
pub(super) fn flag() -> Arc<AtomicBool> {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let flag = FLAG.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            // when a handler cannot be set the signal ends the process, as it would anyway
            _ = signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&flag));
            _ = signal_hook::flag::register(signal, Arc::clone(&flag));
        }
        flag
    });
    Arc::clone(flag)
}

/// A [`Progress`] that shows nothing, but stops on a signal. Signals end the process as usual until it is asked.
pub(super) struct Stop;

impl Progress for Stop {
    fn stopped(&self) -> bool {
        flag().load(Ordering::Relaxed)
    }
}
