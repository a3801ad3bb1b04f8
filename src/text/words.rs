//! Numbers in words: counts, lists of layers, and what the advice can save.

use crate::units;

/// Most parts that a list names.
const NAMED: usize = 7;

/// `1 layer`, `11 702 layers`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", units::count(n), if n == 1 { one } else { many })
}

/// `4`, `4 and 5`, `4, 5 and 7`, `4 to 9 and 12`, `1, 3, 5, 7, 9, 11 and 4 more`; nothing for no number.
/// The numbers are in ascending order; three or more in a row are given as a range.
pub fn list(numbers: &[usize]) -> String {
    let mut parts: Vec<(String, usize)> = Vec::new();
    for run in numbers.chunk_by(|a, b| *b == a + 1) {
        match run {
            [first, _, .., last] => parts.push((format!("{first} to {last}"), run.len())),
            few => parts.extend(few.iter().map(|number| (number.to_string(), 1))),
        }
    }
    if parts.len() > NAMED {
        let more: usize = parts.drain(NAMED - 1..).map(|(_, count)| count).sum();
        parts.push((format!("{more} more"), more));
    }
    let words: Vec<String> = parts.into_iter().map(|(text, _)| text).collect();
    match words.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => words.concat(),
    }
}

/// `● · ●`: which of `count` things are among the numbers.
pub fn marks(numbers: &[usize], count: usize) -> String {
    let mark = |number: usize| if numbers.contains(&number) { "●" } else { "·" };
    (0..count).map(mark).collect::<Vec<_>>().join(" ")
}

/// `0 1 2`: the last digit of each number below `count`, as the heading of [`marks`].
pub fn digits(count: usize) -> String {
    (0..count).map(|number| (number % 10).to_string()).collect::<Vec<_>>().join(" ")
}

/// What is shown instead of a command that nobody knows.
pub const UNKNOWN_COMMAND: &str = "(command unknown)";

/// A command on one line, its first `most` words; none when there is no word in it.
pub fn one_line(command: &str, most: usize) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().take(most).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// `layer 4`, `layers 4, 5 and 7`; nothing for no layer. The numbers are in ascending order.
pub fn layers(numbers: &[usize]) -> String {
    match numbers.len() {
        0 => String::new(),
        1 => format!("layer {}", list(numbers)),
        _ => format!("layers {}", list(numbers)),
    }
}

/// What findings save: `saves 193 MB for certain, up to 341 MB more`. `possible` includes `exact`; nothing when
/// both are 0.
pub fn savings(exact: u64, possible: u64) -> String {
    let more = possible.saturating_sub(exact);
    match (exact, more) {
        (0, 0) => String::new(),
        (exact, 0) => format!("saves {} for certain", units::size(exact)),
        (0, more) => format!("saves up to {}", units::size(more)),
        (exact, more) => {
            format!("saves {} for certain, up to {} more", units::size(exact), units::size(more))
        }
    }
}

/// A difference that is already in words, with its sign; `=` for none.
pub fn signed(old: u64, new: u64, difference: &str) -> String {
    match new.cmp(&old) {
        std::cmp::Ordering::Greater => format!("+{difference}"),
        std::cmp::Ordering::Equal => "=".into(),
        std::cmp::Ordering::Less => format!("-{difference}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_listed_as_people_do() {
        for (numbers, text) in [
            (&[][..], ""),
            (&[4], "4"),
            (&[4, 5], "4 and 5"),
            (&[4, 5, 7], "4, 5 and 7"),
            (&[4, 5, 6], "4 to 6"),
            (&[2, 4, 5, 6, 7, 12], "2, 4 to 7 and 12"),
            (&[1, 3, 5, 7, 9, 11, 13], "1, 3, 5, 7, 9, 11 and 13"),
            (&[1, 3, 5, 7, 9, 11, 13, 14, 15, 17], "1, 3, 5, 7, 9, 11 and 4 more"),
        ] {
            assert_eq!(list(numbers), text);
        }
        assert_eq!(layers(&[]), "");
        assert_eq!(layers(&[3]), "layer 3");
        assert_eq!(layers(&[3, 4, 7]), "layers 3, 4 and 7");
    }

    #[test]
    fn one_thing_is_not_many() {
        assert_eq!(counted(1, "file", "files"), "1 file");
        assert_eq!(counted(0, "file", "files"), "0 files");
        assert_eq!(counted(11_702, "file", "files"), "11 702 files");
    }

    #[test]
    fn savings_are_certain_or_possible() {
        assert_eq!(savings(193_000_000, 534_000_000), "saves 193 MB for certain, up to 341 MB more");
        assert_eq!(savings(193_000_000, 193_000_000), "saves 193 MB for certain");
        assert_eq!(savings(0, 5_000_000), "saves up to 5.0 MB");
        assert_eq!(savings(0, 0), "");
    }
}
