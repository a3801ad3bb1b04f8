//! Anything in which a blob can be found by name.

use serde::de::DeserializeOwned;

use super::{limits, normal_text};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::text;

/// A collection of named blobs: an archive's members, a directory's files, or what a stream left behind.
/// Names are normalised (see [`super::normal`]) and need not be UTF-8.
pub trait Store {
    /// The name under which a blob's bytes are stored, links followed; none when it is not there.
    ///
    /// # Errors
    /// When links lead round in a circle.
    fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>>;

    /// The whole body of a small blob; `name` is a resolved one.
    ///
    /// # Errors
    /// When it is longer than [`limits::DOCUMENT`] or cannot be read.
    fn body(&self, name: &[u8]) -> Result<Vec<u8>>;
}

/// Reads a JSON document; none when there is no such blob.
///
/// # Errors
/// When it cannot be read, or is not the JSON that it should be; the error names the member.
pub fn document<T: DeserializeOwned>(store: &dyn Store, name: &[u8]) -> Result<Option<T>> {
    let shown = || text::line(name, 200);
    let Some(resolved) = store.resolve(name).map_err(|error| error.at(shown()))? else { return Ok(None) };
    let body = store.body(&resolved).map_err(|error| error.at(shown()))?;
    serde_json::from_slice(&body)
        .map(Some)
        .map_err(|error| Error::because(format!("it is not the JSON of an image: {error}")).at(shown()))
}

/// Where the blob of a digest may be: in an OCI layout, or by its bare digest (skopeo's `dir:`).
pub(super) fn blob_name(store: &dyn Store, digest: &Digest) -> Result<Option<Vec<u8>>> {
    for name in [format!("blobs/{}/{}", digest.algorithm(), digest.encoded()), digest.encoded().to_owned()] {
        if let Some(found) = store.resolve(&normal_text(&name))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Refuses a document that is too long to be one.
pub(super) fn check_document(length: u64) -> Result<()> {
    if length > limits::DOCUMENT {
        return Err(Error::because(format!(
            "it has {length} bytes, over the limit of {} for a JSON document",
            limits::DOCUMENT
        )));
    }
    Ok(())
}

/// Follows symbolic links through `next`, which says what a name is.
pub(super) fn follow<T>(
    name: &[u8],
    next: impl Fn(&[u8]) -> Option<Step<T>>,
) -> Result<Option<(Vec<u8>, T)>> {
    let mut name = name.to_vec();
    for _ in 0..limits::LINKS {
        match next(&name) {
            None => return Ok(None),
            Some(Step::Here(found)) => return Ok(Some((name, found))),
            Some(Step::Link(target)) => name = target,
        }
    }
    Err(Error::because(format!("its links lead round in a circle (more than {} of them)", limits::LINKS)))
}

/// What a name is: the thing itself, or a link to another (normalised) name.
pub(super) enum Step<T> {
    /// The thing.
    Here(T),
    /// The name that it points to.
    Link(Vec<u8>),
}

/// The normalised target of a link that stands at `name`. Symbolic links start from their directory, unless absolute.
pub(super) fn link_target(name: &[u8], target: &[u8], symbolic: bool) -> Vec<u8> {
    let mut path = Vec::new();
    if symbolic && !target.starts_with(b"/") {
        let directory = name.iter().rposition(|&b| b == b'/').map_or(0, |slash| slash + 1);
        path.extend_from_slice(&name[..directory]);
    }
    path.extend_from_slice(target);
    let mut out = Vec::new();
    super::normal(&path, &mut out);
    out
}
