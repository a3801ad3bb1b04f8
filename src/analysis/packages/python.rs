//! Python's packages, as pip and others install them.
//!
//! Source: the Python packaging guide, "Recording installed projects": a directory `NAME-VERSION.dist-info` with
//! a file `RECORD`, whose lines are a path relative to the directory that holds both, a hash and a size.

use super::claims::Claims;
use super::model::Manager;
use crate::image::PathId;
use crate::layer::Excerpt;

/// Finds the packages and their files.
pub(super) fn read(claims: &mut Claims<'_>) {
    let image = claims.image;
    let mut records: Vec<PathId> = image
        .excerpts
        .iter()
        .filter(|(_, excerpt)| matches!(excerpt, Excerpt::Database(_)))
        .map(|(id, _)| (id, image.path_of(id)))
        .filter(|&(id, path)| {
            image.paths.name(path) == b"RECORD" && claims.union.rootfs.entry(path) == Some(id)
        })
        .map(|(_, path)| path)
        .collect();
    records.sort_unstable();
    for record in records {
        let info = image.paths.parent(record);
        let Some(title) = image.paths.name(info).strip_suffix(b".dist-info") else { continue };
        let dash = title.iter().rposition(|&b| b == b'-').unwrap_or(title.len());
        let project: Vec<u8> = title[..dash].iter().map(|&b| if b == b'_' { b'-' } else { b }).collect();
        let version = title.get(dash + 1..);
        let (Some(package), Some(body)) =
            (claims.add(Manager::Python, &project, version), claims.body_at(record))
        else {
            continue;
        };
        let directory = image.paths.parent(info);
        for line in body.split(|&b| b == b'\n') {
            claims.claim_named(directory, first_column(line), package);
        }
    }
}

/// The first column of a line of comma-separated values, which may be in quotes.
fn first_column(line: &[u8]) -> &[u8] {
    let (rest, end) = match line {
        [b'"', rest @ ..] => (rest, b'"'),
        _ => (line, b','),
    };
    &rest[..rest.iter().position(|&b| b == end).unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use super::first_column;

    #[test]
    fn paths_are_taken_from_lines() {
        assert_eq!(first_column(b"flask/app.py,sha256=x,123"), b"flask/app.py");
        assert_eq!(first_column(b"\"a,b.py\",sha256=x,1\r"), b"a,b.py");
        assert_eq!(first_column(b"../../../bin/flask,,"), b"../../../bin/flask");
        assert_eq!(first_column(b""), b"");
    }
}
