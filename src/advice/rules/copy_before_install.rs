//! The whole project copied before its dependencies are installed: every edit then installs them anew.

use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::knowledge::languages::{INSTALLERS, Installer};
use crate::dockerfile::{Keyword, StepId, shell};
use crate::image::{PathId, Step};

const ID: &str = "copy-before-install";

/// Tools of pip itself, which are no dependencies of the project.
const TOOLS: [&str; 4] = ["pip", "setuptools", "wheel", "uv"];

/// The two steps, and how the second can be cut.
#[derive(Debug)]
pub(in crate::advice) struct CopyBeforeInstall {
    pub(in crate::advice) copy: StepId,
    pub(in crate::advice) install: StepId,
    /// The layers of the two.
    pub(in crate::advice) layers: (usize, usize),
    /// The files that name the dependencies.
    pub(in crate::advice) manifests: Vec<&'static str>,
    /// What installs, and what needs the rest of the project.
    pub(in crate::advice) before: Vec<String>,
    pub(in crate::advice) after: Vec<String>,
}

/// True for a `COPY` of a whole directory of the build context.
fn copies_all(step: &Step) -> bool {
    let words: Vec<&str> = step.command.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    step.instruction.is_some_and(Keyword::copies)
        && !step.command.contains("--from=")
        && words
            .get(1)
            .is_some_and(|source| matches!(*source, "." | "./" | "*") || source.starts_with("dir:"))
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let history = &ledger.image.history;
    let is_own = |step: &Step| step.layer.is_some_and(|layer| ledger.is_own(layer));
    let Some(copy) = history.iter().position(|step| is_own(step) && copies_all(step)) else { return };
    let Some(from) = history[copy].layer else { return };
    let found = history.iter().enumerate().skip(copy + 1).find_map(|(at, step)| {
        let run = step.instruction == Some(Keyword::Run) && is_own(step);
        let kind = INSTALLERS.iter().find(|kind| run && kind.find(&step.command).is_some())?;
        needs(ledger, kind, &step.command, from).map(|manifests| (at, kind, manifests))
    });
    let Some((at, kind, manifests)) = found else { return };
    let Some(to) = history[at].layer else { return };
    let Some((before, after)) = cut(kind, &history[at].command) else { return };
    let facts = CopyBeforeInstall {
        copy: StepId::at(copy),
        install: StepId::at(at),
        layers: (from, to),
        manifests,
        before,
        after,
    };
    ledger.file(ID, Draft::about(vec![from, to], Severity::Low), facts);
}

/// The step in two: what installs, and what needs the rest of the project. None where that cannot be told.
fn cut(kind: &Installer, command: &str) -> Option<(Vec<String>, Vec<String>)> {
    let parts = shell::chain(command);
    let last = parts.iter().rposition(|part| kind.find(part).is_some())?;
    let changes_directory = |part: &&str| shell::commands(part).iter().any(|words| words[0] == "cd");
    let has_more = |part: &&str| !is_tidying(part);
    let is_split = kind.fetch.is_some() || parts[last + 1..].iter().any(&has_more);
    if is_split && (parts.iter().any(changes_directory) || command.contains('\n')) {
        return None;
    }
    let texts = |parts: &[&str]| parts.iter().map(ToString::to_string).collect::<Vec<_>>();
    Some(match kind.fetch {
        Some(fetch) => (vec![fetch.to_owned()], vec![command.to_owned()]),
        None if is_split => {
            let (after, tidy): (Vec<&str>, Vec<&str>) = parts[last + 1..].iter().copied().partition(has_more);
            ([texts(&parts[..=last]), texts(&tidy)].concat(), texts(&after))
        }
        None => (vec![command.to_owned()], Vec::new()),
    })
}

/// True for what only takes files away again.
fn is_tidying(part: &str) -> bool {
    shell::commands(part).iter().all(|words| {
        words[0] == "rm"
            || words[0] == "find" && words.iter().any(|word| word == "-delete")
            || shell::is(words, "npm cache")
            || shell::is(words, "yarn cache")
    })
}

/// The files of the project that an installation needs, in the layer that copies them; none for one that needs the
/// sources as well, or nothing of the project at all and no packages either.
fn needs(ledger: &Ledger<'_>, kind: &Installer, command: &str, from: usize) -> Option<Vec<&'static str>> {
    let (_, words) = kind.find(command)?;
    let there: Vec<&str> = kind.files.iter().copied().filter(|name| is_copied(ledger, from, name)).collect();
    if kind.fetch.is_some() {
        // without a list of dependencies there is nothing to fetch; a workspace has more than one manifest
        let lock = kind.files.last()?;
        return (there.len() == kind.files.len() && (*lock != "Cargo.lock" || is_one_crate(ledger, from)))
            .then_some(there);
    }
    // each package of a workspace has its own manifest, and yarn may bring itself and its plugins
    if kind.files.first().is_some_and(|name| *name == "package.json") && is_workspace(ledger, from) {
        return None;
    }
    let operands: Vec<&str> = shell::operands(&words).skip(1).collect();
    let is_project = |operand: &&str| operand.starts_with('.') || *operand == "/" || operand.starts_with('$');
    if operands.iter().any(is_project) || words.iter().any(|word| word == "-e" || word == "--editable") {
        return None;
    }
    // a path is what an option asks for, such as the place of a cache
    let operands: Vec<&str> = operands.into_iter().filter(|operand| !operand.starts_with('/')).collect();
    if words.iter().any(|word| word == "-r" || word.starts_with("--requirement")) || operands.is_empty() {
        return (!there.is_empty()).then_some(there);
    }
    // packages that the command names itself need no file of the project
    let is_tool = |operand: &&str| TOOLS.contains(&operand.split(['=', '<', '>']).next().unwrap_or(operand));
    (!operands.iter().all(is_tool)).then(Vec::new)
}

/// True for a project of one crate with a program, told by its only manifest.
fn is_one_crate(ledger: &Ledger<'_>, layer: usize) -> bool {
    let named = |name: &[u8]| {
        ledger
            .image
            .layer_entries(layer)
            .filter(|&entry| ledger.image.paths.name(ledger.image.path_of(entry)) == name)
            .count()
    };
    named(b"Cargo.toml") == 1 && named(b"main.rs") == 1
}

/// True for a layer with several manifests of Node.js, or with what yarn is to run from.
fn is_workspace(ledger: &Ledger<'_>, layer: usize) -> bool {
    let paths = &ledger.image.paths;
    let mut manifests = 0;
    for entry in ledger.image.layer_entries(layer) {
        let mut at = ledger.image.path_of(entry);
        let is_manifest = paths.name(at) == b"package.json";
        let mut is_of_yarn = paths.name(at) == b"pnpm-workspace.yaml";
        while at != PathId::ROOT && paths.name(at) != b"node_modules" {
            is_of_yarn |= paths.name(at) == b".yarn";
            at = paths.parent(at);
        }
        if at == PathId::ROOT {
            manifests += usize::from(is_manifest);
            if is_of_yarn || manifests > 1 {
                return true;
            }
        }
    }
    false
}

/// True when a layer stores a file of this name, not below `node_modules` and the like.
fn is_copied(ledger: &Ledger<'_>, layer: usize, name: &str) -> bool {
    let paths = &ledger.image.paths;
    ledger.image.layer_entries(layer).any(|entry| {
        let path = ledger.image.path_of(entry);
        paths.name(path) == name.as_bytes() && paths.name(paths.parent(path)) != b"node_modules"
    })
}
