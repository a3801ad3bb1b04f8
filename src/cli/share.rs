//! `layercake share`: what several images have in common.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;

use clap::Args;

use super::args::{EngineArgs, platform};
use super::document::{DocumentArgs, Kind};
use super::exit::Exit;
use super::interrupt::Stop;
use super::progress::Progress;
use super::request::query;
use crate::compare::{ReadHashes, Side, share, share_candidates};
use crate::error::{Error, Result};
use crate::load::{self, KnownLayers, Member};
use crate::oci::Platform;
use crate::report::Shared;
use crate::source::{ImageSelector, Location};

/// Which images, and how to show what they share.
#[derive(Debug, Args)]
pub(super) struct ShareArgs {
    /// The images: files, directories, names of images of your engine, or docker:* for all of one engine
    ///
    /// An archive with several images stands for all of them; name one of them after the file: all.tar:app:1.
    #[arg(value_name = "IMAGE", required = true, value_hint = clap::ValueHint::AnyPath)]
    pub images: Vec<OsString>,
    /// Choose among platforms [default: this machine's]
    #[arg(long, value_name = "OS/ARCH[/VARIANT]", value_parser = platform)]
    pub platform: Option<Platform>,
    #[command(flatten)]
    pub report: DocumentArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// Loads the images and reports what they share.
pub(super) fn run(arguments: &ShareArgs) -> Result<Exit> {
    let mut named = HashSet::new();
    if let Some(twice) = arguments.images.iter().find(|image| !named.insert(image.as_os_str())) {
        let why = format!("`{}` is named twice", twice.to_string_lossy());
        return Err(Error::because(why).hint("name each image once"));
    }
    let locations = Location::several(&arguments.images, &query(&arguments.engine));
    let locations: Vec<_> =
        locations.into_iter().map(|location| location.trusted(arguments.engine.trust())).collect();
    for location in &locations {
        location.prepare(&Stop)?;
    }
    let selector = ImageSelector { image: None, platform: arguments.platform.clone() };
    let progress = Progress::new();
    let mut known = KnownLayers::default();
    let mut members = Vec::new();
    for location in &locations {
        for member in load::images(location, &selector, &mut known, &progress)? {
            add(&mut members, member);
        }
    }
    drop(known);
    if members.len() < 2 {
        return Err(
            Error::because("only one image is there, which shares nothing").hint("name two or more images")
        );
    }
    let sides: Vec<Side<'_>> = members.iter().map(Member::side).collect();
    let mut hashes: ReadHashes = HashMap::new();
    for (number, ids) in share_candidates(&sides).into_iter().enumerate() {
        let Some(bodies) = &members[number].bodies else { continue };
        let read = load::hashes(&**bodies, &members[number].image, &ids, &progress)?;
        hashes.extend(read.into_iter().map(|(id, hash)| ((number, id), hash)));
    }
    drop(progress);
    let sharing = share(&sides, &hashes);
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
