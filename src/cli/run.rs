//! The main request: a report, a verdict, or the UI.

use std::io::{IsTerminal, Write};
use std::path::Path;

use super::args::{Cli, Colour, Format, theme};
use super::exit::Exit;
use super::output;
use super::progress::Progress;
use super::request::{Answer, Request};
use crate::error::{Error, Result};
use crate::policy::{self, Config, Gates, Verdict};
use crate::report::{self, TextOptions};
use crate::ui::{self, Outcome, ThemeName};

/// Widest text report: longer lines are hard to follow.
const WIDEST: usize = 160;
/// Columns where there is no terminal.
const NARROW: usize = 80;
/// Rows per list of the text report.
const TOP: usize = 10;

/// Where a report goes.
enum Target<'a> {
    Stdout,
    File(&'a Path),
}

/// Does what the arguments ask for.
pub(super) fn run(cli: &Cli) -> Result<Exit> {
    let config = Config::find(Path::new("."), cli.policy.config.as_deref())?;
    let request = Request::new(cli, &config)?;
    request.prepare()?;
    if is_interactive(cli) { show(cli, &config, request) } else { report(cli, &config, &request) }
}

/// Loads and reports.
fn report(cli: &Cli, config: &Config, request: &Request) -> Result<Exit> {
    let answer = request.run(&Progress::new())?;
    let Answer { loaded, analysis, advice } = &answer;
    let verdict = is_judged(cli).then(|| {
        let gates = cli.gates.clone().over(&config.gates).over(&Gates::defaults());
        let denied: Vec<_> = config.deny.iter().chain(&cli.policy.deny).cloned().collect();
        policy::judge(&gates, &config.ignore, &loaded.image, analysis).denying(&denied, advice)
    });
    let input =
        report::Input { verdict: verdict.as_ref(), ..report::Input::new(&loaded.image, analysis, advice) };
    let exit = write(cli, &input)?;
    // the process ends here: the system takes the memory back faster than the allocator would
    std::mem::forget(answer);
    Ok(exit)
}

/// Opens the UI. The image loads behind its first frame.
fn show(cli: &Cli, config: &Config, request: Request) -> Result<Exit> {
    let theme = match (cli.ui.theme, &config.theme) {
        (Some(theme), _) => theme,
        (None, Some(name)) => theme(name).map_err(|why| {
            let place = config.path.as_ref().map_or_else(String::new, |path| path.display().to_string());
            Error::because(format!("`{name}` is no theme: {why}")).at(place)
        })?,
        (None, None) => ThemeName::default(),
    };
    let options =
        ui::Options { theme, no_color: !is_coloured(cli.report.color, true), no_mouse: cli.ui.no_mouse };
    let name = request.name();
    let load: ui::Load = Box::new(move |watch| {
        let Answer { loaded, analysis, advice } = request.run(watch)?;
        let bodies = request.bodies(&loaded).map(|bodies| -> ui::ReadBody {
            Box::new(move |image, id, limit| bodies.read(image, id, limit))
        });
        Ok(ui::Shown { loaded, analysis, advice, bodies })
    });
    Ok(match ui::run(ui::Request { name, load }, options)? {
        Outcome::Quit => Exit::Done,
        Outcome::Cancelled | Outcome::Signal(_) => Exit::Interrupted,
    })
}

/// True when the UI is meant: on a terminal, and nothing asks for a report or a verdict.
fn is_interactive(cli: &Cli) -> bool {
    !asks_for_report(cli) && !is_judged(cli) && std::io::stdout().is_terminal()
}

fn asks_for_report(cli: &Cli) -> bool {
    cli.report.format.is_some() || cli.report.json.is_some() || cli.report.output.is_some()
}

/// True when gates are to be judged: `--ci`, a gate's own flag, or `CI=true` around a run that asks for no report.
fn is_judged(cli: &Cli) -> bool {
    let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true" || value == "1");
    cli.policy.ci || !cli.gates.is_empty() || !cli.policy.deny.is_empty() || (in_ci && !asks_for_report(cli))
}

/// Writes the reports that were asked for, and says how the program ends.
fn write(cli: &Cli, input: &report::Input<'_>) -> Result<Exit> {
    let json_file = cli.report.json.as_deref().filter(|path| path.as_os_str() != "-");
    let format = match cli.report.json {
        Some(_) => Format::Json,
        None => cli.report.format.unwrap_or(Format::Text),
    };
    let target = match json_file.or(cli.report.output.as_deref()) {
        Some(path) => Target::File(path),
        None => Target::Stdout,
    };
    let to_terminal = matches!(target, Target::Stdout) && std::io::stdout().is_terminal();
    let options = TextOptions {
        width: if to_terminal { width() } else { NARROW },
        colour: is_coloured(cli.report.color, to_terminal),
        top: cli.report.top.unwrap_or(TOP),
    };
    let write = |out: &mut dyn Write| match format {
        Format::Json => report::write_json(out, input, cli.report.top),
        Format::Text => report::write_text(out, input, &options),
    };
    let is_seen = matches!((&target, format), (Target::Stdout, Format::Text));
    match target {
        Target::Stdout => output::to_stdout(write)?,
        Target::File(path) => output::to_file(path, write)?,
    }
    Ok(match input.verdict {
        Some(verdict) => {
            if !is_seen {
                tell(verdict);
            }
            if verdict.passed { Exit::Done } else { Exit::GateFailed }
        }
        None => Exit::Done,
    })
}

/// Says on standard error how the gates ended, where the report itself went elsewhere: a log should tell
/// why a build failed.
fn tell(verdict: &Verdict) {
    let mut text = Vec::new();
    if report::write_verdict(&mut text, verdict, NARROW).is_ok() {
        // nobody is left to tell when standard error is closed
        _ = std::io::stderr().write_all(&text);
    }
}

fn width() -> usize {
    terminal_size::terminal_size().map_or(NARROW, |(width, _)| usize::from(width.0).min(WIDEST))
}

fn is_coloured(colour: Colour, to_terminal: bool) -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => to_terminal && !unwanted,
    }
}
