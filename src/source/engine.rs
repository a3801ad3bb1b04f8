//! Images that a container engine has: its own client saves them, and we read along.
//!
//! Why by the client and not over the engine's socket: the client knows the user's contexts, TLS keys and ssh
//! hosts, and is there wherever an engine is. What it writes passes by as a stream: no image is ever whole in
//! memory or on disk.

use std::io::{self, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

use crate::error::{Error, Result, describe_io};

/// A container engine, by the client that speaks to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Docker, whichever context is chosen.
    Docker,
    /// Podman.
    Podman,
    /// containerd.
    Nerdctl,
}

impl Engine {
    /// All, in the order in which a bare name is looked for.
    pub const ALL: [Self; 3] = [Self::Docker, Self::Podman, Self::Nerdctl];

    /// The client's name, which is also the scheme of `docker:REF`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Nerdctl => "nerdctl",
        }
    }

    /// Starts saving an image.
    ///
    /// # Errors
    /// When the client is not there, or says why it cannot; in its words.
    pub fn save(self, reference: &str) -> Result<Saving> {
        if reference.is_empty() || reference.starts_with('-') {
            return Err(Error::because(format!("`{reference}` is no name of an image")));
        }
        let mut child = Command::new(self.name())
            .args(["save", reference])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| {
                Error::because(match error.kind() {
                    io::ErrorKind::NotFound => format!("{} is not installed here", self.name()),
                    _ => format!("{} cannot be started: {}", self.name(), describe_io(&error)),
                })
            })?;
        let pipes = child.stdout.take().zip(child.stderr.take());
        let Some((stdout, mut stderr)) = pipes else {
            return Err(Error::because("the client has no output"));
        };
        let complaint = std::thread::spawn(move || {
            let mut text = Vec::new();
            _ = stderr.by_ref().take(LONGEST_COMPLAINT).read_to_end(&mut text);
            // whatever else it says is passed over, so that it does not wait for a reader
            _ = io::copy(&mut stderr, &mut io::sink());
            String::from_utf8_lossy(&text).trim().to_owned()
        });
        let mut saving = Saving { engine: self, child, stdout, complaint: Some(complaint), first: None };
        // a client that fails does so before its first byte
        let mut first = [0];
        if saving.read(&mut first).map_err(|error| Error::because(error.to_string()))? == 1 {
            saving.first = Some(first[0]);
        }
        Ok(saving)
    }
}

/// Most of what a failing client says, in bytes.
const LONGEST_COMPLAINT: u64 = 4096;

/// An image while its engine saves it. The client is ended when this is dropped.
#[derive(Debug)]
pub struct Saving {
    engine: Engine,
    child: Child,
    stdout: ChildStdout,
    complaint: Option<JoinHandle<String>>,
    first: Option<u8>,
}

impl Read for Saving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let (Some(first), [slot, ..]) = (self.first, &mut *buffer) {
            *slot = first;
            self.first = None;
            return Ok(1);
        }
        let got = self.stdout.read(buffer)?;
        if got == 0 && !buffer.is_empty() {
            self.finish()?;
        }
        Ok(got)
    }
}

impl Saving {
    /// Waits for the client's end; an error when it failed, so that a half image is never taken for a whole one.
    fn finish(&mut self) -> io::Result<()> {
        let Some(complaint) = self.complaint.take() else { return Ok(()) };
        let status = self.child.wait()?;
        let complaint = complaint.join().unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        let said = complaint.lines().last().unwrap_or("it does not say why");
        Err(io::Error::other(format!("{} could not save the image: {said}", self.engine.name())))
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        // it has ended already, unless reading stopped early
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_no_names() {
        for name in ["", "-o", "--help"] {
            assert!(Engine::Docker.save(name).unwrap_err().to_string().contains("no name of an image"));
        }
    }
}
