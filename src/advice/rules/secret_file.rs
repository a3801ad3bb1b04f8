//! Key and credential files, in any layer: one that a later layer deletes can still be read.

use super::Structural;
use crate::advice::claims::Claims;
use crate::advice::ledger::{Draft, Ledger, files, layer_list};
use crate::advice::{Evidence, Severity, dockerfile, shell};
use crate::layer::{Kind, SecretCheck};
use crate::overlay::Fate;

pub(super) const RULE: Structural = Structural { infos: &[], find };

/// Names that often hold settings or certificates only.
const MILD: [&[u8]; 5] = [b".npmrc", b".pem", b".my.cnf", b"config.json", b".htpasswd"];

/// Larger files are no keys, in bytes.
const LARGEST: u64 = 1_000_000;

/// What is told of the same kind: where it is, and how sure that is.
#[derive(Default)]
struct Group {
    claims: Claims,
    /// Entries that no path of the final root filesystem shows any more.
    deleted: u64,
    worst: Option<Severity>,
}

fn find(ledger: &mut Ledger<'_>) {
    let mut rules = Vec::new();
    for &(_, rule) in &ledger.path_matches.secrets {
        if !rules.iter().any(|known: &&crate::advice::PathRule| known.id == rule.id) {
            rules.push(rule);
        }
    }
    for rule in rules {
        let [mut sure, mut unsure, mut base] = [Group::default(), Group::default(), Group::default()];
        for &(path, _) in ledger.path_matches.secrets.iter().filter(|(_, other)| other.id == rule.id) {
            for &entry in ledger.image.timeline.of(path) {
                let (layer, of) = (ledger.image.layer_of(entry), ledger.image.entry(entry));
                let holds = ledger.image.excerpts.credentials(entry);
                if of.kind != Kind::File
                    || of.size == 0
                    || of.size > LARGEST
                    || holds == Some(SecretCheck::Nothing)
                {
                    continue;
                }
                let name = ledger.image.paths.name(path);
                let is_sure = holds == Some(SecretCheck::Secret);
                let is_mild = !is_sure && MILD.iter().any(|mild| name.ends_with(mild));
                let (group, severity) = match (ledger.is_own(layer), is_sure) {
                    (false, _) => (&mut base, Severity::Info),
                    (true, true) => (&mut sure, Severity::High),
                    (true, false) => (&mut unsure, if is_mild { Severity::Medium } else { Severity::High }),
                };
                // a secret is no matter of bytes, so its evidence is billed none
                group.claims.add(Evidence { bytes: 0, path, entry, layer }, ledger.settings.evidence);
                group.worst = Some(group.worst.map_or(severity, |worst| worst.min(severity)));
                let is_gone =
                    ledger.union.fate(entry) != Fate::Live && ledger.union.rootfs.entry(path).is_none();
                group.deleted += u64::from(is_gone);
            }
        }
        for (group, verb) in [(sure, "holds"), (unsure, "may hold"), (base, "may hold")] {
            if group.claims.entries > 0 {
                let draft = draft(ledger, rule.why.clone(), group, verb);
                ledger.file(&rule.info(), draft);
            }
        }
    }
}

fn draft(ledger: &Ledger<'_>, why: String, group: Group, verb: &str) -> Draft {
    let Group { claims, deleted, worst } = group;
    let severity = worst.unwrap_or(Severity::Info);
    let evidence = claims.evidence();
    let layers: Vec<usize> = claims.layers.keys().copied().collect();
    let first = evidence.first().map_or_else(String::new, |evidence| ledger.path(evidence.path));
    let mut paths: Vec<_> = evidence.iter().map(|evidence| evidence.path).collect();
    paths.dedup();
    let more = paths.len().saturating_sub(1) as u64;
    let more = if more > 0 { format!(" and {} more", files(more)) } else { String::new() };
    let verb = if more.is_empty() || verb != "holds" { verb } else { "hold" };
    let base = if severity == Severity::Info { " of the base image" } else { "" };
    let later = match deleted {
        _ if severity == Severity::Info => String::new(),
        0 => String::new(),
        all if all == claims.entries => ", deleted later but still there".into(),
        some => format!(", {some} of them deleted later but still there"),
    };
    let what = if paths.len() > 1 { "secrets" } else { "a secret" };
    let title = format!("{first}{more} {verb} {what}: {}{base}{later}", layer_list(&layers));
    let names: Vec<String> = paths.iter().take(5).map(|path| ledger.path(*path)).collect();
    // what a RUN wrote is not in the build context
    let is_copied = |layer| ledger.is_made_by(layer, "COPY") || ledger.is_made_by(layer, "ADD");
    let from_context = evidence.iter().filter(|evidence| is_copied(evidence.layer));
    let mut ignore: Vec<String> =
        from_context.take(12).map(|evidence| ignored(&ledger.path(evidence.path))).collect();
    ignore.sort();
    ignore.dedup();
    let mount = mounted(ledger, names.first().map_or("/run/secrets/credentials", String::as_str));
    let fix =
        if ignore.is_empty() { mount } else { format!("# .dockerignore\n{}\n\n{mount}", ignore.join("\n")) };
    Draft { title, why, fix, claims, severity: Some(severity), ..Draft::default() }
}

/// A line of .dockerignore: the name, and the directory where the name alone says little (`.aws/credentials`).
fn ignored(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    match parts.next().filter(|parent| parent.len() > 1 && parent.starts_with('.') && !name.starts_with('.'))
    {
        Some(parent) => format!("**/{parent}/{name}"),
        None => format!("**/{name}"),
    }
}

/// Who reads a file, by its name.
const READERS: [(&str, &[&str]); 7] = [
    (".npmrc", &["npm", "yarn", "pnpm"]),
    (".netrc", &["git", "curl", "pip", "go"]),
    (".pypirc", &["twine", "pip"]),
    (".git-credentials", &["git"]),
    ("credentials", &["aws"]),
    ("config.json", &["docker"]),
    ("id_", &["git", "ssh", "scp", "npm", "pip", "go"]),
];

/// The step that needs the file with the file mounted, as far as the history has it.
fn mounted(ledger: &Ledger<'_>, path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or("credentials");
    let id = file.trim_start_matches('.');
    let readers = READERS.iter().find(|(name, _)| file == *name || file.starts_with("id_") && *name == "id_");
    let uses = |part: &str| {
        let readers = readers.map(|(_, readers)| *readers).unwrap_or_default();
        shell::commands(part).iter().any(|words| readers.contains(&words[0].as_str()))
            && !part.contains(file)
            && !part.contains(" config set ")
            && !part.contains('…')
    };
    let step = (ledger.analysis.base_layers..ledger.image.layers.len())
        .filter(|&layer| ledger.is_made_by(layer, "RUN"))
        .find_map(|layer| {
            let command = ledger.command(layer);
            let parts: Vec<&str> = shell::chain(&command).into_iter().filter(|part| uses(part)).collect();
            (!parts.is_empty()).then(|| parts.join(" && "))
        });
    let mount = format!("--mount=type=secret,id={id},target={path}");
    let build = format!("# docker build --secret id={id},src={file} .");
    match step {
        Some(step) => {
            let run = dockerfile::run(&[step]);
            format!("RUN {mount} \\\n    {}\n{build}", run.trim_start_matches("RUN "))
        }
        None => format!("# in the RUN that needs it:\n# RUN {mount} …\n{build}"),
    }
}
