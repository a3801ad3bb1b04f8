//! The engines' own clients, for engines that only they can reach: Podman, containerd, Docker over ssh.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::engine_error::{EngineError, EngineErrorKind};
use super::host::{self, Address};
use super::process::{self, Archive, KillOnDrop, gist, wait};
use crate::error::describe_io;

/// How to call a client. `REF` stands for the image.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    /// Its name on the search path.
    pub(super) program: &'static str,
    /// Says whether there is such an image: by its exit code, or by printing it.
    exists: &'static [&'static str],
    prints: bool,
    /// Writes the archive to standard output.
    save: &'static [&'static str],
    /// Names the images, one a line.
    list: &'static [&'static str],
    /// Further arguments for saving several images.
    several: &'static [&'static str],
    /// Fetches the image from its registry.
    pull: &'static [&'static str],
    /// Whether it needs full names.
    full_names: bool,
}

/// Docker's client.
pub(super) const DOCKER: Client = Client {
    program: "docker",
    exists: &["image", "inspect", "--format", "{{.Id}}", "REF"],
    prints: true,
    save: &["image", "save", "REF"],
    list: &["image", "ls", "--quiet", "--no-trunc"],
    several: &[],
    pull: &["pull", "REF"],
    full_names: false,
};

/// Podman's.
pub(super) const PODMAN: Client = Client {
    program: "podman",
    exists: &["image", "exists", "REF"],
    prints: false,
    save: &["save", "--quiet", "REF"],
    list: &["images", "--quiet", "--no-trunc"],
    several: &["--multi-image-archive"],
    pull: &["pull", "REF"],
    full_names: false,
};

/// The client of containerd that behaves like Docker's.
pub(super) const NERDCTL: Client = Client {
    program: "nerdctl",
    exists: &["image", "inspect", "--format", "{{.Id}}", "REF"],
    prints: true,
    save: &["save", "REF"],
    list: &["image", "ls", "--quiet", "--no-trunc"],
    several: &[],
    pull: &["pull", "REF"],
    full_names: false,
};

/// containerd's own. It knows images by their full names only.
pub(super) const CTR: Client = Client {
    program: "ctr",
    exists: &["--connect-timeout", "2s", "images", "list", "--quiet", "name==REF"],
    prints: true,
    save: &["images", "export", "-", "REF"],
    list: &["--connect-timeout", "2s", "images", "list", "--quiet"],
    several: &[],
    pull: &["images", "pull", "REF"],
    full_names: true,
};

/// How long a client may take to say whether it has an image.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a client may take to end after the user stopped it.
const GRACE: Duration = Duration::from_secs(5);

impl Client {
    /// An image's name in the form that this client expects.
    pub(super) fn known_as(&self, reference: &str) -> String {
        if self.full_names { full(reference) } else { reference.to_owned() }
    }

    fn arguments(arguments: &[&str], reference: &str) -> Vec<OsString> {
        arguments.iter().map(|argument| argument.replace("REF", reference).into()).collect()
    }

    fn start(&self, arguments: &[OsString]) -> Result<Option<Child>, EngineError> {
        self.spawn(Command::new(self.program), arguments)
    }

    /// Starts the client so that Ctrl-C at a terminal does not reach it, and whoever waits for it decides when it ends.
    /// A connection over SSH is left in reach, because it may ask for a password.
    fn start_apart(&self, arguments: &[OsString]) -> Result<Option<Child>, EngineError> {
        let mut command = Command::new(self.program);
        #[cfg(unix)]
        if !host::docker(&host::environment).is_ok_and(|host| matches!(host.address, Address::Client(_))) {
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        self.spawn(command, arguments)
    }

    fn spawn(&self, mut command: Command, arguments: &[OsString]) -> Result<Option<Child>, EngineError> {
        command.args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.spawned(command.spawn())
    }

    /// The started program; none if it is not installed.
    fn spawned<T>(&self, result: io::Result<T>) -> Result<Option<T>, EngineError> {
        match result {
            Ok(it) => Ok(Some(it)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                let why = format!("{} cannot be started: {}", self.program, describe_io(&error));
                Err(EngineError::new(EngineErrorKind::Engine, why))
            }
        }
    }

    /// Reads both outputs of a client while it runs.
    fn read_aside(&self, child: &mut Child) -> Result<(JoinHandle<String>, JoinHandle<String>), EngineError> {
        let stdout = process::answer(child.stdout.take());
        let both = stdout.and_then(|stdout| Ok((stdout, process::complaint(child.stderr.take())?)));
        both.map_err(|error| self.unreadable(&error))
    }

    fn unreadable(&self, error: &io::Error) -> EngineError {
        let why = format!("{} cannot be read: {}", self.program, describe_io(error));
        EngineError::new(EngineErrorKind::Engine, why)
    }

    /// Whether there is such an image. False when the client is not installed.
    pub(super) fn has(&self, reference: &str) -> Result<bool, EngineError> {
        let Some(mut child) = self.start(&Self::arguments(self.exists, reference))? else { return Ok(false) };
        let program = self.program;
        let (stdout, stderr) = self.read_aside(&mut child)?;
        let start = Instant::now();
        let Some(status) = wait(&Mutex::new(child), || start.elapsed() > ANSWER) else {
            let why = format!("{program} does not answer (waited {} s)", ANSWER.as_secs());
            return Err(EngineError::new(EngineErrorKind::Engine, why)
                .hint("restart the engine, or name a saved file"));
        };
        let printed = stdout.join().unwrap_or_default();
        let said = stderr.join().unwrap_or_default();
        let no_image =
            || EngineError::new(EngineErrorKind::Image, format!("{program} has no image `{reference}`"));
        if status.success() {
            return if self.prints && printed.is_empty() { Err(no_image()) } else { Ok(true) };
        }
        let lower = said.to_lowercase();
        if said.is_empty() || lower.contains("no such") || lower.contains("not found") {
            return Err(no_image());
        }
        Err(EngineError::new(EngineErrorKind::Engine, format!("{program} fails: {}", gist(&said)))
            .hint("is the engine running?"))
    }

    /// The images that are there. None when the client is not installed.
    pub(super) fn list(&self) -> Result<Option<Vec<String>>, EngineError> {
        let arguments: Vec<OsString> = self.list.iter().map(OsString::from).collect();
        let Some(mut child) = self.start(&arguments)? else { return Ok(None) };
        let (stdout, stderr) = self.read_aside(&mut child)?;
        let start = Instant::now();
        let status = wait(&Mutex::new(child), || start.elapsed() > ANSWER);
        let printed = stdout.join().unwrap_or_default();
        if !status.is_some_and(|status| status.success()) {
            let said = gist(&stderr.join().unwrap_or_default());
            let why = format!("{} cannot list its images: {said}", self.program);
            return Err(EngineError::new(EngineErrorKind::Engine, why).hint("is the engine running?"));
        }
        let mut images: Vec<String> = printed.split_whitespace().map(str::to_owned).collect();
        images.sort_unstable();
        images.dedup();
        Ok(Some(images))
    }

    /// Starts saving images: the archive, and what ends the client.
    pub(super) fn save(&self, references: &[String]) -> Result<(Archive, KillOnDrop), EngineError> {
        let mut arguments = Vec::new();
        for argument in self.save {
            match *argument {
                "REF" => {
                    let extra = if references.len() > 1 { self.several } else { &[] };
                    arguments.extend(extra.iter().map(OsString::from));
                    arguments.extend(references.iter().map(OsString::from));
                }
                other => arguments.push(other.into()),
            }
        }
        let arguments: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
        self.stream("save the image", &arguments)
    }

    /// Fetches an image from its registry.
    pub(super) fn pull(&self, reference: &str, stop: &dyn Fn() -> bool) -> Result<(), EngineError> {
        let arguments = Self::arguments(self.pull, &self.known_as(reference));
        let arguments: Vec<_> = arguments.iter().map(OsString::as_os_str).collect();
        match self.run(&arguments, stop)? {
            Some(status) if status.success() => Ok(()),
            _ => {
                let engine_error = EngineError::new(
                    EngineErrorKind::Answer,
                    format!("{} could not pull `{reference}`", self.program),
                );
                Err(engine_error.hint("check the name, and log in if its registry wants that"))
            }
        }
    }

    /// Runs the client for the user to see. What it prints goes to standard error: standard output is for the
    /// report. None when the user stopped it.
    pub(super) fn run(
        &self,
        arguments: &[&OsStr],
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<ExitStatus>, EngineError> {
        let child = Command::new(self.program).args(arguments).stdout(io::stderr()).spawn();
        let Some(child) = self.spawned(child)? else { return Err(self.not_installed()) };
        Ok(Self::ended(child, stop))
    }

    /// The same, and gives back those lines of its standard output that `keep` wants.
    pub(super) fn run_heard(
        &self,
        arguments: &[&OsStr],
        keep: fn(&str) -> bool,
        stop: &dyn Fn() -> bool,
    ) -> Result<(Option<ExitStatus>, Vec<String>), EngineError> {
        let child = Command::new(self.program).args(arguments).stdout(Stdio::piped()).spawn();
        let Some(mut child) = self.spawned(child)? else { return Err(self.not_installed()) };
        let shown = child.stdout.take().map(|stdout| process::show(stdout, keep)).transpose();
        let shown = shown.map_err(|error| self.unreadable(&error))?;
        let status = Self::ended(child, stop);
        Ok((status, shown.and_then(|shown| shown.join().ok()).unwrap_or_default()))
    }

    /// Waits for a client that the user sees. None when the user stopped it.
    fn ended(child: Child, stop: &dyn Fn() -> bool) -> Option<ExitStatus> {
        // Ctrl-C reaches the client too, which may have to clean up
        let mut since = None;
        let status =
            wait(&Mutex::new(child), || stop() && since.get_or_insert_with(Instant::now).elapsed() > GRACE);
        status.filter(|_| !stop())
    }

    /// Runs the client without showing what it prints, and gives that back, without the end of its line. It does not
    /// hear Ctrl-C: `stop` ends it.
    pub(super) fn answer(
        &self,
        arguments: &[&OsStr],
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<String>, EngineError> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let Some(mut child) = self.start_apart(&arguments)? else { return Err(self.not_installed()) };
        let (stdout, stderr) = self.read_aside(&mut child)?;
        let Some(status) = wait(&Mutex::new(child), stop) else { return Ok(None) };
        if status.success() {
            return Ok(Some(stdout.join().unwrap_or_default()));
        }
        let said = gist(&stderr.join().unwrap_or_default());
        let why = format!("{} {} fails: {said}", self.program, arguments[0].display());
        Err(EngineError::new(EngineErrorKind::Answer, why))
    }

    /// Starts the client for what it writes to standard output: the `task`, as in "could not save the image".
    pub(super) fn stream(
        &self,
        task: &'static str,
        arguments: &[&OsStr],
    ) -> Result<(Archive, KillOnDrop), EngineError> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let Some(child) = self.start(&arguments)? else { return Err(self.not_installed()) };
        Archive::of(self.program, task, child).ok_or_else(|| {
            EngineError::new(EngineErrorKind::Answer, format!("{} has no output", self.program))
        })
    }

    /// The error of a client that is not there.
    pub(super) fn not_installed(&self) -> EngineError {
        EngineError::new(EngineErrorKind::Engine, format!("{} is not installed here", self.program))
    }
}

/// The name in full, as Docker completes it: `app` is `docker.io/library/app:latest`.
fn full(reference: &str) -> String {
    let (registry, rest) = match reference.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest.to_owned()),
        Some(_) => ("docker.io", reference.to_owned()),
        None => ("docker.io", format!("library/{reference}")),
    };
    let tag = if rest.contains([':', '@']) { "" } else { ":latest" };
    format!("{registry}/{rest}{tag}")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn the_image_takes_its_place_in_the_arguments() {
        assert_eq!(
            Client::arguments(CTR.exists, "a/b:1"),
            ["--connect-timeout", "2s", "images", "list", "--quiet", "name==a/b:1"]
        );
        for client in [DOCKER, PODMAN, NERDCTL, CTR] {
            for arguments in [client.exists, client.save, client.pull] {
                assert!(arguments.last().unwrap().ends_with("REF"), "{client:?}");
            }
        }
    }

    #[test]
    fn a_client_that_fails_is_quoted_and_a_silent_one_ended() {
        let sh = |save| Client {
            program: "sh",
            exists: &["-c", "exit 1"],
            prints: false,
            save,
            list: &[],
            several: &[],
            pull: &[],
            full_names: false,
        };
        let (mut archive, _leash) =
            sh(&["-c", "printf half; echo 'the disk is full' >&2; exit 3"]).save(&["x".to_owned()]).unwrap();
        let mut got = Vec::new();
        let error = archive.read_to_end(&mut got).unwrap_err();
        assert_eq!(got, b"half");
        assert_eq!(error.to_string(), "sh could not save the image: the disk is full");
        assert_eq!(sh(&[]).has("x").unwrap_err().kind, EngineErrorKind::Image);
        // this one would run for a minute
        let (archive, kill_on_drop) = sh(&["-c", "exec sleep 60"]).save(&["x".to_owned()]).unwrap();
        let start = Instant::now();
        drop((kill_on_drop, archive));
        assert!(start.elapsed() < Duration::from_secs(30));
        // as many images as are there, not as many as a message may have bytes
        let many = Client { list: &["-c", "seq 5000"], ..sh(&[]) };
        assert_eq!(many.list().unwrap().map(|images| images.len()), Some(5000));
        let gone = Client { program: "no-such-engine", ..sh(&[]) };
        assert!(!gone.has("x").unwrap());
        assert_eq!(gone.save(&["x".to_owned()]).err().unwrap().why, "no-such-engine is not installed here");
    }

    #[test]
    fn names_are_completed() {
        for (short, long) in [
            ("app", "docker.io/library/app:latest"),
            ("team/app:1", "docker.io/team/app:1"),
            ("localhost/app", "localhost/app:latest"),
            ("registry.example:5000/app@sha256:00", "registry.example:5000/app@sha256:00"),
        ] {
            assert_eq!(full(short), long);
        }
    }
}
