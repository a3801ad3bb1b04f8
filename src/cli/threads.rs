//! As many threads as can be started: where the number of processes is limited (small CI containers on machines
//! with many cores), the work goes on with fewer, down to the one that is there.

use std::num::NonZero;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, Once};
use std::thread::{Builder, JoinHandle, available_parallelism};

/// Sets up the threads that share the work, once.
pub(super) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(set_up);
}

fn set_up() {
    let wanted = available_parallelism().map_or(1, NonZero::get);
    let startable = startable(wanted);
    let pool = rayon::ThreadPoolBuilder::new();
    let pool = match startable {
        all if all == wanted => pool,
        // some room is left, for what else needs a thread
        some if some > 2 => pool.num_threads(some - 2),
        _ => pool.num_threads(1).use_current_thread(),
    };
    // it is an error only to do so twice
    _ = pool.build_global();
}

/// How many threads can be started, up to `wanted`: all of them are there at the same time.
fn startable(wanted: usize) -> usize {
    let (sender, receiver) = channel::<()>();
    let receiver = Arc::new(Mutex::new(receiver));
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    for _ in 0..wanted {
        let receiver = Arc::clone(&receiver);
        // each waits until the sender is gone
        match Builder::new().spawn(move || drop(receiver.lock().map(|receiver| receiver.recv()))) {
            Ok(thread) => threads.push(thread),
            Err(_) => break,
        }
    }
    drop(sender);
    let count = threads.len();
    for thread in threads {
        _ = thread.join();
    }
    count
}
