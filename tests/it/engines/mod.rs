//! Images from engines: a fake one for what can go wrong, real ones for the figures.

mod build;
mod container;
mod export;
mod fake;
mod faults;
mod fix;
mod lines;
mod real;
mod screen;
mod slim;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

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

/// What a container runtime adds by itself, whatever the image.
pub(crate) fn is_of_the_runtime(path: &[u8]) -> bool {
    const FILES: [&[u8]; 6] =
        [b".dockerenv", b"etc/hostname", b"etc/hosts", b"etc/resolv.conf", b"etc/mtab", b"etc"];
    FILES.contains(&path)
        || [&b"dev"[..], b"proc", b"sys"]
            .iter()
            .any(|top| path.strip_prefix(*top).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/")))
}

/// What the `docker` command prints; none when it fails.
pub(crate) fn docker(arguments: &[&str]) -> Option<String> {
    let output =
        Command::new("docker").args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
