//! Patterns for `.dockerignore`: paths as the build context has them.

use crate::advice::engine::ledger::Ledger;
use crate::image::PathId;

/// Most patterns that one finding asks for.
const MOST: usize = 12;

/// The patterns for paths that a step copied out of the context.
///
/// A `COPY . /app` tells where in the context a file was: `/app/a/b` is `a/b`. The old builder's sum of a directory
/// does not tell which one it was, so there the pattern is `**/a/b`. Where the copy tells nothing, the name is left
/// out wherever it is.
pub(super) fn patterns(
    ledger: &Ledger<'_>,
    layer: usize,
    paths: impl IntoIterator<Item = PathId>,
) -> Vec<String> {
    let is_sum = ledger.image.command_of(layer).split_whitespace().any(|word| word.starts_with("dir:"));
    let target = target(ledger, layer);
    let mut patterns: Vec<String> = Vec::new();
    for path in paths {
        let full = String::from_utf8_lossy(&ledger.image.paths.full(path)).into_owned();
        let name = full.rsplit('/').next().unwrap_or(&full).to_owned();
        let below = target.as_ref().and_then(|target| {
            let rest =
                if target.is_empty() { Some(full.as_str()) } else { full.strip_prefix(target.as_str()) };
            rest.map(|rest| rest.trim_start_matches('/')).filter(|rest| !rest.is_empty())
        });
        let pattern = match below {
            Some(rest) if is_sum => format!("**/{rest}"),
            Some(rest) => rest.to_owned(),
            None => format!("**/{name}"),
        };
        let is_safe = !pattern.starts_with(['#', '!']) && !pattern.chars().any(crate::text::is_unsafe);
        if is_safe && !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    patterns.sort();
    patterns.truncate(MOST);
    patterns
}

/// Where the root of the context was copied to, without a leading slash; none when something else was copied.
fn target(ledger: &Ledger<'_>, layer: usize) -> Option<String> {
    let command = ledger.image.command_of(layer);
    let words: Vec<&str> =
        command.split_whitespace().skip(1).filter(|word| !word.starts_with("--") && *word != "in").collect();
    let [source, target] = words.as_slice() else { return None };
    let is_whole = matches!(*source, "." | "./" | "/") || source.starts_with("dir:");
    if !is_whole {
        return None;
    }
    let target = if target.starts_with('/') {
        (*target).to_owned()
    } else {
        let directory = ledger.directory_of(layer);
        format!(
            "{}/{}",
            directory.trim_end_matches('/'),
            target.trim_start_matches("./").trim_end_matches('.')
        )
    };
    Some(target.trim_matches('/').to_owned())
}
