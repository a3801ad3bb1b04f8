//! Runs the program as a user's script would, and finds the real archives.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// After this long a run counts as hanging: far more than any of them takes.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; none after a signal.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

/// A new directory of one's own.
pub(crate) fn temp() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// A program that takes signals as usual, also where whoever started the tests ignores some (a shell does that to
/// what it runs in the background, `nohup` to all).
pub(crate) fn with_signals(program: &str) -> Command {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    // hang-up and interrupt: signals 1 and 2
    if ignored.trailing_zeros() >= 2 {
        return Command::new(program);
    }
    let mut command = Command::new("/usr/bin/env");
    command.arg("--default-signal=HUP,INT").arg(program);
    command
}

/// The program with nothing of the caller's environment that it looks at, in an empty directory
/// (so that no configuration file is found).
pub(crate) fn command() -> Command {
    static EMPTY: LazyLock<TempDir> = LazyLock::new(temp);
    let mut command = with_signals(env!("CARGO_BIN_EXE_layercake"));
    for name in [
        "CI",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "RUST_BACKTRACE",
        "RUST_LOG",
        "DOCKER_HOST",
        "DOCKER_CONTEXT",
        "DOCKER_CONFIG",
        "DOCKER_TLS",
        "DOCKER_TLS_VERIFY",
        "CONTAINER_HOST",
    ] {
        command.env_remove(name);
    }
    command.current_dir(EMPTY.path()).stdin(Stdio::null());
    command
}

/// Runs to the end and collects everything.
pub(crate) fn finish(command: &mut Command) -> Run {
    finish_watched(command, |_| ())
}

/// The same; `watch` sees the running program every two milliseconds.
pub(crate) fn finish_watched(command: &mut Command, watch: impl FnMut(&Child)) -> Run {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let stdout = collect(child.stdout.take().expect("a pipe"));
    let stderr = collect(child.stderr.take().expect("a pipe"));
    let code = wait(&mut child, &format!("{command:?}"), watch);
    Run { code, stdout: stdout.join().expect("a reader"), stderr: stderr.join().expect("a reader") }
}

fn collect(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a readable pipe");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait(child: &mut Child, what: &str, mut watch: impl FnMut(&Child)) -> Option<i32> {
    let start = Instant::now();
    loop {
        watch(child);
        if let Some(status) = child.try_wait().expect("a child to wait for") {
            return status.code();
        }
        if start.elapsed() > PATIENCE {
            _ = child.kill();
            panic!("{what} hangs");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Runs the program with these arguments.
pub(crate) fn run<S: AsRef<OsStr>>(arguments: &[S]) -> Run {
    finish(command().args(arguments))
}

/// The JSON report of an image, or what went wrong instead.
pub(crate) fn try_report(image: &Path, options: &[&str]) -> Result<Value, String> {
    let run = finish(command().arg(image).args(options).arg("--json"));
    if run.code != Some(0) {
        return Err(format!("exit code {:?}, stderr: {}", run.code, run.stderr.trim()));
    }
    serde_json::from_str(&run.stdout).map_err(|error| format!("stdout is no JSON: {error}"))
}

/// The JSON report of an image that must open.
pub(crate) fn report(image: &Path, options: &[&str]) -> Value {
    try_report(image, options).unwrap_or_else(|error| panic!("{}: {error}", image.display()))
}

/// A number of the report, by its JSON pointer.
pub(crate) fn number(report: &Value, pointer: &str) -> u64 {
    let value = report.pointer(pointer).unwrap_or_else(|| panic!("the report has no {pointer}"));
    value.as_u64().unwrap_or_else(|| panic!("{pointer} is {value}, not a count"))
}

/// The folder of real archives `name`. Where it is missing the caller returns, and the log says why.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: there is no folder ../shared/{name} beside the repository");
    None
}
