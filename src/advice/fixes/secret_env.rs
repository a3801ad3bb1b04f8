//! A secret handed in when it is needed.

use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::rules::secret_env::SecretNames;
use crate::dockerfile::{Edit, Fix};
use crate::text;

impl Facts for SecretNames {
    fn tell(&self, ledger: &Ledger<'_>, _: &Found<'_>) -> Words {
        let shown = |name: &str| text::line(name.as_bytes(), 60);
        let names: Vec<String> = self.0.iter().take(4).map(|(name, _)| shown(name)).collect();
        let more = self.0.len().saturating_sub(4);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let told: Vec<String> =
            self.0.iter().take(6).map(|(name, place)| format!("{} ({place})", shown(name))).collect();
        Words {
            title: format!(
                "{}{more}: the value can be read by everybody who has the image",
                names.join(", ")
            ),
            why: format!(
                "Found: {}. The configuration and the history are part of the image, and build arguments are part of \
                 the history. Rotate the secret; hand it in at run time, or to the build as a secret mount.",
                told.join(", ")
            ),
            fix: fix(ledger, self.0.first().map_or("TOKEN", |(name, _)| name)),
        }
    }
}

/// The steps that use the variable, with the secret mounted.
fn fix(ledger: &Ledger<'_>, name: &str) -> Fix {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let name = if is_name { name } else { "TOKEN" };
    let id = name.to_ascii_lowercase();
    let mount = format!("type=secret,id={id},env={name}");
    let build = format!("docker build --secret id={id},env={name} .");
    let uses = |layer: &usize| {
        let command = ledger.image.command_of(*layer);
        command.contains(&format!("${name}")) || command.contains(&format!("${{{name}"))
    };
    let steps = ledger.own_layers().filter(uses).filter_map(|layer| ledger.shell_run(layer));
    let edits: Vec<Edit> = steps.map(|step| Edit::AddMount { step, mount: mount.clone() }).collect();
    let mut notes = vec![build];
    if edits.is_empty() {
        notes.insert(0, format!("in the RUN that needs it, if one does: RUN --mount={mount} …"));
        notes.push(format!("at run time: docker run -e {name} IMAGE"));
    }
    Fix { edits, notes }
}
