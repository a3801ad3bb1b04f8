//! Secrets in ENV, ARG, LABEL and commands. Their names are shown, never their values.

use std::collections::HashSet;

use super::Structural;
use crate::advice::ledger::{Draft, Ledger};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity, dockerfile};
use crate::{secrets, text};

static INFO: RuleInfo = RuleInfo::new(
    "secret-env",
    Group::Secret,
    "A secret is written in the image's configuration or history",
    "ENV, ARG, LABEL and the commands of RUN are stored in the image's configuration, for everybody who can pull it to read. Rotate the secret, and hand it in at run time, or to the build as a secret mount.",
    "RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\n# docker build --secret id=npm_token,env=NPM_TOKEN .",
)
.with(Confidence::Likely, None);

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

/// Longer texts are cut, in bytes.
const LONGEST: usize = 1 << 20;

fn find(ledger: &mut Ledger<'_>) {
    let config = &ledger.image.config;
    let mut places: Vec<(String, String)> = Vec::new();
    let mut layers = Vec::new();
    let mut known = HashSet::new();
    let mut note = |text: &str, place: &str| {
        let text = text.get(..text.len().min(LONGEST)).unwrap_or_default();
        let mut is_new = false;
        for name in secrets::names(text) {
            if known.insert(name.to_owned()) {
                places.push((text::line(name.as_bytes(), 60), place.to_owned()));
                is_new = true;
            }
        }
        is_new
    };
    for pair in &config.config.env {
        note(pair, "ENV");
    }
    for (name, value) in &config.config.labels {
        note(&format!("{name}={value}"), "LABEL");
    }
    for (number, step) in config.history.iter().enumerate() {
        let place = format!("step {} of the history", number + 1);
        if note(step.created_by.as_deref().unwrap_or_default(), &place) {
            layers.extend(ledger.image.history.get(number).and_then(|step| step.layer));
        }
    }
    if places.is_empty() {
        return;
    }
    let names: Vec<&str> = places.iter().take(4).map(|(name, _)| name.as_str()).collect();
    let more = places.len().saturating_sub(4);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let title = format!("{}{more}: the value can be read by everybody who has the image", names.join(", "));
    let told: Vec<String> = places.iter().take(6).map(|(name, place)| format!("{name} ({place})")).collect();
    let why = format!(
        "Found: {}. The configuration and the history are part of the image, and build arguments are part of the \
         history. Rotate the secret; hand it in at run time, or to the build as a secret mount.",
        told.join(", ")
    );
    let name = names.first().copied().unwrap_or("TOKEN");
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let name = if is_name { name } else { "TOKEN" };
    let id = name.to_ascii_lowercase();
    let fix = mounted(ledger, name, &id);
    ledger.file(&INFO, Draft { title, why, fix, layers, severity: Some(Severity::High), ..Draft::default() });
}

/// The step that uses the variable, with the secret mounted.
fn mounted(ledger: &Ledger<'_>, name: &str, id: &str) -> String {
    let mount = format!("--mount=type=secret,id={id},env={name}");
    let build = format!("# docker build --secret id={id},env={name} .");
    let run = format!("# at run time: docker run -e {name} IMAGE");
    let used = (ledger.analysis.base_layers..ledger.image.layers.len())
        .filter(|&layer| ledger.is_made_by(layer, "RUN"))
        .map(|layer| ledger.command(layer))
        .find(|command| command.contains(&format!("${name}")) || command.contains(&format!("${{{name}")));
    match used.filter(|command| !command.contains('…') && !command.contains('\n')) {
        Some(command) => {
            let text = dockerfile::run(&[command]);
            format!("RUN {mount} \\\n    {}\n{build}", text.trim_start_matches("RUN "))
        }
        None => format!("# in the RUN that needs it, if one does: RUN {mount} …\n{build}\n{run}"),
    }
}
