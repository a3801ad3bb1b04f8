//! A base image that is larger than what the program on it needs.

use crate::advice::engine::base_images;
use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::knowledge::base_images::SLIM;
use crate::advice::knowledge::package_managers;
use crate::advice::stages::distroless;
use crate::analysis::system::{Language, Runtime};

const ID: &str = "slim-base";

/// A smaller base.
#[derive(Debug)]
pub(in crate::advice) struct SmallerBase {
    /// Live bytes of the base.
    pub(in crate::advice) bytes: u64,
    /// What the distribution calls itself.
    pub(in crate::advice) name: String,
    pub(in crate::advice) from: Smaller,
}

/// Which smaller base would do.
#[derive(Debug)]
pub(in crate::advice) enum Smaller {
    /// None at all: the program is static.
    Nothing,
    /// The image of a language, and the packages that it makes unnecessary.
    Language { from: String, language: &'static str, installed: Vec<String> },
    /// One with little more than the libraries that the program needs.
    Libraries { from: String, libraries: Vec<String> },
    /// The same distribution.
    Variant(String),
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let base = ledger.analysis.base_layers;
    let system = &ledger.analysis.system;
    let bytes: u64 = ledger.analysis.layers[..base].iter().map(|layer| layer.live).sum();
    let Some(release) =
        system.base.as_ref().filter(|release| matches!(release.id.as_str(), "debian" | "ubuntu"))
    else {
        return;
    };
    let is_static = system.program.is_some_and(|program| program.is_static() && ledger.is_own(program.layer));
    if base == ledger.image.layers.len() || bytes < SLIM || !(is_static || base_images::is_full(ledger)) {
        return;
    }
    let Some(from) = smaller(ledger, is_static) else { return };
    let name = release.pretty_name.as_deref().unwrap_or(&release.id).to_owned();
    let severity =
        if bytes * 10 >= ledger.image.content().max(1) * 3 { Severity::Low } else { Severity::Info };
    ledger.file(ID, Draft::about((0..base).collect(), severity), SmallerBase { bytes, name, from });
}

/// A smaller base for what the image needs of it.
fn smaller(ledger: &Ledger<'_>, is_static: bool) -> Option<Smaller> {
    if is_static {
        return Some(Smaller::Nothing);
    }
    if let Some(runtime) = base_images::runtime(ledger).filter(|runtime| is_asked_for(ledger, runtime))
        && let Some(from) = base_images::language_base(ledger, runtime)
    {
        let is_java = matches!(runtime.language, Language::Jdk | Language::Jre);
        let language = if is_java { "Java" } else { runtime.language.name() };
        let installed = installed(ledger, runtime).unwrap_or_default();
        return Some(Smaller::Language { from, language, installed });
    }
    let libraries = distroless::image(ledger);
    let libraries = libraries.map(|(from, libraries)| Smaller::Libraries { from, libraries });
    libraries.or_else(|| base_images::smaller(ledger).ok().map(Smaller::Variant))
}

/// The packages of a language that the step which brought it asks for; none where that step installs no packages.
fn installed(ledger: &Ledger<'_>, runtime: &Runtime) -> Option<Vec<String>> {
    let is_java = matches!(runtime.language, Language::Jdk | Language::Jre);
    let language = runtime.language.name();
    let own = ledger.is_own(runtime.layer).then(|| ledger.image.command_of(runtime.layer));
    let (_, packages) = own.and_then(package_managers::installed)?;
    let is_of_language = |package: &String| {
        let is_javas = is_java && ["-jdk", "-jre"].iter().any(|part| package.contains(part));
        is_javas || package.starts_with(&language[..language.len().min(4)]) || package == "npm"
    };
    Some(packages.into_iter().filter(is_of_language).collect())
}

/// False for an interpreter that came along with a package: it belongs to that one, and another would be a second.
fn is_asked_for(ledger: &Ledger<'_>, runtime: &Runtime) -> bool {
    installed(ledger, runtime).is_none_or(|packages| !packages.is_empty())
}
