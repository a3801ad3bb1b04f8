//! What Python's packages that are carried over ask for, by their own records.
//!
//! Source: "Core metadata specifications": `Requires-Dist: NAME[EXTRA] (VERSION); MARKER` in the head of the file
//! `METADATA` of a `dist-info`.

use std::collections::{HashMap, HashSet};

use crate::advice::engine::ledger::Ledger;
use crate::image::PathId;

/// The records of the packages that `carried` ones ask for and that are not among them.
pub(super) fn required(ledger: &Ledger<'_>, carried: &[PathId]) -> Vec<PathId> {
    let paths = &ledger.image.paths;
    let mut wanted: HashSet<String> = HashSet::new();
    let mut there: HashSet<String> = HashSet::new();
    for &path in carried {
        let record = paths.parent(path);
        let Some(name) = distribution(paths.name(record)) else { continue };
        there.insert(name);
        if paths.name(path) == b"METADATA"
            && let Some(body) = ledger.stack().body(path)
        {
            wanted.extend(requirements(&String::from_utf8_lossy(body)));
        }
    }
    wanted.retain(|name| !there.contains(name));
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found: HashMap<String, PathId> = HashMap::new();
    for (path, _) in ledger.union.rootfs.live() {
        if let Some(name) = distribution(paths.name(path)).filter(|name| wanted.contains(name)) {
            found.entry(name).or_insert(path);
        }
    }
    let mut found: Vec<PathId> = found.into_values().collect();
    found.sort_unstable();
    // a package owns the files of a record, not always its directory
    found.into_iter().map(|record| paths.children(record).next().unwrap_or(record)).collect()
}

/// The package of a record: `PyYAML-6.0.egg-info`, `flask-3.0.dist-info`.
fn distribution(name: &[u8]) -> Option<String> {
    let stem = [&b".dist-info"[..], b".egg-info"].iter().find_map(|end| name.strip_suffix(*end))?;
    let project = stem.split(|&byte| byte == b'-').next()?;
    Some(normal(&String::from_utf8_lossy(project)))
}

/// Names are the same whatever their case and their signs between words.
fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

/// The names that are asked for whatever extras are chosen.
fn requirements(metadata: &str) -> impl Iterator<Item = String> + '_ {
    let head = metadata.lines().take_while(|line| !line.trim().is_empty());
    head.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let (asked, marker) = value.split_once(';').unwrap_or((value, ""));
        let is_asked = name.eq_ignore_ascii_case("Requires-Dist") && !marker.contains("extra");
        let end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        let project = asked.trim().split(end).next().unwrap_or_default();
        (is_asked && !project.is_empty()).then(|| normal(project))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_record_tells_what_is_asked_for() {
        let metadata = "Metadata-Version: 2.1\nName: x\nRequires-Dist: PyYAML (>=5)\nRequires-Dist: zope.interface>=1\n\
                        Requires-Dist: h2[fast]>1 ; extra == 'http2'\nRequires-Dist: tomli; python_version < '3.11'\n\n\
                        Requires-Dist: told-in-the-text\n";
        assert_eq!(requirements(metadata).collect::<Vec<_>>(), ["pyyaml", "zope-interface", "tomli"]);
        assert_eq!(distribution(b"PyYAML-6.0.egg-info").as_deref(), Some("pyyaml"));
        assert_eq!(distribution(b"my_flask-2.0.dist-info").as_deref(), Some("my-flask"));
        assert_eq!(distribution(b"flask"), None);
    }
}
