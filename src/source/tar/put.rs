//! Bytes of tars that are written.

use super::BLOCK;

/// Fills up to a whole block.
pub fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(BLOCK), 0);
}

/// `value` in octal digits, closed by a NUL.
pub fn octal(place: &mut [u8], value: u64) {
    let digits = format!("{value:0width$o}", width = place.len() - 1);
    let (text, end) = place.split_at_mut(digits.len().min(place.len() - 1));
    text.copy_from_slice(&digits.as_bytes()[..text.len()]);
    end.fill(0);
}
