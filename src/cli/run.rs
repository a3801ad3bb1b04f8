//! The main request: a report, a verdict, or the UI.

use std::io::IsTerminal;
use std::path::Path;

use super::args::OpenArgs;
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
pub(super) fn run(open: OpenArgs) -> Result<Exit> {
    let config = Config::find(Path::new("."), open.policy.config.as_deref())?;
    if is_interactive(&open) {
        return screen::show(open, &config);
    }
    let request = Request::new(&open.image, open.gates.denied(), &config)?;
    request.prepare(&Stop)?;
    report(&open, &config, &request)
}

/// Loads and reports.
fn report(open: &OpenArgs, config: &Config, request: &Request) -> Result<Exit> {
    let reports = Reports::new(&open.report)?;
    if let Some(path) = request.location().path() {
        reports.spare(path)?;
    }
    let gates = open.gates.clone().over(&config.gates).over(&Gates::defaults());
    if is_judged(open) {
        gates.check_baseline(open.policy.baseline.is_some())?;
    }
    let named = open.policy.baseline.as_deref();
    let named = named.map(|path| baseline::Named::read(path, &open.image.engine, config)).transpose()?;
    let progress = Progress::new();
    let (examination, bodies) = request.run(&progress)?;
    let baseline = named.map(|named| named.of(&examination, bodies.as_deref(), &progress)).transpose()?;
    drop(progress);
    let verdict = is_judged(open).then(|| {
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
fn is_interactive(open: &OpenArgs) -> bool {
    !asks_for_report(open) && !is_judged(open) && std::io::stdout().is_terminal()
}

fn asks_for_report(open: &OpenArgs) -> bool {
    let report = &open.report;
    report.format.is_some() || report.json.is_some() || report.output.is_some() || !report.more.is_empty()
}

/// True if gates are checked: `--ci`, a gate's own flag, a baseline, or `CI=true` around a run that asks for no
/// report.
fn is_judged(open: &OpenArgs) -> bool {
    let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true" || value == "1");
    let is_asked = open.policy.ci || !open.gates.is_empty() || open.policy.baseline.is_some();
    is_asked || (in_ci && !asks_for_report(open))
}
