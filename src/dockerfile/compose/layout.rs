//! How the author of a `RUN` breaks lines, so that what is added looks like theirs.

use crate::dockerfile::shell::{self, TokenKind};
use crate::dockerfile::{Dockerfile, Node};

/// The indentation of lines that nobody has written yet.
const INDENT: &str = "    ";

/// What stands between two commands of a `RUN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    indent: String,
    /// `&&` starts a line, not ends one.
    leading: bool,
    /// Commands are joined by `;`, under `set -e`.
    semicolon: bool,
    escape: char,
    newline: &'static str,
}

impl Layout {
    /// The layout of a `RUN`.
    pub(super) fn of(file: &Dockerfile, node: &Node) -> Self {
        let text = &file.text[node.span.clone()];
        let more: Vec<&str> =
            text.lines().skip(1).filter(|line| !line.trim_start().starts_with('#')).collect();
        let starts = |line: &&&str| line.trim_start().starts_with("&&");
        let leading = more.iter().find(starts).copied();
        let model = leading.or_else(|| more.first().copied()).filter(|line| !line.trim().is_empty());
        let indent = model.map_or(INDENT, |line| &line[..line.len() - line.trim_start().len()]);
        let parts = shell::parts(&node.body.text);
        let ends_on_error =
            parts.first().is_some_and(|part| sets_errexit(&node.body.text[part.span.clone()]));
        let semicolon =
            ends_on_error && parts.first().and_then(|part| part.joint) == Some(TokenKind::Semicolon);
        Self {
            indent: indent.to_owned(),
            leading: leading.is_some(),
            semicolon,
            escape: file.escape,
            newline: file.newline(),
        }
    }

    /// A layout for new text.
    pub(super) fn new(file: &Dockerfile) -> Self {
        Self {
            indent: INDENT.into(),
            leading: false,
            semicolon: false,
            escape: file.escape,
            newline: file.newline(),
        }
    }

    /// The same, with commands joined by `;`.
    pub(super) fn with_semicolons(self) -> Self {
        Self { semicolon: true, leading: false, ..self }
    }

    /// A line break within an instruction.
    pub(super) fn line_break(&self) -> String {
        format!(" {}{}{}", self.escape, self.newline, self.indent)
    }

    /// What joins two commands.
    pub(super) fn joint(&self) -> String {
        self.joint_with(&[])
    }

    /// What joins two commands, with whole comment lines in between.
    pub(super) fn joint_with(&self, comments: &[&str]) -> String {
        let Self { indent, escape, newline, .. } = self;
        let comments: String = comments.iter().flat_map(|line| [line, *newline]).collect();
        match (self.semicolon, self.leading) {
            (true, _) => format!("; {escape}{newline}{comments}{indent}"),
            (false, true) => format!(" {escape}{newline}{comments}{indent}&& "),
            (false, false) => format!(" && {escape}{newline}{comments}{indent}"),
        }
    }

    /// The line break that the file uses.
    pub(super) fn newline(&self) -> &'static str {
        self.newline
    }
}

/// True for `set -e`, `set -eux` and their like.
fn sets_errexit(command: &str) -> bool {
    let words = shell::blank_words(command);
    words.first() == Some(&"set")
        && words[1..]
            .iter()
            .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('e'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_looks_like_what_is_there() {
        for (text, joint) in [
            ("RUN a", " && \\\n    "),
            ("RUN a \\\n\t&& b", " \\\n\t&& "),
            ("RUN a && \\\n  b", " && \\\n  "),
            ("RUN set -eux; \\\n  a; \\\n  b", "; \\\n  "),
            ("RUN a; b", " && \\\n    "),
            ("# escape=`\r\nRUN a `\r\n && b", " `\r\n && "),
            ("RUN a \\\n# c\n  && b", " \\\n  && "),
        ] {
            let file = Dockerfile::parse(text);
            assert_eq!(Layout::of(&file, &file.nodes[0]).joint(), joint, "{text}");
        }
    }
}
