//! The arguments. Help, man page and completions are made from this table; the gates' flags come from
//! [`crate::policy::GATES`].

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
};

use super::build::BuildArgs;
use super::fix::FixArgs;
use crate::oci::Platform;
use crate::policy::{GATES, Gates, Kind, Setting, suggestion};
use crate::report::{FORMATS, Format, format_named};
use crate::ui::ThemeName;

/// The parsed command line.
#[derive(Debug, Parser)]
#[command(
    name = "layercake",
    version,
    about = "See where the bytes of a container image are, which are wasted, and what to change",
    long_about = "layercake reads a saved container image and shows, layer by layer, where its bytes are and which of \
                  them nobody can ever see again, because a later layer overwrote or deleted them.",
    after_help = "Examples:\n  layercake --demo                     try it without an image\n  \
                  layercake app:latest                 an image of Docker, Podman or containerd\n  \
                  layercake build -t app .             build it, then open it\n  \
                  docker save app -o app.tar && layercake app.tar\n  \
                  layercake app.tar --ci --max-wasted 20MB\n  \
                  layercake app.tar --json | jq .totals\n\n\
                  Exit codes: 0 done, all gates passed; 1 a gate failed; 2 wrong usage or unreadable image; 130 interrupted; \
                  build keeps the engine's own when it fails.",
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
    /// The gates that were set by flags.
    #[arg(skip)]
    pub gates: Gates,
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Which image.
#[derive(Debug, Args)]
#[command(next_help_heading = "Image")]
pub(super) struct ImageArgs {
    /// A saved image (a file or a directory, recognised by its content), - for standard input, or the name of
    /// an image of your engine.
    ///
    /// Also docker:NAME, podman:NAME, containerd:NAME, docker-archive:FILE, oci-archive:FILE and oci:DIRECTORY.
    #[arg(value_name = "IMAGE", value_hint = clap::ValueHint::AnyPath)]
    pub image: Option<OsString>,
    /// Open the small real image that is built into the program
    #[arg(long, conflicts_with = "image")]
    pub demo: bool,
    /// Choose among several images by name, tag or digest
    #[arg(long = "image", id = "name", value_name = "NAME")]
    pub name: Option<String>,
    /// Choose among platforms [default: this machine's]
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
#[derive(Debug, Args)]
#[command(next_help_heading = "Image")]
pub(super) struct BaseArgs {
    /// Where the base image ends: a number of layers, the base's saved file, or auto
    #[arg(long, value_name = "N|FILE|auto")]
    pub base: Option<OsString>,
}

/// How a container engine is asked.
#[derive(Debug, Args)]
#[command(next_help_heading = "Engine")]
pub(super) struct EngineArgs {
    /// Let the engine fetch the image from its registry when it does not have it
    #[arg(long)]
    pub pull: bool,
    /// Give up on an engine that sends nothing for so long
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    pub engine_timeout: u64,
}

/// What to report and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub(super) struct ReportArgs {
    /// Write a report in this format
    #[arg(long, value_parser = format())]
    pub format: Option<&'static Format>,
    /// Write the JSON report to FILE, or to standard output without one or with -
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", conflicts_with_all = ["format", "output"])]
    pub json: Option<PathBuf>,
    /// Write the report to FILE, whole or not at all
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Write one more report, for example markdown=comment.md; can be repeated
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = more)]
    pub more: Vec<(&'static Format, PathBuf)>,
    /// Rows per list; 0 for all [default: 10 in text, all in JSON, 5 in Markdown]
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// Whether to judge, and by which files.
#[derive(Debug, Args)]
#[command(next_help_heading = "CI")]
pub(super) struct PolicyArgs {
    /// Judge the image by the gates; exit 1 when one fails
    #[arg(long)]
    pub ci: bool,
    /// Measure the growth against an earlier build: its JSON report
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Read this configuration instead of .layercake.toml or .dive-ci
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

/// How the UI looks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Terminal UI")]
pub(super) struct UiArgs {
    /// The colours: the terminal's own 16 (the default), 24-bit ones, or high contrast
    #[arg(long, value_name = "default|truecolor|contrast", value_parser = theme)]
    pub theme: Option<ThemeName>,
    /// Leave the mouse to the terminal
    #[arg(long)]
    pub no_mouse: bool,
}

/// What else the program can do.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Build an image with Docker or Podman, then open it; with --ci, judge it
    ///
    /// From the first argument on that is none of the options below, or behind --, everything goes to the engine
    /// as it is. The engine's exit code is kept when the build fails.
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
    /// Print completions for a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// List the rules of advice
    Rules,
    /// Tell all about one rule
    Explain {
        /// The rule's name, as `layercake rules` lists it.
        rule: String,
    },
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
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
    /// clap's, which are also how help and version are told.
    pub(super) fn read(arguments: impl Iterator<Item = OsString>) -> Result<Self, clap::Error> {
        let arguments: Vec<_> = arguments.collect();
        let matches = command().try_get_matches_from(&arguments).map_err(|error| {
            let is_late = arguments.iter().skip(2).any(|argument| argument == "build");
            match error.kind() {
                clap::error::ErrorKind::UnknownArgument if is_late => command()
                    .error(error.kind(), "options stand behind the verb: layercake build --ci -t app .\n"),
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

fn platform(text: &str) -> Result<Platform, String> {
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
