//! Secrets mounted for the steps that need them, and left out of the build context.

use super::ignore;
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::files;
use crate::advice::rules::secret_file::SecretFiles;
use crate::dockerfile::{Edit, Fix, shell};
use crate::layer::secret_files;
use crate::text;

impl Facts for SecretFiles {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let claims = &found.claims;
        let evidence = claims.evidence();
        let mut paths: Vec<_> = evidence.iter().map(|evidence| evidence.path).collect();
        paths.dedup();
        let first = paths.first().map_or_else(String::new, |&path| ledger.path(path));
        let more = paths.len().saturating_sub(1) as u64;
        let more = if more > 0 { format!(" and {} more", files(more)) } else { String::new() };
        let verb = match (self.is_sure, more.is_empty()) {
            (true, true) => "holds",
            (true, false) => "hold",
            (false, _) => "may hold",
        };
        let later = match self.removed {
            _ if self.is_base => String::new(),
            0 => String::new(),
            all if all == claims.entries => ", removed later but still there".into(),
            some => format!(", {some} of them removed later but still there"),
        };
        let what = if paths.len() > 1 { "secrets" } else { "a secret" };
        let base = if self.is_base { " of the base image" } else { "" };
        let layers = text::layers(&found.layers);
        // what a RUN wrote is not in the build context
        let mut patterns: Vec<String> = Vec::new();
        for &layer in found.layers.iter().filter(|&&layer| ledger.is_from_context(layer)) {
            let here =
                evidence.iter().filter(|evidence| evidence.layer == layer).map(|evidence| evidence.path);
            patterns.extend(ignore::patterns(ledger, layer, here));
        }
        patterns.sort();
        patterns.dedup();
        let mut fix = mounted(ledger, &first);
        // a build without the file would fail where a step reads it that gets no mount
        let needed = || paths.iter().find_map(|&path| needed_by(ledger, &ledger.path(path)));
        match if fix.edits.is_empty() { needed() } else { None } {
            Some(step) => fix.notes.insert(0, step),
            None if !patterns.is_empty() => fix.edits.insert(0, Edit::Ignore { patterns }),
            None => {}
        }
        Words {
            title: format!("{first}{more} {verb} {what}: {layers}{base}{later}"),
            why: found.rule.why.clone(),
            fix,
        }
    }
}

/// A word about the first step that names the file and does not only remove it or change its mode.
fn needed_by(ledger: &Ledger<'_>, path: &str) -> Option<String> {
    const TIDYING: [&str; 5] = ["rm", "chmod", "chown", "shred", "unlink"];
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let names_it = |words: &Vec<String>| {
        let mut operands = words.iter().skip(1);
        !TIDYING.contains(&words[0].as_str())
            && operands.any(|word| word == name || word.ends_with(&format!("/{name}")))
    };
    let layer = ledger.own_layers().find(|&layer| {
        ledger.shell_run(layer).is_some()
            && shell::commands(ledger.image.command_of(layer)).iter().any(names_it)
    })?;
    Some(format!(
        "{} reads {path}: mount it there, and leave it out of the build context",
        ledger.layer(layer)
    ))
}

/// The steps that need the file, with the file mounted, as far as the history has them.
fn mounted(ledger: &Ledger<'_>, path: &str) -> Fix {
    let file = path.rsplit('/').next().unwrap_or("credentials");
    let id: String = file
        .trim_start_matches('.')
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c))
        .collect();
    let readers = secret_files::readers(file.as_bytes());
    let is_reader = |part: &str| {
        shell::commands(part).iter().any(|words| readers.contains(&words[0].as_str()))
            && !part.contains(" config set ")
    };
    let is_about = |part: &str| part.contains(file) && !is_reader(part);
    let mount = format!("type=secret,id={id},target={path}");
    let mut fix = Fix::default();
    for layer in ledger.own_layers() {
        let Some(step) = ledger.shell_run(layer) else { continue };
        let command = ledger.image.command_of(layer);
        let parts = shell::part_texts(command);
        if parts.iter().any(|part| is_reader(part)) {
            fix.edits.push(Edit::AddMount { step, mount: mount.clone() });
            // what wrote the file and took it away again is not needed, and a mount cannot be removed
            let drop = parts.iter().enumerate().filter(|(_, part)| is_about(part));
            fix.edits.extend(drop.map(|(part, _)| Edit::ReplaceCommand { step, part, with: Vec::new() }));
        }
    }
    if fix.edits.is_empty() {
        fix.notes.push(format!("in the RUN that needs it: RUN --mount={mount} …"));
    }
    fix.notes.push(format!("docker build --secret id={id},src={file} ."));
    fix
}
