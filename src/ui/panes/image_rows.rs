//! The rows of the image tab. Texts are made on demand: an image may have
//! megabytes of labels, and a screen shows a few lines.

use ratatui::style::Style;

use crate::dockerfile::Keyword;
use crate::secrets::redact;
use crate::ui::data::Data;
use crate::ui::theme::Theme;
use crate::units;

/// One row, without its text where that is long.
#[derive(Debug)]
pub(super) enum Item {
    /// Nothing, between two parts.
    Blank,
    /// The name of a part.
    Heading(&'static str),
    /// A name and a short value.
    Pair(&'static str, String),
    /// The wasted bytes, which stand out.
    Wasted(String),
    /// A variable of the environment, by its number.
    Variable(usize),
    /// A label: its name and value.
    Label(String, String),
    /// A step of the history, by its number.
    Step(usize),
    /// A remark of the reader, by its number.
    Remark(usize),
}

/// The text of a row.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: String,
}

impl Item {
    /// The text of the row, of long ones at least the first `most` bytes.
    pub(super) fn row(&self, data: &Data, most: usize) -> Row {
        let image = &data.image;
        let row = |name: &str, value: String| Row { name: name.to_owned(), value };
        match self {
            Self::Blank => row("", String::new()),
            Self::Heading(name) => row(name, String::new()),
            Self::Pair(name, value) => row(name, value.clone()),
            Self::Wasted(value) => row("wasted", value.clone()),
            Self::Variable(at) => row(
                "environment",
                image.config.config.env.get(*at).map_or_else(String::new, |pair| redact(start(pair, most))),
            ),
            Self::Label(name, value) => row("label", redact(&format!("{name}={}", start(value, most)))),
            Self::Step(at) => {
                let Some(step) = image.history.get(*at) else { return row("", String::new()) };
                let name = match step.layer {
                    Some(layer) => {
                        let size = units::size(data.analysis.layers[layer].content);
                        format!("layer {layer:>3} {size:>8}")
                    }
                    None => "no layer".into(),
                };
                let command = start(&step.command, most).split_whitespace().collect::<Vec<_>>().join(" ");
                let run = if matches!(step.instruction, Some(Keyword::Run)) { "RUN " } else { "" };
                Row { name, value: format!("{run}{command}") }
            }
            Self::Remark(at) => {
                let Some(remark) = image.diagnostics.get(*at) else { return row("", String::new()) };
                let place = remark.layer.map_or(String::new(), |layer| format!(" (layer {layer})"));
                row(remark.code, format!("{}{place}", remark.message))
            }
        }
    }

    /// The layer that a row is about.
    pub(super) fn layer(&self, data: &Data) -> Option<usize> {
        match self {
            Self::Step(at) => data.image.history.get(*at)?.layer,
            Self::Remark(at) => data.image.diagnostics.get(*at)?.layer,
            _ => None,
        }
    }

    /// True for rows that have no value.
    pub(super) fn is_heading(&self) -> bool {
        matches!(self, Self::Blank | Self::Heading(_))
    }

    /// How the row looks.
    pub(super) fn style(&self, data: &Data, theme: &Theme) -> Style {
        match self {
            Self::Heading(_) => theme.title_focused,
            Self::Wasted(_) if data.analysis.totals.wasted > 0 => theme.waste,
            Self::Step(at) if data.image.history.get(*at).is_some_and(|step| step.layer.is_none()) => {
                theme.dim
            }
            Self::Remark(_) => theme.modified,
            _ => theme.text,
        }
    }
}

/// The first `most` bytes of a text, whole characters.
fn start(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// All rows.
pub(super) fn items(data: &Data) -> Vec<Item> {
    let mut items = names(data);
    items.extend(totals(data));
    items.extend(configuration(data));
    items.extend([Item::Blank, Item::Heading("History")]);
    if data.image.history.is_empty() {
        items.push(Item::Pair("", "the image has none".into()));
    }
    items.extend((0..data.image.history.len()).map(Item::Step));
    if !data.image.diagnostics.is_empty() {
        items.extend([Item::Blank, Item::Heading("Remarks")]);
        items.extend((0..data.image.diagnostics.len()).map(Item::Remark));
    }
    items
}

fn names(data: &Data) -> Vec<Item> {
    let about = &data.image.about;
    let digest = |digest: &Option<crate::digest::Digest>| {
        digest.as_ref().map_or("unknown".to_owned(), |digest| digest.as_str().to_owned())
    };
    let mut items = vec![Item::Heading("Image"), Item::Pair("name", about.reference.clone())];
    items.extend(about.tags.iter().map(|tag| Item::Pair("tag", tag.clone())));
    items.push(Item::Pair("read from", about.source.clone()));
    items.push(Item::Pair("platform", about.platform.to_string()));
    if let Some(release) = &data.analysis.system.release {
        let name = release.pretty_name.as_deref().unwrap_or(&release.id);
        items.push(Item::Pair("distribution", name.to_owned()));
    }
    items.push(Item::Pair("created", about.created.clone().unwrap_or_else(|| "unknown".into())));
    items.push(Item::Pair("config digest", digest(&about.config_digest)));
    items.push(Item::Pair("manifest digest", digest(&about.manifest_digest)));
    items
}

fn totals(data: &Data) -> Vec<Item> {
    let totals = &data.analysis.totals;
    let (layers, base) = (data.image.layers.len(), data.analysis.base_layers);
    let size = units::size;
    let own = units::share(totals.own_wasted_ratio);
    let tree = &totals.tree;
    let counts = [
        (tree.files, "files"),
        (tree.directories, "directories"),
        (tree.symlinks, "symbolic links"),
        (tree.others, "others"),
    ];
    let counts: Vec<String> =
        counts.iter().map(|(count, name)| format!("{} {name}", units::count(*count))).collect();
    vec![
        Item::Blank,
        Item::Heading("Totals"),
        Item::Pair("layers", format!("{layers}: {base} from the base image, {} own", layers - base)),
        Item::Pair("content", format!("{} in regular files of all layers", size(totals.content))),
        Item::Pair("live", format!("{} that a container can see", size(totals.live))),
        Item::Wasted(format!(
            "{}: {} overwritten ({} with the same content), {} removed, {} repeated",
            size(totals.wasted),
            size(totals.overwritten),
            size(totals.metadata_only),
            size(totals.removed),
            size(totals.repeated)
        )),
        Item::Pair("efficiency", units::share(totals.efficiency)),
        Item::Pair(
            "own layers",
            format!("{}, {} of it wasted ({own})", size(totals.own_content), size(totals.own_wasted)),
        ),
        Item::Pair("hidden base", format!("{} of the base that own layers hide", size(totals.base_hidden))),
        Item::Pair("duplicates", format!("{} in equal files at several paths", size(totals.duplicates))),
        Item::Pair("stored", format!("{} as blobs, {} as tars", size(totals.blob), size(totals.tar))),
        Item::Pair("file system", counts.join(", ")),
    ]
}

fn configuration(data: &Data) -> Vec<Item> {
    let runtime = &data.image.config.config;
    let list = |words: &[String]| {
        let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
        if words.is_empty() { "none".to_owned() } else { format!("[{}]", words.join(", ")) }
    };
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let mut items = vec![
        Item::Blank,
        Item::Heading("Configuration"),
        Item::Pair("entrypoint", list(&runtime.entrypoint)),
        Item::Pair("cmd", list(&runtime.cmd)),
        Item::Pair("user", or(&runtime.user, "root (none is set)")),
        Item::Pair("directory", or(&runtime.working_dir, "/")),
    ];
    items.extend(runtime.exposed_ports.iter().map(|port| Item::Pair("port", port.clone())));
    items.extend(runtime.volumes.iter().map(|volume| Item::Pair("volume", volume.clone())));
    items.extend((0..runtime.env.len()).map(Item::Variable));
    items.extend(runtime.labels.iter().map(|(name, value)| Item::Label(name.clone(), value.clone())));
    if !runtime.stop_signal.is_empty() {
        items.push(Item::Pair("stop signal", runtime.stop_signal.clone()));
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    #[test]
    fn no_more_of_a_long_label_is_looked_at_than_is_shown() {
        let data = sample::data(&[&[("a", 1)]]);
        let label = Item::Label("name".into(), "é".repeat(1_000_000));
        assert!(label.row(&data, 1001).value.len() <= 1010);
        assert_eq!(label.row(&data, usize::MAX).value.len(), "name=".len() + 2_000_000);
    }
}
