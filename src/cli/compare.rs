//! `layercake compare`: what changed from one image to another.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Args;

use super::against::against;
use super::args::{EngineArgs, UiArgs, platform};
use super::document::{DocumentArgs, Kind};
use super::exit::Exit;
use super::interrupt::Stop;
use super::progress::Progress;
use super::request::Request;
use super::screen;
use crate::advice;
use crate::compare::Comparison;
use crate::error::{Error, Result};
use crate::load::{self, Examination, ReadBodies};
use crate::oci::Platform;
use crate::policy::Config;
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
    pub report: DocumentArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
    #[command(flatten)]
    pub ui: UiArgs,
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
    if arguments.report.is_interactive() {
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
            Ok(vec![ui::Shown { examination: new, bodies, against }])
        };
        return screen::open(ui::Request::new(name, load), options);
    }
    let progress = Progress::new();
    let both = requests.load(&progress)?;
    drop(progress);
    report(&arguments, &both)?;
    // the process ends here: the system takes the memory back faster than the allocator would
    std::mem::forget(both);
    Ok(Exit::Done)
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

/// Writes the report that was asked for.
fn report(arguments: &CompareArgs, both: &Both) -> Result<()> {
    let Both { old, new, comparison, .. } = both;
    let findings = advice::difference((&old.image, &old.advice), (&new.image, &new.advice));
    let compared = Compared {
        old: old.side(),
        new: new.side(),
        comparison,
        old_advice: &old.advice,
        new_advice: &new.advice,
        findings: &findings,
        verdict: None,
    };
    arguments.report.write(|kind, out, options| match kind {
        Kind::Text => compared.write_text(out, options),
        Kind::Json => compared.write_json(out, options),
    })
}
