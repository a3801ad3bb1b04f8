//! A Dockerfile written out of an image's history.
//!
//! Builders write steps down for people: values lose their quotes, lists become Go's, and sources of the old builder
//! become sums. What can be written as it was is; a source that the history lost is `<SOURCE>`, which no builder
//! takes for a file; a step that cannot be written safely is a comment.

use super::compose::{Target, one_instruction, snippet};
use super::write::sources;
use super::{Dockerfile, Fix, Keyword, StepId, StepText, shell};

/// A Dockerfile rebuilt from steps, and the instruction of each of them.
#[derive(Debug)]
pub struct Rebuilt<'a> {
    /// The Dockerfile.
    pub file: Dockerfile,
    /// The instruction of each step; none for those of the base and those that could not be written.
    pub nodes: Vec<Option<usize>>,
    steps: &'a [StepText<'a>],
}

impl<'a> Rebuilt<'a> {
    /// Rebuilds the Dockerfile of an image whose steps from `first` on were made on the image `from`. `name` is what
    /// the image is called.
    pub fn new(steps: &'a [StepText<'a>], first: usize, from: &str, name: &str) -> Self {
        let name: String =
            name.chars().filter(|c| !c.is_control() && !super::compose::is_dangerous(*c)).collect();
        let head = format!(
            "# Rebuilt by layercake from the history of {name}, which lacks comments, other stages and the names of \
             some sources.\nFROM {}\n",
            if from.is_empty() || from.contains(char::is_whitespace) { "<BASE>" } else { from }
        );
        Self::write(steps, first, head, 1)
    }

    /// Only the instructions, to show parts of.
    pub fn fragment(steps: &'a [StepText<'a>]) -> Self {
        Self::write(steps, 0, String::new(), 0)
    }

    fn write(steps: &'a [StepText<'a>], first: usize, mut text: String, mut count: usize) -> Self {
        let mut nodes = vec![None; steps.len()];
        for (number, step) in steps.iter().enumerate().skip(first) {
            if let Some(written) = step.keyword.and_then(|keyword| instruction(keyword, step.command)) {
                if written.contains('…') {
                    text.push_str("# … stands for a value that is left out here\n");
                }
                text.push_str(&written);
                nodes[number] = Some(count);
                count += 1;
            } else {
                let shown: String =
                    step.command.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect();
                let shown = format!(
                    "# step {number} cannot be written as an instruction: {}",
                    shown.escape_default()
                );
                text.push_str(&shown);
            }
            text.push('\n');
        }
        Self { file: Dockerfile::fragment(&text, '\\'), nodes, steps }
    }

    /// A step as an instruction; none for one that cannot be written.
    pub fn line(&self, step: StepId) -> Option<&str> {
        let node = self.nodes.get(step.index()).copied().flatten()?;
        self.file.text.get(self.file.nodes.get(node)?.span.clone())
    }

    /// What edits are made to.
    pub fn target(&self, buildkit: bool) -> Target<'_> {
        Target { file: &self.file, nodes: &self.nodes, steps: self.steps, buildkit }
    }

    /// The lines that a fix changes, as they are with it, for a screen. Notes are comments.
    pub fn snippet(&self, fix: &Fix) -> String {
        snippet(self.target(true), fix)
    }
}

/// A step as an instruction; none when its text would be something else in a Dockerfile.
fn instruction(keyword: Keyword, command: &str) -> Option<String> {
    let body = command.strip_prefix(keyword.as_str()).map_or(command, str::trim_start);
    let text = match keyword {
        Keyword::Run => run(command)?,
        Keyword::Copy | Keyword::Add => format!("{keyword} {}", sources(body)),
        Keyword::Env | Keyword::Label => format!("{keyword} {}", pairs(body)),
        Keyword::Shell if serde_json::from_str::<Vec<String>>(body).is_err() => {
            let words: Vec<&str> = unwrapped(body).split_ascii_whitespace().collect();
            format!("{keyword} {}", serde_json::to_string(&words).ok()?)
        }
        Keyword::Volume if serde_json::from_str::<Vec<String>>(body).is_err() => {
            format!("{keyword} {}", unwrapped(body))
        }
        Keyword::Expose => {
            let ports = unwrapped(body.strip_prefix("map").unwrap_or(body)).replace(":{}", "");
            format!("{keyword} {ports}")
        }
        Keyword::Healthcheck if body.starts_with("&{") => format!("{keyword} {}", healthcheck(body)?),
        _ => format!("{keyword} {body}"),
    };
    let text = text.trim_end().to_owned();
    one_instruction(&text, keyword).then_some(text)
}

/// A `RUN` as a line for each part of its chain; a text of several lines as it is, or as a heredoc.
fn run(command: &str) -> Option<String> {
    if command.is_empty() {
        return None;
    }
    if !command.contains('\n') {
        let parts = shell::chain(command);
        return Some(format!("RUN {}", parts.join(" && \\\n    ")));
    }
    let plain = format!("RUN {command}");
    if one_instruction(&plain, Keyword::Run) {
        return Some(plain);
    }
    let mut end = "EOF".to_owned();
    while command.contains(&end) {
        end.push('F');
    }
    Some(format!("RUN <<{end}\n{command}\n{end}"))
}

/// `A=1 B=hello world` with quotes where values have blanks; what has its quotes already stays.
fn pairs(body: &str) -> String {
    let is_pair = |word: &&str| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte))
        })
    };
    let words = shell::blank_words(body);
    if words.iter().all(is_pair) || !words.first().is_some_and(is_pair) {
        return body.to_owned();
    }
    let mut pairs: Vec<String> = Vec::new();
    for word in body.split(' ') {
        match pairs.last_mut() {
            Some(last) if !is_pair(&word) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => pairs.push(word.to_owned()),
        }
    }
    let quoted = pairs.iter().map(|pair| match pair.trim_end().split_once('=') {
        Some((name, value)) if value.contains([' ', '\t', '"', '\'', '\\']) => {
            format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
        }
        _ => pair.trim_end().to_owned(),
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// Without the brackets of a list of Go.
fn unwrapped(body: &str) -> &str {
    body.strip_prefix('[').and_then(|body| body.strip_suffix(']')).unwrap_or(body)
}

/// `&{["CMD-SHELL" "true"] "5m0s" "3s" "0s" '\x03'}`, Go's way of writing a health check.
fn healthcheck(body: &str) -> Option<String> {
    let (test, rest) = body.strip_prefix("&{[")?.split_once("] ")?;
    let words: Vec<String> = serde_json::from_str(&format!("[{}]", test.replace("\" \"", "\",\""))).ok()?;
    let mut options = String::new();
    for (name, value) in ["interval", "timeout", "start-period"].iter().zip(rest.split(' ')) {
        let value = value.trim_matches('"');
        if value != "0s" && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.') {
            options.extend(["--", name, "=", value, " "]);
        }
    }
    let command = match words.split_first()? {
        (kind, _) if kind == "NONE" => return Some("NONE".into()),
        (kind, [command]) if kind == "CMD-SHELL" => command.clone(),
        (_, words) => serde_json::to_string(words).ok()?,
    };
    Some(format!("{options}CMD {command}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::parse_created_by;
    use proptest::prelude::*;

    fn rebuilt(created_by: &[&str]) -> String {
        let parsed: Vec<_> = created_by.iter().map(|text| parse_created_by(text)).collect();
        let steps: Vec<StepText<'_>> =
            parsed.iter().map(|step| StepText { keyword: step.keyword, command: &step.command }).collect();
        Rebuilt::fragment(&steps).file.text
    }

    #[test]
    fn what_builders_write_down_becomes_instructions_again() {
        let sum = "c03875989cce722870f3dd1a79372a3342bea6ff550d31a39602365866064360";
        for (created_by, want) in [
            ("RUN /bin/sh -c a && b # buildkit", "RUN a && \\\n    b"),
            ("RUN /bin/sh -c cat <<E > /x\nb\nE\n # buildkit", "RUN cat <<E > /x\nb\nE"),
            ("RUN /bin/sh -c a\nb\n # buildkit", "RUN <<EOF\na\nb\nEOF"),
            (&format!("/bin/sh -c #(nop) COPY file:{sum} in /etc/x "), "COPY <SOURCE> /etc/x"),
            (&format!("/bin/sh -c #(nop) ADD {sum} in /tmp/x "), "ADD <SOURCE> /tmp/x"),
            ("COPY a in /x # buildkit", "COPY a in /x"),
            ("ENV A=hello world B=2", "ENV A=\"hello world\" B=2"),
            ("ENV A=\"hello world\" B=2", "ENV A=\"hello world\" B=2"),
            ("ENV A b c", "ENV A b c"),
            ("LABEL org.x.name=John \"J\" Doe", "LABEL org.x.name=\"John \\\"J\\\" Doe\""),
            ("SHELL [/bin/bash -o pipefail -c]", "SHELL [\"/bin/bash\",\"-o\",\"pipefail\",\"-c\"]"),
            ("EXPOSE map[80/tcp:{} 443/tcp:{}]", "EXPOSE 80/tcp 443/tcp"),
            ("EXPOSE [80/tcp]", "EXPOSE 80/tcp"),
            ("VOLUME [/a /b]", "VOLUME /a /b"),
            ("VOLUME [\"/a\"]", "VOLUME [\"/a\"]"),
            (
                "HEALTHCHECK &{[\"CMD-SHELL\" \"curl \\\"x\\\" || exit 1\"] \"5m0s\" \"3s\" \"0s\" '\\x03'}",
                "HEALTHCHECK --interval=5m0s --timeout=3s CMD curl \"x\" || exit 1",
            ),
            ("CMD [\"sh\"]", "CMD [\"sh\"]"),
            ("ENV API_TOKEN=…", "# … stands for a value that is left out here\nENV API_TOKEN=…"),
        ] {
            assert_eq!(rebuilt(&[created_by]).trim_end(), want, "{created_by}");
        }
    }

    #[test]
    fn hostile_steps_stay_one_instruction_or_become_a_comment() {
        for created_by in [
            "RUN /bin/sh -c a \\ # buildkit",
            "ENV A=1\nRUN evil",
            "LABEL a=b\\",
            "CMD x\n# escape=`",
            "RUN /bin/sh -c a\u{1b}[2J # buildkit",
            "/bin/sh -c #(nop) USER x\nUSER root",
            "RUN /bin/sh -c cat <<E # buildkit",
            "COPY --from=x <<E /y",
        ] {
            let text = rebuilt(&[created_by, "WORKDIR /end"]);
            let file = Dockerfile::parse(&text);
            let keywords: Vec<_> = file.nodes.iter().map(|node| node.keyword).collect();
            assert!(keywords.len() <= 2 && keywords.last() == Some(&Some(Keyword::Workdir)), "{text}");
            assert!(!text.contains('\u{1b}'), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_history_becomes_a_dockerfile_with_an_instruction_for_each_step(
            steps in proptest::collection::vec(
                ("(RUN|COPY|ENV|LABEL|CMD|SHELL|VOLUME|EXPOSE|HEALTHCHECK) (/bin/sh -c )?", "(<<E|E|\n|\\\\|[a-z=\"'\\[\\]{}&# -]|\u{1b}){0,12}"),
                0..6,
            ),
        ) {
            let texts: Vec<String> = steps.iter().map(|(a, b)| format!("{a}{b} # buildkit")).collect();
            let parsed: Vec<_> = texts.iter().map(|text| parse_created_by(text)).collect();
            let steps: Vec<StepText<'_>> =
                parsed.iter().map(|step| StepText { keyword: step.keyword, command: &step.command }).collect();
            let rebuilt = Rebuilt::new(&steps, 0, "debian:12", "a\nRUN x");
            let written = rebuilt.nodes.iter().flatten().count();
            prop_assert_eq!(rebuilt.file.nodes.len(), written + 1, "{}", rebuilt.file.text);
            for (step, node) in steps.iter().zip(&rebuilt.nodes) {
                if let Some(node) = node {
                    prop_assert_eq!(step.keyword, rebuilt.file.nodes[*node].keyword);
                }
            }
        }
    }
}
