//! A Dockerfile of two stages, written out of the steps of the image: what is built in the first, and what the second
//! needs of it. Every rule about building and running in one stage shows the same stages.

use super::apt;
use crate::advice::engine::accounting;
use crate::advice::engine::base_images::{self, RunBase};
use crate::advice::engine::build_outputs;
use crate::advice::engine::ledger::Ledger;
use crate::advice::engine::phrases::safe;
use crate::advice::knowledge::package_managers;
use crate::analysis::package_managers::PackageManager;
use crate::analysis::system::Language;
use crate::dockerfile::{Edit, Fix, Keyword, Rebuilt, StepId, shell, write};
use crate::image::{PathId, Step};
use crate::units;

/// The two stages; none when the image does not tell what was built.
///
/// What is left over stands in the second one as comments: such stages are a sketch, which a person has to complete.
pub(super) fn split(ledger: &Ledger<'_>) -> Option<Fix> {
    let build_outputs = build_outputs::find(ledger);
    if build_outputs.is_empty() {
        return None;
    }
    let texts = ledger.image.step_texts();
    let steps = Steps::of(ledger, &Rebuilt::fragment(&texts));
    let base = base_images::run(ledger);
    let mut build = match base_images::name(ledger) {
        Some(name) => vec![format!("FROM {name} AS build")],
        None => vec![
            "# your-base stands for the image in your FROM line".to_owned(),
            "FROM your-base AS build".to_owned(),
        ],
    };
    build.extend(steps.lines.iter().cloned());
    let mut run = vec![format!("FROM {}", base.from)];
    run.extend(steps.environment.iter().cloned());
    run.extend(needed(ledger, &steps, &base));
    if !steps.users.is_empty() && base.from != "scratch" {
        run.push(write::run(&[steps.users.join(" && ")]));
    }
    for &path in &build_outputs {
        let name = ledger.path(path);
        let owner = steps.owners.iter().rev().find(|(_, place)| {
            name == *place || name.strip_prefix(place.as_str()).is_some_and(|rest| rest.starts_with('/'))
        });
        let owner = owner.filter(|_| base.from != "scratch");
        let owner = owner.map_or_else(String::new, |(owner, _)| format!(" --chown={owner}"));
        run.push(format!("COPY --from=build{owner} {name} {name}"));
    }
    run.extend(steps.last.iter().cloned());
    for (path, bytes) in accounting::gaps(ledger, &build_outputs, &steps.sources) {
        run.push(format!("# not accounted for: {}, {}", ledger.path(path), units::size(bytes)));
    }
    run.extend(steps.settings.iter().cloned());
    run.extend(ends(ledger));
    Some(Fix::one(Edit::SplitStages { build, run }))
}

/// The steps of this Dockerfile, sorted by what they are for.
#[derive(Default)]
struct Steps {
    /// Of the build stage.
    lines: Vec<String>,
    /// `ENV`, which holds for the second stage as well.
    environment: Vec<String>,
    /// What was copied after the last build: it belongs into the second stage.
    last: Vec<String>,
    /// Where the sources were copied to.
    sources: Vec<PathId>,
    /// What a container needs to know: ports, volumes, labels.
    settings: Vec<String>,
    /// Commands that make users and groups, and directories for them.
    users: Vec<String>,
    /// Owners, and the places that were given to them.
    owners: Vec<(String, String)>,
    /// What was installed.
    installs: Vec<(&'static PackageManager, Vec<String>)>,
}

impl Steps {
    fn of(ledger: &Ledger<'_>, rebuilt: &Rebuilt<'_>) -> Self {
        use Keyword::{
            Add, Arg, Copy, Env, Expose, Healthcheck, Label, Run, Shell, Stopsignal, Volume, Workdir,
        };
        let history = &ledger.image.history;
        let first = base_images::first_own_step(ledger).min(history.len());
        let builds = |step: &Step| step.instruction == Some(Run) && package_managers::builds(&step.command);
        let last_build = history.iter().rposition(builds);
        let mut steps = Self::default();
        let mut updates: Vec<String> = Vec::new();
        for (number, step) in history.iter().enumerate().skip(first) {
            let line = rebuilt.line(StepId::at(number)).map(str::to_owned);
            // a value that was left out cannot be pasted
            let is_short = step.command.contains('…') && step.instruction != Some(Run);
            let line = line.map(|line| if is_short { short(&line) } else { line });
            match step.instruction {
                Some(Run) if !step.command.is_empty() => steps.run(&safe(&step.command), &mut updates),
                Some(Copy | Add) if last_build.is_some_and(|build| number > build) => steps.last.extend(line),
                Some(Copy | Add) => {
                    steps.lines.extend(line);
                    steps.sources.extend(step.layer.and_then(|layer| sources(ledger, layer)));
                }
                Some(Workdir | Shell | Arg) => steps.lines.extend(line),
                Some(Env) => {
                    steps.environment.extend(line.clone());
                    steps.lines.extend(line);
                }
                Some(Expose | Volume | Label | Healthcheck | Stopsignal) => steps.settings.extend(line),
                _ => {}
            }
        }
        steps
    }

    fn run(&mut self, command: &str, updates: &mut Vec<String>) {
        self.installs.extend(package_managers::installed(command));
        for part in shell::chain(command) {
            for words in shell::commands(part) {
                if matches!(words[0].as_str(), "useradd" | "adduser" | "groupadd" | "addgroup" | "mkdir")
                    && !self.users.iter().any(|known| known == part)
                {
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
            if package_managers::installed(command).is_some_and(|(tool, _)| tool.has_lists()) {
                all.append(updates);
                all.truncate(1);
            }
            all.push(command.to_owned());
            self.lines.push(write::run(&all));
        }
    }
}

/// A line whose value was left out, as a comment.
fn short(line: &str) -> String {
    format!("# hand in what this line leaves out: {}", line.lines().last().unwrap_or_default())
}

/// The directory that a step copied the sources to.
fn sources(ledger: &Ledger<'_>, layer: usize) -> Option<PathId> {
    let command = ledger.image.command_of(layer);
    let target = command.split_whitespace().last()?;
    let place = if target.starts_with('/') {
        target.to_owned()
    } else {
        format!("{}/{}", ledger.directory_of(layer), target.trim_start_matches("./").trim_end_matches('.'))
    };
    let place = ledger.image.paths.find(place.trim_matches('/').as_bytes())?;
    (place != PathId::ROOT && ledger.union.rootfs.is_directory(ledger.image, place)).then_some(place)
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
    if tool.name == "apk" && all().any(|package| matches!(package.as_str(), "g++" | "build-base")) {
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
        commands.extend(tool.has_lists().then(|| apt::clean(ledger)));
        lines.push(write::run(&commands));
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
