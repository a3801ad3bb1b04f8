//! The layers as such: too many, or one that is nearly everything.

use std::cmp::Reverse;

use super::Structural;
use crate::advice::ledger::{Draft, Ledger, capital};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity, dockerfile};
use crate::image::PathId;
use crate::units;

static MANY: RuleInfo = RuleInfo::new(
    "many-layers",
    Group::Structure,
    "More own layers than an image needs",
    "Every layer is a request to the registry and a mount of the file system; engines allow 127. Steps that belong together can be one RUN.",
    "RUN FIRST && \\\n    SECOND && \\\n    THIRD",
)
.with(Confidence::Judgement, Some(Severity::Low));
static HUGE: RuleInfo = RuleInfo::new(
    "huge-layer",
    Group::Structure,
    "One layer is a large part of the image",
    "A layer is pulled whole when anything in it changes. What changes seldom (packages) and what changes often (the program) belong in different layers, the seldom one first.",
    "RUN apt-get update && apt-get install -y --no-install-recommends PACKAGES && rm -rf /var/lib/apt/lists/*\nCOPY . /app",
)
.with(Confidence::Judgement, Some(Severity::Info));

pub(super) const RULE: Structural = Structural { infos: &[&MANY, &HUGE], find };

/// More own layers than this are many.
const MANY_LAYERS: usize = 30;
/// The least content of a huge layer, in bytes; it also has three tenths of the image.
const HUGE_LAYER: u64 = 50_000_000;

fn find(ledger: &mut Ledger<'_>) {
    let count = ledger.image.layers.len();
    let own = count - ledger.analysis.base_layers;
    if own > MANY_LAYERS {
        let draft = Draft {
            title: format!("{own} own layers"),
            why: MANY.why.to_string(),
            fix: merged(ledger).unwrap_or_else(|| MANY.fix.to_string()),
            layers: (ledger.analysis.base_layers..count).collect(),
            severity: Some(Severity::Low),
            ..Draft::default()
        };
        ledger.file(&MANY, draft);
    }
    let total = ledger.image.content();
    for layer in ledger.analysis.base_layers..count {
        let content = ledger.image.layers[layer].content;
        if content < HUGE_LAYER || content * 10 < total * 3 {
            continue;
        }
        let parts: Vec<String> = largest(ledger, layer)
            .into_iter()
            .map(|(path, bytes)| format!("{} ({})", ledger.path(path), units::size(bytes)))
            .collect();
        let why = format!(
            "{} stores {}: {}. {}",
            capital(&ledger.layer(layer)),
            units::size(content),
            parts.join(", "),
            HUGE.why
        );
        let draft = Draft {
            title: format!("Layer {layer} is {} of {}", units::size(content), units::size(total)),
            why,
            fix: "# packages first, the program last, each in a layer of its own".into(),
            layers: vec![layer],
            severity: Some(Severity::Info),
            ..Draft::default()
        };
        ledger.file(&HUGE, draft);
    }
}

/// The most steps that stand one after the other, as one.
fn merged(ledger: &Ledger<'_>) -> Option<String> {
    let own = ledger.analysis.base_layers..ledger.image.layers.len();
    let is_run = |layer: &usize| ledger.is_made_by(*layer, "RUN") && !ledger.command(*layer).starts_with('[');
    let layers: Vec<usize> = own.collect();
    // the first of the longest
    let rows = layers.split(|layer| !is_run(layer)).rev();
    let row = rows.max_by_key(|row| row.len()).filter(|row| row.len() > 1)?;
    let commands: Vec<String> = row.iter().take(4).map(|&layer| ledger.command(layer)).collect();
    let more = if row.len() > 4 {
        format!("\n# and so on, up to layer {}", row[row.len() - 1])
    } else {
        String::new()
    };
    Some(format!("{}{more}", dockerfile::run(&commands)))
}

/// The largest directories of a layer, two levels deep.
fn largest(ledger: &Ledger<'_>, layer: usize) -> Vec<(PathId, u64)> {
    let paths = &ledger.image.paths;
    let mut sizes = std::collections::BTreeMap::<PathId, u64>::new();
    for entry in ledger.image.layer_entries(layer) {
        // walk up until two levels below the root are left
        let (mut at, mut up, mut above) = (ledger.image.path_of(entry), PathId::ROOT, PathId::ROOT);
        while at != PathId::ROOT {
            (above, up) = (up, at);
            at = paths.parent(at);
        }
        let place = if above == PathId::ROOT { up } else { above };
        *sizes.entry(place).or_default() += ledger.image.entry(entry).size;
    }
    let mut sizes: Vec<(PathId, u64)> = sizes.into_iter().collect();
    sizes.sort_by_key(|(path, bytes)| (Reverse(*bytes), *path));
    sizes.retain(|(_, bytes)| *bytes > 0);
    sizes.truncate(4);
    sizes
}
