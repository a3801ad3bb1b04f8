//! Parts of sentences that titles and explanations share.

use crate::digest::is_sum;
use crate::secrets::redact;
use crate::text;

/// The most that is shown of one command, in characters.
const LONGEST: usize = 4000;

/// A command without the values of secrets and without what a terminal would act on; lines stay lines.
pub(in crate::advice) fn safe(command: &str) -> String {
    let cut: String = command.chars().take(LONGEST).collect();
    let text = redact(&cut);
    text.lines().map(|line| text::line(line.trim_end().as_bytes(), LONGEST)).collect::<Vec<_>>().join("\n")
}

/// The text with a capital letter at its start, as a sentence begins.
pub(in crate::advice) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `1 file`, `12 files`.
pub(in crate::advice) fn files(count: u64) -> String {
    text::counted(count, "file", "files")
}

/// `a, b, c and 12 more`: the first `count` names, or all if only one would be left out.
pub(in crate::advice) fn name_list(names: &[&str], count: usize) -> String {
    let shown = if names.len() <= count + 1 { names.len() } else { count };
    let mut list: Vec<String> = names[..shown].iter().map(|name| text::line(name.as_bytes(), 60)).collect();
    if shown < names.len() {
        return format!("{} and {} more", list.join(", "), names.len() - shown);
    }
    match list.pop() {
        Some(end) if !list.is_empty() => format!("{} and {end}", list.join(", ")),
        end => end.unwrap_or_default(),
    }
}

/// True for a name that holds a sum, which another build may give another value.
pub(in crate::advice) fn has_sum(word: &str) -> bool {
    word.split(['/', '-', '.', '_']).any(is_sum)
}

#[cfg(test)]
mod tests {
    use super::name_list;

    #[test]
    fn names_are_listed_like_words() {
        assert_eq!(name_list(&["a"], 2), "a");
        assert_eq!(name_list(&["a", "b", "c"], 2), "a, b and c");
        assert_eq!(name_list(&["a", "b", "c", "d"], 2), "a, b and 2 more");
        assert_eq!(name_list(&[], 2), "");
    }
}
