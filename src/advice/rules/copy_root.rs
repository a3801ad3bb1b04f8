//! A whole root file system copied from another stage.

use super::Structural;
use crate::advice::ledger::{Draft, Ledger};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity};

static INFO: RuleInfo = RuleInfo::new(
    "copy-root",
    Group::Structure,
    "A whole root file system is copied from another stage",
    "COPY --from=build / / brings everything that the build stage has, and stores again what the base has already. Copy the paths that are needed.",
    "COPY --from=build /out/app /usr/local/bin/app",
)
.with(Confidence::Likely, Some(Severity::Low));

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

fn find(ledger: &mut Ledger<'_>) {
    // `FROM scratch` and one such COPY squashes an image on purpose: then it is the first layer
    for layer in ledger.analysis.base_layers.max(1)..ledger.image.layers.len() {
        let command = ledger.command(layer);
        let paths: Vec<&str> =
            command.split_whitespace().skip(1).filter(|word| !word.starts_with("--")).collect();
        if !ledger.is_made_by(layer, "COPY") || !command.contains("--from=") || paths != ["/", "/"] {
            continue;
        }
        let title = format!("Layer {layer} copies a whole root file system");
        let fix = command.replace(" / /", " /usr/local/bin/APP /usr/local/bin/APP");
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
