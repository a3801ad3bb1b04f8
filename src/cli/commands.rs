//! The command line as a whole: the verbs, and the arguments of the one that has no name. Help, man page and
//! completions are generated from these types; the flags for gates come from [`crate::policy::GATES`].

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::args::OpenArgs;
use super::build::BuildArgs;
use super::compare::CompareArgs;
use super::fix::FixArgs;
use super::share::ShareArgs;
use super::slim::SlimArgs;
use crate::policy::{GATES, Gates, Kind, Setting};

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
    pub open: OpenArgs,
    #[command(subcommand)]
    pub verb: Option<Verb>,
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
                            layercake compare both.tar:app:1 both.tar:app:2\n  \
                            layercake compare app:1 app:2 --max-growth 2% --format markdown"
    )]
    Compare(Box<CompareArgs>),
    /// Show what several images share, and what they store once for each
    #[command(
        after_help = "Examples:\n  layercake share app:1 app:2 worker:1\n  layercake share docker:*\n  \
                            layercake share all.tar --json | jq .stored"
    )]
    Share(ShareArgs),
    /// Write the image again without the bytes that no container sees, and prove that nothing visible changed
    ///
    /// Base layers are copied byte for byte, so they stay shared. Your layers keep their order, their history and all
    /// files that a container sees; a layer with nothing left goes. The new image is read again and compared with the
    /// old one, path by path; if anything differs, nothing is written.
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

/// The verbs that can judge an image.
const JUDGING: [&str; 2] = ["build", "compare"];

/// The whole command, with a flag for each gate.
pub fn command() -> Command {
    JUDGING
        .into_iter()
        .fold(with_gates(Cli::command()), |command, verb| command.mut_subcommand(verb, with_gates))
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
            check_build(build)?;
        }
        let judging = JUDGING.into_iter().find_map(|verb| matches.subcommand_matches(verb));
        let gates = gates(judging.unwrap_or(&matches));
        match &mut cli.verb {
            Some(Verb::Compare(compare)) => compare.gates = gates,
            _ => cli.open.gates = gates,
        }
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

/// Refuses our own options among the engine's arguments: the engine would only say that it does not know
/// them.
fn check_build(build: &BuildArgs) -> std::result::Result<(), clap::Error> {
    let whole = command();
    let own = whole.find_subcommand("build").into_iter().flat_map(Command::get_arguments);
    // engines know this one too
    let own: Vec<_> = own.filter_map(Arg::get_long).filter(|long| *long != "output").collect();
    let is_own = |argument: &&OsString| {
        let text = argument.to_string_lossy();
        text.strip_prefix("--").is_some_and(|rest| own.contains(&rest.split('=').next().unwrap_or(rest)))
    };
    let Some(argument) = build.arguments.iter().find(is_own) else { return Ok(()) };
    let text = format!(
        "`{}` is an option of layercake: put it before the engine's arguments, or put `--` before those\n",
        argument.display()
    );
    Err(command().error(clap::error::ErrorKind::ArgumentConflict, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::FORMATS;

    fn read(line: &str) -> Result<Cli, clap::Error> {
        Cli::read(std::iter::once("layercake").chain(line.split_whitespace()).map(OsString::from))
    }

    #[test]
    fn the_command_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn json_takes_a_file_or_nothing() {
        assert_eq!(read("app.tar --json").unwrap().open.report.json.unwrap().to_str(), Some("-"));
        assert_eq!(
            read("app.tar --json out.json").unwrap().open.report.json.unwrap().to_str(),
            Some("out.json")
        );
        assert!(read("app.tar").unwrap().open.report.json.is_none());
    }

    #[test]
    fn reports_are_named_by_the_table_of_formats() {
        for format in &FORMATS {
            assert_eq!(
                read(&format!("a --format {}", format.name)).unwrap().open.report.format.unwrap().name,
                format.name
            );
        }
        let more = read("a --report markdown=a.md --report json=b=c.json").unwrap().open.report.more;
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
        assert!(!cli.open.gates.is_empty());
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
