//! A Dockerfile of two stages, written out of the steps of the image: what is built in the first, and what the second
//! needs of it. Every rule about building and running in one stage shows the same sketch.

use super::base_images::{self, RunBase};
use super::ledger::{Ledger, safe};
use super::package_managers::{self, Tool};
use super::{apt, build_outputs, dockerfile, shell};
use crate::analysis::system::Language;
use crate::dockerfile::Keyword;
use crate::image::{PathId, Step};

/// Most steps that the sketch shows.
const STEPS: usize = 14;

/// The two stages; none when the image does not tell what was built.
pub(super) fn sketch(ledger: &Ledger<'_>) -> Option<String> {
    let build_outputs = build_outputs::find(ledger);
    if build_outputs.is_empty() {
        return None;
    }
    let steps = Steps::of(ledger);
    let run = base_images::run(ledger);
    let mut lines = vec![base_images::build(ledger)];
    lines.extend(steps.lines.iter().take(STEPS).cloned());
    if steps.lines.len() > STEPS {
        lines.push("# …".into());
    }
    lines.push(String::new());
    lines.push(format!("FROM {}", run.from));
    lines.extend(steps.environment.iter().cloned());
    lines.extend(needed(ledger, &steps, &run));
    if !steps.users.is_empty() && run.from != "scratch" {
        lines.push(dockerfile::run(&[steps.users.join(" && ")]));
    }
    for &path in &build_outputs {
        let name = ledger.path(path);
        let owner = steps.owners.iter().rev().find(|(_, place)| {
            name == *place || name.strip_prefix(place.as_str()).is_some_and(|rest| rest.starts_with('/'))
        });
        let owner = owner.filter(|_| run.from != "scratch");
        let owner = owner.map_or_else(String::new, |(owner, _)| format!(" --chown={owner}"));
        lines.push(format!("COPY --from=build{owner} {name} {name}"));
    }
    lines.extend(ends(ledger));
    Some(lines.join("\n"))
}

/// Installing, building and removing the compiler in one `RUN`, by the image's own commands; none when the history
/// does not have them.
pub(super) fn one_run(ledger: &Ledger<'_>) -> Option<String> {
    let own = ledger.analysis.base_layers..ledger.image.layers.len();
    let runs: Vec<usize> = own.filter(|&layer| ledger.is_made_by(layer, "RUN")).collect();
    let (at, tool, packages) = runs.iter().enumerate().find_map(|(at, &layer)| {
        let (tool, mut packages) = package_managers::installed(&ledger.command(layer))?;
        packages.retain(|package| package_managers::is_for_building(package));
        (!packages.is_empty()).then_some((at, tool, packages))
    })?;
    let install = runs[at];
    let last = runs[at..].iter().rposition(|&layer| package_managers::builds(&ledger.command(layer)))? + at;
    let mut commands = Vec::new();
    let is_update =
        |command: &str| shell::commands(command).iter().all(|words| shell::is(words, "apt-get update"));
    if tool.is_apt() && !shell::runs(&ledger.command(install), "apt-get update") {
        commands.push("apt-get update".into());
    }
    for &layer in &runs[at..=last] {
        let command = ledger.command(layer);
        if command.contains('\n') || command.is_empty() {
            return None;
        }
        commands.push(if layer == install { lean(tool, &command) } else { command });
    }
    commands.retain(|command| commands_but_update(command, is_update));
    if tool.is_apt() && !commands.iter().any(|command| shell::runs(command, "apt-get update")) {
        commands.insert(0, "apt-get update".into());
    }
    commands.push(tool.remove(&packages));
    commands.extend(tool.is_apt().then(|| apt::clean(ledger)));
    // what comes between them has to be there before
    let position = |layer: usize| ledger.image.history.iter().position(|step| step.layer == Some(layer));
    let between =
        &ledger.image.history[position(install)? + 1..position(runs[last])?.max(position(install)? + 1)];
    let mut lines: Vec<String> = Vec::new();
    for step in between {
        let command = safe(&step.command);
        match step.instruction.map(Keyword::as_str) {
            Some("COPY" | "ADD") => lines.push(dockerfile::copy(&command, "")),
            Some("WORKDIR" | "ENV" | "ARG" | "SHELL") if !command.contains('…') => lines.push(command),
            _ => {}
        }
    }
    lines.push(dockerfile::run(&commands));
    Some(lines.join("\n"))
}

/// An `apt-get update` of its own is written once, in front.
fn commands_but_update(command: &str, is_update: impl Fn(&str) -> bool) -> bool {
    command == "apt-get update" || !is_update(command)
}

/// An installation that takes nothing along that was not asked for.
fn lean(tool: &Tool, command: &str) -> String {
    if tool.is_apk() && !command.contains("--no-cache") {
        return command.replace("apk add", "apk add --no-cache");
    }
    if tool.is_apt() && !command.contains("no-install-recommends") {
        return dockerfile::without_recommends(command);
    }
    command.to_owned()
}

/// The steps of this Dockerfile, sorted by what they are for.
#[derive(Default)]
struct Steps {
    /// Of the build stage.
    lines: Vec<String>,
    /// `ENV`, which holds for the second stage as well.
    environment: Vec<String>,
    /// Commands that make users and groups.
    users: Vec<String>,
    /// Owners, and the places that were given to them.
    owners: Vec<(String, String)>,
    /// What was installed.
    installs: Vec<(&'static Tool, Vec<String>)>,
}

impl Steps {
    fn of(ledger: &Ledger<'_>) -> Self {
        let mut steps = Self::default();
        let mut updates: Vec<String> = Vec::new();
        for step in
            &ledger.image.history[base_images::first_own_step(ledger).min(ledger.image.history.len())..]
        {
            let command = safe(&step.command);
            match step.instruction.map(Keyword::as_str) {
                Some("RUN") if !command.is_empty() => steps.run(&command, &mut updates),
                Some("COPY" | "ADD") => steps.lines.push(dockerfile::copy(&command, "")),
                Some("WORKDIR" | "SHELL") => steps.lines.push(command),
                // a value that was left out cannot be pasted
                Some("ENV" | "ARG") if !command.contains('…') => {
                    if is_env(step) {
                        steps.environment.push(command.clone());
                    }
                    steps.lines.push(command);
                }
                _ => {}
            }
        }
        steps
    }

    fn run(&mut self, command: &str, updates: &mut Vec<String>) {
        self.installs.extend(package_managers::installed(command));
        for part in shell::chain(command) {
            for words in shell::commands(part) {
                if matches!(words[0].as_str(), "useradd" | "adduser" | "groupadd" | "addgroup") {
                    self.users.push(part.to_owned());
                }
                if words[0] == "chown" {
                    let mut operands = shell::operands(&words);
                    if let Some(owner) = operands.next() {
                        let places = operands.map(|place| place.trim_end_matches('/').to_owned());
                        self.owners.extend(places.map(|place| (owner.to_owned(), place)));
                    }
                }
            }
        }
        let commands = shell::commands(command);
        if commands.iter().all(|words| shell::is(words, "apt-get update")) {
            updates.push(command.to_owned());
        } else if !commands.iter().all(|words| is_tidying(words)) {
            let mut all = Vec::new();
            if package_managers::installed(command).is_some_and(|(tool, _)| tool.is_apt()) {
                all.append(updates);
                all.truncate(1);
            }
            all.push(command.to_owned());
            self.lines.push(dockerfile::run(&all));
        }
    }
}

fn is_env(step: &Step) -> bool {
    step.instruction.map(Keyword::as_str) == Some("ENV")
}

/// True for commands that a stage which is thrown away does not need.
fn is_tidying(words: &[String]) -> bool {
    const TIDY: [&str; 11] = [
        "rm", "chown", "chgrp", "chmod", "mkdir", "true", "useradd", "adduser", "groupadd", "addgroup",
        "rmdir",
    ];
    TIDY.contains(&words[0].as_str())
        || words[0] == "find" && words.iter().any(|word| word == "-delete")
        || ["apt-get clean", "apt-get purge", "apt-get autoremove", "apt-get remove", "apk del", "npm cache"]
            .iter()
            .any(|tidy| shell::is(words, tidy))
}

/// What the second stage has to install: what was installed and is not for building only.
fn needed(ledger: &Ledger<'_>, steps: &Steps, run: &RunBase) -> Vec<String> {
    let mut lines = Vec::new();
    let Some((tool, _)) = steps.installs.first() else { return lines };
    if run.from == "scratch" {
        return lines;
    }
    let all = || steps.installs.iter().flat_map(|(_, packages)| packages);
    let mut packages: Vec<String> = run.install.clone();
    for package in all().filter(|package| !package_managers::is_for_building(package)) {
        if !packages.contains(package) && !is_brought(package, run.language) {
            packages.push(package.clone());
        }
    }
    if tool.is_apk() && all().any(|package| matches!(package.as_str(), "g++" | "build-base")) {
        packages.push("libstdc++".into());
    }
    let beside: Vec<&str> = all()
        .map(String::as_str)
        .filter(|package| package_managers::is_headers(package) && !is_of_the_compiler(package))
        .take(6)
        .collect();
    if !beside.is_empty() {
        lines.push(format!("# and the libraries that {} are the headers of", beside.join(" and ")));
    }
    if !packages.is_empty() {
        let mut commands = vec![tool.install(&packages)];
        commands.extend(tool.is_apt().then(|| apt::clean(ledger)));
        lines.push(dockerfile::run(&commands));
    }
    lines
}

/// Headers whose library every base has.
fn is_of_the_compiler(package: &str) -> bool {
    ["libc6-dev", "libc-dev", "musl-dev", "linux-", "libstdc++", "libgcc", "glibc", "kernel-", "python3-dev"]
        .iter()
        .any(|start| package.starts_with(start))
}

/// True for packages that the image of a language has already.
fn is_brought(package: &str, language: Option<Language>) -> bool {
    let starts: &[&str] = match language {
        Some(Language::Python) => &["python3"],
        Some(Language::Node) => &["node", "npm", "yarn"],
        Some(Language::Ruby) => &["ruby"],
        Some(Language::Jdk | Language::Jre) => &["openjdk", "default-j", "java"],
        Some(Language::Php) => &["php"],
        Some(Language::Dotnet) => &["dotnet", "aspnet"],
        None => &[],
    };
    starts.iter().any(|start| package.starts_with(start))
}

/// How a container of the image starts, as its configuration has it.
fn ends(ledger: &Ledger<'_>) -> Vec<String> {
    let runtime = &ledger.image.config.config;
    let list = |words: &[String]| serde_json::to_string(words).unwrap_or_default();
    let mut ends = Vec::new();
    if !runtime.working_dir.is_empty() && runtime.working_dir != "/" {
        ends.push(format!("WORKDIR {}", runtime.working_dir));
    }
    if !runtime.user.is_empty() {
        ends.push(format!("USER {}", runtime.user));
    }
    if !runtime.entrypoint.is_empty() {
        ends.push(format!("ENTRYPOINT {}", list(&runtime.entrypoint)));
    }
    if !runtime.cmd.is_empty() {
        ends.push(format!("CMD {}", list(&runtime.cmd)));
    }
    ends.iter().map(|end| safe(end)).collect()
}

/// The names of what was built, for titles.
pub(super) fn built(ledger: &Ledger<'_>) -> Vec<String> {
    let found: Vec<PathId> = build_outputs::find(ledger);
    found.iter().map(|&path| ledger.path(path)).collect()
}
