//! The whole project copied before its dependencies are installed: every edit then installs them anew.

use super::Structural;
use crate::advice::ledger::{Draft, Ledger, capital};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity, dockerfile, shell};
use crate::dockerfile::Keyword;
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

/// Installing what a file of the project names.
struct Install {
    commands: &'static [&'static str],
    /// The files that name the dependencies.
    files: &'static [&'static str],
    /// What fetches the dependencies and no more, for commands that need the sources as well.
    fetch: Option<&'static str>,
}

const fn install(commands: &'static [&'static str], files: &'static [&'static str]) -> Install {
    Install { commands, files, fetch: None }
}

const fn build(
    commands: &'static [&'static str],
    files: &'static [&'static str],
    fetch: &'static str,
) -> Install {
    Install { commands, files, fetch: Some(fetch) }
}

const INSTALLS: [Install; 10] = [
    install(
        &["npm ci", "npm install", "npm i"],
        &["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"],
    ),
    install(&["yarn install", "yarn"], &["package.json", "yarn.lock", ".yarnrc.yml"]),
    install(&["pnpm install", "pnpm i"], &["package.json", "pnpm-lock.yaml"]),
    install(
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
    install(&["bundle install"], &["Gemfile", "Gemfile.lock"]),
    install(&["composer install"], &["composer.json", "composer.lock"]),
    install(&["go mod download"], &["go.mod", "go.sum"]),
    build(&["go build", "go install"], &["go.mod", "go.sum"], "go mod download"),
    build(&["mvn", "mvnw"], &["pom.xml"], "mvn -B dependency:go-offline"),
    // cargo fetches for a crate that has at least one source
    build(
        &["cargo build", "cargo install"],
        &["Cargo.toml", "Cargo.lock"],
        "mkdir -p src && echo 'fn main() {}' > src/main.rs && cargo fetch",
    ),
];

/// Tools of pip itself, which are no dependencies of the project.
const TOOLS: [&str; 4] = ["pip", "setuptools", "wheel", "uv"];

impl Install {
    /// The words of the command by which this installs in `command`.
    fn find(&self, command: &str) -> Option<Vec<String>> {
        self.commands.iter().find_map(|wanted| {
            // `yarn` alone installs; `yarn build` does not
            let is_bare = !wanted.contains(' ') && self.fetch.is_none();
            let words = shell::find(command, wanted)?;
            (!is_bare || shell::operands(&words).next().is_none()).then_some(words)
        })
    }

    /// The step in two: what installs, and what needs the rest of the project. None where that cannot be told.
    fn cut(&self, command: &str) -> Option<(Vec<String>, Vec<String>)> {
        let parts = shell::chain(command);
        let last = parts.iter().rposition(|part| self.find(part).is_some())?;
        let changes_directory = |part: &&str| shell::commands(part).iter().any(|words| words[0] == "cd");
        let has_more = |part: &&str| !is_tidying(part);
        let is_split = self.fetch.is_some() || parts[last + 1..].iter().any(&has_more);
        if is_split && (parts.iter().any(changes_directory) || command.contains('\n')) {
            return None;
        }
        let texts = |parts: &[&str]| parts.iter().map(ToString::to_string).collect::<Vec<_>>();
        Some(match self.fetch {
            Some(fetch) => (vec![fetch.to_owned()], vec![command.to_owned()]),
            None if is_split => {
                let (after, tidy): (Vec<&str>, Vec<&str>) =
                    parts[last + 1..].iter().copied().partition(has_more);
                ([texts(&parts[..=last]), texts(&tidy)].concat(), texts(&after))
            }
            None => (vec![command.to_owned()], Vec::new()),
        })
    }
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

/// True for a `COPY` of a whole directory of the build context.
fn copies_all(step: &Step) -> bool {
    let words: Vec<&str> = step.command.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    matches!(step.instruction.map(Keyword::as_str), Some("COPY" | "ADD"))
        && !step.command.contains("--from=")
        && words
            .get(1)
            .is_some_and(|source| matches!(*source, "." | "./" | "*") || source.starts_with("dir:"))
}

fn find(ledger: &mut Ledger<'_>) {
    let history = &ledger.image.history;
    let is_own = |step: &Step| step.layer.is_some_and(|layer| ledger.is_own(layer));
    let Some(copy) = history.iter().position(|step| is_own(step) && copies_all(step)) else { return };
    let Some(from) = history[copy].layer else { return };
    let found = history.iter().enumerate().skip(copy + 1).find_map(|(at, step)| {
        let run = step.instruction.map(Keyword::as_str) == Some("RUN") && is_own(step);
        let kind = INSTALLS.iter().find(|kind| run && kind.find(&step.command).is_some())?;
        needs(ledger, kind, &step.command, from).map(|manifests| (at, kind, manifests))
    });
    let Some((at, kind, manifests)) = found else { return };
    let Some(to) = history[at].layer else { return };
    let Some((before, after)) = kind.cut(&ledger.command(to)) else { return };
    let copied = dockerfile::copy(&ledger.command(from), "");
    let target = copied.split_whitespace().last().unwrap_or(".").trim_end_matches('/').to_owned();
    let mut lines = Vec::new();
    if !manifests.is_empty() {
        lines.push(format!("COPY {} {target}/", manifests.join(" ")));
    }
    if history[copy + 1..at].iter().any(|step| step.layer.is_some()) {
        lines.push("# … the steps that stand between …".into());
    }
    lines.push(dockerfile::run(&before));
    lines.push(copied);
    if !after.is_empty() {
        lines.push(dockerfile::run(&after));
    }
    let fix = lines.join("\n");
    let why = format!(
        "{} stands above {}. With every edit of a source file the dependencies are downloaded again, and everybody \
         pulls a new layer of them. Copy what names the dependencies first, then install, then copy the rest.",
        capital(&ledger.layer(from)),
        ledger.layer(to)
    );
    let title = format!("Layer {from} copies the whole project before layer {to} installs its dependencies");
    ledger.file(
        &INFO,
        Draft { title, why, fix, layers: vec![from, to], severity: Some(Severity::Low), ..Draft::default() },
    );
}

/// The files of the project that an installation needs, in the layer that copies them; none for one that needs the
/// sources as well, or nothing of the project at all and no packages either.
fn needs(ledger: &Ledger<'_>, kind: &Install, command: &str, from: usize) -> Option<Vec<&'static str>> {
    let words = kind.find(command)?;
    let there: Vec<&str> = kind.files.iter().copied().filter(|name| is_copied(ledger, from, name)).collect();
    if kind.fetch.is_some() {
        // without a list of dependencies there is nothing to fetch; a workspace has more than one manifest
        let lock = kind.files.last()?;
        return (there.len() == kind.files.len() && (*lock != "Cargo.lock" || is_one_crate(ledger, from)))
            .then_some(there);
    }
    let operands: Vec<&str> = shell::operands(&words).skip(1).collect();
    let is_project = |operand: &&str| operand.starts_with('.') || *operand == "/" || operand.starts_with('$');
    if operands.iter().any(is_project) || words.iter().any(|word| word == "-e" || word == "--editable") {
        return None;
    }
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

/// True when a layer stores a file of this name, not below `node_modules` and the like.
fn is_copied(ledger: &Ledger<'_>, layer: usize, name: &str) -> bool {
    let paths = &ledger.image.paths;
    ledger.image.layer_entries(layer).any(|entry| {
        let path = ledger.image.path_of(entry);
        paths.name(path) == name.as_bytes() && paths.name(paths.parent(path)) != b"node_modules"
    })
}
