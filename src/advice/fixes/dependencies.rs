//! An installation without what only development needs.

use super::edits;
use crate::advice::engine::ledger::Ledger;
use crate::advice::engine::node_locks::is_named_dev;
use crate::advice::engine::rule::PathRule;
use crate::advice::knowledge::languages::{INSTALLERS, Installer};
use crate::advice::rules::files::PathFacts;
use crate::dockerfile::{Edit, Fix, Keyword, StepId, shell, write};
use crate::text;

/// The image's own command without development dependencies: they are asked for by name, or by a manifest.
pub(super) fn fix(ledger: &Ledger<'_>, rule: &PathRule, facts: &PathFacts) -> Option<Fix> {
    if let Some(package) = &facts.started {
        return Some(Fix::note(format!(
            "a container starts {}, which is for development: start what it makes, then leave it out",
            text::line(package.as_bytes(), 60)
        )));
    }
    let layer = facts.guilty?;
    let command = ledger.image.command_of(layer);
    let (kind, flag, wanted, words) = INSTALLERS.iter().find_map(|kind| {
        let (wanted, words) = kind.find(command)?;
        Some((kind, kind.production?, wanted, words))
    })?;
    let verbs = wanted.split(' ').count() - 1;
    let packages: Vec<String> = shell::operands(&words).skip(verbs).map(str::to_owned).collect();
    if !packages.is_empty() {
        return by_name(ledger, rule, layer, kind, &packages);
    }
    if is_new_yarn(ledger, kind) {
        return Some(Fix::note(format!(
            "yarn workspaces focus --all --production, in place of {wanted}, leaves them out (a part of yarn since its version 4)"
        )));
    }
    let first = kind
        .prune
        .map(|prune| format!("if a build step needs them: build first, then {prune} in the same RUN"));
    if facts.is_untold {
        let how = format!(
            "{wanted} {flag} leaves them out; nothing in the image tells what else goes with them, so try it afterwards"
        );
        return Some(Fix { edits: Vec::new(), notes: std::iter::once(how).chain(first).collect() });
    }
    if let Some(fix) = pruned(ledger, kind, layer) {
        return Some(fix);
    }
    let builds = |layer: usize| builds(kind, ledger.image.command_of(layer));
    if let (true, Some(prune), Some(step)) = (builds(layer), kind.prune, ledger.shell_run(layer)) {
        return Some(Fix::one(Edit::AppendCommand { step, command: prune.into() }));
    }
    if (layer + 1..ledger.image.layers.len()).any(builds) {
        let how = "a later step builds with them: install, build and remove them in one RUN, or build in a stage of its own";
        return Some(Fix::note(how));
    }
    let edits = edits::replace(ledger, layer, |part| {
        let is_it = kind.find(part).is_some() && part.contains(wanted) && !part.contains(flag);
        is_it.then(|| vec![part.replacen(wanted, &format!("{wanted} {flag}"), 1)])
    });
    (!edits.is_empty()).then(|| Fix { edits, notes: first.into_iter().collect() })
}

/// True for a project of yarn since its version 2, which has other options.
fn is_new_yarn(ledger: &Ledger<'_>, kind: &Installer) -> bool {
    kind.commands.contains(&"yarn") && ledger.lives_named(&[b".yarnrc.yml", b".pnp.cjs"])
}

/// True when a command runs the project's scripts or tools, which may need all dependencies.
fn builds(kind: &Installer, command: &str) -> bool {
    let program = kind.commands.first().and_then(|command| command.split(' ').next());
    shell::commands(command).iter().any(|words| {
        let own = Some(words[0].as_str()) == program;
        let verb = shell::operands(words).next();
        words[0] == "npx" || own && verb.is_some_and(|verb| !KEEPING.contains(&verb))
    })
}

/// What a package manager does without the project's scripts.
const KEEPING: [&str; 13] = [
    "add", "audit", "cache", "ci", "config", "dedupe", "fund", "i", "install", "prune", "set", "store",
    "version",
];

/// Packages that the command names itself, without those that are for development.
fn by_name(
    ledger: &Ledger<'_>,
    rule: &PathRule,
    layer: usize,
    kind: &Installer,
    packages: &[String],
) -> Option<Fix> {
    let dev: Vec<&String> = packages.iter().filter(|package| is_named_dev(rule, package)).collect();
    if dev.is_empty() {
        return None;
    }
    let edits = edits::replace(ledger, layer, |part| {
        kind.find(part)?;
        let kept: Vec<&str> = part.split(' ').filter(|word| !dev.iter().any(|dev| dev == word)).collect();
        Some(if dev.len() < packages.len() { vec![kept.join(" ")] } else { Vec::new() })
    });
    let names: Vec<&str> = dev.iter().map(|name| name.as_str()).collect();
    Some(Fix { edits, notes: vec![format!("{} in the stage that builds, not here", names.join(" and "))] })
}

/// The installation with the build that needs all of it, and without what only the build needed; none when no
/// later step builds.
fn pruned(ledger: &Ledger<'_>, kind: &Installer, layer: usize) -> Option<Fix> {
    let program = kind.commands.first()?.split(' ').next()?;
    let above = layer + 1..ledger.image.layers.len();
    let build = above.clone().find(|&later| {
        let command = ledger.image.command_of(later);
        ledger.shell_run(later).is_some() && shell::runs(command, &format!("{program} run"))
    })?;
    let (install, build) = (ledger.shell_run(layer)?, ledger.shell_run(build)?);
    let between = ledger.image.history.get(install.index() + 1..build.index())?;
    // the installation moves down to the build, which nothing but copies may notice
    if !between.iter().all(|step| step.instruction.is_some_and(Keyword::copies)) {
        return None;
    }
    let command = |step: StepId| ledger.image.history[step.index()].command.clone();
    let commands = [command(install), command(build), kind.prune?.to_owned()];
    let edits = vec![
        Edit::RemoveStep { step: install },
        Edit::ReplaceStep { step: build, lines: vec![write::run(&commands)] },
    ];
    Some(Fix { edits, notes: Vec::new() })
}
