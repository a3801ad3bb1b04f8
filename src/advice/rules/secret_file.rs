//! Key and credential files, in any layer: one that a later layer deletes can still be read.

use super::Structural;
use crate::advice::desk::{Desk, Draft, files, layer_list};
use crate::advice::tally::Tally;
use crate::advice::{Evidence, Severity};
use crate::layer::Kind;
use crate::overlay::Fate;

pub(super) const RULE: Structural = Structural { infos: &[], find };

/// Names that often hold settings or certificates only.
const MILD: [&[u8]; 5] = [b".npmrc", b".pem", b".my.cnf", b"config.json", b".htpasswd"];

/// Larger files are no keys, in bytes.
const LARGEST: u64 = 1_000_000;

fn find(desk: &mut Desk<'_>) {
    let mut rules = Vec::new();
    for &(_, rule) in &desk.classes.secrets {
        if !rules.iter().any(|known: &&crate::advice::PathRule| known.id == rule.id) {
            rules.push(rule);
        }
    }
    for rule in rules {
        let [mut own, mut base] = [Tally::default(), Tally::default()];
        let mut deleted = 0;
        let mut worst = Severity::Medium;
        for &(path, _) in desk.classes.secrets.iter().filter(|(_, other)| other.id == rule.id) {
            for &entry in desk.image.timeline.of(path) {
                let (layer, of) = (desk.image.layer_of(entry), desk.image.entry(entry));
                if of.kind != Kind::File || of.size == 0 || of.size > LARGEST {
                    continue;
                }
                // a secret is no matter of bytes, so its evidence is billed none
                let evidence = Evidence { bytes: 0, path, entry, layer };
                if desk.is_own(layer) {
                    let name = desk.image.paths.name(path);
                    if !MILD.iter().any(|mild| name.ends_with(mild)) {
                        worst = Severity::High;
                    }
                    own.add(evidence, desk.settings.evidence);
                    deleted += u64::from(
                        desk.union.fate(entry) != Fate::Live && desk.union.rootfs.entry(path).is_none(),
                    );
                } else {
                    base.add(evidence, desk.settings.evidence);
                }
            }
        }
        for (tally, severity) in [(own, worst), (base, Severity::Info)] {
            if tally.entries > 0 {
                let draft = draft(desk, rule.why.clone(), tally, severity, deleted);
                desk.file(&rule.info(), draft);
            }
        }
    }
}

fn draft(desk: &Desk<'_>, why: String, tally: Tally, severity: Severity, deleted: u64) -> Draft {
    let evidence = tally.evidence();
    let layers: Vec<usize> = tally.layers.keys().copied().collect();
    let first = evidence.first().map_or_else(String::new, |evidence| desk.path(evidence.path));
    let mut paths: Vec<_> = evidence.iter().map(|evidence| evidence.path).collect();
    paths.dedup();
    let more = paths.len().saturating_sub(1) as u64;
    let more = if more > 0 { format!(" and {} more", files(more)) } else { String::new() };
    let base = if severity == Severity::Info { " of the base image" } else { "" };
    let later = match deleted {
        0 => String::new(),
        _ if deleted == tally.entries && severity != Severity::Info => {
            ", deleted later but still there".into()
        }
        _ if severity != Severity::Info => format!(", {deleted} of them deleted later but still there"),
        _ => String::new(),
    };
    let title = format!("{first}{more} may hold a secret: {}{base}{later}", layer_list(&layers));
    let names: Vec<String> = paths.iter().take(5).map(|path| desk.path(*path)).collect();
    let copied = layers.iter().any(|&layer| desk.is_made_by(layer, "COPY") || desk.is_made_by(layer, "ADD"));
    let ignore: Vec<String> =
        names.iter().filter_map(|name| name.rsplit('/').next()).map(|name| format!("**/{name}")).collect();
    let file = names.first().and_then(|name| name.rsplit('/').next()).unwrap_or("credentials");
    let mount = format!(
        "RUN --mount=type=secret,id={},target={} \\\n    COMMAND THAT NEEDS IT\n# docker build --secret id={},src={file} .",
        file.trim_start_matches('.'),
        names.first().map_or("/run/secrets/credentials", String::as_str),
        file.trim_start_matches('.')
    );
    let fix = if copied { format!("# .dockerignore\n{}\n\n{mount}", ignore.join("\n")) } else { mount };
    Draft { title, why, fix, tally, severity: Some(severity), ..Draft::default() }
}
