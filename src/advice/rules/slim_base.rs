//! A base image that is larger than what the program on it needs.

use super::Structural;
use crate::advice::ledger::{Draft, Ledger};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity, base_images, package_managers};
use crate::analysis::system::Language;
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

fn find(ledger: &mut Ledger<'_>) {
    let base = ledger.analysis.base_layers;
    let system = &ledger.analysis.system;
    let bytes: u64 = ledger.analysis.layers[..base].iter().map(|layer| layer.live).sum();
    let Some(release) =
        system.base.as_ref().filter(|release| matches!(release.id.as_str(), "debian" | "ubuntu"))
    else {
        return;
    };
    let is_static = system.program.is_some_and(|program| program.is_static() && ledger.is_own(program.layer));
    if base == ledger.image.layers.len()
        || bytes < base_images::SLIM
        || !(is_static || base_images::is_full(ledger))
    {
        return;
    }
    let Some((from, needs)) = smaller(ledger, is_static) else { return };
    let content = ledger.image.content().max(1);
    let name = release.pretty_name.as_deref().unwrap_or(&release.id);
    let name = crate::text::line(name.as_bytes(), 60);
    let title = format!(
        "The base, {name}, is {} of {}: a smaller one would do",
        units::size(bytes),
        units::size(content)
    );
    let why = format!("{needs} {}", INFO.why);
    let severity = if bytes * 10 >= content * 3 { Severity::Low } else { Severity::Info };
    let layers = (0..base).collect();
    ledger.file(&INFO, Draft { title, why, fix: from, layers, severity: Some(severity), ..Draft::default() });
}

/// A smaller base, and what the image needs of it.
fn smaller(ledger: &Ledger<'_>, is_static: bool) -> Option<(String, String)> {
    if is_static {
        let needs = "The program is static: it needs no shared libraries. Copy certificates and time zones if it uses them.";
        return Some(("FROM scratch\n# with certificates: COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/".into(), needs.into()));
    }
    if let Some(runtime) = base_images::runtime(ledger)
        && let Some(from) = base_images::language_base(ledger, runtime)
    {
        let is_java = matches!(runtime.language, Language::Jdk | Language::Jre);
        let name = if is_java { "Java" } else { runtime.language.name() };
        let own = ledger
            .is_own(runtime.layer)
            .then(|| ledger.image.command_of(runtime.layer))
            .and_then(package_managers::installed);
        let installed: Vec<String> = own
            .into_iter()
            .flat_map(|(_, packages)| packages)
            .filter(|package| {
                let is_javas = is_java && ["-jdk", "-jre"].iter().any(|part| package.contains(part));
                is_javas || package.starts_with(&name[..name.len().min(4)]) || package == "npm"
            })
            .collect();
        let note = if installed.is_empty() {
            String::new()
        } else {
            format!("\n# it has {name}: leave out of apt-get install: {}", installed.join(" "))
        };
        return Some((format!("FROM {from}{note}"), format!("The image runs {name}.")));
    }
    let from = base_images::smaller(ledger).ok()?;
    Some((format!("FROM {from}"), "It is the same distribution without documentation.".into()))
}
