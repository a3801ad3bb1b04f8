//! `layercake build`: an engine builds an image, then layercake opens or judges it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::Ordering;

use clap::Args;

use super::args::{self, BaseArgs, ImageArgs, OpenArgs, PolicyArgs, ReportArgs, UiArgs};
use super::exit::Exit;
use super::{interrupt, run};
use crate::error::{Error, Result};
use crate::policy::Gates;
use crate::source::engine::actions;
use crate::source::{Engine, EngineError, EngineErrorKind};

/// How to build, and what to do with the image.
#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    /// Build with docker, podman or nerdctl [default: the first one installed]
    #[arg(long, value_name = "ENGINE", value_parser = args::engine)]
    pub engine: Option<Engine>,
    #[command(flatten)]
    pub base: BaseArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub policy: PolicyArgs,
    #[command(flatten)]
    pub ui: UiArgs,
    /// Arguments for the engine's build command
    #[arg(value_name = "ARGUMENTS", trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<OsString>,
}

/// Builds, then continues as if the image had been named.
pub(super) fn run(arguments: BuildArgs, gates: Gates, mut image: ImageArgs) -> Result<Exit> {
    let BuildArgs { engine, base, report, policy, ui, arguments } = arguments;
    let folder = tempfile::tempdir().map_err(|error| Error::io(&error))?;
    let (own_arguments, id_file) = id_file(&arguments, folder.path());
    let all: Vec<_> = own_arguments.iter().chain(&arguments).map(OsString::as_os_str).collect();
    let (engine, status) = build(engine, &all)?;
    match status {
        None => return Err(Error::Interrupted),
        Some(status) if !status.success() => return Ok(Exit::Engine(code(status))),
        Some(_) => {}
    }
    let id = std::fs::read_to_string(&id_file).unwrap_or_default();
    drop(folder);
    let reference = match (tag(&arguments), id.trim()) {
        (_, "") => return Err(no_image(engine)),
        (Some(tag), id) if is_same(engine, &tag, id) => tag,
        (_, id) => id.to_owned(),
    };
    engine.find(&reference).map_err(|refusal| match refusal.kind {
        EngineErrorKind::Image => no_image(engine),
        _ => Error::because(refusal.why),
    })?;
    image.image = Some(format!("{}:{reference}", engine.name()).into());
    image.base = base;
    if let Some((file, target)) = dockerfile(&arguments) {
        (image.dockerfile, image.target) = (Some(file), target);
    }
    run::run(OpenArgs { image, report, policy, ui, gates })
}

/// Runs the build with the engine that is asked for, else with the first whose client is installed.
fn build(engine: Option<Engine>, arguments: &[&OsStr]) -> Result<(Engine, Option<ExitStatus>)> {
    let engines = engine.map_or(Engine::ALL.to_vec(), |engine| vec![engine]);
    let flag = interrupt::flag();
    let stop = || flag.load(Ordering::Relaxed);
    let mut whys = Vec::new();
    for engine in engines {
        match actions::build(engine, arguments, &stop) {
            Ok(status) => return Ok((engine, status)),
            Err(EngineError { why, .. }) => whys.push(why),
        }
    }
    Err(Error::because(format!("no engine can build here: {}", whys.join("; ")))
        .hint("install Docker or Podman, or save an image elsewhere and open the file"))
}

/// Where the engine leaves the image's id, and the arguments that make it do so.
fn id_file(arguments: &[OsString], folder: &Path) -> (Vec<OsString>, PathBuf) {
    if let Some(path) = value_of(arguments, "--iidfile", None) {
        return (Vec::new(), path.into());
    }
    let path = folder.join("image-id");
    (vec!["--iidfile".into(), path.clone().into()], path)
}

/// The name that the image is given.
fn tag(arguments: &[OsString]) -> Option<String> {
    value_of(arguments, "--tag", Some("-t"))?.into_string().ok()
}

/// The Dockerfile that an engine's arguments name, and the stage; none when it comes from standard input or another host.
fn dockerfile(arguments: &[OsString]) -> Option<(PathBuf, Option<String>)> {
    let context = Path::new(arguments.last()?);
    let named = value_of(arguments, "--file", Some("-f")).map(PathBuf::from);
    let candidates = match named {
        Some(file) => vec![file],
        None => ["Dockerfile", "Containerfile"].map(|name| context.join(name)).into(),
    };
    let file = candidates.into_iter().find(|file| file.is_file()).filter(|_| context.is_dir())?;
    let target = value_of(arguments, "--target", None).and_then(|target| target.into_string().ok());
    Some((file, target))
}

/// The value of the first option of this name among an engine's arguments.
fn value_of(arguments: &[OsString], long: &str, short: Option<&str>) -> Option<OsString> {
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == long || short.is_some_and(|short| argument == short) {
            return arguments.next().cloned();
        }
        let text = argument.to_string_lossy();
        let value = text.strip_prefix(long).and_then(|rest| rest.strip_prefix('='));
        let value = value.or_else(|| text.strip_prefix(short?).map(|rest| rest.trim_start_matches('=')));
        if let Some(value) = value {
            return Some(value.into());
        }
    }
    None
}

/// Whether a tag names what was just built: a builder that keeps its results leaves an older image in place.
fn is_same(engine: Engine, tag: &str, id: &str) -> bool {
    engine.find(tag).is_ok_and(|found| found.id().is_none_or(|known| known == id))
}

fn no_image(engine: Engine) -> Error {
    let name = engine.name();
    Error::because(format!("the build succeeded, but {name} does not have its image"))
        .hint("some builders keep their result or push it: add --load to put it into the engine")
}

/// What a shell would see: the engine's exit code, or 128 and the signal that ended it.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::super::commands::{Cli, Verb};
    use super::*;

    fn arguments(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn the_engine_s_options_are_read_in_all_their_forms() {
        for line in ["-t app .", "--no-cache -tapp .", ". --tag app", "--tag=app -t other ."] {
            assert_eq!(tag(&arguments(line)).as_deref(), Some("app"), "{line}");
        }
        assert_eq!(tag(&arguments("--target build .")), None);
        let (own, path) = id_file(&arguments("--iidfile=x.id ."), Path::new("/t"));
        assert_eq!((own.len(), path), (0, PathBuf::from("x.id")));
        let (own, path) = id_file(&arguments("."), Path::new("/t"));
        assert_eq!(own, [OsStr::new("--iidfile"), path.as_os_str()]);
    }

    #[test]
    fn the_dockerfile_of_a_build_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let context = folder.path().display().to_string();
        let found = |line: &str| dockerfile(&arguments(&line.replace("DIR", &context)));
        assert_eq!(found("-t app DIR"), None);
        std::fs::write(folder.path().join("Dockerfile"), "FROM scratch\n").unwrap();
        let file = folder.path().join("Dockerfile");
        assert_eq!(found("-t app DIR"), Some((file.clone(), None)));
        assert_eq!(found("--target build DIR"), Some((file, Some("build".into()))));
        for line in ["-f - DIR", "-f no/such DIR", "-t app -", "https://host/repo.git"] {
            assert_eq!(found(line), None, "{line}");
        }
    }

    fn read(line: &str) -> std::result::Result<Cli, clap::Error> {
        Cli::read(std::iter::once("layercake").chain(line.split_whitespace()).map(OsString::from))
    }

    #[test]
    fn a_build_s_own_options_end_where_the_engine_s_begin() {
        let built = |line: &str| match read(&format!("build {line}")).unwrap() {
            Cli { verb: Some(Verb::Build(build)), open } => (build, open.gates),
            other => panic!("{other:?}"),
        };
        let (parsed, gates) = built("--ci --max-wasted 20MB -t app --pull --output x .");
        assert!(parsed.policy.ci && !gates.is_empty());
        assert_eq!(parsed.arguments, ["-t", "app", "--pull", "--output", "x", "."]);
        let (parsed, _) = built("--engine podman -- --output x --engine y");
        assert_eq!((parsed.engine, parsed.arguments.len()), (Some(Engine::Podman), 4));
        assert_eq!(built("--platform linux/arm64 .").0.arguments.len(), 3);
        let late = read("--ci build -t app .").unwrap_err().to_string();
        assert!(late.contains("options come after the verb"), "{late}");
        let misplaced = read("build -t app --max-wasted=1 .").unwrap_err().to_string();
        assert!(misplaced.contains("`--max-wasted=1` is an option of layercake"), "{misplaced}");
        assert!(read("build --engine lxc .").is_err());
    }
}
