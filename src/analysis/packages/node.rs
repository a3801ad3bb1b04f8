//! What npm and similar tools put into `node_modules`.
//!
//! Source: npm-folders(5). A package owns its directory, except for the packages in a `node_modules` inside it.
//! Its name is the directory's, with the scope's in front; its version stands in package.json.

use std::borrow::Cow;

use serde::Deserialize;

use super::claims::Claims;
use super::model::Manager;
use crate::image::PathId;
use crate::layer::Excerpt;

/// Finds the packages and their files.
pub(super) fn read(claims: &mut Claims<'_>) {
    let image = claims.image;
    let mut directories: Vec<PathId> = image
        .excerpts
        .iter()
        .filter(|(_, excerpt)| matches!(excerpt, Excerpt::PackageJson(_)))
        .map(|(id, _)| (id, image.path_of(id)))
        .filter(|&(id, path)| claims.union.rootfs.entry(path) == Some(id))
        .map(|(_, path)| image.paths.parent(path))
        .collect();
    directories.sort_unstable();
    let Some(&first) = directories.first() else { return };
    let mut directories = directories.into_iter().peekable();
    // the packages around the current path, innermost last
    let mut around: Vec<(PathId, u32)> = Vec::new();
    for path in (first.0..image.paths.len()).map(PathId) {
        while around.last().is_some_and(|&(end, _)| end <= path) {
            around.pop();
        }
        if directories.next_if_eq(&path).is_some()
            && let Some(package) = add(claims, path)
        {
            around.push((image.paths.end(path), package));
        }
        if let Some(&(_, package)) = around.last() {
            claims.claim(path, package);
        } else if directories.peek().is_none() {
            break;
        }
    }
}

/// Names the package in a directory.
fn add(claims: &mut Claims<'_>, directory: PathId) -> Option<u32> {
    #[derive(Deserialize)]
    struct PackageJson<'t> {
        #[serde(borrow)]
        version: Option<Cow<'t, str>>,
    }
    let paths = &claims.image.paths;
    let own = paths.name(directory);
    let scope = paths.name(paths.parent(directory));
    let name = if scope.starts_with(b"@") { [scope, own].join(&b"/"[..]) } else { own.to_vec() };
    let json = paths.child(directory, b"package.json")?;
    let body = claims.body_at(json)?;
    let version = serde_json::from_slice::<PackageJson<'_>>(body).ok().and_then(|json| json.version);
    claims.add(Manager::Node, &name, version.as_ref().map(|version| version.as_bytes()))
}
