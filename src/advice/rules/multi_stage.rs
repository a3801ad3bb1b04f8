//! What was needed to build stands in the image beside what was built.

use super::Structural;
use super::slim_base::{run_base, word};
use crate::advice::desk::{Desk, Draft, safe};
use crate::advice::packages::is_of_the_system;
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity, dockerfile};
use crate::image::PathId;
use crate::overlay::Slot;
use crate::units;

static INFO: RuleInfo = RuleInfo::new(
    "multi-stage",
    Group::Structure,
    "The image is built and run in one stage",
    "Compilers, headers and build caches are pulled by everybody who runs the image, and are useful to whoever breaks in. Build in one stage, and copy what was built into a second one.",
    "FROM debian:bookworm AS build\nRUN make install\n\nFROM debian:bookworm-slim\nCOPY --from=build /usr/local/bin/PROGRAM /usr/local/bin/",
)
.with(Confidence::Likely, None);

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

/// Rules whose files are for building only.
const BUILDING: [&str; 9] =
    ["toolchain", "headers", "static-objects", "debug-info", "go", "rust", "jvm", "dotnet", "node-dev-deps"];
/// Most steps and artefacts that the sketch shows.
const STEPS: usize = 8;
const ARTEFACTS: usize = 5;

fn find(desk: &mut Desk<'_>) {
    let (bytes, mut layers) = desk.billed(&BUILDING);
    if bytes < desk.scale.high_floor.max(10_000_000) {
        return;
    }
    let artefacts = artefacts(desk);
    if artefacts.is_empty() {
        return;
    }
    let names: Vec<String> = artefacts.iter().take(ARTEFACTS).map(|&path| desk.path(path)).collect();
    layers.retain(|&layer| desk.is_own(layer));
    let title =
        format!("Build in a stage of its own: {} are not needed to run {}", units::size(bytes), names[0]);
    let why = format!(
        "{} of compilers, headers and the like stand beside what was built ({}); the findings about them have the bytes. {}",
        units::size(bytes),
        names.join(", "),
        INFO.why
    );
    let fix = sketch(desk, &names);
    let severity = Some(desk.scale.severity_of(bytes).max(Severity::Medium));
    desk.file(&INFO, Draft { title, why, fix, layers, severity, ..Draft::default() });
}

/// What this Dockerfile made and no package manager did: the program that runs, else programs in `/usr/local/bin` and
/// `/usr/local/sbin`, archives of Java classes, and the working directory.
fn artefacts(desk: &Desk<'_>) -> Vec<PathId> {
    let image = desk.image;
    let is_made = |path: PathId| {
        let Some(Slot::Entry(id)) = desk.union.rootfs.get(path) else { return false };
        let packaged =
            || desk.analysis.packages.owner_index(path).is_some_and(|owner| is_of_the_system(desk, owner));
        desk.union.content_of(id).is_some_and(|content| desk.is_own(image.layer_of(content))) && !packaged()
    };
    let system = &desk.analysis.system;
    let program = system.program.map(|program| program.path).filter(|&path| is_made(path));
    let is_runtime = |path| system.runtimes.iter().any(|runtime| runtime.path == path);
    let mut found: Vec<PathId> = program.into_iter().filter(|&path| !is_runtime(path)).collect();
    if found.is_empty() {
        let bins = [&b"usr/local/bin"[..], b"usr/local/sbin"]
            .into_iter()
            .filter_map(|place| image.paths.find(place));
        let made = bins.flat_map(|place| image.paths.children(place));
        found.extend(made.filter(|&path| is_made(path) && !is_runtime(path)));
    }
    let working = image.config.config.working_dir.trim_matches('/').as_bytes();
    let working = image.paths.find(working).filter(|&path| path != PathId::ROOT);
    if let Some(place) = working.filter(|&place| desk.union.rootfs.is_directory(image, place)) {
        let inside = (place.0..image.paths.end(place).0).map(PathId);
        let (mut jars, mut others) = (Vec::new(), false);
        for path in inside.filter(|&path| is_made(path)) {
            others = true;
            if image.paths.name(path).ends_with(b".jar") {
                jars.push(path);
            }
        }
        if !jars.is_empty() {
            found.extend(jars);
        } else if others && (found.is_empty() || !system.runtimes.is_empty()) {
            found.push(place);
        }
    }
    found.truncate(ARTEFACTS);
    found
}

/// Two stages: the steps as they are, and what they made on a base that can run it.
fn sketch(desk: &Desk<'_>, names: &[String]) -> String {
    let release = desk.analysis.system.base.as_ref().filter(|release| release.id == "debian");
    let codename = release.and_then(|release| release.codename.as_deref()).unwrap_or_default();
    let is_static = desk.analysis.system.program.is_some_and(|program| program.is_static());
    let build = if codename.is_empty() { "BASE".to_owned() } else { format!("debian:{}", word(codename)) };
    let run = release.and_then(|release| run_base(desk, release));
    let (run, language) = run.unwrap_or_else(|| ("BASE-slim".into(), None));
    let mut lines = vec![format!("FROM {build} AS build")];
    let own = desk.analysis.base_layers..desk.image.layers.len();
    for layer in own.clone().take(STEPS) {
        let command = desk.command(layer);
        match desk.step(layer).and_then(|step| step.instruction.as_deref()) {
            Some("RUN") if !command.is_empty() => lines.push(dockerfile::run(&[command])),
            Some("COPY" | "ADD") => lines.push(dockerfile::copy(&command, "")),
            _ => {}
        }
    }
    if own.len() > STEPS {
        lines.push("# …".into());
    }
    lines.push(String::new());
    lines.push(if is_static { "FROM scratch".into() } else { format!("FROM {run}") });
    if !is_static && language.is_none() {
        lines.push("# install the libraries that it needs at run time, without their -dev packages".into());
    }
    lines.extend(names.iter().map(|name| format!("COPY --from=build {name} {name}")));
    lines.extend(ends(desk));
    lines.join("\n")
}

/// How a container of the image starts, as its configuration has it.
fn ends(desk: &Desk<'_>) -> Vec<String> {
    let runtime = &desk.image.config.config;
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
