//! A base image that is larger than what the program on it needs.

use super::Structural;
use crate::advice::desk::{Desk, Draft};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity};
use crate::analysis::system::{Language, Release};
use crate::units;

static INFO: RuleInfo = RuleInfo::new(
    "slim-base",
    Group::Structure,
    "A smaller base image would do",
    "The full variants of base images carry documentation, compilers and tools that a program at run time does not use. Slim variants are the same distribution without them. Alpine is smaller still, but has another C library (musl): ready-made binaries of Python and Node.js packages may not run on it.",
    "FROM python:3.12-slim",
)
.with(Confidence::Judgement, Some(Severity::Low));

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

/// A base with less live content is taken for slim already, in bytes: `debian:bookworm-slim` has 75 MB.
const SLIM: u64 = 85_000_000;
/// So many live bytes of the base in these directories tell a full variant: slim ones have next to none.
const DOCUMENTS: u64 = 5_000_000;
const DOCUMENT_PLACES: [&[u8]; 3] = [b"usr/share/doc", b"usr/share/man", b"usr/share/locale"];

fn find(desk: &mut Desk<'_>) {
    let base = desk.analysis.base_layers;
    let system = &desk.analysis.system;
    let bytes: u64 = desk.analysis.layers[..base].iter().map(|layer| layer.live).sum();
    let Some(release) =
        system.base.as_ref().filter(|release| matches!(release.id.as_str(), "debian" | "ubuntu"))
    else {
        return;
    };
    let is_static = system.program.is_some_and(|program| program.is_static() && desk.is_own(program.layer));
    if base == desk.image.layers.len() || bytes < SLIM || !(is_static || is_full(desk)) {
        return;
    }
    let Some((from, needs)) = smaller(desk, release, is_static) else { return };
    let content = desk.image.content().max(1);
    let name = release.pretty_name.as_deref().unwrap_or(&release.id);
    let name = crate::escape::line(name.as_bytes(), 60);
    let title = format!(
        "The base, {name}, is {} of {}: a smaller one would do",
        units::size(bytes),
        units::size(content)
    );
    let why = format!("{needs} {}", INFO.why);
    let severity = if bytes * 10 >= content * 3 { Severity::Low } else { Severity::Info };
    let layers = (0..base).collect();
    desk.file(&INFO, Draft { title, why, fix: from, layers, severity: Some(severity), ..Draft::default() });
}

/// True when the base has what slim variants leave out.
fn is_full(desk: &Desk<'_>) -> bool {
    let image = desk.image;
    let in_base = |path| {
        let content = desk.union.content_of(desk.union.rootfs.entry(path)?)?;
        (!desk.is_own(image.layer_of(content))).then(|| image.entry(content).size)
    };
    let documents: u64 = DOCUMENT_PLACES
        .into_iter()
        .filter_map(|place| image.paths.find(place))
        .flat_map(|place| (place.0..image.paths.end(place).0).map(crate::image::PathId))
        .filter_map(in_base)
        .sum();
    let has_compiler = image.paths.find(b"usr/lib/gcc").is_some_and(|place| {
        (place.0..image.paths.end(place).0).map(crate::image::PathId).any(|path| in_base(path).is_some())
    });
    let has_jdk = desk
        .analysis
        .system
        .runtimes
        .iter()
        .any(|runtime| runtime.language == Language::Jdk && !desk.is_own(runtime.layer));
    documents >= DOCUMENTS || has_compiler || has_jdk
}

/// A smaller base, and what the image needs of it.
fn smaller(desk: &Desk<'_>, release: &Release, is_static: bool) -> Option<(String, String)> {
    if is_static {
        let needs = "The program is static: it needs no shared libraries. Copy certificates and time zones if it uses them.";
        return Some(("FROM scratch\n# with certificates: COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/".into(), needs.into()));
    }
    let (from, language) = run_base(desk, release)?;
    let needs = match language {
        Some(language) => format!("The image runs {}.", language.name()),
        None => "It is the same distribution without documentation.".into(),
    };
    Some((format!("FROM {from}"), needs))
}

/// A small image that can run what this one runs, and the interpreter in it.
pub(super) fn run_base(desk: &Desk<'_>, release: &Release) -> Option<(String, Option<Language>)> {
    let system = &desk.analysis.system;
    let distribution = match (release.id.as_str(), &release.codename, &release.version) {
        ("debian", Some(codename), _) => format!("debian:{}-slim", word(codename)),
        ("debian", None, Some(version)) => format!("debian:{}-slim", word(version)),
        _ => return None, // Ubuntu has one variant
    };
    // the interpreter that the image runs, else the only one
    let program = system.program.map(|program| program.path);
    let only = || if let [only] = &*system.runtimes { Some(only) } else { None };
    let Some(runtime) = system.runtimes.iter().find(|runtime| Some(runtime.path) == program).or_else(only)
    else {
        return Some((distribution, None));
    };
    let packaged = || desk.analysis.packages.owner(runtime.path)?.version.as_deref();
    let version = runtime.version.as_deref().or_else(packaged).map(word).unwrap_or_default();
    // 18.20.4+dfsg is 18 in tags; python3.11 is 3.11
    let numbers: Vec<&str> = version.split(|c: char| !c.is_ascii_digit()).take(2).collect();
    let major = numbers.first().copied().unwrap_or_default();
    let from = match runtime.language {
        _ if major.is_empty() => distribution,
        Language::Python => format!("python:{}-slim", numbers.join(".").trim_end_matches('.')),
        Language::Node => format!("node:{major}-slim"),
        Language::Ruby => format!("ruby:{}-slim", numbers.join(".").trim_end_matches('.')),
        Language::Jdk | Language::Jre => format!("eclipse-temurin:{major}-jre"),
        Language::Php | Language::Dotnet => distribution,
    };
    Some((from, Some(runtime.language)))
}

/// A version as a part of a tag: nothing else gets into the Dockerfile.
pub(super) fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).take(40).collect()
}
