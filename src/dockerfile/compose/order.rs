//! Which instructions may change places without changing what the image is.
//!
//! A `RUN` reads every `ENV` and `ARG`, since programs look at their environment, and any file; only commands that
//! plainly work on named absolute paths (`rm`, `mkdir`, …) are known to read nothing else. When in doubt, no.

use crate::dockerfile::{Keyword, shell};

/// An instruction as far as its place in the order matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) keyword: Option<Keyword>,
    /// What follows the keyword and its options.
    pub(super) body: &'a str,
}

/// Why two instructions cannot change places; none when they can.
pub(super) fn conflict(a: Placed<'_>, b: Placed<'_>) -> Option<String> {
    let (Some(ka), Some(kb)) = (a.keyword, b.keyword) else {
        return Some("an unknown instruction stands between".into());
    };
    let (first, second) = if rank(ka) <= rank(kb) { (a, b) } else { (b, a) };
    let (kind, other) = (first.keyword.unwrap_or(ka), second.keyword.unwrap_or(kb));
    let between = || Some(format!("{kind} and {other} cannot change places"));
    match (kind, other) {
        (Keyword::From, _) | (_, Keyword::From) => Some("a stage begins between".into()),
        (a, b) if a == b && a != Keyword::Label => between(),
        (Keyword::Run, Keyword::Env | Keyword::Arg) => {
            let names = names(second.body);
            let read = names.into_iter().find(|name| reads(first.body, name));
            read.map(|name| format!("the RUN may read {name}, which an {other} sets between"))
        }
        (Keyword::Run, Keyword::Copy | Keyword::Add) => (!is_apart(first.body, second.body))
            .then(|| format!("the RUN may read what a {other} brings between")),
        (Keyword::Run, Keyword::Workdir) => {
            (!is_apart(first.body, second.body)).then(|| format!("the RUN depends on the {other} between"))
        }
        (Keyword::Run, Keyword::User | Keyword::Shell | Keyword::Volume) => {
            Some(format!("the RUN depends on the {other} between"))
        }
        (Keyword::Copy | Keyword::Add, Keyword::Workdir | Keyword::User | Keyword::Volume) => between(),
        (Keyword::Copy, Keyword::Add) | (Keyword::Env, Keyword::Arg) | (Keyword::Workdir, Keyword::User) => {
            between()
        }
        (_, Keyword::Env | Keyword::Arg) => {
            let mentioned = names(second.body).into_iter().find(|name| mentions(first.body, name));
            mentioned.map(|name| format!("the {kind} between reads {name}"))
        }
        _ => None,
    }
}

/// An order that brings `RUN` to the front and what sets variables to the back.
fn rank(keyword: Keyword) -> u8 {
    match keyword {
        Keyword::From => 0,
        Keyword::Run => 1,
        Keyword::Copy => 2,
        Keyword::Add => 3,
        Keyword::Workdir => 5,
        Keyword::User => 6,
        Keyword::Volume | Keyword::Shell => 7,
        Keyword::Env => 8,
        Keyword::Arg => 9,
        _ => 4,
    }
}

/// The names that the body of an `ENV` or `ARG` sets.
fn names(body: &str) -> Vec<&str> {
    let words = shell::blank_words(body);
    if words.first().is_some_and(|word| !word.contains('=')) {
        return words.into_iter().take(1).collect();
    }
    words.into_iter().filter_map(|word| word.split('=').next()).collect()
}

/// Beginnings of names that programs look at by themselves.
const IMPLICIT: [&str; 36] = [
    "PATH",
    "HOME",
    "USER",
    "SHELL",
    "LANG",
    "LC_",
    "TZ",
    "TERM",
    "LD_",
    "DEBIAN_FRONTEND",
    "DEBCONF",
    "APT_",
    "PIP_",
    "PYTHON",
    "VIRTUAL_ENV",
    "POETRY_",
    "UV_",
    "NPM_",
    "npm_",
    "NODE_",
    "YARN_",
    "PNPM_",
    "JAVA_",
    "MAVEN_",
    "GRADLE_",
    "GO",
    "CGO_",
    "CARGO_",
    "RUST",
    "GEM_",
    "BUNDLE_",
    "CC",
    "CXX",
    "CFLAGS",
    "LDFLAGS",
    "MAKEFLAGS",
];

/// True when a command reads a variable, by its name or because programs do.
fn reads(command: &str, name: &str) -> bool {
    let implicit =
        IMPLICIT.iter().any(|start| name.starts_with(start)) || name.to_ascii_lowercase().ends_with("_proxy");
    mentions(command, name) || implicit && plain_paths(command).is_none()
}

/// True when a text has a name as a word of its own.
fn mentions(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty()
        && text
            .match_indices(name)
            .any(|(at, _)| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
}

/// Programs that work on the paths that they are given, and on nothing else.
const PLAIN: [&str; 9] = ["rm", "rmdir", "mkdir", "chmod", "chown", "chgrp", "touch", "true", "truncate"];

/// The absolute paths that a text of plain commands works on; none when it does more.
fn plain_paths(command: &str) -> Option<Vec<String>> {
    if command.contains(['$', '`', '<', '>', '~']) {
        return None;
    }
    let mut paths = Vec::new();
    for words in shell::commands(command) {
        let program = words.first()?.as_str();
        if !PLAIN.contains(&program) {
            return None;
        }
        let skip = usize::from(matches!(program, "chmod" | "chown" | "chgrp"));
        for path in shell::operands(&words).skip(skip) {
            if !path.starts_with('/') {
                return None;
            }
            paths.push(path.to_owned());
        }
    }
    Some(paths)
}

/// True when a `RUN` is plain commands on paths that have nothing to do with where a `COPY` or `WORKDIR` leads.
fn is_apart(run: &str, other: &str) -> bool {
    let Some(paths) = plain_paths(run) else { return false };
    let words = shell::blank_words(other);
    let Some(to) = words.last().map(|word| word.trim_matches(['"', '\'', '[', ']', ','])) else {
        return false;
    };
    let to = to.trim_end_matches('/');
    to.starts_with('/')
        && !to.contains('$')
        && paths.iter().all(|path| {
            let path = path.split(['*', '?', '[']).next().unwrap_or(path).trim_end_matches('/');
            !path.is_empty() && !is_within(path, to) && !is_within(to, path)
        })
}

fn is_within(path: &str, folder: &str) -> bool {
    path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meet(a: &str, b: &str) -> bool {
        let placed = |text: &'static str| {
            let (word, body) = text.split_once(' ').unwrap();
            Placed { keyword: Keyword::parse(word), body }
        };
        let (a, b): (&'static str, &'static str) = (a.to_owned().leak(), b.to_owned().leak());
        let found = conflict(placed(a), placed(b)).is_some();
        assert_eq!(found, conflict(placed(b), placed(a)).is_some());
        found
    }

    #[test]
    fn a_run_stays_behind_what_it_may_read() {
        for (run, other, conflicts) in [
            ("RUN make", "ENV VERSION=1", false),
            ("RUN make v$VERSION", "ENV VERSION=1", true),
            ("RUN make", "ENV A=1 PATH=/x", true),
            ("RUN rm -rf /x", "ENV PATH=/x", false),
            ("RUN make", "ARG http_proxy", true),
            ("RUN make", "ENV VERSION 1", false),
            ("RUN make VERSIONS", "ENV VERSION 1", false),
            ("RUN make", "WORKDIR /x", true),
            ("RUN rm -rf /y/*", "WORKDIR /x", false),
            ("RUN rm -rf /x/y", "WORKDIR /x", true),
            ("RUN rm -rf y", "WORKDIR /x", true),
            ("RUN rm -rf /y", "USER x", true),
            ("RUN rm -rf /y", "SHELL [\"x\"]", true),
            ("RUN rm -rf /var/lib/apt/lists/*", "COPY . /app", false),
            ("RUN rm -rf /app/*", "COPY . /app/", true),
            ("RUN rm -rf /var", "COPY . app/", true),
            ("RUN rm -rf /*", "COPY . /app", true),
            ("RUN npm ci", "COPY . /app", true),
            ("RUN make", "LABEL a=b", false),
            ("RUN a", "RUN b", true),
            ("COPY a /b", "ENV X=1", false),
            ("COPY $X /b", "ENV X=1", true),
            ("CMD a", "CMD b", true),
            ("RUN a", "FROM b", true),
            ("RUN a", "FOO b", true),
        ] {
            assert_eq!(meet(run, other), conflicts, "{run} | {other}");
        }
    }
}
