//! `layercake share`: what several images have in common.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::args::{EngineArgs, UiArgs, platform};
use super::document::{DocumentArgs, Kind};
use super::exit::Exit;
use super::interrupt::Stop;
use super::progress::Progress;
use super::request::{query, rules};
use super::{screen, threads};
use crate::advice;
use crate::compare::{ReadHashes, Sharing, Side, share, share_candidates};
use crate::error::{Error, Result};
use crate::load::{self, Examination, KnownLayers, Member, NamedDockerfile};
use crate::oci::Platform;
use crate::policy::Config;
use crate::report::Shared;
use crate::source::{ImageSelector, Location};
use crate::ui;

/// Which images, and how to show what they share.
#[derive(Debug, Args)]
pub(super) struct ShareArgs {
    /// The images: files, directories, names of images of your engine, or docker:* for all of one engine
    ///
    /// An archive with several images stands for all of them; name one of them after the file: all.tar:app:1.
    #[arg(value_name = "IMAGE", required = true, value_hint = clap::ValueHint::AnyPath)]
    pub images: Vec<OsString>,
    /// A Dockerfile that some of the images were built from: their layers then have lines
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub dockerfile: Option<PathBuf>,
    /// The stage of the Dockerfile that was built [default: the last]
    #[arg(long, value_name = "STAGE", requires = "dockerfile")]
    pub target: Option<String>,
    /// Choose among platforms [default: this machine's]
    #[arg(long, value_name = "OS/ARCH[/VARIANT]", value_parser = platform)]
    pub platform: Option<Platform>,
    #[command(flatten)]
    pub report: DocumentArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
    /// Read this configuration file instead of .layercake.toml or .dive-ci
    #[arg(long, value_name = "FILE", help_heading = "Report", value_hint = clap::ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub ui: UiArgs,
}

/// Shows what the images share: on a terminal in the UI, else as a report.
pub(super) fn run(arguments: &ShareArgs) -> Result<Exit> {
    let mut named = HashSet::new();
    if let Some(twice) = arguments.images.iter().find(|image| !named.insert(image.as_os_str())) {
        let why = format!("`{}` is named twice", twice.to_string_lossy());
        return Err(Error::because(why).hint("name each image once"));
    }
    threads::start();
    let locations = Location::several(&arguments.images, &query(&arguments.engine));
    let locations: Vec<_> =
        locations.into_iter().map(|location| location.trusted(arguments.engine.trust())).collect();
    for location in &locations {
        location.prepare(&Stop)?;
    }
    let selector = ImageSelector { image: None, platform: arguments.platform.clone() };
    let dockerfile = NamedDockerfile::of(arguments.dockerfile.clone(), arguments.target.clone());
    if arguments.report.is_interactive() {
        let config = Config::find(Path::new("."), arguments.config.as_deref())?;
        let options = screen::options(&arguments.ui, arguments.report.color, &config)?;
        let rules = rules(&[], &config)?;
        let name = format!("what {} images share", locations.len());
        let load = move |wanted: &ui::Wanted, progress: &dyn load::Progress| {
            if wanted.older.is_some() {
                return Err(Error::because("these images were opened to see what they share")
                    .hint("layercake compare OLD NEW compares two"));
            }
            let (members, sharing) = together(&locations, &selector, dockerfile.as_ref(), progress)?;
            Ok(shown(members, sharing, &rules))
        };
        return screen::open(ui::Request::new(name, load), options);
    }
    let progress = Progress::new();
    let (members, sharing) = together(&locations, &selector, dockerfile.as_ref(), &progress)?;
    drop(progress);
    let sides: Vec<Side<'_>> = members.iter().map(Member::side).collect();
    let shared = Shared { images: &sides, sharing: &sharing };
    arguments.report.write(|kind, out, options| match kind {
        Kind::Text => shared.write_text(out, options),
        Kind::Json => shared.write_json(out, options),
    })?;
    drop(sides);
    // the process ends here: the system takes the memory back faster than the allocator would
    std::mem::forget((members, sharing));
    Ok(Exit::Done)
}

/// Loads all images, and finds what they share. Reads only the bodies that must be compared.
fn together(
    locations: &[Location],
    selector: &ImageSelector,
    dockerfile: Option<&NamedDockerfile>,
    progress: &dyn load::Progress,
) -> Result<(Vec<Member>, Sharing)> {
    let mut known = KnownLayers::default();
    let mut members = Vec::new();
    for location in locations {
        for member in load::images(location, selector, &mut known, progress)? {
            add(&mut members, member);
        }
    }
    drop(known);
    if members.len() < 2 {
        return Err(
            Error::because("only one image is there, which shares nothing").hint("name two or more images")
        );
    }
    if let Some(dockerfile) = dockerfile {
        dockerfile.locate(members.iter_mut().map(|member| &mut member.image))?;
    }
    let sides: Vec<Side<'_>> = members.iter().map(Member::side).collect();
    let mut hashes: ReadHashes = HashMap::new();
    for (number, ids) in share_candidates(&sides).into_iter().enumerate() {
        let Some(bodies) = &members[number].bodies else { continue };
        let read = load::hashes(&**bodies, &members[number].image, &ids, progress)?;
        hashes.extend(read.into_iter().map(|(id, hash)| ((number, id), hash)));
    }
    let sharing = share(&sides, &hashes);
    Ok((members, sharing))
}

/// The images for the UI, each with its advice.
fn shown(members: Vec<Member>, sharing: Sharing, rules: &advice::Settings) -> Vec<ui::Shown> {
    let sides: Vec<Side<'_>> = members.iter().map(Member::side).collect();
    let commands = (0..sharing.layers.len()).map(|layer| sharing.command(layer, &sides).to_owned());
    let names = members.iter().map(|member| member.image.about.reference.clone());
    let together = Arc::new(ui::Together { names: names.collect(), commands: commands.collect(), sharing });
    let examined = members.into_iter().enumerate().map(|(at, member)| {
        let Member { image, union, analysis, bodies } = member;
        let advice = advice::advise(&image, &union, &analysis, rules);
        let examination = Examination { image, union, analysis, advice };
        let among = Some(ui::Among { at, together: Arc::clone(&together) });
        ui::Shown { examination, bodies, against: None, among }
    });
    examined.collect()
}

/// Adds an image. If it is already there under another name, it gets one more name.
fn add(members: &mut Vec<Member>, member: Member) {
    let digest = member.image.about.config_digest.as_ref();
    let same = members
        .iter_mut()
        .find(|other| digest.is_some() && other.image.about.config_digest.as_ref() == digest);
    match same {
        Some(other) => {
            let about = &mut other.image.about;
            about.tags.extend(member.image.about.tags);
            about.tags.dedup();
        }
        None => members.push(member),
    }
}
