//! Paths, which need not be UTF-8.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::text;

/// A path as text, and as its exact bytes where the text cannot hold them.
#[derive(Serialize)]
pub(in crate::report) struct PathFields {
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

impl PathFields {
    pub(in crate::report) fn of(bytes: &[u8]) -> Self {
        let (path, lossy) = text::json_text(bytes);
        Self { path: Some(path), path_bytes: lossy.then(|| STANDARD.encode(bytes)) }
    }

    /// No path.
    pub(in crate::report) const NONE: Self = Self { path: None, path_bytes: None };
}
