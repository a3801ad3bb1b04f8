//! `layercake compare`: what changed from one image to another.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::{EngineArgs, platform};
use super::document::{DocumentArgs, Kind};
use super::exit::Exit;
use super::interrupt::Stop;
use super::progress::Progress;
use super::request::Request;
use crate::advice;
use crate::compare::{Hashes, candidates, compare};
use crate::error::{Error, Result};
use crate::image::{EntryId, Image};
use crate::load::{self, ReadBodies};
use crate::oci::Platform;
use crate::policy::Config;
use crate::report::Compared;

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
}

/// Loads both images and reports what changed.
pub(super) fn run(arguments: &CompareArgs) -> Result<Exit> {
    let CompareArgs { old, new, platform, config, report, engine } = arguments;
    if old == new {
        let name = old.to_string_lossy();
        return Err(Error::because(format!("OLD and NEW are both `{name}`")).hint("name two images"));
    }
    let config = Config::find(Path::new("."), config.as_deref())?;
    let request = |image| Request::of(image, platform.clone(), engine, &config);
    let (old, new) = (request(old)?, request(new)?);
    old.prepare(&Stop)?;
    new.prepare(&Stop)?;
    let progress = Progress::new();
    let (before, old_bodies) = old.run(&progress)?;
    let (after, new_bodies) = new.run(&progress)?;
    check_platforms(&before.image, &after.image)?;

    let wanted = candidates(&before.side(), &after.side());
    let hashes = |bodies: Option<Box<dyn ReadBodies>>, image: &Image, ids: &[EntryId]| match bodies {
        Some(bodies) => load::hashes(&*bodies, image, ids, &progress),
        // what passes by only once is hashed as it comes
        None => Ok(Vec::new()),
    };
    let hashes = Hashes::new(
        hashes(old_bodies, &before.image, &wanted.old)?,
        hashes(new_bodies, &after.image, &wanted.new)?,
    );
    drop(progress);
    let comparison = compare(&before.side(), &after.side(), &hashes);
    let findings = advice::difference((&before.image, &before.advice), (&after.image, &after.advice));
    let compared = Compared {
        old: before.side(),
        new: after.side(),
        comparison: &comparison,
        old_advice: &before.advice,
        new_advice: &after.advice,
        findings: &findings,
        verdict: None,
    };
    report.write(|kind, out, options| match kind {
        Kind::Text => compared.write_text(out, options),
        Kind::Json => compared.write_json(out, options),
    })?;
    // the process ends here: the system takes the memory back faster than the allocator would
    std::mem::forget((before, after, comparison));
    Ok(Exit::Done)
}

/// Refuses images of different platforms, in which nearly every file differs.
fn check_platforms(before: &Image, after: &Image) -> Result<()> {
    let [old, new] = [before, after].map(|image| &image.about.platform);
    let is_known = |platform: &Platform| !platform.os.is_empty() && !platform.architecture.is_empty();
    if is_known(old) && is_known(new) && (&old.os, &old.architecture) != (&new.os, &new.architecture) {
        let why = format!("OLD is for {old} and NEW for {new}, so nearly every file would differ");
        return Err(Error::because(why).hint("choose a platform that both have with --platform"));
    }
    Ok(())
}
