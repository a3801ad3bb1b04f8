//! Sizes and shares as people write and read them.
//!
//! Sizes are decimal (1 kB = 1000 bytes), as registries and disks count; both kinds are read.

use humansize::{DECIMAL, FormatSizeOptions};

/// `bytes` with three significant digits at most: `893 MB`, `96.4 MB`, `2.1 kB`, `7 B`.
pub fn size(bytes: u64) -> String {
    let mut unit = 1_u64;
    while bytes / unit >= 1000 && unit < 1_000_000_000_000_000_000 {
        unit *= 1000;
    }
    // 99.95 and more would be rounded up to "100.0"
    let tenths = unit == 1 || bytes / (unit / 1000).max(1) >= 99_950;
    humansize::format_size(
        bytes,
        FormatSizeOptions::from(DECIMAL)
            .decimal_places(usize::from(!tenths))
            .decimal_zeroes(usize::from(!tenths)),
    )
}

/// A share (0–1) in percent, rounded to one decimal: `78.4 %`. Only a whole is `100 %` and only nothing `0.0 %`:
/// what would round to them is `>99.9 %` or `<0.1 %`.
pub fn share(ratio: f64) -> String {
    let tenths = (ratio * 1000.0).round();
    match tenths / 10.0 {
        _ if ratio >= 1.0 => format!("{:.0} %", ratio * 100.0),
        percent if percent >= 100.0 => ">99.9 %".into(),
        percent if percent <= 0.0 && ratio > 0.0 => "<0.1 %".into(),
        percent => format!("{percent:.1} %"),
    }
}

/// A count with thin groups of three: `11 702`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// Reads `20MB`, `20 MiB`, `1.5g` or `20000000` as bytes. `kB`, `MB`… are powers of 1000, `KiB`, `MiB`… of 1024.
///
/// # Errors
/// A sentence that names the text, when it is no size or does not fit 64 bits.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is not a size: write 20MB, 20MiB or 20000000");
    let trimmed = text.trim();
    let split = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(split);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" | "ki" => 1 << 10,
        "mib" | "mi" => 1 << 20,
        "gib" | "gi" => 1 << 30,
        "tib" | "ti" => 1 << 40,
        _ => return Err(wrong()),
    };
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor).ok_or_else(wrong);
    }
    let value = number.parse::<f64>().map_err(|_| wrong())?;
    #[expect(clippy::cast_precision_loss, reason = "a size with a fraction is not meant to the byte")]
    let bytes = (value * factor as f64).round();
    if !bytes.is_finite() || !(0.0..9.0e18).contains(&bytes) {
        return Err(wrong());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
    Ok(bytes as u64)
}

/// Reads `0.9` or `90%` as a share between 0 and 1.
///
/// # Errors
/// A sentence that names the text, when it is no number, NaN, negative or above one.
pub fn parse_share(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is not a share: write a number from 0 to 1, or 0% to 100%");
    let trimmed = text.trim();
    let value = match trimmed.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map_err(|_| wrong())? / 100.0,
        None => trimmed.parse::<f64>().map_err(|_| wrong())?,
    };
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_at_most_three_digits() {
        for (bytes, text) in [
            (0, "0 B"),
            (7, "7 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (2076, "2.1 kB"),
            (99_949, "99.9 kB"),
            (99_950, "100 kB"),
            (164_000_000, "164 MB"),
            (96_449_000, "96.4 MB"),
            (1_000_000_000, "1.0 GB"),
        ] {
            assert_eq!(size(bytes), text, "{bytes}");
        }
    }

    #[test]
    fn shares_are_rounded_but_never_to_all_or_nothing() {
        for (ratio, text) in [
            (1.0, "100 %"),
            (0.99999, ">99.9 %"),
            (0.9994, "99.9 %"),
            (0.784, "78.4 %"),
            (50.1 / 720.0, "7.0 %"),
            (0.9, "90.0 %"),
            (0.0001, "<0.1 %"),
            (0.0, "0.0 %"),
        ] {
            assert_eq!(share(ratio), text, "{ratio}");
        }
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(11_702), "11 702");
        assert_eq!(count(1_000_000), "1 000 000");
    }

    #[test]
    fn sizes_are_read_in_both_kinds_of_units() {
        for (text, bytes) in [
            ("20MB", 20_000_000),
            ("20MiB", 20_971_520),
            ("20000000", 20_000_000),
            ("1.5 kB", 1500),
            ("0", 0),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "-1", "1e3MB", "20XB", "NaN", "inf", "99999999999TB", "1.2.3MB"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shares_are_read_as_numbers_and_percent() {
        assert_eq!(parse_share("0.9"), Ok(0.9));
        assert_eq!(parse_share("90%"), Ok(0.9));
        assert_eq!(parse_share("100 %"), Ok(1.0));
        for text in ["", "NaN", "-0.1", "1.1", "101%", "inf", "ninety"] {
            assert!(parse_share(text).is_err(), "{text}");
        }
    }
}
