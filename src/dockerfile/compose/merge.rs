//! Several `RUN`s as one.
//!
//! Each keeps its layout, its comments and what it does. Simple chains are joined with `&&`. What changes the shell
//! (`cd`, `set`, `export`), or is a list of its own, runs in parentheses; then the whole is joined by `;` under
//! `set -e`, because the shell ignores `set -e` in parentheses that `&&` follows.

use super::layout::Layout;
use super::run::Try;
use crate::dockerfile::shell::{self, TokenKind};
use crate::dockerfile::{Dockerfile, Form, Script};

/// A `RUN` to be joined: its text with its own changes, and the comments above it.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) text: String,
    pub(super) comments: Vec<String>,
}

/// One instruction that does what all do. `file` tells the escape character and the line break.
pub(super) fn merged(file: &Dockerfile, members: &[Member]) -> Try<String> {
    let mut scripts: Vec<(Dockerfile, Script)> = Vec::new();
    let mut mounts: Vec<String> = Vec::new();
    let mut others: Vec<Vec<String>> = Vec::new();
    for member in members {
        let parsed = super::check::one(file, &member.text)?;
        let node = &parsed.nodes[0];
        let texts = |is_mount: bool| {
            let flags = node.flags.iter().filter(move |flag| (flag.name == "mount") == is_mount);
            flags.map(|flag| parsed.text[flag.span.clone()].to_owned()).collect::<Vec<_>>()
        };
        for mount in texts(true) {
            if !mounts.contains(&mount) {
                mounts.push(mount);
            }
        }
        others.push(texts(false));
        let script = super::run::script(&parsed, node)?;
        scripts.push((parsed, script));
    }
    if others.iter().any(|flags| *flags != others[0]) {
        return Err("one of the RUNs has an option that holds for it alone".into());
    }
    let mounts: Vec<String> = others.swap_remove(0).into_iter().chain(mounts).collect();
    let first = &scripts[0].0.nodes[0];
    let layout = Layout::of(&scripts[0].0, first);
    let head = scripts[0].0.text[first.word.clone()].to_owned();
    let line_break = layout.line_break();
    let flags: String =
        mounts.iter().flat_map(|mount| [" ", mount, line_break.trim_end_matches(' ')]).collect();
    let gap = if mounts.is_empty() { " ".to_owned() } else { "    ".to_owned() };
    if scripts.iter().any(|(_, script)| script.form != Form::Line) {
        return Ok(format!(
            "{head}{} {}",
            flags_in_line(&mounts),
            heredoc(&scripts, members, layout.newline())
        ));
    }
    let texts: Vec<String> = scripts.iter().map(|(parsed, script)| body(parsed, script)).collect();
    let last = texts.len() - 1;
    let simple = scripts.iter().enumerate().all(|(number, (_, script))| {
        let text = &script.logical.text;
        !has_list(text) && (number == last || !changes_shell(text))
    });
    let (mut out, layout) = if simple {
        (format!("{head}{flags}{gap}"), layout)
    } else {
        let layout = Layout::new(file).with_semicolons();
        (format!("{head}{flags}{gap}set -e{}", layout.joint()), layout)
    };
    for (number, text) in texts.iter().enumerate() {
        let comments: Vec<&str> = members[number].comments.iter().map(String::as_str).collect();
        if number > 0 {
            out.push_str(&layout.joint_with(&comments));
        }
        let text = if simple { text.as_str() } else { &format!("({text})") };
        out.push_str(text);
    }
    Ok(out)
}

/// A body as it stands in the file, without what follows its last command.
fn body(parsed: &Dockerfile, script: &Script) -> String {
    let parts = shell::parts(&script.logical.text);
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return "true".into() };
    parsed.text[script.logical.in_file(&(first.span.start..last.span.end))].to_owned()
}

fn flags_in_line(flags: &[String]) -> String {
    flags.iter().flat_map(|flag| [" ", flag]).collect()
}

/// All of them as one heredoc.
fn heredoc(scripts: &[(Dockerfile, Script)], members: &[Member], newline: &str) -> String {
    let mut end = "EOF".to_owned();
    while scripts.iter().any(|(_, script)| script.logical.text.contains(&end)) {
        end.push('F');
    }
    let mut out = format!("<<{end}{newline}set -e{newline}");
    for (number, (_, script)) in scripts.iter().enumerate() {
        if number > 0 {
            out.extend(members[number].comments.iter().map(|line| format!("{}{newline}", line.trim_start())));
        }
        let text = script.logical.text.trim_end();
        let alone = has_list(text) || changes_shell(text) || text.contains('\n');
        let lines = if alone { &["(", newline, text, newline, ")", newline][..] } else { &[text, newline] };
        out.extend(lines.iter().copied());
    }
    out + &end
}

/// Programs of the shell itself whose effect outlives them.
const STATEFUL: [&str; 12] =
    ["cd", "pushd", "set", "export", "exec", "exit", "umask", "trap", "source", ".", "unset", "alias"];

/// True when a command changes the shell that runs it.
fn changes_shell(text: &str) -> bool {
    text.starts_with("set ")
        || shell::commands(text).iter().any(|words| STATEFUL.contains(&words[0].as_str()))
        || shell::parts(text).iter().any(|part| is_assignment(&text[part.span.clone()]))
}

/// True for `NAME=value` alone.
fn is_assignment(part: &str) -> bool {
    let words = shell::blank_words(part);
    matches!(words.as_slice(), [word] if word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }))
}

/// True when a text is more than commands joined by `&&` and `|`.
fn has_list(text: &str) -> bool {
    let mut depth = 0_u32;
    shell::tokens(text).iter().any(|token| {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = matches!(
            token.kind,
            TokenKind::Or
                | TokenKind::Semicolon
                | TokenKind::Background
                | TokenKind::Newline
                | TokenKind::Comment
        );
        ends && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merge(texts: &[&str]) -> Try<String> {
        let members: Vec<Member> = texts
            .iter()
            .map(|text| Member { text: (*text).to_owned(), comments: vec!["# why".into()] })
            .collect();
        merged(&Dockerfile::parse(""), &members)
    }

    #[test]
    fn chains_are_joined_in_the_layout_of_the_first() {
        assert_eq!(merge(&["RUN a", "RUN b | c"]).unwrap(), "RUN a && \\\n# why\n    b | c");
        assert_eq!(
            merge(&["RUN a \\\n && b", "RUN c \\\n # d\n && e"]).unwrap(),
            "RUN a \\\n && b \\\n# why\n && c \\\n # d\n && e"
        );
        assert_eq!(merge(&["RUN a", "RUN cd /x && b"]).unwrap(), "RUN a && \\\n# why\n    cd /x && b");
        assert_eq!(
            merge(&["RUN --mount=type=cache,target=/c a", "RUN b"]).unwrap(),
            "RUN --mount=type=cache,target=/c \\\n    a && \\\n# why\n    b"
        );
    }

    #[test]
    fn what_needs_its_own_shell_gets_one_and_errors_still_end_the_build() {
        assert_eq!(
            merge(&["RUN cd /x && a", "RUN b; c", "RUN set -eux; d"]).unwrap(),
            "RUN set -e; \\\n    (cd /x && a); \\\n# why\n    (b; c); \\\n# why\n    (set -eux; d)"
        );
        assert_eq!(
            merge(&["RUN a", "RUN <<E\nb\nc\nE"]).unwrap(),
            "RUN <<EOF\nset -e\na\n# why\n(\nb\nc\n)\nEOF"
        );
    }

    #[test]
    fn what_holds_for_one_run_alone_is_refused() {
        assert!(merge(&["RUN a", "RUN --network=none b"]).is_err());
        assert!(merge(&["RUN a", "RUN [\"b\"]"]).is_err());
    }
}
