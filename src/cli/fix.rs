//! `layercake fix`: the improved Dockerfile as a patch, a file or a document, and the proof by a rebuild.

mod output;
mod prove;
mod stage;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::{Colour, ImageArgs};
use super::exit::Exit;
use super::interrupt::Stop;
use super::progress::Progress;
use super::request::Request;
use crate::advice::{self, Confidence};
use crate::error::{Error, Result};
use crate::fix::{self, Choice, Plan, Source};
use crate::image::DIFFERS;
use crate::load::Examination;
use crate::policy::Config;
use crate::source::Engine;
use crate::text;

/// What to fix, and what to do with the result.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line are bools")]
pub(super) struct FixArgs {
    #[command(flatten)]
    pub image: ImageArgs,
    /// Show the patch (the default)
    #[arg(long, help_heading = "Fix", conflicts_with_all = ["write", "output", "json"])]
    pub diff: bool,
    /// Write the Dockerfile and the .dockerignore
    #[arg(long, help_heading = "Fix", requires = "dockerfile", conflicts_with = "output")]
    pub write: bool,
    /// Write the new Dockerfile to FILE, whole or not at all
    #[arg(long, short, value_name = "FILE", help_heading = "Fix", value_hint = clap::ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Write a JSON document to FILE, or to standard output without one or with -
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", help_heading = "Fix")]
    pub json: Option<PathBuf>,
    /// Fix only what this rule found, however sure it is; can be repeated
    #[arg(long, value_name = "RULE", help_heading = "Fix")]
    pub only: Vec<String>,
    /// Do not fix what this rule found; can be repeated
    #[arg(long, value_name = "RULE", help_heading = "Fix", conflicts_with = "only")]
    pub except: Vec<String>,
    /// How sure a finding must be
    #[arg(long, value_name = "exact|likely|judgement", default_value = "likely", value_parser = confidence, help_heading = "Fix")]
    pub confidence: Confidence,
    /// Use what only `BuildKit` builds, such as cache mounts [default: when it built the image]
    #[arg(long, help_heading = "Fix")]
    pub buildkit: bool,
    /// Build the result, and compare it with the image; exit 1 and write nothing when it does not hold
    #[arg(long, help_heading = "Proof")]
    pub prove: bool,
    /// The directory that is sent to the build [default: the Dockerfile's]
    #[arg(long, value_name = "DIR", help_heading = "Proof", value_hint = clap::ValueHint::DirPath)]
    pub context: Option<PathBuf>,
    /// A command that must succeed in a container of the new image; it has no network
    #[arg(long, value_name = "COMMAND", help_heading = "Proof", requires = "prove")]
    pub smoke: Option<String>,
    /// Build with docker, podman or nerdctl [default: the first that is installed]
    #[arg(long, value_name = "ENGINE", value_parser = super::build::engine, help_heading = "Proof")]
    pub engine: Option<Engine>,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    /// Read this configuration instead of .layercake.toml or .dive-ci
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// What the engine's build is given besides
    #[arg(value_name = "BUILD-ARGUMENTS", last = true)]
    pub arguments: Vec<OsString>,
}

/// Plans, proves, and writes.
pub(super) fn run(arguments: &FixArgs) -> Result<Exit> {
    let config = Config::find(Path::new("."), arguments.config.as_deref())?;
    let mut request = Request::new(&arguments.image, &[], &config)?;
    for rule in arguments.only.iter().chain(&arguments.except) {
        request.rules.know(rule).map_err(|why| Error::because(why).at("--only and --except"))?;
    }
    request.rules.evidence = usize::MAX;
    request.prepare(&Stop)?;
    let (examination, _) = request.run(&Progress::new())?;
    let source = source(&examination)?;
    let image = &examination.image;
    let choice = Choice {
        only: arguments.only.clone(),
        except: arguments.except.clone(),
        confidence: arguments.confidence,
        buildkit: arguments.buildkit || image.is_of_buildkit(),
    };
    let plan =
        fix::plan(image, &examination.union, &examination.analysis, &examination.advice, &source, &choice);
    let proof =
        if arguments.prove { Some(prove::run(arguments, &request, &examination, &plan)?) } else { None };
    let passed = proof.as_ref().is_none_or(|proof| proof.passed);
    output::write(arguments, &examination, &plan, proof.as_ref())?;
    if let Some(proof) = &proof {
        output::table(proof);
    }
    std::mem::forget(examination);
    Ok(if passed { Exit::Done } else { Exit::GateFailed })
}

/// The Dockerfile that is changed.
fn source(examination: &Examination) -> Result<Source<'_>> {
    let Some(origin) = &examination.image.origin else {
        let (first, base) = advice::base(&examination.image, &examination.union, &examination.analysis);
        return Ok(Source::History { first, base: base.unwrap_or_default() });
    };
    if let Some(diagnostic) = examination.image.diagnostics.iter().find(|found| found.code == DIFFERS) {
        if origin.alignment.nodes.iter().all(Option::is_none) {
            return Err(Error::because(diagnostic.message.clone())
                .hint("name the Dockerfile that the image was built from, and its stage with --target"));
        }
        let _ =
            writeln!(std::io::stderr(), "warning: {}", text::line(diagnostic.message.as_bytes(), usize::MAX));
    }
    Ok(Source::File { file: &origin.file, alignment: &origin.alignment })
}

/// Reads how sure a finding must be.
fn confidence(text: &str) -> std::result::Result<Confidence, String> {
    [Confidence::Exact, Confidence::Likely, Confidence::Judgement]
        .into_iter()
        .find(|confidence| confidence.name() == text)
        .ok_or_else(|| "write exact, likely or judgement".into())
}

/// The name of a file in a patch: relative to the working directory where it is below it.
fn patch_name(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let below =
        std::env::current_dir().ok().and_then(|here| absolute.strip_prefix(here).ok().map(Path::to_owned));
    let name = below.or_else(|| path.file_name().map(PathBuf::from)).unwrap_or_else(|| "Dockerfile".into());
    name.to_string_lossy().replace('\\', "/")
}

/// Where the patterns go: beside the Dockerfile if that has its own, else in the context.
fn ignore_file(arguments: &FixArgs) -> PathBuf {
    if let Some(dockerfile) = &arguments.image.dockerfile {
        let mut own = dockerfile.clone().into_os_string();
        own.push(".dockerignore");
        if Path::new(&own).exists() {
            return own.into();
        }
    }
    context(arguments).join(".dockerignore")
}

/// The directory that is sent to the build.
fn context(arguments: &FixArgs) -> PathBuf {
    let beside = || arguments.image.dockerfile.as_deref().and_then(Path::parent).map(Path::to_owned);
    let context = arguments.context.clone().or_else(beside).unwrap_or_default();
    if context.as_os_str().is_empty() { ".".into() } else { context }
}

/// What a file holds; none when there is none.
fn read(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(&error).at(path.display().to_string())),
    }
}

/// True when there is nothing to do.
fn is_idle(plan: &Plan) -> bool {
    plan.text == plan.old && plan.ignore.is_empty()
}
