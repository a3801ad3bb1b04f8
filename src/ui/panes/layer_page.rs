//! The page about a layer or a range of them, and its title.

use std::ops::RangeInclusive;

use super::layer_rows;
use crate::ui::data::Data;
use crate::ui::text::safe;
use crate::ui::viewer::Page;
use crate::units;

/// A row's command, or how many layers it is.
pub(super) fn title_of(data: &Data, layers: &RangeInclusive<usize>) -> String {
    if layers.start() == layers.end() {
        data.command(*layers.start())
    } else {
        format!("{} layers of the base image", layers.end() - layers.start() + 1)
    }
}

/// Everything about a range of layers: the whole commands, sums, what became of its bytes, and its findings.
pub(super) fn page(data: &Data, layers: &RangeInclusive<usize>) -> Page {
    let mut body = String::new();
    let mut line = |text: &str| {
        body.push_str(text);
        body.push('\n');
    };
    let sum = layer_rows::sum(data, layers);
    for layer in layers.clone() {
        line(&format!("layer {layer}"));
        line(&format!("  {}", safe(data.image.command_of(layer).as_bytes()).replace("\\n", "\n  ")));
        for text in super::details::facts(data, layer) {
            line(&format!("  {text}"));
        }
        line("");
    }
    for text in data.wasted_by(layers) {
        line(&text);
    }
    let findings = data.findings_of(layers);
    if !findings.is_empty() {
        line("");
        line("Findings (f goes there):");
    }
    for finding in findings {
        let finding = &data.advice.findings[finding];
        line(&format!("  {:>8}  {}", super::advice::bytes(finding), safe(finding.title.as_bytes())));
    }
    let command: Vec<&str> = layers.clone().map(|layer| data.image.command_of(layer)).collect();
    Page {
        title: title_of(data, layers),
        about: format!("{}, {} of it wasted", units::size(sum.content), units::size(sum.wasted)),
        copied: safe(command.join("\n").as_bytes()),
        body,
    }
}
