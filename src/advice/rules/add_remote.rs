//! `ADD` of a URL: the archive becomes a layer of its own.

use super::Structural;
use crate::advice::ledger::{Draft, Ledger};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity, archives};

static INFO: RuleInfo = RuleInfo::new(
    "add-remote",
    Group::Archive,
    "ADD downloads an archive into a layer of its own",
    "ADD does not unpack what it downloads. The archive stays in its layer, whatever a later step does with it. Download, unpack and forget it in one RUN.",
    "RUN curl -fsSL https://HOST/FILE.tar.gz | tar -xz -C /opt",
)
.with(Confidence::Likely, Some(Severity::Low));

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

const ARCHIVES: [&str; 8] = [".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".zip", ".deb"];

/// The directory that a step adds to.
fn target(command: &str) -> String {
    let last = command.split_whitespace().last().unwrap_or("/opt");
    let directory =
        if last.ends_with('/') { last } else { last.rsplit_once('/').map_or("", |(directory, _)| directory) };
    let directory = directory.trim_end_matches('/');
    if directory.starts_with('/') { directory.to_owned() } else { "/opt".into() }
}

fn find(ledger: &mut Ledger<'_>) {
    for layer in ledger.analysis.base_layers..ledger.image.layers.len() {
        let command = ledger.command(layer);
        let url = command
            .split_whitespace()
            .find(|word| word.starts_with("http://") || word.starts_with("https://"));
        let archive = url.is_some_and(|url| {
            let path = url.split(['?', '#']).next().unwrap_or(url);
            ARCHIVES.iter().any(|ending| path.ends_with(ending))
        });
        let (Some(url), true) = (url, archive && ledger.is_made_by(layer, "ADD")) else { continue };
        let title = format!("Layer {layer} downloads an archive and keeps it packed");
        let name = url.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let step = archives::unpacking(ledger, name);
        let to = step.and_then(|step| step.to).unwrap_or_else(|| target(&command));
        let tar = archives::ending(name).and_then(|(_, tar)| tar);
        let fix = match tar {
            Some(tar) => format!(
                "RUN curl -fsSL {url} | tar {tar} -C {to}\n# or, with a current BuildKit: ADD --unpack=true {url} {to}"
            ),
            None => format!(
                "# fetch, unpack and delete it in one RUN\nRUN curl -fsSLO {url} && unzip {name} -d {to} && rm {name}"
            ),
        };
        let draft = Draft {
            title,
            why: INFO.why.to_string(),
            fix,
            layers: vec![layer],
            severity: Some(Severity::Low),
            ..Draft::default()
        };
        ledger.file(&INFO, draft);
    }
}
