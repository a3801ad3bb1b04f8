//! A squarified treemap: areas in the proportion of sizes, as close to squares as they get.
//!
//! Source: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000). A character is about twice as high as
//! wide, so heights count double.

use ratatui::layout::Rect;

/// A rectangle before its edges are put on whole characters.
#[derive(Clone, Copy)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// How much higher than wide a character is.
const ASPECT: f64 = 2.0;

/// The rectangles of `sizes` (most first) inside `area`. Small ones may be empty.
pub(super) fn layout(sizes: &[u64], area: Rect) -> Vec<Rect> {
    let total: f64 = sizes.iter().map(|&size| float(size)).sum();
    let mut free = Area {
        x: f64::from(area.x),
        y: f64::from(area.y) * ASPECT,
        width: f64::from(area.width),
        height: f64::from(area.height) * ASPECT,
    };
    let scale = if total > 0.0 { free.width * free.height / total } else { 0.0 };
    let mut out = Vec::with_capacity(sizes.len());
    let mut rest = sizes;
    while !rest.is_empty() {
        let side = free.width.min(free.height);
        let mut count = 1;
        let mut worst = ratio(&rest[..1], side, scale);
        while count < rest.len() {
            let next = ratio(&rest[..=count], side, scale);
            if next > worst {
                break;
            }
            worst = next;
            count += 1;
        }
        let (row, behind) = rest.split_at(count);
        place(row, &mut free, scale, &mut out);
        rest = behind;
    }
    out
}

/// The worst ratio of sides in a row along `side`.
fn ratio(row: &[u64], side: f64, scale: f64) -> f64 {
    let sum: f64 = row.iter().map(|&size| float(size) * scale).sum();
    let (most, least) = (row.first().copied().unwrap_or(0), row.last().copied().unwrap_or(0));
    let (most, least) = (float(most) * scale, float(least) * scale);
    if sum <= 0.0 || least <= 0.0 || side <= 0.0 {
        return f64::INFINITY;
    }
    let (side, sum) = (side * side, sum * sum);
    (side * most / sum).max(sum / (side * least))
}

/// Puts a row along the shorter side of what is free, and takes it off.
fn place(row: &[u64], free: &mut Area, scale: f64, out: &mut Vec<Rect>) {
    let sum: f64 = row.iter().map(|&size| float(size) * scale).sum();
    let upright = free.width >= free.height;
    let side = if upright { free.height } else { free.width };
    let thick = if side > 0.0 { sum / side } else { 0.0 };
    let mut at = 0.0;
    for &size in row {
        let long = if thick > 0.0 { float(size) * scale / thick } else { 0.0 };
        let area = if upright {
            Area { x: free.x, y: free.y + at, width: thick, height: long }
        } else {
            Area { x: free.x + at, y: free.y, width: long, height: thick }
        };
        out.push(whole(area));
        at += long;
    }
    if upright {
        free.x += thick;
        free.width = (free.width - thick).max(0.0);
    } else {
        free.y += thick;
        free.height = (free.height - thick).max(0.0);
    }
}

/// Edges on whole characters: neighbours round the same edge the same way, so that there are no gaps.
fn whole(area: Area) -> Rect {
    let (left, right) = (cell(area.x), cell(area.x + area.width));
    let (top, bottom) = (cell(area.y / ASPECT), cell((area.y + area.height) / ASPECT));
    Rect::new(left, top, right.saturating_sub(left), bottom.saturating_sub(top))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range; a screen is small"
)]
fn cell(at: f64) -> u16 {
    at.round().clamp(0.0, 65_535.0) as u16
}

#[expect(clippy::cast_precision_loss, reason = "a picture needs no exact bytes")]
fn float(size: u64) -> f64 {
    size as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_fill_the_area_without_overlap() {
        let area = Rect::new(3, 2, 40, 12);
        let rects = layout(&[60, 30, 20, 10, 6, 4, 1, 1], area);
        assert_eq!(rects.len(), 8);
        let cells: u32 = rects.iter().map(|rect| u32::from(rect.width) * u32::from(rect.height)).sum();
        assert_eq!(cells, 40 * 12);
        for (at, a) in rects.iter().enumerate() {
            assert_eq!(a.intersection(area), *a);
            assert!(rects[at + 1..].iter().all(|b| a.intersection(*b).area() == 0));
        }
    }

    #[test]
    fn nothing_and_zeroes_are_no_trouble() {
        assert_eq!(layout(&[], Rect::new(0, 0, 10, 10)), []);
        assert_eq!(layout(&[0, 0], Rect::new(0, 0, 10, 10)).len(), 2);
        assert_eq!(layout(&[5, 0], Rect::ZERO).len(), 2);
    }
}
