//! The arguments. Help, man page and completions are generated from these types; the flags for gates come from
//! [`crate::policy::GATES`].

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
};

use super::build::BuildArgs;
use super::compare::CompareArgs;
use super::fix::FixArgs;
use super::share::ShareArgs;
use super::slim::SlimArgs;
use crate::oci::Platform;
use crate::policy::{GATES, Gates, Kind, Setting, suggestion};
use crate::report::{FORMATS, Format, format_named};
use crate::ui::ThemeName;

/// The parsed command line.
#[derive(Debug, Parser)]
#[command(
    name = "layercake",
    version,
    about = "Show where the bytes of a container image are, which are wasted, and what to change in the Dockerfile",
    long_about = "layercake opens a container image and shows, layer by layer, where its bytes are and which of them no \
                  container can see, because a later layer overwrote or removed them. It tells what to change in the \
                  Dockerfile.\n\nOn a terminal it opens the UI; otherwise, or when a report is asked for, it writes \
                  the report.",
    after_help = "Examples:\n  layercake --demo                     try it without an image\n  \
                  layercake app:latest                 an image of Docker, Podman or containerd\n  \
                  layercake build -t app .             build an image, then open it\n  \
                  docker save app -o app.tar && layercake app.tar\n  \
                  layercake app.tar --ci --max-wasted 20MB\n  \
                  layercake app.tar --json | jq .totals\n\n\
                  Exit codes: 0 success, all gates passed; 1 a gate failed; 2 wrong usage, or the image cannot be read; \
                  130 interrupted. When a build fails, its own exit code is kept.",
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    arg_required_else_help = false
)]
pub(super) struct Cli {
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
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Which image.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Image")]
pub(super) struct ImageArgs {
    /// A saved image (file or directory), the name of an image in your engine, or - for standard input
    ///
    /// Files and directories are recognised by their content. To say what it is, write docker:NAME, podman:NAME,
    /// containerd:NAME, docker-archive:FILE, oci-archive:FILE or oci:DIRECTORY.
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

/// What else the program can do.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Build an image with Docker or Podman, then open it; with --ci, check it
    ///
    /// layercake's own options come first. Everything from the first argument that is not one of them, or after --,
    /// is passed to the engine unchanged. If the build fails, layercake exits with the engine's exit code.
    #[command(
        after_help = "Examples:\n  layercake build -t app .\n  layercake build --ci --max-wasted 20MB -t app .\n  \
                            layercake build --engine podman --json app.json -- -t app ."
    )]
    Build(BuildArgs),
    /// Write the improved Dockerfile, as a patch or a file, and prove it by a rebuild
    ///
    /// Without --dockerfile, one is rebuilt from the image's history.
    #[command(after_help = "Examples:\n  layercake fix app:latest --dockerfile Dockerfile\n  \
                            layercake fix app:latest --dockerfile Dockerfile | git apply\n  \
                            layercake fix app:latest --dockerfile Dockerfile --prove --smoke 'app --version' --write\n  \
                            layercake fix app.tar --only multi-stage --output Dockerfile.small\n\n\
                            What follows -- goes to the engine's build.")]
    Fix(Box<FixArgs>),
    /// Show what changed from one image to another: bytes, layers, files, packages, configuration, findings
    #[command(
        after_help = "Examples:\n  layercake compare app:1 app:2\n  layercake compare old.tar new.tar --json | jq .delta\n  \
                            layercake compare both.tar:app:1 both.tar:app:2"
    )]
    Compare(CompareArgs),
    /// Show what several images share, and what they store once for each
    #[command(
        after_help = "Examples:\n  layercake share app:1 app:2 worker:1\n  layercake share docker:*\n  \
                            layercake share all.tar --json | jq .stored"
    )]
    Share(ShareArgs),
    /// Write the image again without the bytes that no container sees, and prove that nothing visible changed
    ///
    /// Base layers stay byte for byte, so they stay shared; layers, history and configuration stay otherwise. The new image is
    /// read again and compared with the old one, path by path; if anything differs, nothing is written.
    #[command(
        after_help = "Examples:\n  layercake slim app.tar --dry-run\n  layercake slim app.tar -o slim.tar\n  \
                      layercake slim docker:app -o docker:app:slim\n  \
                      layercake slim app.tar -o oci:layout --drop cache --compress zstd:19"
    )]
    Slim(Box<SlimArgs>),
    /// Print the completions for a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// List the rules that give advice
    Rules,
    /// Explain one rule
    Explain {
        /// The rule's name, as `layercake rules` shows it.
        rule: String,
    },
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

/// The whole command, with a flag for each gate.
pub fn command() -> Command {
    with_gates(Cli::command()).mut_subcommand("build", with_gates)
}

fn with_gates(command: Command) -> Command {
    GATES.iter().fold(command, |command, gate| {
        command.arg(
            Arg::new(gate.name)
                .long(gate.name)
                .value_name(match gate.kind {
                    Kind::Share => "SHARE|off",
                    Kind::Size => "SIZE|off",
                    Kind::Count => "N|off",
                    Kind::Growth => "SIZE|SHARE|off",
                    Kind::Rules => "RULE",
                })
                .help(gate.help)
                .help_heading("CI")
                .allow_hyphen_values(true)
                .action(if gate.kind == Kind::Rules { ArgAction::Append } else { ArgAction::Set })
                .value_parser(|text: &str| gate.parse(text)),
        )
    })
}

impl Cli {
    /// Reads the arguments, the program's own name first.
    ///
    /// # Errors
    /// Those of clap, which also carry the help and the version.
    pub(super) fn read(arguments: impl Iterator<Item = OsString>) -> Result<Self, clap::Error> {
        let arguments: Vec<_> = arguments.collect();
        let matches = command().try_get_matches_from(&arguments).map_err(|error| {
            let is_late = arguments.iter().skip(2).any(|argument| argument == "build");
            match error.kind() {
                clap::error::ErrorKind::UnknownArgument if is_late => command()
                    .error(error.kind(), "options come after the verb: layercake build --ci -t app .\n"),
                _ => error,
            }
        })?;
        let mut cli = Self::from_arg_matches(&matches)?;
        if let Some(Verb::Build(build)) = &cli.verb
            && !arguments.contains(&"--".into())
        {
            build.check()?;
        }
        cli.gates = gates(matches.subcommand_matches("build").unwrap_or(&matches));
        Ok(cli)
    }
}

fn gates(matches: &ArgMatches) -> Gates {
    let mut gates = Gates::default();
    for gate in &GATES {
        for setting in matches.try_get_many::<Setting>(gate.name).ok().flatten().into_iter().flatten() {
            gates.add(gate, setting.clone());
        }
    }
    gates
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Cli, clap::Error> {
        Cli::read(std::iter::once("layercake").chain(line.split_whitespace()).map(OsString::from))
    }

    #[test]
    fn the_command_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn json_takes_a_file_or_nothing() {
        assert_eq!(read("app.tar --json").unwrap().report.json.unwrap().to_str(), Some("-"));
        assert_eq!(read("app.tar --json out.json").unwrap().report.json.unwrap().to_str(), Some("out.json"));
        assert!(read("app.tar").unwrap().report.json.is_none());
    }

    #[test]
    fn reports_are_named_by_the_table_of_formats() {
        for format in &FORMATS {
            assert_eq!(
                read(&format!("a --format {}", format.name)).unwrap().report.format.unwrap().name,
                format.name
            );
        }
        let more = read("a --report markdown=a.md --report json=b=c.json").unwrap().report.more;
        let more: Vec<_> = more.iter().map(|(format, file)| (format.name, file.to_str().unwrap())).collect();
        assert_eq!(more, [("markdown", "a.md"), ("json", "b=c.json")]);
        for bad in ["a --report json", "a --report json=", "a --report =x"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let error = read("a --report markdwn=x").unwrap_err().to_string();
        assert!(error.contains("unknown format; did you mean `markdown`?"), "{error}");
    }

    #[test]
    fn gates_are_flags() {
        let cli = read("app.tar --ci --min-efficiency 95% --max-wasted off").unwrap();
        assert!(!cli.gates.is_empty());
        for bad in [
            "--min-efficiency NaN",
            "--min-efficiency -0.1",
            "--min-efficiency 101%",
            "--max-wasted 20XB",
            "--max-layers -1",
        ] {
            assert!(read(&format!("app.tar {bad}")).is_err(), "{bad}");
        }
    }

    #[test]
    fn contradictions_are_refused() {
        for bad in ["app.tar --demo", "--json a.json --format text", "app.tar --platform linux", "--nonsense"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
