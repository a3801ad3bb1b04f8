//! A Dockerfile of two stages: the build as it is, and a second stage with what the plan says.

use std::collections::BTreeMap;

use super::apt;
use crate::advice::engine::base_images;
use crate::advice::engine::ledger::Ledger;
use crate::advice::engine::phrases::safe;
use crate::advice::knowledge::building;
use crate::advice::stages::Plan;
use crate::dockerfile::{Edit, Fix, Keyword, Rebuilt, StepId, shell, write};
use crate::image::{PathId, Step};
use crate::layer::Kind;
use crate::text;

/// Files that are named in one line.
const FILES: usize = 40;
/// What the installation of packages reads: it is copied before.
const EARLY: [&[u8]; 5] =
    [b"etc/apt", b"etc/dpkg", b"etc/ssl", b"usr/local/share/ca-certificates", b"usr/share/keyrings"];

/// The stages as a fix.
pub(super) fn fix(ledger: &Ledger<'_>, plan: &Plan) -> Fix {
    let texts = ledger.image.step_texts();
    let steps = Steps { ledger, rebuilt: &Rebuilt::fragment(&texts) };
    let base = base_images::name(ledger);
    let mut build = Vec::new();
    if base.is_none() {
        build.push("# your-base stands for the image in your FROM line".to_owned());
    }
    let base = base.unwrap_or_else(|| "your-base".into());
    build.push(format!("FROM {base} AS build"));
    build.extend(steps.of(|keyword| !keyword.is_setting()));
    let run_base = plan.base.clone();
    let mut run = vec![format!("FROM {}", run_base.as_ref().unwrap_or(&base))];
    run.extend(
        plan.staged
            .gaps
            .iter()
            .map(|gap| format!("# not accounted for: {}", text::line(gap.as_bytes(), 200))),
    );
    run.extend(steps.variables());
    run.extend(copies(ledger, &plan.users));
    let (early, late): (Vec<PathId>, Vec<PathId>) =
        plan.files.iter().chain(&plan.whole).partition(|&&path| is_early(ledger, path));
    let has_install = plan.closure.manager.filter(|_| !plan.closure.install.is_empty());
    if let Some(manager) = has_install {
        run.extend(places(ledger, plan, &early));
        let mut commands = vec![manager.install(&plan.closure.install)];
        commands.extend(manager.has_lists().then(|| apt::clean(ledger)));
        run.push(write::run(&commands));
        run.extend(places(ledger, plan, &late));
    } else {
        let all: Vec<PathId> = plan.files.iter().chain(&plan.whole).copied().collect();
        run.extend(places(ledger, plan, &all));
    }
    let last = commands(ledger, plan);
    if !last.is_empty() {
        run.push(write::run(&last));
    }
    run.extend(steps.of(|keyword| {
        keyword.is_setting()
            || matches!(keyword, Keyword::Volume | Keyword::Label | Keyword::Shell | Keyword::Onbuild)
    }));
    run.extend(ends(ledger));
    Fix::one(Edit::SplitStages { build, finish: finish(ledger, plan), run, base: run_base })
}

/// The steps of this Dockerfile as lines.
struct Steps<'a> {
    ledger: &'a Ledger<'a>,
    rebuilt: &'a Rebuilt<'a>,
}

impl Steps<'_> {
    fn own(&self) -> impl Iterator<Item = (usize, &Step)> {
        let history = &self.ledger.image.history;
        let first = base_images::first_own_step(self.ledger).min(history.len());
        history.iter().enumerate().skip(first)
    }

    /// Those of some instructions. How a container starts is written out of the configuration.
    fn of(&self, wanted: impl Fn(Keyword) -> bool) -> Vec<String> {
        let is_wanted = |step: &Step| {
            step.instruction.is_some_and(|keyword| {
                wanted(keyword) && !matches!(keyword, Keyword::Cmd | Keyword::Entrypoint)
            })
        };
        let steps = self.own().filter(|(_, step)| is_wanted(step));
        steps.filter_map(|(number, _)| self.rebuilt.line(StepId::at(number)).map(str::to_owned)).collect()
    }

    /// The variables that hold for the second stage as well.
    fn variables(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (number, _) in self.own().filter(|(_, step)| step.instruction == Some(Keyword::Env)) {
            let Some(line) = self.rebuilt.line(StepId::at(number)) else { continue };
            let Some(body) = line.strip_prefix("ENV ") else { continue };
            let words = shell::blank_words(body);
            let name = |word: &str| word.split('=').next().unwrap_or(word).to_owned();
            if !words.iter().all(|word| word.contains('=')) {
                lines.extend(
                    (!words.first().is_some_and(|word| building::is_variable(word))).then(|| line.to_owned()),
                );
                continue;
            }
            let kept: Vec<&str> =
                words.into_iter().filter(|word| !building::is_variable(&name(word))).collect();
            if !kept.is_empty() {
                lines.push(format!("ENV {}", kept.join(" ")));
            }
        }
        lines
    }
}

fn is_early(ledger: &Ledger<'_>, path: PathId) -> bool {
    let name = ledger.image.paths.full(path);
    let is_in = |rest: &[u8]| rest.is_empty() || rest.starts_with(b"/");
    EARLY.iter().any(|place| name.strip_prefix(*place).is_some_and(is_in))
}

/// Copies of files, those of one directory in one line.
fn copies(ledger: &Ledger<'_>, files: &[PathId]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = files;
    while let Some(&first) = rest.first() {
        let directory = ledger.image.paths.parent(first);
        let count =
            rest.iter().take(FILES).take_while(|&&path| ledger.image.paths.parent(path) == directory).count();
        let (these, others) = rest.split_at(count.max(1));
        rest = others;
        let words: Vec<String> = these.iter().filter_map(|&path| ledger.word(path)).collect();
        if let [one] = words.as_slice() {
            lines.push(format!("COPY --from=build {one} {one}"));
        } else if let Some(to) = ledger.word(directory) {
            lines.push(format!("COPY --from=build {} {}/", words.join(" "), to.trim_end_matches('/')));
        }
    }
    lines
}

/// Copies of files and directories.
fn places(ledger: &Ledger<'_>, plan: &Plan, these: &[PathId]) -> Vec<String> {
    let (whole, mut files): (Vec<PathId>, Vec<PathId>) =
        these.iter().partition(|path| plan.whole.binary_search(path).is_ok());
    files.sort_by_key(|&path| (ledger.image.paths.parent(path), path));
    let mut lines = copies(ledger, &files);
    lines.extend(
        whole
            .iter()
            .filter_map(|&path| ledger.word(path))
            .map(|word| format!("COPY --from=build {word} {word}")),
    );
    lines
}

/// What is done to the copies.
fn commands(ledger: &Ledger<'_>, plan: &Plan) -> Vec<String> {
    let image = ledger.image;
    let mut commands = Vec::new();
    let mut made: BTreeMap<(u64, u64, u32), Vec<String>> = BTreeMap::new();
    for &path in &plan.made {
        let Some((id, word)) = ledger.union.rootfs.entry(path).zip(ledger.word(path)) else { continue };
        let attributes = image.attrs_of(id);
        made.entry((attributes.uid, attributes.gid, attributes.mode & 0o7777)).or_default().push(word);
    }
    for ((uid, gid, mode), words) in made {
        let words = words.join(" ");
        commands.push(match (uid, gid, mode) {
            (0, 0, 0o755) => format!("mkdir -p {words}"),
            _ => format!("install -d -o {uid} -g {gid} -m {mode:o} {words}"),
        });
    }
    for &path in &plan.links {
        let Some((id, word)) = ledger.union.rootfs.entry(path).zip(ledger.word(path)) else { continue };
        if image.entry(id).kind == Kind::Symlink {
            let target = String::from_utf8_lossy(image.link_text(id)).into_owned();
            commands.push(format!("ln -sfn {} {word}", quoted(&target)));
        }
    }
    commands.extend(plan.again.iter().map(|command| safe(command)));
    if plan.needs_ldconfig {
        commands.push("ldconfig".into());
    }
    commands
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._+-@%:,=".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// What the build stage does at its end, so that little is copied.
fn finish(ledger: &Ledger<'_>, plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for (project, prune) in &plan.prunes {
        lines.extend(ledger.word(*project).map(|word| format!("RUN cd {word} && {prune}")));
    }
    let words: Vec<String> = plan.removed.iter().filter_map(|&path| ledger.word(path)).collect();
    if !words.is_empty() {
        lines.push(format!("RUN rm -rf {}", words.join(" ")));
    }
    let user = &ledger.image.config.config.user;
    if !lines.is_empty() && !matches!(user.as_str(), "" | "root" | "0") {
        lines.insert(0, "USER root".into());
    }
    lines
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
