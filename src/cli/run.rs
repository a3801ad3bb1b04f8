//! The main job: load, analyse, judge, report.

use std::io::{IsTerminal, Write};
use std::path::Path;

use super::args::{Cli, Colour, Format};
use super::exit::Exit;
use super::input::{self, DEMO, Input};
use super::output;
use super::progress::Progress;
use crate::advice;
use crate::analysis::{self, Base};
use crate::error::{Error, Result};
use crate::load::{self, Loaded};
use crate::policy::{self, BaseSetting, Config, Gates, Verdict};
use crate::report::{self, TextOptions};
use crate::source::Wish;

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
    let (input, tag) = match (&cli.image.image, cli.image.demo) {
        (_, true) => (Input::Demo, None),
        (Some(image), false) => input::find(image)?,
        (None, false) => {
            return Err(
                Error::because("no image is named").hint("try `layercake --demo`, or `layercake --help`")
            );
        }
    };
    let wish = Wish { image: cli.image.name.clone().or(tag), platform: cli.image.platform.clone() };
    let config = Config::find(Path::new("."), cli.policy.config.as_deref())?;
    let base = base(cli, &config)?;
    let rules = rules(&config)?;
    let loaded = load_image(&input, &wish)?;
    let Some(base_layers) = base.layers(&loaded.image) else { return Err(wrong_base(&base, &loaded)) };
    let analysis = analysis::analyse(&loaded.image, &loaded.union, base_layers);
    let advice = advice::advise(&loaded.image, &loaded.union, &analysis, &rules);
    let verdict = is_judged(cli).then(|| {
        let gates = cli.gates.clone().over(&config.gates).over(&Gates::defaults());
        policy::judge(&gates, &config.ignore, &loaded.image, &analysis).denying(&config.deny, &advice)
    });
    let (findings, savings) = report::Finding::all(&loaded.image, &advice);
    let report = report::Input {
        findings: &findings,
        savings,
        verdict: verdict.as_ref(),
        ..report::Input::new(&loaded.image, &analysis)
    };
    let exit = write(cli, &report)?;
    // the process ends here: the system takes the memory back faster than the allocator would
    std::mem::forget(loaded);
    Ok(exit)
}

/// What the configuration says about rules of advice; an id that names none is an error.
fn rules(config: &Config) -> Result<advice::Settings> {
    let settings = advice::Settings { off: config.allow.iter().cloned().collect(), ..Default::default() };
    let known = settings.check().and_then(|()| config.deny.iter().try_for_each(|id| settings.know(id)));
    let place = config.path.as_ref().map_or_else(String::new, |path| path.display().to_string());
    known.map_err(|why| Error::because(why).at(place))?;
    Ok(settings)
}

fn load_image(input: &Input, wish: &Wish) -> Result<Loaded> {
    let progress = Progress::new();
    match input {
        Input::Path(path) => load::path(path, wish, &progress),
        Input::Stdin => {
            let stdin = std::io::stdin();
            if stdin.is_terminal() {
                return Err(Error::because("standard input is a terminal, not an image")
                    .hint("pipe an image into it: docker save IMAGE | layercake -"));
            }
            load::stream(stdin.lock(), "standard input", wish, &progress)
        }
        Input::Demo => load::stream(DEMO, "(built in)", wish, &progress),
    }
}

/// True when gates are to be judged: `--ci`, a gate's own flag, or `CI=true` around a run that asks for no report.
fn is_judged(cli: &Cli) -> bool {
    let asks_for_report =
        cli.report.format.is_some() || cli.report.json.is_some() || cli.report.output.is_some();
    let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true" || value == "1");
    cli.policy.ci || !cli.gates.is_empty() || (in_ci && !asks_for_report)
}

/// The base boundary that was asked for: the flag's, else the configuration's, else found.
fn base(cli: &Cli, config: &Config) -> Result<Base> {
    let Some(text) = &cli.image.base else {
        return Ok(match config.base {
            Some(BaseSetting::Layers(count)) => Base::Layers(count),
            Some(BaseSetting::Auto) | None => Base::Auto,
        });
    };
    let shown = text.to_string_lossy();
    if shown == "auto" {
        return Ok(Base::Auto);
    }
    if let Ok(count) = shown.parse() {
        return Ok(Base::Layers(count));
    }
    Ok(Base::Image(load::diff_ids(Path::new(text), &Wish::default())?))
}

fn wrong_base(base: &Base, loaded: &Loaded) -> Error {
    let layers = loaded.image.layers.len();
    match base {
        Base::Layers(count) => {
            Error::because(format!("--base says {count} layers, but the image has only {layers}"))
        }
        _ => Error::because("--base names an image whose layers are not the first layers of this one"),
    }
    .hint("write the number of base layers, or auto")
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
