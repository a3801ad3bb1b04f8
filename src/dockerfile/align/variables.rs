//! Variables of a Dockerfile whose values are known.

use std::collections::BTreeMap;

/// What stands for a value that is not known; it matches anything.
pub(super) const ANY: char = '\u{0}';

/// The variables at one place of a stage.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    known: BTreeMap<String, String>,
}

impl Variables {
    pub(super) fn set(&mut self, name: &str, value: String) {
        self.known.insert(name.to_owned(), value);
    }

    /// The text with its variables expanded as the builder does; values that are not known become [`ANY`].
    pub(super) fn expand(&self, text: &str, escape: char) -> String {
        let mut out = String::with_capacity(text.len());
        let mut chars = text.char_indices().peekable();
        let mut single = false;
        while let Some((at, c)) = chars.next() {
            match c {
                '\'' => single = !single,
                c if c == escape && !single => {
                    out.push(c);
                    out.extend(chars.next().map(|(_, c)| c));
                    continue;
                }
                '$' if !single => {
                    let rest = &text[at + 1..];
                    let length = self.variable(rest, &mut out);
                    if length > 0 {
                        while chars.peek().is_some_and(|&(next, _)| next < at + 1 + length) {
                            chars.next();
                        }
                        continue;
                    }
                }
                _ => {}
            }
            out.push(c);
        }
        out
    }

    /// Writes the value of the variable that `rest` begins with, and returns how long its name is there.
    fn variable(&self, rest: &str, out: &mut String) -> usize {
        if let Some(inner) = rest.strip_prefix('{') {
            let Some(end) = inner.find('}') else { return 0 };
            let inner = &inner[..end];
            let name_end = inner.find(|c: char| !is_name(c)).unwrap_or(inner.len());
            let (name, operator) = inner.split_at(name_end);
            match (self.known.get(name), operator.is_empty()) {
                (Some(value), true) => out.push_str(value),
                (Some(value), false) if operator.starts_with(":-") && !value.is_empty() => {
                    out.push_str(value);
                }
                _ => out.push(ANY),
            }
            return end + 2;
        }
        let length = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        if length > 0 {
            match self.known.get(&rest[..length]) {
                Some(value) => out.push_str(value),
                None => out.push(ANY),
            }
        }
        length
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// True when a text is a pattern in which [`ANY`] stands for anything.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split(ANY);
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut last = None;
    for piece in pieces {
        if let Some(before) = last.replace(piece) {
            let Some(at) = rest.find(before) else { return false };
            rest = &rest[at + before.len()..];
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_expanded_and_unknown_ones_match_anything() {
        let mut variables = Variables::default();
        variables.set("A", "1".into());
        for (text, want) in [
            ("x$A/y${A}z", "x1/y1z"),
            ("$B.${B:-c}${A:-d}", "\u{0}.\u{0}1"),
            ("'$A' \\$A $", "'$A' \\$A $"),
            ("${A", "${A"),
            ("é$A", "é1"),
        ] {
            assert_eq!(variables.expand(text, '\\'), want, "{text}");
        }
        for (pattern, text, fits) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a\0c", "abbc", true),
            ("a\0", "a", true),
            ("\0b\0", "abc", true),
            ("a\0c", "acb", false),
            ("\0\0", "", true),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern:?} {text}");
        }
    }
}
