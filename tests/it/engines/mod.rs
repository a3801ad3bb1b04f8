//! Images from engines: a fake one for what can go wrong, real ones for the figures.

mod build;
mod export;
mod fake;
mod faults;
mod fix;
mod real;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::builder::{Archive, Form, ImageBuilder};

/// A small image's archive.
fn archive() -> Vec<u8> {
    let image = ImageBuilder::new()
        .tag("app:1")
        .layer(|layer| layer.noise("data", 300_000, 1))
        .history("COPY data / # buildkit")
        .layer(|layer| layer.whiteout("data").noise("other", 200_000, 2))
        .history("RUN /bin/sh -c change # buildkit");
    Archive::new(Form::Docker).image(image).bytes()
}

/// Puts a client that is this shell script into a folder.
fn script(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("an executable script");
}
