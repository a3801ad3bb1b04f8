//! The wrapping that builders put around the command of a `RUN`: build arguments and a shell.

use crate::dockerfile::shell::SHELLS;

/// Words that may stand between a shell and its command; more is no builder's doing.
const MOST_OPTIONS: usize = 16;

/// The first word of `text` and what follows it, without the whitespace between.
fn split_word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    (word, rest.trim_start())
}

/// The command that a shell at the start of `text` was given: `/bin/bash -o pipefail -c CMD`, `cmd /S /C CMD`.
pub(super) fn command(text: &str) -> Option<&str> {
    let (program, mut rest) = split_word(text);
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    // no name of a shell is longer; a hostile word of megabytes is not worth a copy
    let name = name.get(..name.len().min(16))?.to_ascii_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    let shell = SHELLS.into_iter().find(|shell| *shell == name)?;
    let mut value_allowed = false;
    for _ in 0..MOST_OPTIONS {
        let (word, after) = split_word(rest);
        let option = word.starts_with(if shell == "cmd" { '/' } else { '-' });
        if !option && !value_allowed {
            return None;
        }
        if option && takes_command(shell, word) {
            return Some(after);
        }
        value_allowed = option;
        rest = after;
    }
    None
}

/// True for the option that the command follows.
fn takes_command(shell: &str, option: &str) -> bool {
    match shell {
        "cmd" => option.eq_ignore_ascii_case("/c"),
        "powershell" | "pwsh" => ["-c", "-command"].iter().any(|name| option.eq_ignore_ascii_case(name)),
        // `-c`, and clusters that hold it: `-lc`, `-exc`
        _ => {
            option.len() <= 8 && option.ends_with('c') && option[1..].bytes().all(|b| b.is_ascii_alphabetic())
        }
    }
}

/// The command after build arguments: `|2 A=1 B=hello world /bin/sh -c CMD`.
///
/// Values hold blanks and are not quoted, so the number in front only tells how many words at least are
/// assignments; the command starts at the first shell after them. Without a shell (the command was an
/// array) it starts after the last assignment, and the rest of a value with blanks stays in view.
pub(super) fn without_build_args(text: &str) -> Option<&str> {
    let (number, after_number) = split_word(text.strip_prefix('|')?);
    let mut missing: usize = number.parse().ok()?;
    let mut behind_assignments = (missing == 0).then_some(after_number);
    let mut rest = after_number;
    while !rest.is_empty() {
        if missing == 0
            && let Some(command) = command(rest)
        {
            return Some(command);
        }
        let (word, after) = split_word(rest);
        rest = after;
        if missing > 0 && is_assignment(word) {
            missing -= 1;
            if missing == 0 {
                behind_assignments = Some(rest);
            }
        }
    }
    behind_assignments
}

/// True for `NAME=…`.
fn is_assignment(word: &str) -> bool {
    let name = word.find('=').map_or("", |equals| &word[..equals]);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
}

/// The command without the flags of the `RUN` itself, which kaniko and buildah leave in.
pub(super) fn without_run_flags(text: &str) -> &str {
    let mut rest = text.trim_start();
    while ["--mount=", "--network=", "--security=", "--device="].iter().any(|flag| rest.starts_with(flag)) {
        rest = split_word(rest).1;
    }
    rest
}

/// One blank for each run of blanks, tabs and continued lines, as they are left over from a Dockerfile's
/// line breaks and indents. Quoted text stays; so does everything after the first line, where blanks may
/// mean something: that is a heredoc.
pub(super) fn collapse_blanks(text: &str) -> String {
    let text = text.trim();
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|&(_, next)| next);
        match (quote, c, next) {
            (None, ' ' | '\t', _) | (None, '\\', Some('\n')) => {
                if c == '\\' {
                    chars.next();
                }
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            (None, '\n', _) => {
                out.truncate(out.trim_end_matches(' ').len());
                out.push_str(&text[at..]);
                break;
            }
            (None | Some('"'), '\\', Some(escaped)) => {
                out.extend([c, escaped]);
                chars.next();
            }
            _ => {
                if quote == Some(c) {
                    quote = None;
                } else if quote.is_none() && matches!(c, '"' | '\'') {
                    quote = Some(c);
                }
                out.push(c);
            }
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_collapse_outside_quotes_and_heredocs_only() {
        for (text, want) in [
            ("a  &&\t\tb", "a && b"),
            ("  a  ", "a"),
            ("echo 'x   y'  \"a \\\"  b\"   c", "echo 'x   y' \"a \\\"  b\" c"),
            ("echo it\\'s   b", "echo it\\'s b"),
            ("a && \\\n    b", "a && b"),
            ("cat  <<EOF  \n a  b\n\tc\nEOF", "cat <<EOF\n a  b\n\tc\nEOF"),
            ("echo 'a\n  b'   c", "echo 'a\n  b' c"),
            ("echo don't   stop", "echo don't   stop"),
            ("a \\", "a \\"),
            ("\\\n a", "a"),
            ("\\\n\n a", "a"),
        ] {
            assert_eq!(collapse_blanks(text), want, "{text:?}");
        }
    }

    #[test]
    fn a_shell_needs_its_command_option() {
        for (text, want) in [
            ("/bin/sh -c ls -l", Some("ls -l")),
            ("bash -lc ls", Some("ls")),
            ("/bin/bash --login -c ls", Some("ls")),
            ("pwsh -NoLogo -ExecutionPolicy Bypass -command ls", Some("ls")),
            ("sh script.sh -c x", None),
            ("/bin/sh", None),
            ("/bin/sh -x", None),
            ("finish -c x", None),
        ] {
            assert_eq!(command(text), want, "{text}");
        }
    }

    #[test]
    fn build_arguments_end_at_the_shell() {
        for (text, want) in [
            ("|1 A=sh -c /bin/sh -c x", Some("x")),
            ("|2 A=x sh -c y B=2 /bin/sh -c z", Some("z")),
            ("|1 A=1 prog x", Some("prog x")),
            ("|3 A=1 /bin/sh -c x", None),
            ("| A=1", None),
            ("A=1", None),
        ] {
            assert_eq!(without_build_args(text), want, "{text}");
        }
    }
}
