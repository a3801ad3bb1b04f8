//! What the gates measure: the figures of one image, without the waste that is to be ignored.

use std::collections::BTreeMap;

use super::ignore::Ignore;
use crate::analysis::{self, Analysis};
use crate::digest::Digest;
use crate::image::Image;
use crate::{text, units};

/// The figures. All sizes are in bytes.
///
/// Ignored waste is taken out of `content` and `wasted` (and their own-layer parts) alike: a ratio then
/// reads as if those copies had never been stored. `size` and the layers' contents keep it, for it is
/// pulled and stored all the same.
#[derive(Debug, Default)]
pub(super) struct Measurements {
    pub(super) size: u64,
    pub(super) content: u64,
    pub(super) wasted: u64,
    pub(super) own_content: u64,
    pub(super) own_wasted: u64,
    pub(super) base_layers: usize,
    pub(super) layers: Vec<LayerFact>,
    /// Wasted bytes by the layer that hid them and the layer that stores them.
    pub(super) hidden: BTreeMap<(usize, usize), u64>,
    pub(super) ignored_bytes: u64,
    pub(super) ignored_paths: u64,
}

/// One layer.
#[derive(Debug, Default)]
pub(super) struct LayerFact {
    pub(super) diff_id: Option<Digest>,
    pub(super) content: u64,
    pub(super) command: String,
}

/// Longest command in a sentence, in characters.
const LONGEST_COMMAND: usize = 60;

impl Measurements {
    /// Takes the figures of an image.
    pub(super) fn of(image: &Image, analysis: &Analysis, ignore: &Ignore) -> Self {
        let totals = &analysis.totals;
        let layers = (0..image.layers.len()).map(|layer| LayerFact {
            diff_id: image.layers[layer].diff_id.clone(),
            content: image.layers[layer].content,
            command: image.command_of(layer).to_owned(),
        });
        let mut facts = Self {
            size: totals.content,
            content: totals.content,
            wasted: totals.wasted,
            own_content: totals.own_content,
            own_wasted: totals.own_wasted,
            base_layers: analysis.base_layers,
            layers: layers.collect(),
            ..Self::default()
        };
        for wasted in &analysis.wasted {
            let ignored = !ignore.is_empty() && ignore.matches(&image.paths.full(wasted.path));
            facts.ignored_paths += u64::from(ignored);
            for copy in analysis.copies_of(wasted) {
                if ignored {
                    facts.ignore(copy.layer, copy.bytes);
                } else {
                    *facts.hidden.entry((copy.by_layer, copy.layer)).or_default() += copy.bytes;
                }
            }
        }
        facts
    }

    /// Takes one wasted copy out.
    fn ignore(&mut self, layer: usize, bytes: u64) {
        self.ignored_bytes += bytes;
        self.content -= bytes;
        self.wasted -= bytes;
        if layer >= self.base_layers {
            self.own_content -= bytes;
            self.own_wasted -= bytes;
        }
    }

    pub(super) fn efficiency(&self) -> f64 {
        analysis::efficiency(self.content - self.wasted, self.content)
    }

    pub(super) fn own_wasted_ratio(&self) -> f64 {
        if self.own_content == 0 { 0.0 } else { ratio(self.own_wasted, self.own_content) }
    }

    /// The largest layer; the lowest of several.
    pub(super) fn largest_layer(&self) -> Option<(usize, &LayerFact)> {
        self.layers.iter().enumerate().rev().max_by_key(|(_, layer)| layer.content)
    }

    /// Which layer hides the most bytes of which other. Only bytes stored in the layers from `from` on count.
    pub(super) fn most_hidden(&self, from: usize) -> Option<String> {
        let pairs = self.hidden.iter().rev().filter(|((_, layer), _)| *layer >= from);
        let (&(by_layer, layer), &bytes) = pairs.max_by_key(|(_, bytes)| **bytes)?;
        let (by, bytes) = (self.name(by_layer), units::size(bytes));
        Some(if by_layer == layer {
            format!("{by} stores {bytes} of files twice")
        } else {
            format!("{by} hides {bytes} of layer {layer}")
        })
    }

    /// Which layer is the largest.
    pub(super) fn largest(&self) -> Option<String> {
        let (number, layer) = self.largest_layer()?;
        Some(format!(
            "{} holds {} of {}",
            self.name(number),
            units::size(layer.content),
            units::size(self.size)
        ))
    }

    /// How many layers the Dockerfile itself adds.
    pub(super) fn own_layers(&self) -> String {
        let (all, own) = (self.layers.len(), self.layers.len() - self.base_layers);
        if own == 0 {
            format!("all {all} layers came with the base image")
        } else {
            format!("{own} of {all} layers are your own: merge neighbouring RUN instructions")
        }
    }

    /// A layer by its number and command, safe to show.
    pub(super) fn name(&self, layer: usize) -> String {
        match self.layers.get(layer).map(|fact| fact.command.as_str()) {
            None | Some("") => format!("layer {layer}"),
            Some(command) => format!("layer {layer} `{}`", text::line(command.as_bytes(), LONGEST_COMMAND)),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "as in the analysis: byte counts stay below 2^53")]
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Four layers, the first of them the base: 100 + 400 + 300 + 200 MB, of which 250 MB are wasted.
    pub(in super::super) fn facts() -> Measurements {
        let layers = [(100, "ADD rootfs /"), (400, "COPY srv /srv"), (300, "chmod -R g+w /srv"), (200, "")];
        let mb = 1_000_000;
        Measurements {
            size: 1000 * mb,
            content: 1000 * mb,
            wasted: 250 * mb,
            own_content: 900 * mb,
            own_wasted: 200 * mb,
            base_layers: 1,
            layers: layers
                .into_iter()
                .map(|(content, command)| LayerFact {
                    content: content * mb,
                    command: command.into(),
                    ..LayerFact::default()
                })
                .collect(),
            hidden: [((1, 0), 50 * mb), ((2, 1), 96_400_000), ((3, 2), 90 * mb), ((3, 3), 13_600_000)].into(),
            ..Measurements::default()
        }
    }

    #[test]
    fn the_sentences_name_layer_command_and_bytes() {
        let facts = facts();
        assert_eq!(facts.most_hidden(0).unwrap(), "layer 2 `chmod -R g+w /srv` hides 96.4 MB of layer 1");
        assert_eq!(facts.most_hidden(2).unwrap(), "layer 3 hides 90.0 MB of layer 2");
        assert_eq!(facts.most_hidden(3).unwrap(), "layer 3 stores 13.6 MB of files twice");
        assert_eq!(facts.most_hidden(4), None);
        assert_eq!(facts.largest().unwrap(), "layer 1 `COPY srv /srv` holds 400 MB of 1.0 GB");
        let own = "3 of 4 layers are your own: merge neighbouring RUN instructions";
        assert_eq!(facts.own_layers(), own);
    }

    #[test]
    fn ignored_waste_leaves_wasted_and_content_alike() {
        let mut facts = facts();
        facts.ignore(0, 50_000_000);
        facts.ignore(1, 100_000_000);
        assert_eq!((facts.content, facts.wasted), (850_000_000, 100_000_000));
        assert_eq!((facts.own_content, facts.own_wasted), (800_000_000, 100_000_000));
        assert_eq!((facts.ignored_bytes, facts.size), (150_000_000, 1_000_000_000));
        assert!((facts.own_wasted_ratio() - 0.125).abs() < 1e-12);
    }

    #[test]
    fn without_bytes_nothing_is_wasted() {
        let facts = Measurements::default();
        assert!((facts.efficiency() - 1.0).abs() < f64::EPSILON);
        assert!(facts.own_wasted_ratio().abs() < f64::EPSILON);
        assert_eq!((facts.most_hidden(0), facts.largest()), (None, None));
    }
}
