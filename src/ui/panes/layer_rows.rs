//! The rows of the layer list: every layer or the base as one, all of them or only those with waste.

use std::ops::RangeInclusive;

use crate::ui::data::Data;

/// The list of layers.
#[derive(Debug, Default)]
pub(super) struct LayerRows {
    /// The base layers are one row.
    is_folded: bool,
    /// Only layers with wasted bytes.
    only_wasted: bool,
    rows: Vec<RangeInclusive<usize>>,
}

/// Bytes of the layers of a row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowSum {
    pub(super) content: u64,
    pub(super) wasted: u64,
}

impl LayerRows {
    /// Folded when the base has several layers.
    pub(super) fn new(data: &Data) -> Self {
        let mut rows = Self { is_folded: data.analysis.base_layers > 1, ..Self::default() };
        rows.fill(data);
        rows
    }

    fn fill(&mut self, data: &Data) {
        let base = if self.is_folded { data.analysis.base_layers } else { 0 };
        let first = (base > 0).then(|| 0..=base - 1);
        let rest = (base..data.image.layers.len()).map(|layer| layer..=layer);
        self.rows = first.into_iter().chain(rest).collect();
        if self.only_wasted {
            self.rows.retain(|row| sum(data, row).wasted > 0);
        }
    }

    /// Folds the base, or shows each of its layers.
    pub(super) fn fold(&mut self, data: &Data, folded: bool) {
        self.is_folded = folded;
        self.fill(data);
    }

    /// True when the base is one row.
    pub(super) fn is_folded(&self) -> bool {
        self.is_folded
    }

    /// Shows only layers with waste, or all.
    pub(super) fn only_wasted(&mut self, data: &Data, only: bool) {
        self.only_wasted = only;
        self.fill(data);
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The layers of a row.
    pub(super) fn layers(&self, row: usize) -> Option<RangeInclusive<usize>> {
        self.rows.get(row).cloned()
    }

    /// The row that shows a layer, or the next one.
    pub(super) fn row_of(&self, layer: usize) -> usize {
        self.rows.iter().position(|row| *row.end() >= layer).unwrap_or(self.rows.len().saturating_sub(1))
    }

    /// What a row is called.
    pub(super) fn label(&self, row: usize) -> String {
        match self.rows.get(row) {
            Some(layers) if self.is_folded && *layers.start() == 0 => "base".into(),
            Some(layers) => layers.start().to_string(),
            None => String::new(),
        }
    }
}

/// The bytes of these layers.
pub(super) fn sum(data: &Data, layers: &RangeInclusive<usize>) -> RowSum {
    layers.clone().filter_map(|layer| data.analysis.layers.get(layer)).fold(
        RowSum::default(),
        |sum, totals| RowSum { content: sum.content + totals.content, wasted: sum.wasted + totals.wasted },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    #[test]
    fn a_folded_base_is_one_row() {
        let data = sample::data_with_base(&[&[("a", 1)], &[("b", 1)], &[("c", 1)], &[("d", 1)]], 2);
        let mut rows = LayerRows::new(&data);
        assert_eq!(rows.len(), 3);
        assert_eq!((rows.layers(0), rows.layers(1), rows.layers(3)), (Some(0..=1), Some(2..=2), None));
        assert_eq!((0..4).map(|layer| rows.row_of(layer)).collect::<Vec<_>>(), [0, 0, 1, 2]);
        rows.fold(&data, false);
        assert_eq!(rows.len(), 4);
        assert_eq!((0..4).map(|layer| rows.row_of(layer)).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }

    #[test]
    fn only_layers_with_waste_are_left() {
        let data = sample::data_with_base(&[&[("a", 1)], &[("b", 5)], &[("c", 1)], &[("-b", 0)]], 1);
        let mut rows = LayerRows::new(&data);
        rows.only_wasted(&data, true);
        assert_eq!((rows.len(), rows.layers(0)), (1, Some(1..=1)));
        assert_eq!((rows.row_of(0), rows.row_of(3)), (0, 0));
    }
}
