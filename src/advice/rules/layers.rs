//! The layers as such: too many, or one that is nearly everything.

use std::cmp::Reverse;

use super::Structural;
use crate::advice::desk::{Desk, Draft, capital};
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

fn find(desk: &mut Desk<'_>) {
    let count = desk.image.layers.len();
    let own = count - desk.analysis.base_layers;
    if own > MANY_LAYERS {
        let draft = Draft {
            title: format!("{own} own layers"),
            why: MANY.why.to_string(),
            fix: merged(desk).unwrap_or_else(|| MANY.fix.to_string()),
            layers: (desk.analysis.base_layers..count).collect(),
            severity: Some(Severity::Low),
            ..Draft::default()
        };
        desk.file(&MANY, draft);
    }
    let total = desk.image.content();
    for layer in desk.analysis.base_layers..count {
        let content = desk.image.layers[layer].content;
        if content < HUGE_LAYER || content * 10 < total * 3 {
            continue;
        }
        let parts: Vec<String> = largest(desk, layer)
            .into_iter()
            .map(|(path, bytes)| format!("{} ({})", desk.path(path), units::size(bytes)))
            .collect();
        let why = format!(
            "{} stores {}: {}. {}",
            capital(&desk.layer(layer)),
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
        desk.file(&HUGE, draft);
    }
}

/// The most steps that stand one after the other, as one.
fn merged(desk: &Desk<'_>) -> Option<String> {
    let own = desk.analysis.base_layers..desk.image.layers.len();
    let is_run = |layer: &usize| desk.is_made_by(*layer, "RUN") && !desk.command(*layer).starts_with('[');
    let layers: Vec<usize> = own.collect();
    // the first of the longest
    let rows = layers.split(|layer| !is_run(layer)).rev();
    let row = rows.max_by_key(|row| row.len()).filter(|row| row.len() > 1)?;
    let commands: Vec<String> = row.iter().take(4).map(|&layer| desk.command(layer)).collect();
    let more = if row.len() > 4 {
        format!("\n# and so on, up to layer {}", row[row.len() - 1])
    } else {
        String::new()
    };
    Some(format!("{}{more}", dockerfile::run(&commands)))
}

/// The largest directories of a layer, two levels deep.
fn largest(desk: &Desk<'_>, layer: usize) -> Vec<(PathId, u64)> {
    let paths = &desk.image.paths;
    let mut sizes = std::collections::BTreeMap::<PathId, u64>::new();
    for entry in desk.image.layer_entries(layer) {
        // walk up until two levels below the root are left
        let (mut at, mut up, mut above) = (desk.image.path_of(entry), PathId::ROOT, PathId::ROOT);
        while at != PathId::ROOT {
            (above, up) = (up, at);
            at = paths.parent(at);
        }
        let place = if above == PathId::ROOT { up } else { above };
        *sizes.entry(place).or_default() += desk.image.entry(entry).size;
    }
    let mut sizes: Vec<(PathId, u64)> = sizes.into_iter().collect();
    sizes.sort_by_key(|(path, bytes)| (Reverse(*bytes), *path));
    sizes.retain(|(_, bytes)| *bytes > 0);
    sizes.truncate(4);
    sizes
}
