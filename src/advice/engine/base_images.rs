//! Names of images: the one that this image was built on, a smaller one, and one that can run what was built.
//!
//! An image does not say what stood in its `FROM`. Its os-release tells the distribution, official images of
//! languages tell themselves by a variable, and some builders leave a label. Where nothing tells, nothing is
//! invented.

use super::ledger::Ledger;
use crate::advice::knowledge::base_images::{
    DISTRIBUTIONS, DOCUMENT_PLACES, DOCUMENTS, OFFICIAL, Official, SLIM, Tag,
};
use crate::analysis::system::{Language, Release, Runtime};
use crate::dockerfile::Keyword;
use crate::image::PathId;

/// The image that this one was built on, as far as it can be told.
pub(in crate::advice) fn name(ledger: &Ledger<'_>) -> Option<String> {
    let label = ledger.image.config.config.labels.get("org.opencontainers.image.base.name");
    let is_plain = |name: &&String| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':' | '@');
        (1..200).contains(&name.len()) && name.chars().all(plain)
    };
    if let Some(name) = label.filter(is_plain) {
        return Some(name.clone());
    }
    let release = ledger.analysis.system.base.as_ref();
    if let Some((official, version)) = language_image(ledger) {
        let jdk = || ledger.analysis.system.runtimes.iter().any(|runtime| runtime.language == Language::Jdk);
        let kind = match official.image {
            "eclipse-temurin" if jdk() => "-jdk",
            "eclipse-temurin" => "-jre",
            _ => "",
        };
        let variant = match release.map(|release| release.id.as_str()) {
            Some("alpine") => "-alpine",
            Some("debian") if official.has_slim && is_slim(ledger) => "-slim",
            _ => "",
        };
        return Some(format!("{}:{version}{kind}{variant}", official.image));
    }
    let name = distribution(release?)?;
    let slim = if name.starts_with("debian:") && is_slim(ledger) { "-slim" } else { "" };
    Some(format!("{name}{slim}"))
}

/// A distribution's image, the full variant.
fn distribution(release: &Release) -> Option<String> {
    let known = DISTRIBUTIONS.iter().find(|known| known.id == release.id)?;
    let version = release.version.as_deref().map(word);
    let tag = match known.tag {
        Tag::None => return Some(known.image.into()),
        Tag::Codename => release.codename.as_deref().map(word).or(version)?,
        Tag::Version => version?,
        Tag::Numbers(count) => numbers(&version?, count),
    };
    (!tag.is_empty()).then(|| format!("{}:{tag}", known.image))
}

/// The smaller variant of a distribution's image.
fn slim_distribution(name: &str) -> Option<String> {
    let image = name.split(':').next()?;
    let known = DISTRIBUTIONS.iter().find(|known| known.image == image && !known.slim.is_empty())?;
    (!name.ends_with(known.slim)).then(|| format!("{name}{}", known.slim))
}

/// A smaller variant of the same base, or why there is none.
pub(in crate::advice) fn smaller(ledger: &Ledger<'_>) -> Result<String, String> {
    let Some(name) = name(ledger) else { return Err("no smaller variant of this base is known".into()) };
    let known = match language_image(ledger) {
        Some((official, _)) if official.has_slim && !name.contains("-alpine") && !name.contains("-slim") => {
            Some(format!("{name}-slim"))
        }
        Some((official, _)) if official.image == "eclipse-temurin" && name.contains("-jdk") => {
            Some(name.replace("-jdk", "-jre"))
        }
        None => slim_distribution(&name),
        _ => None,
    };
    known.ok_or_else(|| format!("{name} has no smaller variant of the same distribution"))
}

/// The image to run on what was built on one that is for building: that of the distribution.
pub(in crate::advice) fn run(ledger: &Ledger<'_>) -> Option<String> {
    if !builds(ledger) {
        return None;
    }
    let full = distribution(ledger.analysis.system.base.as_ref()?)?;
    // others' smaller variants lack the package manager
    Some(slim_distribution(&full).filter(|name| name.ends_with("-slim")).unwrap_or(full))
}

/// True for a base that is for building, so that what is built runs on another.
pub(in crate::advice) fn builds(ledger: &Ledger<'_>) -> bool {
    language_image(ledger).is_some_and(|(official, _)| official.builds)
}

/// The interpreter that the image runs, else the only one.
pub(in crate::advice) fn runtime<'a>(ledger: &Ledger<'a>) -> Option<&'a Runtime> {
    let system = &ledger.analysis.system;
    let program = system.program.map(|program| program.path);
    let only = || if let [only] = &*system.runtimes { Some(only) } else { None };
    system.runtimes.iter().find(|runtime| Some(runtime.path) == program).or_else(|| {
        // a program of its own needs none
        system.program.is_none_or(|program| program.elf.is_none()).then(only).flatten()
    })
}

/// The official image of a language, in its smallest variant for the base's C library.
pub(in crate::advice) fn language_base(ledger: &Ledger<'_>, runtime: &Runtime) -> Option<String> {
    let packaged = || ledger.analysis.packages.owner(runtime.path)?.version.as_deref();
    // 18.20.4+dfsg is 18 in tags; python3.11 is 3.11
    let version = word(runtime.version.as_deref().or_else(packaged)?);
    let (major, two) = (numbers(&version, 1), numbers(&version, 2));
    if major.is_empty() {
        return None;
    }
    let is_alpine = ledger.analysis.system.base.as_ref().is_some_and(|release| release.id == "alpine");
    let slim = if is_alpine { "alpine" } else { "slim" };
    Some(match runtime.language {
        Language::Python => format!("python:{two}-{slim}"),
        Language::Node => format!("node:{major}-{slim}"),
        Language::Ruby => format!("ruby:{two}-{slim}"),
        Language::Jdk | Language::Jre if is_alpine => format!("eclipse-temurin:{major}-jre-alpine"),
        Language::Jdk | Language::Jre => format!("eclipse-temurin:{major}-jre"),
        Language::Php | Language::Dotnet => return None,
    })
}

/// The official image of a language that the base is, with the version as its tags have it.
fn language_image(ledger: &Ledger<'_>) -> Option<(&'static Official, String)> {
    let image = ledger.image;
    let steps = &image.history[..first_own_step(ledger).min(image.history.len())];
    OFFICIAL.iter().find_map(|official| {
        let names = |text: &str| text.split_whitespace().any(|word| word.starts_with(official.variable));
        let told = if steps.is_empty() {
            image.history.is_empty()
        } else {
            steps.iter().any(|step| step.instruction == Some(Keyword::Env) && names(&step.command))
        };
        let assignments = &image.config.config.env;
        let value = assignments
            .iter()
            .find_map(|line| line.strip_prefix(official.variable)?.strip_prefix('='))
            .filter(|_| told)?;
        let version = numbers(value.trim_start_matches(|c: char| !c.is_ascii_digit()), official.numbers);
        (!version.is_empty()).then_some((official, version))
    })
}

/// The first step of the history that this Dockerfile made: after the base's last layer, and after its `CMD`.
pub(in crate::advice) fn first_own_step(ledger: &Ledger<'_>) -> usize {
    let (history, base) = (&ledger.image.history, ledger.analysis.base_layers);
    let end = history.iter().position(|step| step.layer.is_some_and(|layer| layer >= base));
    let start = history.iter().rposition(|step| step.layer.is_some_and(|layer| layer < base));
    let start = start.map_or(0, |at| at + 1);
    let between = &history[start..end.unwrap_or(start).max(start)];
    let cmd = between.iter().rposition(|step| step.instruction == Some(Keyword::Cmd));
    start + cmd.map_or(0, |at| at + 1)
}

fn is_slim(ledger: &Ledger<'_>) -> bool {
    let base = &ledger.analysis.layers[..ledger.analysis.base_layers];
    base.iter().map(|layer| layer.content).sum::<u64>() < SLIM && !is_full(ledger)
}

/// True when the base has what slim variants leave out.
pub(in crate::advice) fn is_full(ledger: &Ledger<'_>) -> bool {
    let image = ledger.image;
    let of_base = |path: PathId| {
        let mut entries = image.timeline.of(path).iter();
        entries.find(|&&entry| !ledger.is_own(image.layer_of(entry))).map(|&entry| image.entry(entry).size)
    };
    let below = |place| image.paths.find(place).map(|place| (place.0..image.paths.end(place).0).map(PathId));
    let documents: u64 = DOCUMENT_PLACES.into_iter().filter_map(below).flatten().filter_map(of_base).sum();
    let has_compiler =
        below(b"usr/lib/gcc").is_some_and(|mut paths| paths.any(|path| of_base(path).is_some()));
    let is_jdk = |runtime: &Runtime| runtime.language == Language::Jdk && !ledger.is_own(runtime.layer);
    documents >= DOCUMENTS || has_compiler || ledger.analysis.system.runtimes.iter().any(is_jdk)
}

/// The first numbers of a version: `3.19` of `3.19.1`.
fn numbers(version: &str, count: usize) -> String {
    let parts: Vec<&str> = version.split(|c: char| !c.is_ascii_digit()).take(count).collect();
    parts.join(".").trim_end_matches('.').to_owned()
}

/// A version as a part of a tag: nothing else gets into the Dockerfile.
pub(in crate::advice) fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).take(40).collect()
}
