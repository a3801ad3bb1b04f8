//! The shell text of a `RUN`, cut into commands: enough to see what ran and on what, not a shell.
//!
//! Quotes are honoured, expansions are not done. What is not understood only means that a fix is less to the point.

/// Where a text is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// At `&&` alone.
    And,
    /// At everything that ends a command: `&&`, `||`, `;`, `|`, `&`, a newline, and parentheses.
    Any,
}

/// The text at its `&&`s, outside of quotes and parentheses.
pub(super) fn chain(text: &str) -> Vec<&str> {
    split(text, Cut::And)
}

/// The words of every command.
pub(super) fn commands(text: &str) -> Vec<Vec<String>> {
    split(text, Cut::Any).into_iter().map(words).filter(|words| !words.is_empty()).collect()
}

fn split(text: &str, cut: Cut) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0_u32);
    let mut quote = None;
    while at < bytes.len() {
        let byte = bytes[at];
        let mut length = 0;
        match (quote, byte) {
            (_, b'\\') if quote != Some(b'\'') => at += 1,
            (Some(open), _) if byte == open => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'&') if bytes.get(at + 1) == Some(&b'&') => {
                length = if cut == Cut::Any || depth == 0 { 2 } else { 0 };
                at += usize::from(length == 0);
            }
            (None, b'(') => depth += 1,
            (None, b')') => depth = depth.saturating_sub(1),
            // `2>&1` is no end
            (None, b'&') if at > 0 && bytes[at - 1] == b'>' => {}
            (None, b'&' | b'|' | b';' | b'\n') if cut == Cut::Any => length = 1,
            _ => {}
        }
        if cut == Cut::Any && quote.is_none() && matches!(byte, b'(' | b')') {
            length = 1;
        }
        if length > 0 {
            parts.push(text[start..at].trim());
            start = at + length;
        }
        at += length.max(1);
    }
    parts.push(text.get(start..).unwrap_or_default().trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// Words that may stand in front of a command.
const PREFIXES: [&str; 14] =
    ["sudo", "then", "do", "else", "if", "while", "!", "{", "}", "exec", "time", "env", "nice", "set"];

/// The words of one command: quotes taken off, what stands in front of the program left out, the program
/// without its directory; `python3 -m pip` is `pip`.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let (mut quote, mut is_word) = (None, false);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, c) if c.is_whitespace() => {
                if std::mem::take(&mut is_word) {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None | Some('"'), '\\') => word.extend(chars.next().filter(|&c| c != '\n')),
            _ => word.push(c),
        }
        is_word = true;
    }
    if is_word {
        words.push(word);
    }
    let skip = words
        .iter()
        .take_while(|word| {
            PREFIXES.contains(&word.as_str()) || word.split_once('=').is_some_and(|(name, _)| is_name(name))
        })
        .count();
    words.drain(..skip);
    if let [python, flag, ..] = words.as_slice()
        && python.contains("python")
        && flag == "-m"
    {
        words.drain(..2);
    }
    if let Some(program) = words.first_mut()
        && let Some(slash) = program.rfind('/')
    {
        program.drain(..=slash);
    }
    words
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// True when one of the commands in `text` is `wanted`, options left out: `apt-get -qq install x` is `apt-get install`.
pub(super) fn runs(text: &str, wanted: &str) -> bool {
    find(text, wanted).is_some()
}

/// The words of the first command that is `wanted`.
pub(super) fn find(text: &str, wanted: &str) -> Option<Vec<String>> {
    commands(text).into_iter().find(|words| is(words, wanted))
}

/// True when the words of a command are `wanted`, options left out.
pub(super) fn is(words: &[String], wanted: &str) -> bool {
    let mut plain = words.iter().filter(|word| !word.starts_with('-'));
    wanted.split(' ').all(|part| plain.next().is_some_and(|word| word == part))
}

/// The words behind the program that are no options.
pub(super) fn operands(words: &[String]) -> impl Iterator<Item = &str> {
    words.iter().skip(1).map(String::as_str).filter(|word| !word.starts_with('-') && *word != "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_cut_outside_of_quotes_and_parentheses() {
        assert_eq!(chain("a && b 'x && y' && (c && d) && e"), ["a", "b 'x && y'", "(c && d)", "e"]);
        assert_eq!(chain("a; b | c"), ["a; b | c"]);
        assert_eq!(chain("a \\&& b"), ["a \\&& b"]);
        assert_eq!(chain(""), Vec::<&str>::new());
    }

    #[test]
    fn commands_are_found_behind_what_stands_in_front() {
        for (text, wanted) in [
            ("apt-get -qq update && DEBIAN_FRONTEND=x apt-get install -y gcc", "apt-get install"),
            ("set -eux; /usr/bin/apt-get update", "apt-get update"),
            ("if true; then npm ci; fi", "npm ci"),
            ("python3 -m pip install x", "pip install"),
            ("a | (cd /x; make all)", "make all"),
            ("make 2>&1 && chown -R www-data /srv", "chown www-data"),
        ] {
            assert!(runs(text, wanted), "{text}");
        }
        assert!(!runs("echo 'apt-get install x'", "apt-get install"));
        assert_eq!(find("rm -rf '/a b' /c", "rm").unwrap(), ["rm", "-rf", "/a b", "/c"]);
    }

    #[test]
    fn odd_text_does_no_harm() {
        for text in ["'", "\\", "a \\", "&", "&&", "((", "a &", "\"é", "é&&é"] {
            chain(text);
            commands(text);
        }
    }
}
