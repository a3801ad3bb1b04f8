//! The main request: a report, a verdict, or the UI.

use std::io::IsTerminal;
use std::path::Path;

use super::args::Cli;
use super::baseline;
use super::exit::Exit;
use super::interrupt::Stop;
use super::progress::Progress;
use super::reports::Reports;
use super::request::Request;
use super::screen;
use crate::error::Result;
use crate::load::Examination;
use crate::policy::{self, Config, Gates, Subject};
use crate::report;

/// Does what the arguments ask for.
pub(super) fn run(cli: Cli) -> Result<Exit> {
    let config = Config::find(Path::new("."), cli.policy.config.as_deref())?;
    if is_interactive(&cli) {
        return screen::show(cli, &config);
    }
    let request = Request::new(&cli.image, cli.gates.denied(), &config)?;
    request.prepare(&Stop)?;
    report(&cli, &config, &request)
}

/// Loads and reports.
fn report(cli: &Cli, config: &Config, request: &Request) -> Result<Exit> {
    let reports = Reports::new(&cli.report)?;
    if let Some(path) = request.location().path() {
        reports.spare(path)?;
    }
    let gates = cli.gates.clone().over(&config.gates).over(&Gates::defaults());
    if is_judged(cli) {
        gates.check_baseline(cli.policy.baseline.is_some())?;
    }
    let named = cli.policy.baseline.as_deref();
    let named = named.map(|path| baseline::Named::read(path, &cli.image.engine, config)).transpose()?;
    let progress = Progress::new();
    let (examination, bodies) = request.run(&progress)?;
    let baseline = named.map(|named| named.of(&examination, bodies.as_deref(), &progress)).transpose()?;
    drop(progress);
    let verdict = is_judged(cli).then(|| {
        let Examination { image, analysis, advice, .. } = &examination;
        let subject = Subject::new(image, analysis, advice, &config.ignore).since(baseline.as_ref());
        policy::judge(&subject, &gates)
    });
    let input = report::Input { examination: &examination, verdict: verdict.as_ref() };
    let exit = reports.write(&input)?;
    // the process ends here: the system takes the memory back faster than the allocator would
    std::mem::forget(examination);
    Ok(exit)
}

/// True when the UI is wanted: on a terminal, when no report or verdict is asked for.
fn is_interactive(cli: &Cli) -> bool {
    !asks_for_report(cli) && !is_judged(cli) && std::io::stdout().is_terminal()
}

fn asks_for_report(cli: &Cli) -> bool {
    let report = &cli.report;
    report.format.is_some() || report.json.is_some() || report.output.is_some() || !report.more.is_empty()
}

/// True when gates are to be judged: `--ci`, a gate's own flag, a baseline, or `CI=true` around a run that asks for no
/// report.
fn is_judged(cli: &Cli) -> bool {
    let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true" || value == "1");
    let is_asked = cli.policy.ci || !cli.gates.is_empty() || cli.policy.baseline.is_some();
    is_asked || (in_ci && !asks_for_report(cli))
}
