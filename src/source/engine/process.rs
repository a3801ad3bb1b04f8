//! Client programs while they run: reading them, waiting for them, killing them, quoting their errors.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStderr, ChildStdout, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Most that is kept of what a failing client says, in bytes.
const LONGEST_COMPLAINT: u64 = 4096;
/// Most that is kept of what a client answers, in bytes: the digests of 200,000 images.
const LONGEST_ANSWER: u64 = 16 << 20;
/// How often to check whether a client has ended.
const LOOK: Duration = Duration::from_millis(5);

/// Ends a client, unless it has ended already.
pub(super) struct KillOnDrop(Arc<Mutex<Child>>);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        _ = child.kill();
        _ = child.wait();
    }
}

/// Waits for a client to end; kills it once `enough` says so, and then returns none. The lock is free in between,
/// so that a [`KillOnDrop`] can still kill it.
pub(super) fn wait(child: &Mutex<Child>, mut enough: impl FnMut() -> bool) -> Option<ExitStatus> {
    loop {
        let mut locked = child.lock().unwrap_or_else(PoisonError::into_inner);
        match locked.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if !enough() => {}
            Ok(None) | Err(_) => {
                _ = locked.kill();
                _ = locked.wait();
                return None;
            }
        }
        drop(locked);
        std::thread::sleep(LOOK);
    }
}

/// Reads a client's messages on a thread: as [`beginning`] of its complaints.
///
/// # Errors
/// When no thread can be started.
pub(super) fn complaint(pipe: Option<ChildStderr>) -> io::Result<JoinHandle<String>> {
    beginning(pipe, LONGEST_COMPLAINT)
}

/// Reads a client's answer on a thread: as [`beginning`] of what it prints.
///
/// # Errors
/// When no thread can be started.
pub(super) fn answer(pipe: Option<ChildStdout>) -> io::Result<JoinHandle<String>> {
    beginning(pipe, LONGEST_ANSWER)
}

/// Keeps the beginning and discards the rest, so that the client never blocks.
fn beginning(pipe: Option<impl Read + Send + 'static>, longest: u64) -> io::Result<JoinHandle<String>> {
    std::thread::Builder::new().spawn(move || {
        let mut text = Vec::new();
        if let Some(mut pipe) = pipe {
            _ = pipe.by_ref().take(longest).read_to_end(&mut text);
            _ = io::copy(&mut pipe, &mut io::sink());
        }
        String::from_utf8_lossy(&text).trim().to_owned()
    })
}

/// Shows a client's output on standard error as it comes, on a thread, and gives back the lines that `keep` wants.
///
/// # Errors
/// When no thread can be started.
pub(super) fn show(pipe: ChildStdout, keep: fn(&str) -> bool) -> io::Result<JoinHandle<Vec<String>>> {
    std::thread::Builder::new().spawn(move || {
        let (mut pipe, mut kept, mut line) = (BufReader::new(pipe), Vec::new(), Vec::new());
        while pipe.by_ref().take(LONGEST_COMPLAINT).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            // there is no one left to tell when standard error is closed
            _ = io::stderr().write_all(&line);
            let text = String::from_utf8_lossy(&line);
            kept.extend(keep(text.trim()).then(|| text.trim().to_owned()));
            line.clear();
        }
        kept
    })
}

/// The last line of an error message, the most useful one, cut to fit a sentence.
pub(super) fn gist(complaint: &str) -> String {
    const LONGEST: usize = 120;
    let last = complaint.lines().last().unwrap_or("it does not say why");
    match last.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &last[..end]),
        None => last.to_owned(),
    }
}

/// An archive while a client writes it.
pub(super) struct Archive {
    program: &'static str,
    task: &'static str,
    child: Arc<Mutex<Child>>,
    stdout: ChildStdout,
    complaint: Option<JoinHandle<String>>,
}

impl Read for Archive {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.stdout.read(buffer)?;
        if got == 0 && !buffer.is_empty() {
            self.finish()?;
        }
        Ok(got)
    }
}

impl Archive {
    /// Starts reading what `child` writes, and returns what kills it. None if it has no output, or no thread can be
    /// started to read its errors. `task` is what it does, as in "could not save the image".
    pub(super) fn of(
        program: &'static str,
        task: &'static str,
        mut child: Child,
    ) -> Option<(Self, KillOnDrop)> {
        let complaint = complaint(child.stderr.take()).ok()?;
        let stdout = child.stdout.take()?;
        let child = Arc::new(Mutex::new(child));
        let kill_on_drop = KillOnDrop(Arc::clone(&child));
        Some((Self { program, task, child, stdout, complaint: Some(complaint) }, kill_on_drop))
    }

    /// Waits for the client to end; an error if it failed, so that a partial image is never taken for a whole one.
    fn finish(&mut self) -> io::Result<()> {
        let Some(complaint) = self.complaint.take() else { return Ok(()) };
        let status = wait(&self.child, || false);
        if status.is_some_and(|status| status.success()) {
            return Ok(());
        }
        let complaint = complaint.join().unwrap_or_default();
        Err(io::Error::other(format!("{} could not {}: {}", self.program, self.task, gist(&complaint))))
    }
}
