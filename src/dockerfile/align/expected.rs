//! What the builders would write into the history for an instruction.

use super::variables::{self, Variables};
use crate::digest::is_sum;
use crate::dockerfile::{Dockerfile, Keyword, Node, shell};

/// An instruction that makes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// Which.
    pub(super) node: usize,
    /// The step is what stands after its `ONBUILD`.
    pub(super) is_triggered: bool,
}

/// The step that an instruction should have made.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) keyword: Option<Keyword>,
    /// Texts that the step may have, in the form of [`plain`] or as words; any of them.
    texts: Vec<String>,
}

/// What the instructions of a chain become, first to last.
pub(super) fn of(file: &Dockerfile, chain: &[Link], redact: &dyn Fn(&str) -> String) -> Vec<Expected> {
    let mut variables = Variables::default();
    let mut shell_words: Vec<String> = Vec::new();
    chain
        .iter()
        .map(|link| {
            let node = &file.nodes[link.node];
            let trigger = link.is_triggered.then(|| Dockerfile::fragment(&node.body.text, file.escape));
            let (file, node) = match &trigger {
                Some(trigger) => (trigger, trigger.nodes.first().unwrap_or(node)),
                None => (file, node),
            };
            let body = variables.expand(&node.body.text, file.escape);
            let body = body.trim();
            let texts = match node.keyword {
                Some(Keyword::Run) => run(file, node, &shell_words),
                Some(Keyword::Env) => {
                    for (name, value) in pairs(body) {
                        variables.set(&name, value);
                    }
                    vec![body.to_owned(), body.replacen(char::is_whitespace, "=", 1)]
                }
                Some(Keyword::Shell) => {
                    shell_words = node.words().unwrap_or_default();
                    vec![shell_words.join(" ")]
                }
                Some(Keyword::Copy | Keyword::Add | Keyword::Cmd | Keyword::Entrypoint | Keyword::Volume) => {
                    vec![node.words().map_or_else(|| body.to_owned(), |words| words.join(" "))]
                }
                _ => vec![body.to_owned()],
            };
            Expected { keyword: node.keyword, texts: texts.iter().map(|text| redact(text)).collect() }
        })
        .collect()
}

/// What a `RUN` becomes: its shell text, with the words of a shell that is not known, or the words of its array.
fn run(file: &Dockerfile, node: &Node, shell_words: &[String]) -> Vec<String> {
    if let Some(words) = node.words() {
        return vec![words.join(" ")];
    }
    let Some(script) = node.script(&file.text) else {
        // a script of another interpreter is handed over as a file
        return node.heredocs.iter().map(|heredoc| format!("/dev/pipes/{}", heredoc.name)).collect();
    };
    let mut text = script.logical.text;
    if node.heredocs.iter().any(|heredoc| heredoc.chomp) {
        let lines: Vec<&str> = text.lines().map(|line| line.trim_start_matches('\t')).collect();
        text = lines.join("\n");
    }
    let with_shell = format!("{} {text}", shell_words.join(" "));
    vec![text, with_shell]
}

impl Expected {
    /// True when a step's text is what the instruction becomes.
    pub(super) fn matches(&self, command: &str) -> bool {
        let Some(keyword) = self.keyword else { return true };
        let step = command.strip_prefix(keyword.as_str()).map_or(command, str::trim_start);
        let same = |form: &dyn Fn(&str) -> String| {
            let step = form(step);
            self.texts.iter().any(|text| variables::matches(&form(text), &step))
        };
        match keyword {
            Keyword::Run => same(&squeezed),
            Keyword::Copy | Keyword::Add => self.texts.iter().any(|text| copies(text, step)),
            Keyword::Env | Keyword::Label | Keyword::Maintainer => same(&plain),
            Keyword::Workdir => self.texts.iter().any(|text| leads_to(&plain(text), &plain(step))),
            Keyword::Cmd | Keyword::Entrypoint => {
                let step = letters(step);
                self.texts.iter().any(|text| ends_with(&letters(text), &step))
            }
            // a value may be the build's, not the file's
            Keyword::Arg => names(step) == names(self.texts.first().map_or("", String::as_str)),
            Keyword::Healthcheck => true,
            Keyword::Expose => self.texts.iter().any(|text| exposes(text, step)),
            _ => same(&letters),
        }
    }
}

/// One blank for each run of blanks, line breaks and continued lines.
fn squeezed(text: &str) -> String {
    text.replace("\\\n", " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without quotes and escapes, of both kinds, which builders take off or add.
fn plain(text: &str) -> String {
    squeezed(&text.replace(['"', '\'', '\\', '`'], ""))
}

/// Letters and digits only: lists are written by Go, with brackets and types of its own.
fn letters(text: &str) -> String {
    let text = text.strip_prefix("map[").unwrap_or(text).replace("/tcp", "").replace("\\x", "");
    text.chars().filter(|&c| c.is_alphanumeric() || c == variables::ANY || c == '…').collect()
}

/// True when both expose the same ports, in any order. Values that are not known may be any port.
fn exposes(pattern: &str, text: &str) -> bool {
    let ports = |text: &str| {
        let inner = text.trim_start_matches("map").replace(['[', ']', '"', '\''], " ").replace(":{}", " ");
        let mut ports: Vec<String> =
            inner.split_whitespace().map(|port| port.trim_end_matches("/tcp").to_owned()).collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    };
    pattern.contains(variables::ANY) || ports(pattern) == ports(text)
}

/// True when a text ends as a pattern does: in front of the text of `CMD` stands the shell.
fn ends_with(pattern: &str, text: &str) -> bool {
    let start = text.len().saturating_sub(pattern.len());
    variables::matches(pattern, text)
        || !pattern.contains(variables::ANY) && text.is_char_boundary(start) && &text[start..] == pattern
        || pattern.contains(variables::ANY)
            && variables::matches(&format!("{}{pattern}", variables::ANY), text)
}

/// The names that an `ARG` declares.
fn names(body: &str) -> Vec<&str> {
    shell::blank_words(body).into_iter().map(|word| word.split('=').next().unwrap_or(word)).collect()
}

/// The pairs of an `ENV`.
fn pairs(body: &str) -> Vec<(String, String)> {
    let words = shell::blank_words(body);
    if words.first().is_some_and(|word| !word.contains('=')) {
        let rest = body.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim());
        return words.into_iter().take(1).map(|name| (name.to_owned(), rest.to_owned())).collect();
    }
    let pairs = words.into_iter().filter_map(|word| word.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), plain(value))).collect()
}

/// True when a directory of the file leads to the absolute one of the step.
fn leads_to(file: &str, step: &str) -> bool {
    let trim = |path: &str| path.trim_start_matches("./").trim_end_matches('/').to_owned();
    let (file, step) = (trim(file), trim(step));
    let below = || matches!(file.as_str(), "" | ".") || ends_below(&file, &step);
    variables::matches(&file, &step) || !file.starts_with('/') && below()
}

/// True when a path ends in a relative one.
fn ends_below(file: &str, step: &str) -> bool {
    variables::matches(&format!("{}/{file}", variables::ANY), step)
}

/// True when a `COPY` is what the step says: the same words without options, or the old builder's sum of the sources
/// and the same destination.
fn copies(file: &str, step: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = shell::blank_words(text).into_iter().map(plain);
        words.skip_while(|word| word.starts_with("--")).collect()
    };
    let (file, step) = (words(file), words(step));
    if let [.., sum, between, to] = step.as_slice()
        && between == "in"
        && sum.rsplit(':').next().is_some_and(is_sum)
    {
        return file.last().is_some_and(|own| leads_to(own, to));
    }
    file.len() == step.len() && file.iter().zip(&step).all(|(own, other)| variables::matches(own, other))
}
