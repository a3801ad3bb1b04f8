//! Shares as bars.

/// `part` of `whole` as a bar of at most `width` columns, in steps of an eighth. It is empty only for nothing and
/// full only for all.
pub fn bar(part: u64, whole: u64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let all = width as u64 * 8;
    let eighths = match part {
        0 => 0,
        part if part >= whole => all,
        part => u64::try_from(u128::from(part) * u128::from(all) / u128::from(whole)).unwrap_or(all).max(1),
    };
    let full = usize::try_from(eighths / 8).unwrap_or(width);
    format!("{}{}", "█".repeat(full), EIGHTHS[usize::try_from(eighths % 8).unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_empty_for_nothing_and_full_for_all() {
        assert_eq!(bar(0, 100, 4), "");
        assert_eq!(bar(1, 1_000_000, 4), "▏");
        assert_eq!(bar(50, 100, 4), "██");
        assert_eq!(bar(99, 100, 4), "███▉");
        assert_eq!(bar(100, 100, 4), "████");
        assert_eq!(bar(9, 8, 2), "██");
        assert_eq!(bar(0, 0, 4), "");
        assert_eq!(bar(u64::MAX - 1, u64::MAX, 2), "█▉");
    }
}
