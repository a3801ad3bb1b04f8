//! Packages that apt brought along because others recommend them, told by dpkg's and apt's own records.
//!
//! Where there are no records, the history tells at least that recommended packages were not refused.

use std::collections::HashMap;

use super::Structural;
use super::installs::{own_runs, takes_recommends};
use crate::advice::claims::Claims;
use crate::advice::ledger::{Draft, Ledger, capital, layer_list};
use crate::advice::packages::name_list;
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity, apt};
use crate::analysis::Manager;
use crate::overlay::Slot;
use crate::units;

static INFO: RuleInfo = RuleInfo::new(
    "recommends",
    Group::Structure,
    "Packages are installed with everything that they recommend",
    "apt installs what a package recommends as well as what it depends on. A server rarely needs it: documentation, compilers, desktop parts. Name what is needed beyond the dependencies.",
    "RUN apt-get update && \\\n    apt-get install -y --no-install-recommends PACKAGES && \\\n    rm -rf /var/lib/apt/lists/*",
)
.with(Confidence::Likely, None);

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

fn find(ledger: &mut Ledger<'_>) {
    let guilty: Vec<(usize, String)> = own_runs(ledger)
        .into_iter()
        .filter(|(layer, command)| {
            takes_recommends(command) && ledger.image.layers[*layer].content >= ledger.scale.floor
        })
        .collect();
    if ledger.analysis.packages.list.iter().any(|package| package.manager == Manager::Dpkg) {
        by_records(ledger, &guilty);
    } else if let Some((layer, _)) = guilty.first() {
        let layers: Vec<usize> = guilty.iter().map(|(layer, _)| *layer).collect();
        let title = format!("apt-get install brings all recommended packages along: {}", layer_list(&layers));
        let why = format!(
            "{} installs without --no-install-recommends. {}",
            capital(&ledger.layer(*layer)),
            INFO.why
        );
        let fix = apt::lean_install(ledger, *layer);
        ledger.file(
            &INFO,
            Draft { title, why, fix, layers, severity: Some(Severity::Low), ..Draft::default() },
        );
    }
}

/// Bills the files of the packages that nobody needs.
fn by_records(ledger: &mut Ledger<'_>, guilty: &[(usize, String)]) {
    let packages = &ledger.analysis.packages;
    let reasons: HashMap<usize, usize> = packages
        .recommended
        .iter()
        .filter(|found| packages.list[found.package].layer().is_some_and(|layer| ledger.is_own(layer)))
        .map(|found| (found.package, found.by))
        .collect();
    let mut claims = Claims::default();
    for (path, slot) in ledger.union.rootfs.live() {
        let Slot::Entry(id) = slot else { continue };
        let is_extra = packages.owner_index(path).is_some_and(|owner| reasons.contains_key(&owner));
        if let Some(content) = ledger.union.content_of(id)
            && is_extra
            && ledger.is_own(ledger.image.layer_of(content))
        {
            ledger.claim(&mut claims, path, content);
        }
    }
    if claims.weight < ledger.scale.floor {
        return;
    }
    // largest first, as the packages are
    let mut extra: Vec<usize> = reasons.keys().copied().collect();
    extra.sort_unstable();
    let names: Vec<&str> = extra.iter().map(|&package| packages.list[package].name.as_str()).collect();
    let count = units::count(names.len() as u64);
    let (are, noun) = if names.len() == 1 { ("is", "package") } else { ("are", "packages") };
    let title =
        format!("{count} {noun} {are} there only because others recommend them: {}", name_list(&names, 4));
    let by = |package: &usize| {
        let (name, by) = (&packages.list[*package].name, &packages.list[reasons[package]].name);
        format!(
            "{} came for {}",
            crate::text::line(name.as_bytes(), 60),
            crate::text::line(by.as_bytes(), 60)
        )
    };
    let reasons: Vec<String> = extra.iter().take(3).map(by).collect();
    let why = format!(
        "Nothing that was asked for depends on them, says dpkg: {}. If the image does need one, name it in the \
         install, and leave the others out.",
        reasons.join(", ")
    );
    let most = claims.by_bytes().first().map(|(layer, _)| *layer);
    let step = guilty.iter().find(|(layer, _)| Some(*layer) == most).or_else(|| guilty.first());
    let fix = step.map_or_else(|| INFO.fix.to_string(), |(layer, _)| apt::lean_install(ledger, *layer));
    ledger.file(&INFO, Draft { title, why, fix, claims, ..Draft::default() });
}
