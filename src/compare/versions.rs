//! Which of two versions is the later one.
//!
//! Source: deb-version(7), "Sorting algorithm": digits compare as numbers, letters sort before everything else
//! but `~`, which sorts before the end. The other managers differ in how they mark what comes before a
//! release, and in nothing else that matters for a word like "upgraded"; so those marks become a `~`.

use std::cmp::Ordering;

use crate::analysis::Manager;

/// Compares two versions of one package.
pub(super) fn compare(manager: Manager, a: &str, b: &str) -> Ordering {
    let [a, b] = [a, b].map(|text| with_tildes(manager, text));
    let ((epoch_a, rest_a), (epoch_b, rest_b)) = (epoch(&a), epoch(&b));
    part(epoch_a.as_bytes(), epoch_b.as_bytes()).then_with(|| part(rest_a.as_bytes(), rest_b.as_bytes()))
}

/// The epoch (`0` if missing) and the rest.
fn epoch(text: &str) -> (&str, &str) {
    text.split_once([':', '!']).unwrap_or(("0", text))
}

/// `text` with a `~` where the manager's own mark of a pre-release stands.
fn with_tildes(manager: Manager, text: &str) -> String {
    match manager {
        Manager::Dpkg | Manager::Rpm => text.to_owned(),
        // apk-package(5): _alpha, _beta, _pre and _rc come before the release, _p and others after
        Manager::Apk => ["_alpha", "_beta", "_pre", "_rc"]
            .iter()
            .fold(text.to_owned(), |text, mark| text.replace(mark, &mark.replace('_', "~"))),
        // semver.org, 11.3: whatever follows a hyphen; what follows a plus sign is no part of the version
        Manager::Node => text.split('+').next().unwrap_or_default().replacen('-', "~", 1),
        // PEP 440: 1.0a1, 1.0b1, 1.0rc1, 1.0.dev1; a local version follows a plus sign
        Manager::Python => ["a", "b", "rc", ".dev"].iter().fold(text.to_ascii_lowercase(), |text, mark| {
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some(at) = rest.find(mark) {
                let (before, after) = rest.split_at(at);
                let is_mark = before.ends_with(|c: char| c.is_ascii_digit())
                    && after[mark.len()..].starts_with(|c: char| c.is_ascii_digit());
                out.push_str(before);
                out.push_str(if is_mark { "~" } else { "" });
                out.push_str(mark);
                rest = &after[mark.len()..];
            }
            out + rest
        }),
    }
}

/// dpkg's comparison of one part.
fn part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let (text_a, rest_a) = split(a, |byte| !byte.is_ascii_digit());
        let (text_b, rest_b) = split(b, |byte| !byte.is_ascii_digit());
        let weights = |text: &[u8]| text.iter().map(|&byte| weight(byte)).collect::<Vec<_>>();
        let (mut left, mut right) = (weights(text_a), weights(text_b));
        let length = left.len().max(right.len());
        left.resize(length, 0);
        right.resize(length, 0);
        let (digits_a, next_a) = split(rest_a, u8::is_ascii_digit);
        let (digits_b, next_b) = split(rest_b, u8::is_ascii_digit);
        let ordering = left.cmp(&right).then_with(|| number(digits_a, digits_b));
        if ordering.is_ne() {
            return ordering;
        }
        (a, b) = (next_a, next_b);
    }
    Ordering::Equal
}

fn split(text: &[u8], is_in: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|byte| !is_in(byte)).unwrap_or(text.len()))
}

/// `~` before the end of the text, letters before all else.
fn weight(byte: u8) -> i32 {
    match byte {
        b'~' => -1,
        byte if byte.is_ascii_alphabetic() => byte.into(),
        byte => i32::from(byte) + 256,
    }
}

/// Compares numbers of any length.
fn number(a: &[u8], b: &[u8]) -> Ordering {
    let zeros = |text: &[u8]| text.iter().take_while(|&&byte| byte == b'0').count();
    let (a, b) = (&a[zeros(a)..], &b[zeros(b)..]);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_sort_as_their_managers_sort_them() {
        use Manager::{Apk, Dpkg, Node, Python, Rpm};
        for (manager, earlier, later) in [
            (Dpkg, "1.9", "1.10"),
            (Dpkg, "2.0~rc1-1", "2.0-1"),
            (Dpkg, "9:1.0", "10:0.1"),
            (Dpkg, "5.36.0-7+deb12u1", "5.36.0-7+deb12u2"),
            (Dpkg, "1.0", "1.0+b1"),
            (Dpkg, "1.0a", "1.0+"),
            (Dpkg, "1.0", "1:0.5"),
            (Rpm, "5.2.15-3.fc39", "5.2.15-10.fc39"),
            (Apk, "1.2.4-r2", "1.2.4-r10"),
            (Apk, "3.0_rc1", "3.0"),
            (Apk, "3.0", "3.0_p1"),
            (Node, "1.0.0-beta.2", "1.0.0"),
            (Node, "1.0.0-beta.2", "1.0.0-beta.11"),
            (Node, "4.17.9", "4.17.21"),
            (Python, "1.0rc1", "1.0"),
            (Python, "1.0.dev3", "1.0"),
            (Python, "1.0", "1.0.post1"),
            (Python, "2023.9.1", "2024.1.1"),
            (Python, "1.0a1", "1.0b1"),
            (Dpkg, "1", "18446744073709551617"),
        ] {
            assert_eq!(compare(manager, earlier, later), Ordering::Less, "{earlier} {later}");
            assert_eq!(compare(manager, later, earlier), Ordering::Greater, "{later} {earlier}");
            assert_eq!(compare(manager, later, later), Ordering::Equal, "{later}");
        }
        assert_eq!(compare(Dpkg, "1.01", "1.1"), Ordering::Equal);
        assert_eq!(compare(Node, "1.0.0+a", "1.0.0+b"), Ordering::Equal);
    }
}
