//! The whole project copied before its dependencies are installed: every edit then installs them anew.

use super::Structural;
use crate::advice::desk::{Desk, Draft, capital};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity, dockerfile, shell};
use crate::image::Step;

static INFO: RuleInfo = RuleInfo::new(
    "copy-before-install",
    Group::Structure,
    "The project is copied before its dependencies are installed",
    "A step runs again when anything above it changed. With COPY . . above the installation, every edit of a source file downloads all dependencies again, and makes a new layer of them that everybody pulls. Copy what names the dependencies first.",
    "COPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nCOPY . .",
)
.with(Confidence::Likely, Some(Severity::Low));

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

/// Installations of what a file of the project names, and these files.
const INSTALLS: [(&[&str], &[&str]); 9] = [
    (
        &["npm ci", "npm install", "npm i"],
        &["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"],
    ),
    (&["yarn install", "yarn"], &["package.json", "yarn.lock", ".yarnrc.yml"]),
    (&["pnpm install", "pnpm i"], &["package.json", "pnpm-lock.yaml"]),
    (
        &["pip install", "pip3 install", "uv sync", "poetry install", "pipenv install", "pdm install"],
        &[
            "requirements.txt",
            "pyproject.toml",
            "uv.lock",
            "poetry.lock",
            "Pipfile",
            "Pipfile.lock",
            "pdm.lock",
        ],
    ),
    (&["bundle install"], &["Gemfile", "Gemfile.lock"]),
    (&["composer install"], &["composer.json", "composer.lock"]),
    (&["go mod", "go build"], &["go.mod", "go.sum"]),
    (&["cargo build"], &["Cargo.toml", "Cargo.lock"]),
    (&["mvn", "mvnw"], &["pom.xml"]),
];

/// True for a `COPY` of a whole directory of the build context.
fn copies_all(step: &Step) -> bool {
    let words: Vec<&str> = step.command.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    matches!(step.instruction.as_deref(), Some("COPY" | "ADD"))
        && !step.command.contains("--from=")
        && words
            .get(1)
            .is_some_and(|source| matches!(*source, "." | "./" | "*") || source.starts_with("dir:"))
}

fn find(desk: &mut Desk<'_>) {
    let history = &desk.image.history;
    let is_own = |step: &Step| step.layer.is_some_and(|layer| desk.is_own(layer));
    let Some(copy) = history.iter().position(|step| is_own(step) && copies_all(step)) else { return };
    let install = history.iter().enumerate().skip(copy + 1).find_map(|(at, step)| {
        let run = step.instruction.as_deref() == Some("RUN") && is_own(step);
        INSTALLS
            .iter()
            .find(|(commands, _)| run && commands.iter().any(|command| shell::runs(&step.command, command)))
            .map(|(_, files)| (at, *files))
    });
    let Some((install, named)) = install else { return };
    let (Some(from), Some(to)) = (history[copy].layer, history[install].layer) else { return };
    // the files that are really there, beside the first of them in any own layer
    let there: Vec<&str> = named.iter().copied().filter(|name| is_copied(desk, from, name)).collect();
    // packages that the command names itself need no file of the project
    let names_packages = INSTALLS.iter().flat_map(|(commands, _)| *commands).any(|wanted| {
        shell::find(&history[install].command, wanted).is_some_and(|words| {
            shell::operands(&words).nth(1).is_some() && !words.iter().any(|word| word == "-r")
        })
    });
    if there.is_empty() && !names_packages {
        return;
    }
    let copied = dockerfile::copy(&desk.command(from), "");
    let target = copied.split_whitespace().last().unwrap_or(".").trim_end_matches('/').to_owned();
    let manifests =
        if there.is_empty() { String::new() } else { format!("COPY {} {target}/\n", there.join(" ")) };
    let fix = format!("{manifests}{}\n{copied}", dockerfile::run(&[desk.command(to)]));
    let why = format!(
        "{} stands above {}. With every edit of a source file the dependencies are downloaded again, and everybody \
         pulls a new layer of them. Copy what names the dependencies first, then install, then copy the rest.",
        capital(&desk.layer(from)),
        desk.layer(to)
    );
    let title = format!("Layer {from} copies the whole project before layer {to} installs its dependencies");
    desk.file(
        &INFO,
        Draft { title, why, fix, layers: vec![from, to], severity: Some(Severity::Low), ..Draft::default() },
    );
}

/// True when a layer stores a file of this name, not below `node_modules` and the like.
fn is_copied(desk: &Desk<'_>, layer: usize, name: &str) -> bool {
    let paths = &desk.image.paths;
    desk.image.layer_entries(layer).any(|entry| {
        let path = desk.image.path_of(entry);
        paths.name(path) == name.as_bytes() && paths.name(paths.parent(path)) != b"node_modules"
    })
}
