//! The groups of arguments that verbs share, and the readers of their values.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::oci::Platform;
use crate::policy::{Gates, suggestion};
use crate::report::{FORMATS, Format, format_named};
use crate::source::{Engine, Trust};
use crate::ui::ThemeName;
use crate::units;

/// What to open, and what to do with it: what the program does when no verb is given.
#[derive(Debug, Args)]
pub(super) struct OpenArgs {
    #[command(flatten)]
    pub image: ImageArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub policy: PolicyArgs,
    #[command(flatten)]
    pub ui: UiArgs,
    /// The gates that flags set.
    #[arg(skip)]
    pub gates: Gates,
}

/// Which image.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Image")]
pub(super) struct ImageArgs {
    /// A saved image (file or directory), the name of an image in your engine, or - for standard input
    ///
    /// Files and directories are recognised by their content. To say what it is, write docker:NAME, podman:NAME,
    /// containerd:NAME, container:NAME, docker-archive:FILE, oci-archive:FILE or oci:DIRECTORY.
    #[arg(value_name = "IMAGE", value_hint = clap::ValueHint::AnyPath)]
    pub image: Option<OsString>,
    /// Open the small real image that is built into the program
    #[arg(long, conflicts_with = "image")]
    pub demo: bool,
    /// Which image to open when there are several: its name, tag or digest
    #[arg(long = "image", id = "name", value_name = "NAME")]
    pub name: Option<String>,
    /// Which platform to open when there are several [default: this machine's]
    #[arg(long, value_name = "OS/ARCH[/VARIANT]", value_parser = platform)]
    pub platform: Option<Platform>,
    /// The Dockerfile that the image was built from: layers and findings then have lines
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub dockerfile: Option<PathBuf>,
    /// The stage of the Dockerfile that was built [default: the last]
    #[arg(long, value_name = "STAGE", requires = "dockerfile")]
    pub target: Option<String>,
    #[command(flatten)]
    pub base: BaseArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// Where the base ends.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Image")]
pub(super) struct BaseArgs {
    /// Where the base image ends: its number of layers, a saved copy of it, or auto
    #[arg(long, value_name = "N|FILE|auto")]
    pub base: Option<OsString>,
}

/// How to talk to container engines.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Engine")]
pub(super) struct EngineArgs {
    /// Let the engine pull the image if it does not have it
    #[arg(long)]
    pub pull: bool,
    /// Give up when the engine sends nothing for this long
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    pub engine_timeout: u64,
    /// Give up when packed layers, or a packed archive, unpack to more than this beyond 200 times their size [default: 4 GiB]
    #[arg(long, value_name = "SIZE", value_parser = units::parse_size, help_heading = "Image")]
    pub max_unpacked: Option<u64>,
    /// Compute the digest of each layer, and refuse the image if it is not the one that the configuration says
    #[arg(long, help_heading = "Image")]
    pub verify: bool,
}

impl EngineArgs {
    /// How far what is read is trusted.
    pub(super) fn trust(&self) -> Trust {
        Trust { unpacked: self.max_unpacked, verify: self.verify }
    }
}

/// What to report and where.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Report")]
pub(super) struct ReportArgs {
    /// Write a report in this format
    #[arg(long, value_parser = format())]
    pub format: Option<&'static Format>,
    /// Write the JSON report to FILE, or to standard output if FILE is missing or -
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", conflicts_with_all = ["format", "output"])]
    pub json: Option<PathBuf>,
    /// Write the report to FILE; a failed run leaves no partial file
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Write another report, such as markdown=comment.md; can be repeated
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = more)]
    pub more: Vec<(&'static Format, PathBuf)>,
    /// Rows per list, 0 for all [default: depends on the format; 10 in text, all in JSON]
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// Whether to judge the image, and by what.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "CI")]
pub(super) struct PolicyArgs {
    /// Check the image against the gates; exit with 1 if one fails
    #[arg(long)]
    pub ci: bool,
    /// The JSON report of an earlier build, or an earlier image, which --max-growth compares with
    #[arg(long, value_name = "FILE|IMAGE", value_hint = clap::ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Read this configuration file instead of .layercake.toml or .dive-ci
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

/// How the UI looks.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Terminal UI")]
pub(super) struct UiArgs {
    /// Colours: the terminal's own 16 (default), 24-bit, or high contrast
    #[arg(long, value_name = "default|truecolor|contrast", value_parser = theme)]
    pub theme: Option<ThemeName>,
    /// Do not use the mouse, so that the terminal can select text
    #[arg(long)]
    pub no_mouse: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Reads the name of a format.
fn format() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.help));
    PossibleValuesParser::new(names).try_map(|name| format_named(&name).ok_or("unknown format"))
}

/// Reads `FORMAT=FILE`.
fn more(text: &str) -> Result<(&'static Format, PathBuf), String> {
    let (name, file) =
        text.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("write FORMAT=FILE")?;
    let known = FORMATS.each_ref().map(|format| format.name);
    let format = format_named(name).ok_or_else(|| format!("unknown format; {}", suggestion(name, &known)))?;
    Ok((format, file.into()))
}

/// The theme of this name.
pub(super) fn theme(text: &str) -> Result<ThemeName, String> {
    let found = ThemeName::ALL.iter().find(|(name, _)| *name == text);
    found.map(|(_, theme)| *theme).ok_or_else(|| "write default, truecolor or contrast".into())
}

/// Reads a platform.
pub(super) fn platform(text: &str) -> Result<Platform, String> {
    Platform::parse(text).ok_or_else(|| "write it as os/architecture, for example linux/arm64".into())
}

/// Reads the name of an engine or of its client.
pub(super) fn engine(text: &str) -> std::result::Result<Engine, String> {
    Engine::named(text).ok_or_else(|| "write docker, podman or nerdctl".into())
}
