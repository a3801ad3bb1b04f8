//! `layercake compare`: what changed from one image to another.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::against::against;
use super::args::{EngineArgs, UiArgs, platform};
use super::baseline;
use super::document::{DocumentArgs, Formats};
use super::exit::Exit;
use super::interrupt::Stop;
use super::progress::Progress;
use super::reports::tell;
use super::request::Request;
use super::screen;
use crate::advice;
use crate::compare::Comparison;
use crate::error::{Error, Result};
use crate::load::{self, Examination, ReadBodies};
use crate::oci::Platform;
use crate::policy::{self, Config, Gates, Subject, Verdict};
use crate::report::Compared;
use crate::ui;

/// Which two images, and how to show what changed.
#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The image before: a file, a directory, or the name of an image of your engine
    ///
    /// An image of an archive that holds several is named after the file: old.tar:app:1.
    #[arg(value_name = "OLD", value_hint = clap::ValueHint::AnyPath)]
    pub old: OsString,
    /// The image after
    #[arg(value_name = "NEW", value_hint = clap::ValueHint::AnyPath)]
    pub new: OsString,
    /// The Dockerfile that NEW was built from: its layers and findings then have lines
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub dockerfile: Option<PathBuf>,
    /// The stage of the Dockerfile that was built [default: the last]
    #[arg(long, value_name = "STAGE", requires = "dockerfile")]
    pub target: Option<String>,
    /// Choose among platforms [default: this machine's]
    #[arg(long, value_name = "OS/ARCH[/VARIANT]", value_parser = platform)]
    pub platform: Option<Platform>,
    /// Read this configuration instead of .layercake.toml or .dive-ci
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub report: DocumentArgs<Kind>,
    /// Check NEW against the gates, its growth against OLD; exit with 1 if one fails
    #[arg(long, help_heading = "CI")]
    pub ci: bool,
    /// The gates that flags set.
    #[arg(skip)]
    pub gates: Gates,
    #[command(flatten)]
    pub engine: EngineArgs,
    #[command(flatten)]
    pub ui: UiArgs,
}

/// The formats of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// For people
    Text,
    /// For programs: one JSON object, schema 1
    Json,
    /// For a comment on a pull request or the summary of a job
    Markdown,
    /// For GitHub Actions: annotations of the run
    Github,
    /// For GitLab, Jenkins and others: the gates as test cases (XML)
    Junit,
}

impl Formats for Kind {
    const TEXT: Self = Self::Text;
    const JSON: Self = Self::Json;
}

impl CompareArgs {
    /// True if gates are checked: `--ci`, or a gate's own flag.
    fn is_judged(&self) -> bool {
        self.ci || !self.gates.is_empty()
    }
}

/// Shows what changed: on a terminal in the UI, else as a report.
pub(super) fn run(arguments: CompareArgs) -> Result<Exit> {
    if arguments.old == arguments.new {
        let name = arguments.old.to_string_lossy();
        return Err(Error::because(format!("OLD and NEW are both `{name}`")).hint("name two images"));
    }
    let config = Config::find(Path::new("."), arguments.config.as_deref())?;
    let requests = Requests::new(&arguments, &config)?;
    requests.old.prepare(&Stop)?;
    requests.new.prepare(&Stop)?;
    if arguments.report.is_interactive() && !arguments.is_judged() {
        let options = screen::options(&arguments.ui, arguments.report.color, &config)?;
        let name = format!("{} and {}", requests.old.name(), requests.new.name());
        let load = move |wanted: &ui::Wanted, progress: &dyn load::Progress| {
            let config = Config::find(Path::new("."), arguments.config.as_deref())?;
            let mut requests = Requests::new(&arguments, &config)?;
            if let Some(older) = &wanted.older {
                let (platform, engine) = (arguments.platform.clone(), &arguments.engine);
                requests.old = Request::of(OsStr::new(older), platform, engine, &config)?;
            }
            let Both { old, new, bodies, comparison } = requests.load(progress)?;
            let against = Some(ui::Against { examination: old, comparison });
            Ok(vec![ui::Shown { examination: new, bodies, against, among: None }])
        };
        return screen::open(ui::Request::new(name, load), options);
    }
    let progress = Progress::new();
    let both = requests.load(&progress)?;
    drop(progress);
    let exit = report(&arguments, &config, &both)?;
    // the process ends here: the system takes the memory back faster than the allocator would
    std::mem::forget(both);
    Ok(exit)
}

/// What is asked of both images.
struct Requests {
    old: Request,
    new: Request,
}

/// Both images, and what changed.
struct Both {
    old: Examination,
    new: Examination,
    /// Reads files of the new image again.
    bodies: Option<Box<dyn ReadBodies>>,
    comparison: Comparison,
}

impl Requests {
    fn new(arguments: &CompareArgs, config: &Config) -> Result<Self> {
        let request = |image| Request::of(image, arguments.platform.clone(), &arguments.engine, config);
        let new = request(&arguments.new)?;
        new.check_denied(arguments.gates.denied())?;
        let new = new.built_from(arguments.dockerfile.clone(), arguments.target.clone());
        Ok(Self { old: request(&arguments.old)?, new })
    }

    /// Loads both and compares them. Reads only the bodies that must be compared.
    fn load(&self, progress: &dyn load::Progress) -> Result<Both> {
        let (new, bodies) = self.new.run(progress)?;
        let (old, comparison) = against(&self.old, &new, bodies.as_deref(), progress)?;
        Ok(Both { old, new, bodies, comparison })
    }
}

/// What the gates decide about the new image.
fn judge(arguments: &CompareArgs, config: &Config, both: &Both) -> Verdict {
    let Both { old, new, comparison, .. } = both;
    let gates = arguments.gates.clone().over(&config.gates).over(&Gates::defaults());
    let baseline = baseline::of(old, new, comparison);
    let subject = Subject::new(&new.image, &new.analysis, &new.advice, &config.ignore).since(Some(&baseline));
    policy::judge(&subject, &gates)
}

/// Writes the report that was asked for, and says how the program ends.
fn report(arguments: &CompareArgs, config: &Config, both: &Both) -> Result<Exit> {
    let Both { old, new, comparison, .. } = both;
    let findings = advice::difference((&old.image, &old.advice), (&new.image, &new.advice));
    let verdict = arguments.is_judged().then(|| judge(arguments, config, both));
    let compared = Compared {
        old: old.side(),
        new: new.side(),
        comparison,
        old_advice: &old.advice,
        new_advice: &new.advice,
        findings: &findings,
        verdict: verdict.as_ref(),
    };
    arguments.report.write(|kind, out, options| match kind {
        Kind::Text => compared.write_text(out, options),
        Kind::Json => compared.write_json(out, options),
        Kind::Markdown => compared.write_markdown(out, options),
        Kind::Github => compared.write_github(out, options),
        Kind::Junit => compared.write_junit(out),
    })?;
    let Some(verdict) = verdict else { return Ok(Exit::Done) };
    let (kind, place) = arguments.report.target();
    if place.is_some() || matches!(kind, Kind::Json | Kind::Junit) {
        tell(&verdict);
    }
    Ok(if verdict.passed { Exit::Done } else { Exit::GateFailed })
}
