//! As many threads as can be started: where the number of processes is limited (small CI containers on machines
//! with many cores), the work goes on with fewer, down to the one that is there.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, Once};
use std::thread::{Builder, available_parallelism};

use rayon::{ThreadBuilder, ThreadPoolBuilder};

/// Sets up the threads that share the work, once.
pub(super) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(set_up);
}

/// Starts the threads first and builds the pool of those that did start: a pool that cannot start all of its threads
/// leaves the program without one.
fn set_up() {
    // the variable that programs with rayon know
    let asked = std::env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse().ok());
    let wanted = asked.or_else(|| available_parallelism().ok()).map_or(1, NonZero::get);
    let (sender, receiver) = channel();
    let receiver = Arc::new(Mutex::new(receiver));
    let start = |_: &usize| {
        let receiver = Arc::clone(&receiver);
        Builder::new().spawn(move || work(&receiver)).is_ok()
    };
    let started = (0..wanted).take_while(start).count();
    let pool = ThreadPoolBuilder::new().spawn_handler(|thread| {
        _ = sender.send(thread); // it is an error only when all threads are gone
        Ok(())
    });
    let pool = match started {
        all if all == wanted => pool.num_threads(all),
        // some room is left, for what else needs a thread
        some if some > 2 => pool.num_threads(some - 2),
        _ => pool.num_threads(1).use_current_thread(),
    };
    // it is an error only to do so twice
    _ = pool.build_global();
}

/// Waits for a part in the pool and plays it. Without one the thread ends when the pool is built.
fn work(parts: &Mutex<Receiver<ThreadBuilder>>) {
    let part = parts.lock().ok().and_then(|parts| parts.recv().ok());
    if let Some(part) = part {
        part.run();
    }
}
