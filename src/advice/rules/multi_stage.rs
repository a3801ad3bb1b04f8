//! What was needed to build stands in the image beside what was built.

use super::Structural;
use crate::advice::ledger::{Draft, Ledger};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity, stages};
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

/// Fewer bytes of what is for building do not call for a stage.
fn least(ledger: &Ledger<'_>) -> u64 {
    ledger.scale.high_floor.max(10_000_000)
}

/// Notes that there will be a finding, when the rules about files have `found` so many bytes each.
pub(super) fn announce<'a>(ledger: &Ledger<'_>, found: impl Iterator<Item = (&'a str, u64)>) {
    let bytes: u64 = found.filter(|(rule, _)| BUILDING.contains(rule)).map(|(_, bytes)| bytes).sum();
    if bytes >= least(ledger) && ledger.settings.is_on(&INFO.id) && !stages::built(ledger).is_empty() {
        ledger.note_stage();
    }
}

fn find(ledger: &mut Ledger<'_>) {
    let (bytes, mut layers) = ledger.billed(&BUILDING);
    if bytes < least(ledger) {
        return;
    }
    let names = stages::built(ledger);
    let Some(first) = names.first() else { return };
    layers.retain(|&layer| ledger.is_own(layer));
    let title =
        format!("Build in a stage of its own: {} are not needed to run {}", units::size(bytes), first);
    let why = format!(
        "{} of compilers, headers and the like stand beside what was built ({}); the findings about them have the bytes. {}",
        units::size(bytes),
        names.join(", "),
        INFO.why
    );
    // one finding shows the stages; the other carries the bytes
    let fix = match ledger.sketched() {
        Some(rule) => format!("# the two stages are written out under `{rule}`, which carries the bytes"),
        None => stages::sketch(ledger).unwrap_or_default(),
    };
    let severity = Some(ledger.scale.severity_of(bytes).max(Severity::Medium));
    ledger.file(&INFO, Draft { title, why, fix, layers, severity, ..Draft::default() });
}
