//! The rows of the layer list: every layer, or the base as one.

use std::ops::RangeInclusive;

use crate::ui::data::Data;

/// The list of layers.
#[derive(Debug, Default)]
pub(super) struct LayerRows {
    /// The base layers are one row.
    pub(super) is_folded: bool,
}

impl LayerRows {
    /// Folded when the base has several layers.
    pub(super) fn new(data: &Data) -> Self {
        Self { is_folded: data.analysis.base_layers > 1 }
    }

    fn base(&self, data: &Data) -> usize {
        if self.is_folded { data.analysis.base_layers } else { 0 }
    }

    /// Number of rows.
    pub(super) fn len(&self, data: &Data) -> usize {
        data.image.layers.len() - self.base(data).saturating_sub(1)
    }

    /// The layers of a row.
    pub(super) fn layers(&self, data: &Data, row: usize) -> RangeInclusive<usize> {
        let base = self.base(data);
        if base == 0 {
            return row..=row;
        }
        if row == 0 { 0..=base - 1 } else { row + base - 1..=row + base - 1 }
    }

    /// The row that shows a layer.
    pub(super) fn row_of(&self, data: &Data, layer: usize) -> usize {
        (layer + 1).saturating_sub(self.base(data).max(1))
    }

    /// What a row is called.
    pub(super) fn label(&self, data: &Data, row: usize) -> String {
        let layers = self.layers(data, row);
        if self.base(data) > 1 && row == 0 { "base".into() } else { layers.start().to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    #[test]
    fn a_folded_base_is_one_row() {
        let data = sample::data_with_base(&[&[("a", 1)], &[("b", 1)], &[("c", 1)], &[("d", 1)]], 2);
        let rows = LayerRows::new(&data);
        assert_eq!(rows.len(&data), 3);
        assert_eq!(
            (rows.layers(&data, 0), rows.layers(&data, 1), rows.layers(&data, 2)),
            (0..=1, 2..=2, 3..=3)
        );
        assert_eq!((0..4).map(|layer| rows.row_of(&data, layer)).collect::<Vec<_>>(), [0, 0, 1, 2]);
        let rows = LayerRows { is_folded: false };
        assert_eq!(rows.len(&data), 4);
        assert_eq!((0..4).map(|layer| rows.row_of(&data, layer)).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}
