//! Lines of a Dockerfile, written out of the steps of the history.

use super::shell;
use crate::digest;

/// One `RUN` that does what `commands` do, one after the other, and stops at the first that fails.
///
/// Each command runs as it did in a `RUN` of its own: one that changes directory or shell options, or that is more
/// than a chain of `&&`, stands in parentheses. Texts of several lines become a heredoc.
pub fn run(commands: &[String]) -> String {
    if let [one] = commands {
        return if one.contains('\n') {
            heredoc(commands)
        } else {
            format!("RUN {}", lines(&shell::chain(one)))
        };
    }
    if commands.iter().any(|command| command.contains('\n')) {
        return heredoc(commands);
    }
    let mut parts: Vec<String> = Vec::new();
    let last = commands.len() - 1;
    for (at, command) in commands.iter().enumerate() {
        if at == last && !has_list(command) || !needs_own_shell(command) {
            parts.extend(shell::chain(command).into_iter().map(str::to_owned));
        } else {
            parts.push(format!("({command})"));
        }
    }
    format!("RUN {}", parts.join(" && \\\n    "))
}

fn lines(parts: &[&str]) -> String {
    parts.join(" && \\\n    ")
}

fn heredoc(commands: &[String]) -> String {
    let mut end = "EOF".to_owned();
    while commands.iter().any(|command| command.contains(&end)) {
        end.push('F');
    }
    let body: Vec<String> = match commands {
        [one] => vec![one.clone()],
        many => many
            .iter()
            .map(|command| {
                if needs_own_shell(command) || command.contains('\n') {
                    format!("(\n{command}\n)")
                } else {
                    command.clone()
                }
            })
            .collect(),
    };
    format!("RUN <<{end}\nset -e\n{}\n{end}", body.join("\n"))
}

/// Programs of the shell itself whose effect outlives them.
const STATEFUL: [&str; 12] =
    ["cd", "pushd", "set", "export", "exec", "exit", "umask", "trap", "source", ".", "unset", "alias"];

fn needs_own_shell(command: &str) -> bool {
    has_list(command)
        || shell::commands(command)
            .iter()
            .any(|words| words.first().is_some_and(|word| STATEFUL.contains(&word.as_str())))
        || command.starts_with("set ")
}

/// True when a text is more than commands joined by `&&` and `|`.
fn has_list(command: &str) -> bool {
    command.contains(';')
        || command.contains("||")
        || command.contains('#')
        || command.trim_end().ends_with('&')
        || command.replace("&&", "").replace(">&", "").contains('&')
}

/// An `apt-get install` that takes along nothing that packages only recommend.
pub fn without_recommends(command: &str) -> String {
    let mut fixed = command.to_owned();
    if fixed.contains("no-install-recommends") || fixed.contains("Install-Recommends") {
        return fixed;
    }
    for program in ["apt-get", "apt"] {
        for options in ["", "-y ", "-qq ", "-qy ", "-yq ", "-y -q "] {
            let install = format!("{program} {options}install ");
            fixed = fixed.replace(&install, &format!("{install}--no-install-recommends "));
        }
    }
    // the usual order of options
    fixed.replace("--no-install-recommends -y ", "-y --no-install-recommends ")
}

/// What stands for a source that the history does not tell. No builder takes it for a file.
pub const SOURCE: &str = "<SOURCE>";

/// A `COPY` or `ADD` of the history as a line of a Dockerfile. A source that is only a sum becomes [`SOURCE`].
/// `flags` go in front.
pub fn copy(command: &str, flags: &str) -> String {
    let (keyword, body) = command.split_once(' ').unwrap_or((command, ""));
    let body = sources(body);
    let mut words: Vec<&str> = std::iter::once(keyword).chain(body.split_whitespace()).collect();
    if !flags.is_empty() {
        let name = flags.split('=').next().unwrap_or(flags);
        words.retain(|word| !word.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')));
        words.insert(1.min(words.len()), flags);
    }
    words.join(" ")
}

/// The sources and the destination of a `COPY` or `ADD`, with [`SOURCE`] for a source that is only a sum: `file:…`,
/// `dir:…`, `multi:…`, and the bare sum that an `ADD` of a URL leaves.
pub(super) fn sources(body: &str) -> String {
    let words: Vec<&str> = body.split_ascii_whitespace().collect();
    let flags = words.iter().take_while(|word| word.starts_with("--")).count();
    match &words[flags..] {
        [sum, "in", to @ ..] if !to.is_empty() && is_sum(sum) => {
            let mut kept: Vec<&str> = words[..flags].to_vec();
            kept.push(SOURCE);
            kept.extend(to);
            kept.join(" ")
        }
        _ => body.to_owned(),
    }
}

fn is_sum(word: &str) -> bool {
    digest::is_sum(
        ["file:", "dir:", "multi:"].iter().find_map(|kind| word.strip_prefix(kind)).unwrap_or(word),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn runs_become_one() {
        assert_eq!(
            run(&strings(&["apt-get update", "apt-get install -y gcc && rm x"])),
            "RUN apt-get update && \\\n    apt-get install -y gcc && \\\n    rm x"
        );
        assert_eq!(
            run(&strings(&["cd /a && make", "b; c", "d"])),
            "RUN (cd /a && make) && \\\n    (b; c) && \\\n    d"
        );
        assert_eq!(run(&strings(&["a\nb", "cat EOF"])), "RUN <<EOFF\nset -e\n(\na\nb\n)\ncat EOF\nEOFF");
    }

    #[test]
    fn copies_are_written_as_in_a_dockerfile() {
        assert_eq!(copy("COPY dir:0a722beb7f31 in /app", "--chown=app"), "COPY --chown=app <SOURCE> /app");
        assert_eq!(copy("COPY file:0a722beb7f31 in /etc/x.crt", ""), "COPY <SOURCE> /etc/x.crt");
        assert_eq!(copy("COPY --chown=x . .", "--chown=y:y"), "COPY --chown=y:y . .");
    }
}
