//! The shell text of a `RUN`, cut into commands: enough to see what ran and on what, not a shell.
//!
//! Quotes are honoured, expansions are not done. What is not understood only makes a fix less precise.

mod lexer;
mod parts;

pub use lexer::{Token, TokenKind, tokens};
pub use parts::{Part, part_texts, parts};

/// Programs that take a command as one text.
pub(super) const SHELLS: [&str; 10] =
    ["sh", "bash", "ash", "dash", "zsh", "ksh", "fish", "cmd", "powershell", "pwsh"];

/// The text at its `&&`s, outside of quotes and parentheses.
pub fn chain(text: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    split(text, |kind| {
        match kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && kind == TokenKind::And
    })
}

/// The words of a text as blanks outside of quotes part them, whatever operators they hold.
pub fn blank_words(text: &str) -> Vec<&str> {
    let mut words: Vec<std::ops::Range<usize>> = Vec::new();
    for token in tokens(text) {
        if token.kind == TokenKind::Comment {
            let comment = &text[token.span.clone()];
            words.extend(comment.split_ascii_whitespace().map(|word| {
                let start = word.as_ptr() as usize - text.as_ptr() as usize;
                start..start + word.len()
            }));
            continue;
        }
        match words.last_mut().filter(|last| last.end == token.span.start) {
            Some(last) => last.end = token.span.end,
            None => words.push(token.span),
        }
    }
    words.into_iter().map(|word| &text[word]).collect()
}

/// The words of every command. A heredoc that a shell reads holds commands, any other is data.
pub fn commands(text: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    // where the commands of this line begin, and of the line before
    let (mut start, mut line, mut before) = (0, 0, 0);
    for token in tokens(text).into_iter().filter(|token| token.kind != TokenKind::Word) {
        commands.push(words(&text[start..token.span.start]));
        start = token.span.end;
        match token.kind {
            TokenKind::Newline => (before, line) = (line, commands.len()),
            TokenKind::Heredoc => {
                let is_script = commands[before..].iter().any(|words| is_shell(words));
                if is_script {
                    let body = &text[token.span];
                    let ends = |kind| kind != TokenKind::Word;
                    commands.extend(split(body, ends).into_iter().map(words));
                }
                line = commands.len();
            }
            _ => {}
        }
    }
    commands.push(words(&text[start..]));
    commands.retain(|words| !words.is_empty());
    commands
}

/// True for a command that runs what it reads: a shell, or a heredoc without a program.
fn is_shell(words: &[String]) -> bool {
    words.first().is_some_and(|word| word.starts_with("<<") || SHELLS.contains(&word.as_str()))
}

/// The texts between the tokens that end one, without blanks around them.
fn split(text: &str, mut ends: impl FnMut(TokenKind) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for token in tokens(text) {
        if ends(token.kind) {
            parts.push(text[start..token.span.start].trim());
            start = token.span.end;
        }
    }
    parts.push(text[start..].trim());
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
pub fn runs(text: &str, wanted: &str) -> bool {
    find(text, wanted).is_some()
}

/// The words of the first command that is `wanted`.
pub fn find(text: &str, wanted: &str) -> Option<Vec<String>> {
    commands(text).into_iter().find(|words| is(words, wanted))
}

/// True when the words of a command are `wanted`, options left out.
pub fn is(words: &[String], wanted: &str) -> bool {
    let mut plain = words.iter().filter(|word| !word.starts_with('-'));
    wanted.split(' ').all(|part| plain.next().is_some_and(|word| word == part))
}

/// The words after the program that are no options.
pub fn operands(words: &[String]) -> impl Iterator<Item = &str> {
    words.iter().skip(1).map(String::as_str).filter(|word| !word.starts_with('-') && *word != "\\")
}

/// True when a command already does what another would: it is the same, or an `rm -r` of the same and more.
pub fn covers(there: &str, command: &str) -> bool {
    let (there, wanted) = (blank_words(there), blank_words(command));
    let removes = |words: &[&str]| {
        words.first() == Some(&"rm")
            && words.get(1).is_some_and(|flags| flags.starts_with('-') && flags.contains('r'))
    };
    there == wanted
        || removes(&there) && removes(&wanted) && wanted[2..].iter().all(|path| there[2..].contains(path))
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
    fn commands_are_found_after_what_stands_in_front() {
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
        assert!(!runs("true # apt-get install x", "apt-get install"));
        assert_eq!(find("rm -rf '/a b' /c", "rm").unwrap(), ["rm", "-rf", "/a b", "/c"]);
    }

    #[test]
    fn the_heredoc_of_a_shell_holds_commands_and_any_other_is_data() {
        for (text, is_run) in [
            ("<<EOF\nset -e\napt-get install x\nEOF", true),
            ("bash -e <<EOF && true\napt-get install x\nEOF", true),
            ("true\nsh <<EOF\napt-get install x\nEOF", true),
            ("cat <<EOF >/x\napt-get install x\nEOF", false),
            ("bash -c x\ncat <<EOF >/x\napt-get install x\nEOF", false),
        ] {
            assert_eq!(runs(text, "apt-get install"), is_run, "{text}");
        }
    }

    #[test]
    fn odd_text_does_no_harm() {
        for text in ["'", "\\", "a \\", "&", "&&", "((", "a &", "\"é", "é&&é"] {
            chain(text);
            commands(text);
        }
    }
}
