//! The fix of a path rule, written for the image: out of the step that wrote the files, and for what they are.
//!
//! The texts of `assets/rules.toml` say it in general; they are shown where the history has nothing to rewrite.

use super::claims::Claims;
use super::ledger::Ledger;
use super::rule::{Group, PathRule};
use super::{Confidence, apt, base_images, dockerfile, places, shell, stages};

/// Rules whose remedy is a second stage: the first of an image shows the sketch.
pub(super) const STAGED: [&str; 6] = ["toolchain", "go", "rust", "jdk", "jvm", "dotnet"];
/// Most places that a command names.
const PLACES: usize = 6;
/// Rules about what the same second stage leaves behind.
const BESIDE: [&str; 3] = ["headers", "static-objects", "debug-info"];

/// The lines, with the layer that is to blame and whether one of the rule's commands ran there.
pub(super) fn of_rule(
    ledger: &Ledger<'_>,
    rule: &PathRule,
    guilty: Option<(usize, bool)>,
    claims: &Claims,
) -> String {
    let fitted = special(ledger, rule, guilty, claims);
    let general = || Some(rule.fix.trim().to_owned()).filter(|fix| !fix.is_empty());
    let step = || {
        let (layer, ran) = guilty?;
        if ledger.is_made_by(layer, "RUN") && (ran || rule.hist.is_empty()) {
            return rewritten(ledger, rule, layer, claims);
        }
        at_the_source(ledger, rule, layer, claims)
    };
    let last = || {
        let places = places::of(ledger, claims, None);
        format!("RUN COMMAND && rm -rf {}", places.first().map_or("FILE", String::as_str))
    };
    fitted.or_else(step).or_else(general).unwrap_or_else(last)
}

/// Fixes that need to know more than a row of the table says.
fn special(
    ledger: &Ledger<'_>,
    rule: &PathRule,
    guilty: Option<(usize, bool)>,
    claims: &Claims,
) -> Option<String> {
    let command = guilty.map(|(layer, _)| ledger.command(layer)).unwrap_or_default();
    let installers = &ledger.analysis.system.installers;
    let has = |name: &str| installers.contains(&name);
    match rule.id.as_str() {
        id if STAGED.contains(&id) => staged(ledger, id),
        id if BESIDE.contains(&id) => {
            let other = ledger.sketched().or(ledger.will_stage().then_some("multi-stage"))?;
            Some(format!("# the two stages under `{other}` leave these behind as well"))
        }
        "docs" | "locales" if has("apt-get") => Some(rule.fix.trim().to_owned()),
        "node-dev-deps" => dev_dependencies(ledger, rule, guilty?.0),
        "docs" | "locales" => {
            let rpm = ["dnf", "microdnf", "yum"].into_iter().find(|name| has(name));
            let install = rpm.map(|name| format!("{name} install"))?;
            let option = match (rule.id.as_str(), install.as_str()) {
                ("locales", _) => {
                    return Some("# before the first install\nRUN echo '%_install_langs C.utf8' > /etc/rpm/macros.image-language-conf".into());
                }
                (_, "microdnf install") => "--nodocs",
                _ => "--setopt=tsflags=nodocs",
            };
            command
                .contains(&install)
                .then(|| dockerfile::run(&[command.replace(&install, &format!("{install} {option}"))]))
        }
        "data-blob" => {
            let (layer, _) = guilty?;
            let is_copy = ledger.is_made_by(layer, "COPY") || ledger.is_made_by(layer, "ADD");
            let line = is_copy.then(|| dockerfile::copy(&command, ""));
            let line =
                line.or_else(|| ledger.is_made_by(layer, "RUN").then(|| dockerfile::run(&[command])))?;
            Some(format!("# early in the Dockerfile, in a layer of its own that all versions share\n{line}"))
        }
        "vcs" | "context-junk" => {
            let (layer, _) = guilty?;
            from_context(ledger, layer).then(|| ignored(ledger, layer, claims))
        }
        _ => None,
    }
}

/// The sketch of two stages for the first rule of an image that needs it; a hint for the others.
fn staged(ledger: &Ledger<'_>, id: &str) -> Option<String> {
    if let Some(other) = ledger.sketched() {
        return (other != id).then(|| format!("# the two stages under `{other}` leave these behind as well"));
    }
    let sketch = stages::sketch(ledger)?;
    ledger.note_sketch(id);
    let other = stages::one_run(ledger).filter(|_| id == "toolchain");
    let other = other.map_or_else(String::new, |run| {
        format!("\n\n# or, in one stage and one RUN: install, build, and remove the compiler again\n{run}")
    });
    Some(format!("{sketch}{other}"))
}

/// The image's own command without development dependencies: they are asked for by name, or by a manifest.
fn dev_dependencies(ledger: &Ledger<'_>, rule: &PathRule, layer: usize) -> Option<String> {
    let command = &ledger.command(layer);
    let is_dev = |package: &str| {
        let name = package.rfind('@').filter(|&at| at > 0).map_or(package, |at| &package[..at]);
        let names = rule
            .globs
            .iter()
            .filter_map(|glob| glob.split(['{', '}']).nth(1))
            .flat_map(|list| list.split(','));
        names
            .into_iter()
            .any(|known| known == name || known.starts_with('@') && name.starts_with(&format!("{known}/")))
    };
    for (wanted, flag) in [
        ("npm ci", "--omit=dev"),
        ("npm install", "--omit=dev"),
        ("npm i", "--omit=dev"),
        ("yarn install", "--production"),
        ("pnpm install", "--prod"),
    ] {
        let Some(words) = shell::find(command, wanted) else { continue };
        let packages: Vec<&str> = shell::operands(&words).skip(1).collect();
        if packages.is_empty() {
            if let Some(built) = built_and_pruned(ledger, layer).filter(|_| wanted.starts_with("npm")) {
                return Some(built);
            }
            let fixed = command.replace(wanted, &format!("{wanted} {flag}"));
            let prune =
                "# if a build step needs them: build first, then npm prune --omit=dev in the same RUN";
            let note = if wanted.starts_with("npm") { format!("\n{prune}") } else { String::new() };
            return (fixed != *command).then(|| format!("{}{note}", dockerfile::run(&[fixed])));
        }
        let dev: Vec<&str> = packages.iter().copied().filter(|package| is_dev(package)).collect();
        if dev.is_empty() {
            return None;
        }
        let rest: Vec<&str> = shell::chain(command);
        let parts: Vec<String> = rest
            .into_iter()
            .filter_map(|part| {
                if shell::find(part, wanted).is_none() {
                    return Some(part.to_owned());
                }
                let kept: Vec<&str> = part.split(' ').filter(|word| !dev.contains(word)).collect();
                (dev.len() < packages.len()).then(|| kept.join(" "))
            })
            .collect();
        let note = format!("# {} in the stage that builds, not here", dev.join(" and "));
        return Some(if parts.is_empty() {
            note
        } else {
            format!("{note}\n{}", dockerfile::run(&[parts.join(" && ")]))
        });
    }
    None
}

/// The installation with the build that needs all of it, and without what only the build needed; none when no
/// later step builds.
fn built_and_pruned(ledger: &Ledger<'_>, layer: usize) -> Option<String> {
    let above = layer + 1..ledger.image.layers.len();
    let build = above.clone().find(|&later| {
        ledger.is_made_by(later, "RUN") && shell::runs(ledger.image.command_of(later), "npm run")
    })?;
    let commands = [ledger.command(layer), ledger.command(build), "npm prune --omit=dev".to_owned()];
    let copies = above.take_while(|&later| later < build).filter(|&later| from_context(ledger, later));
    let mut lines: Vec<String> = copies.map(|copy| dockerfile::copy(&ledger.command(copy), "")).collect();
    lines.push(dockerfile::run(&commands));
    Some(lines.join("\n"))
}

/// True when a layer was copied out of the build context.
fn from_context(ledger: &Ledger<'_>, layer: usize) -> bool {
    (ledger.is_made_by(layer, "COPY") || ledger.is_made_by(layer, "ADD"))
        && !ledger.command(layer).contains("--from=")
}

/// Lines of a `.dockerignore`.
fn ignored(ledger: &Ledger<'_>, layer: usize, claims: &Claims) -> String {
    let command = ledger.command(layer);
    let target = command.split_whitespace().last().unwrap_or_default();
    let working = &ledger.image.config.config.working_dir;
    let target = if target.starts_with('.') { working } else { target }.trim_end_matches('/').to_owned();
    let mut lines: Vec<String> = Vec::new();
    for place in places::of(ledger, claims, Some(layer)) {
        let below = place
            .strip_prefix(&target)
            .filter(|_| target.len() > 1)
            .map(|rest| rest.trim_start_matches('/').to_owned());
        let name = place.rsplit('/').next().unwrap_or_default();
        let line = below.filter(|rest| !rest.is_empty()).unwrap_or_else(|| format!("**/{name}"));
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.truncate(12);
    format!("# .dockerignore\n{}", lines.join("\n"))
}

/// What no command of the rule made: left out of the context, or removed by the step that wrote it.
fn at_the_source(ledger: &Ledger<'_>, rule: &PathRule, layer: usize, claims: &Claims) -> Option<String> {
    if rule.group == Group::Own && !rule.fix.is_empty() {
        return None;
    }
    if from_context(ledger, layer) {
        return Some(ignored(ledger, layer, claims));
    }
    let command = ledger.command(layer);
    let removal = removal(ledger, rule, claims)?;
    if ledger.is_made_by(layer, "COPY") {
        return Some(format!(
            "# in the stage that it is copied from\nRUN {removal}\n{}",
            dockerfile::copy(&command, "")
        ));
    }
    let is_run = ledger.is_made_by(layer, "RUN") && !command.is_empty() && !command.starts_with('[');
    is_run.then(|| dockerfile::run(&[command, removal]))
}

/// The command that removes what was found: only what surely can go, and only when few places hold all of it.
fn removal(ledger: &Ledger<'_>, rule: &PathRule, claims: &Claims) -> Option<String> {
    let is_kept = matches!(rule.group, Group::Toolchain | Group::Secret | Group::Structure)
        || rule.group == Group::Own && !rule.fix.is_empty();
    if is_kept || rule.confidence == Confidence::Judgement {
        return None;
    }
    let places = places::of(ledger, claims, None);
    (1..=PLACES).contains(&places.len()).then(|| format!("rm -rf {}", places.join(" ")))
}

/// The guilty step with the clean-up in the same `RUN`, and with cache mounts.
fn rewritten(ledger: &Ledger<'_>, rule: &PathRule, layer: usize, claims: &Claims) -> Option<String> {
    let command = ledger.command(layer);
    if command.is_empty() || command.starts_with('[') {
        return None;
    }
    let is_apt = rule.id.starts_with("apt-");
    let commands = if is_apt { apt::steps(ledger, layer) } else { vec![command.clone()] };
    let mut forms = Vec::new();
    let clean = if is_apt {
        apt::rest(&apt::clean(ledger), &commands)
    } else if rule.clean.is_empty() && rule.mounts.is_empty() {
        removal(ledger, rule, claims).unwrap_or_default()
    } else {
        rule.clean.clone()
    };
    if let Some(swapped) = swapped(rule, &command) {
        forms.push(dockerfile::run(&[swapped]));
    } else if !clean.is_empty() && rule.swap.is_none() || !rule.clean.is_empty() {
        let mut cleaned = commands.clone();
        cleaned.push(clean);
        forms.push(dockerfile::run(&cleaned));
    }
    // the lists and the packages lie in the same mounts: told once
    let is_told = rule.id == "apt-archives" && ledger.billed(&["apt-lists"]).0 > 0;
    if !rule.mounts.is_empty() && !is_told {
        let sharing = if is_apt { ",sharing=locked" } else { "" };
        let home = home(ledger, claims);
        let mounts: Vec<String> = rule
            .mounts
            .iter()
            .map(|to| to.strip_prefix("/root/").map_or_else(|| to.clone(), |rest| format!("{home}/{rest}")))
            .map(|to| format!("--mount=type=cache,target={to}{sharing} \\\n    "))
            .collect();
        let plain = dockerfile::run(&commands);
        let text = format!("RUN {}{}", mounts.concat(), plain.trim_start_matches("RUN "));
        let note = if forms.is_empty() {
            ""
        } else {
            "# or, with BuildKit, keep it for the next build and out of the image:\n"
        };
        forms.push(format!("{note}{text}"));
    }
    (!forms.is_empty()).then(|| forms.join("\n"))
}

/// The command with the options that leave nothing behind; `pip3` as `pip`.
fn swapped(rule: &PathRule, command: &str) -> Option<String> {
    let (from, to) = rule.swap.as_ref()?;
    if command.contains(to.as_str()) {
        return None;
    }
    let forms = [(from.clone(), to.clone()), (from.replace("pip ", "pip3 "), to.replace("pip ", "pip3 "))];
    let flag = to.strip_prefix(from.as_str()).unwrap_or_default().trim();
    forms
        .into_iter()
        .find(|(from, _)| command.contains(from.as_str()))
        .filter(|_| flag.is_empty() || !command.contains(flag))
        .map(|(from, to)| command.replace(&from, &to))
}

/// The home directory that a cache lies in.
fn home(ledger: &Ledger<'_>, claims: &Claims) -> String {
    let path = claims.evidence().first().map_or_else(String::new, |evidence| ledger.path(evidence.path));
    let user = path.strip_prefix("/home/").and_then(|rest| rest.split('/').next());
    user.map_or_else(|| "/root".into(), |user| format!("/home/{user}"))
}

/// Lines about the base.
pub(super) fn smaller_base(ledger: &Ledger<'_>) -> String {
    match base_images::smaller(ledger) {
        Ok(name) => format!("# a smaller variant of the same base\nFROM {name}"),
        Err(why) => format!("# {why}"),
    }
}
