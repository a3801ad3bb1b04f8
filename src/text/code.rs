//! Lines of a Dockerfile, wrapped so that they stay right when they are pasted.
//!
//! The Dockerfile parser joins a line that ends with a backslash with the next one, drops lines that start with `#`
//! even in the middle of a command, and takes the body of a heredoc as it is. So a command is broken only at blanks
//! outside quotes and never before a `#`; a comment goes on as a comment, in which a command is still one; and what
//! stands in a heredoc is not touched.

use std::collections::VecDeque;

use super::columns;
use super::wrap::options;

/// What goes on in a further line stands this much further in.
const INDENT: usize = 4;
/// What a command in a comment starts with.
const INSTRUCTIONS: [&str; 5] = ["RUN ", "COPY ", "ADD ", "ENV ", "FROM "];

/// `text` in lines of `width` columns where that is possible: a word or a quoted text that is longer stays whole,
/// and so does a heredoc.
pub fn code(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut state = State::default();
    for line in text.lines() {
        state.line(line.trim_end(), width, &mut lines);
    }
    lines
}

/// Where in the Dockerfile we are.
#[derive(Default)]
struct State {
    /// The quote that is open at the start of a line that goes on.
    quote: Option<char>,
    /// The delimiters of the heredocs that the instruction opened, and whether tabs before them do not count.
    heredocs: VecDeque<(String, bool)>,
    /// The line before ended with a backslash.
    goes_on: bool,
    /// The same in a command that comments hold.
    commented: Option<Box<State>>,
}

impl State {
    fn line(&mut self, line: &str, width: usize, lines: &mut Vec<String>) {
        if !self.goes_on
            && let Some((delimiter, tabs)) = self.heredocs.front()
        {
            let text = if *tabs { line.trim_start_matches('\t') } else { line };
            if text == delimiter {
                self.heredocs.pop_front();
            }
            return lines.push(line.to_owned());
        }
        let text = line.trim_start();
        let indent = &line[..line.len() - text.len()];
        if text.starts_with('#') {
            return self.comment(indent, text, width, lines);
        }
        self.commented = None;
        let (command, goes_on) = match text.strip_suffix('\\') {
            Some(command) if !command.ends_with('\\') => (command.trim_end(), true),
            _ => (text, false),
        };
        let parts = self.parts(command);
        self.goes_on = goes_on;
        if !goes_on {
            self.quote = None;
        }
        if columns(line) <= width {
            return lines.push(line.to_owned());
        }
        let next = format!("{indent}{:INDENT$}", "");
        let mut piece = format!("{indent}{}", parts.first().copied().unwrap_or_default());
        for (at, part) in parts.iter().enumerate().skip(1) {
            let is_last = at + 1 == parts.len();
            let after = if is_last && !goes_on { 0 } else { " \\".len() };
            if columns(&piece) + 1 + columns(part) + after <= width {
                piece.push(' ');
                piece.push_str(part);
            } else {
                piece.push_str(" \\");
                lines.push(std::mem::replace(&mut piece, format!("{next}{part}")));
            }
        }
        piece.push_str(if goes_on { " \\" } else { "" });
        lines.push(piece);
    }

    /// A comment in lines that are all comments.
    fn comment(&mut self, indent: &str, text: &str, width: usize, lines: &mut Vec<String>) {
        let words = text.trim_start_matches('#');
        let hashes = &text[..text.len() - words.len()];
        let inner = &words[..words.len() - words.trim_start().len()];
        let first = format!("{indent}{hashes}{inner}");
        let words = words.trim();
        let starts = INSTRUCTIONS.iter().any(|name| words.starts_with(name));
        let mut command =
            self.commented.take().filter(|command| command.goes_on || !command.heredocs.is_empty());
        if starts {
            command.get_or_insert_default();
        }
        if let Some(mut command) = command {
            let mut inside = Vec::new();
            command.line(words, width.saturating_sub(columns(&first)), &mut inside);
            lines.extend(inside.iter().map(|line| format!("{first}{line}")));
            self.commented = Some(command);
            return;
        }
        if words.is_empty() {
            return lines.push(first.trim_end().to_owned());
        }
        let options = options(width).break_words(false).initial_indent(&first).subsequent_indent(&first);
        lines.extend(textwrap::wrap(words, options).into_iter().map(|line| line.trim_end().to_owned()));
    }

    /// The parts of a command between which it may be broken. What joins two commands stays with the second.
    fn parts<'a>(&mut self, command: &'a str) -> Vec<&'a str> {
        let mut parts = Vec::new();
        let (mut start, mut escaped) = (0, false);
        for (at, c) in command.char_indices() {
            match (self.quote, c) {
                _ if escaped => escaped = false,
                (Some('\''), '\\') => {}
                (_, '\\') => escaped = true,
                (None, '"' | '\'') => self.quote = Some(c),
                (Some(quote), c) if quote == c => self.quote = None,
                (None, '<') => self.heredocs.extend(heredoc(command, at)),
                (None, ' ') => {
                    let (before, after) = (&command[start..at], command[at..].trim_start());
                    let is_joint = matches!(before.trim_start(), "&&" | "||" | "|");
                    if !before.trim().is_empty() && !is_joint && !after.starts_with('#') {
                        parts.push(before.trim());
                        start = at;
                    }
                }
                _ => {}
            }
        }
        let last = command[start..].trim();
        parts.extend((!last.is_empty()).then_some(last));
        parts
    }
}

/// The delimiter of the heredoc that starts at `at`, if one does.
fn heredoc(command: &str, at: usize) -> Option<(String, bool)> {
    let rest = command[at..].strip_prefix("<<")?;
    if rest.starts_with('<') || command[..at].ends_with('<') {
        return None;
    }
    let (rest, tabs) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
    let rest = rest.trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    (end > 0).then(|| (rest[..end].to_owned(), tabs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commands_are_broken_before_a_word() {
        assert_eq!(code("RUN a && b", 20), ["RUN a && b"]);
        assert_eq!(
            code("    apt-get install -y one two", 26),
            ["    apt-get install -y \\", "        one two"]
        );
        assert_eq!(
            code("RUN apt-get update && apt-get install -y curl", 29),
            ["RUN apt-get update \\", "    && apt-get install -y \\", "    curl"]
        );
        assert_eq!(code("var/lib/a/very/long/path", 10), ["var/lib/a/very/long/path"]);
    }

    #[test]
    fn no_line_holds_a_lone_backslash() {
        let text = "RUN make one two three \\\n    && make install \\\n    && rm -r /src";
        for width in 1..40 {
            let lines = code(text, width);
            assert!(lines.iter().all(|line| !line.trim_start().starts_with('\\')), "{width}: {lines:?}");
        }
        assert_eq!(code("RUN make one two \\\n    three", 18), ["RUN make one two \\", "    three"]);
        assert_eq!(
            code("RUN make one two \\\n    three", 17),
            ["RUN make one \\", "    two \\", "    three"]
        );
    }

    #[test]
    fn quoted_texts_stay_whole() {
        assert_eq!(
            code("RUN printf 'a b  c d' > \"/x y z\"", 12),
            ["RUN printf \\", "    'a b  c d' \\", "    > \\", "    \"/x y z\""]
        );
        assert_eq!(code("RUN echo it\\'s a\\ b c", 10), ["RUN echo \\", "    it\\'s \\", "    a\\ b c"]);
        // a quote that is open over several lines
        let text = "RUN sh -c 'one two three \\\n   four five six' seven";
        assert_eq!(code(text, 12)[2..], ["   four five six' \\", "       seven"]);
    }

    #[test]
    fn a_comment_stays_a_comment_and_nothing_becomes_one() {
        assert_eq!(code("# build in a stage of its own", 16), ["# build in a", "# stage of its", "# own"]);
        assert_eq!(code("#   a run x", 7), ["#   a", "#   run", "#   x"]);
        assert_eq!(code("RUN echo a #b c", 10), ["RUN echo \\", "    a #b c"]);
        assert_eq!(code("##", 4), ["##"]);
        // what is to be used after taking the # away
        assert_eq!(
            code("# before it\n# RUN a 'b c' && \\\n#     d e f\n# and so on", 14),
            ["# before it", "# RUN a \\", "#     'b c' \\", "#     && \\", "#     d e f", "# and so on"]
        );
    }

    #[test]
    fn heredocs_are_left_alone() {
        let text = "COPY <<EOF /a/long/name\none two three four 'x\n# five six seven\nEOF\nRUN one two three";
        let lines = code(text, 14);
        assert_eq!(lines[0..2], ["COPY <<EOF \\", "    /a/long/name"]);
        assert_eq!(lines[2..5], ["one two three four 'x", "# five six seven", "EOF"]);
        assert_eq!(lines[5..], ["RUN one two \\", "    three"]);
        assert_eq!(code("RUN cat <<<EOF\nRUN one two", 9)[2..], ["RUN one \\", "    two"]);
    }

    /// What the parser of Dockerfiles makes of the lines of one instruction, each run of blanks one blank.
    fn parsed(lines: &[String]) -> String {
        let lines = lines.iter().filter(|line| !line.trim_start().starts_with('#'));
        let joined: String = lines
            .map(|line| line.strip_suffix('\\').map_or_else(|| format!("{line}\n"), ToOwned::to_owned))
            .collect();
        joined.split([' ', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    proptest! {
        #[test]
        fn wrapped_commands_mean_the_same(words in "(RUN|ENV)( (a|bb&&|&&|'c  d'|\"e 'f\"|#g|h\\\\ i|\\$\\(j k\\)|ü)){0,12}", width in 1_usize..40) {
            let lines = code(&words, width);
            prop_assert_eq!(parsed(&lines), parsed(std::slice::from_ref(&words)));
            let quoted = |text: &str| text.matches("'c  d'").count();
            prop_assert_eq!(lines.iter().map(|line| quoted(line)).sum::<usize>(), quoted(&words));
        }
    }
}
