//! The arguments of `fix`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::advice::Confidence;
use crate::cli::args::{self, Colour, ImageArgs};
use crate::source::Engine;

/// What to fix, and what to do with the result.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line are bools")]
pub(in crate::cli) struct FixArgs {
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
    #[arg(long, value_name = "ENGINE", value_parser = args::engine, help_heading = "Proof")]
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

/// Reads how sure a finding must be.
fn confidence(text: &str) -> std::result::Result<Confidence, String> {
    [Confidence::Exact, Confidence::Likely, Confidence::Judgement]
        .into_iter()
        .find(|confidence| confidence.name() == text)
        .ok_or_else(|| "write exact, likely or judgement".into())
}
