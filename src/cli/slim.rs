//! `layercake slim`: the image again, without the bytes that no container can see.

mod drop;
mod prove;
mod screen;
mod target;

pub(super) use screen::{dry_run, write};

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::Path;

use clap::Args;

use super::args::{self, Colour, ImageArgs};
use super::exit::Exit;
use super::progress::Progress;
use super::reports::options;
use super::request::Request;
use super::{interrupt, output};
use crate::error::{Error, Result};
use crate::image::Image;
use crate::load::Examination;
use crate::policy::Config;
use crate::report::Slimmed;
use crate::slim::{self, Job, Opened, Packing, Summary};
use crate::source::engine::actions;
use crate::source::{Engine, Progress as _};
use crate::text::counted;
use drop::Wishes;
use target::{Place, Target};

/// How to slim, and where to.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct SlimArgs {
    #[command(flatten)]
    pub image: ImageArgs,
    /// Where the new image goes: a file (an archive that docker load takes), oci-archive:FILE, oci:DIRECTORY, docker:NAME or podman:NAME
    #[arg(long, short, value_name = "OUT", required_unless_present = "dry_run", help_heading = "Slim")]
    pub output: Option<OsString>,
    /// Show what would go and what would stay, and write nothing
    #[arg(long, help_heading = "Slim")]
    pub dry_run: bool,
    /// Call the new image NAME instead of what the old one is called
    #[arg(long, value_name = "NAME", value_parser = target::tag, help_heading = "Slim")]
    pub tag: Option<String>,
    /// Leave out what a rule finds, although a container sees it: a rule's name, or a group such as cache or runtime; may be given again
    #[arg(long, value_name = "RULE", help_heading = "Slim")]
    pub drop: Vec<String>,
    /// Rewrite base layers too, which are then no longer shared
    #[arg(long, help_heading = "Slim")]
    pub include_base: bool,
    /// Merge all layers after the base into one
    #[arg(long, help_heading = "Slim")]
    pub squash: bool,
    /// Compress the layers after the base [default: as they were]
    #[arg(long, value_name = "none|gzip[:N]|zstd[:N]", value_parser = packing, help_heading = "Slim")]
    pub compress: Option<Packing>,
    /// Also have an engine load both images and compare what their containers see; the new image is written only if it is the same
    #[arg(long, conflicts_with = "dry_run", help_heading = "Proof")]
    pub prove: bool,
    /// A command that must succeed in a container of the new image; it has no network
    #[arg(long, value_name = "COMMAND", help_heading = "Proof", requires = "prove")]
    pub smoke: Option<String>,
    /// Prove with docker, podman or nerdctl [default: the first that is installed]
    #[arg(long, value_name = "ENGINE", value_parser = args::engine, help_heading = "Proof")]
    pub engine: Option<Engine>,
    /// Print the result as JSON
    #[arg(long, help_heading = "Slim")]
    pub json: bool,
}

fn packing(text: &str) -> std::result::Result<Packing, String> {
    Packing::parse(text)
        .ok_or_else(|| "write none, gzip, gzip:1 to gzip:9, zstd, or zstd:1 to zstd:22".into())
}

/// Plans, writes, proves, and says what was saved.
pub(super) fn run(arguments: Box<SlimArgs>) -> Result<Exit> {
    let SlimArgs {
        image,
        output,
        dry_run,
        tag,
        drop,
        include_base,
        squash,
        compress,
        prove,
        smoke,
        engine,
        json,
    } = *arguments;
    let config = Config::find(Path::new("."), None)?;
    let target = output.as_deref().filter(|_| !dry_run).map(Target::parse).transpose()?;
    let wishes = Wishes::new(&drop, include_base, &config)?;
    let mut request = Request::new(&image, &[], &config)?;
    if !drop.is_empty() {
        request.ask_all();
    }
    request.prepare(&interrupt::Stop)?;
    if let Some(target) = &target {
        target.check(request.location())?;
    }
    let (examination, opened, was_held) = read(&mut request)?;
    let (dropped, rows) = wishes.find(&examination);
    let Examination { image, union, analysis, .. } = &examination;
    let wanted =
        slim::Options { base_layers: if include_base { 0 } else { analysis.base_layers }, squash, dropped };
    let plan = slim::plan(image, union, &wanted);
    let mut remarks = remarks(image, was_held, &request.name());
    let Some(target) = target else {
        let summary = Summary::of(image, union, &plan, None);
        let slimmed = Slimmed {
            image,
            summary: &summary,
            output: None,
            proof: None,
            trial: None,
            dropped: &rows,
            remarks: &remarks,
        };
        print(&slimmed, json)?;
        return Ok(Exit::Done);
    };
    let job = Job {
        image,
        union,
        opened: &opened,
        plan: &plan,
        dropped: &wanted.dropped,
        tag: target.name().or(tag.as_deref()),
        packing: compress,
        form: target.form(),
    };
    let place = Place::beside(&target)?;
    let mut written = {
        let progress = Progress::new();
        job.run(place.path(), &progress).map_err(|error| target.told(error))?
    };
    remarks.append(&mut written.remarks);
    let shown = target.to_string();
    let trial = if prove && written.proof.holds() {
        let engine = engine.or(target.engine());
        Some(prove::run(&job, actions::installed(engine), smoke.as_deref())?)
    } else {
        None
    };
    let is_proved = written.proof.holds() && trial.as_ref().is_none_or(slim::Trial::holds);
    // removing what the proof made in an engine takes a while, too
    if interrupt::Stop.stopped() {
        return Err(Error::Interrupted);
    }
    if is_proved {
        place.keep(&target)?;
        remarks.push(
            "images that were pushed before keep their old layers, with any secrets in them; signatures and \
             attestations of the old image do not carry over"
                .to_owned(),
        );
    }
    let summary = Summary::of(image, union, &plan, Some(&written.loaded.image));
    let slimmed = Slimmed {
        image,
        summary: &summary,
        output: is_proved.then_some(shown.as_str()),
        proof: Some(&written.proof),
        trial: trial.as_ref(),
        dropped: &rows,
        remarks: &remarks,
    };
    print(&slimmed, json)?;
    if !is_proved {
        fail(&slimmed, json);
    }
    // the process ends here: the system takes the memory back faster than the allocator would
    std::mem::forget((examination, written));
    Ok(if is_proved { Exit::Done } else { Exit::GateFailed })
}

/// Loads the image, and opens it again for copying. An image that can be read only once is kept in a temporary file.
fn read(request: &mut Request) -> Result<(Examination, Opened, bool)> {
    let progress = Progress::new();
    let (location, was_held) = slim::hold(request.location(), &progress)?;
    request.read_from(location);
    let (examination, _) = request.run(&progress)?;
    let opened = Opened::open(request.location(), request.selector(), &progress)?;
    Ok((examination, opened, was_held))
}

fn remarks(image: &Image, was_held: bool, name: &str) -> Vec<String> {
    let mut remarks = Vec::new();
    if was_held {
        remarks.push(format!("{name} was kept in a temporary file meanwhile, because it is read twice"));
    }
    let links = image.diagnostics.iter().filter(|diagnostic| diagnostic.code == "dangling-hard-link").count();
    if links > 0 {
        let links = counted(links as u64, "hard link names", "hard links name");
        remarks.push(format!(
            "{links} no file: an engine may refuse the new image, as it may refuse the old one"
        ));
    }
    remarks.extend(
        image
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.code == "history-mismatch")
            .map(|_| "the history does not say which step made which layer, so empty layers stay".to_owned()),
    );
    remarks
}

fn print(slimmed: &Slimmed<'_>, json: bool) -> Result<()> {
    let options = options(Colour::Auto, std::io::stdout().is_terminal(), None);
    output::to_stdout(
        |out: &mut dyn Write| {
            if json { slimmed.write_json(out) } else { slimmed.write_text(out, &options) }
        },
    )
}

/// Says on standard error why nothing was written, where standard output is for a program.
fn fail(slimmed: &Slimmed<'_>, json: bool) {
    if json {
        let why = slimmed.refusal().unwrap_or_default();
        let error = Error::because(format!("{why}, so nothing was written"));
        // there is no one left to tell when standard error is closed
        _ = writeln!(std::io::stderr(), "layercake: {error}");
    }
}
