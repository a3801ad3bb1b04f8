//! A Dockerfile written out of an image's history.
//!
//! Builders write steps down for people: values lose their quotes, lists become Go's, and sources of the old builder
//! become sums. What can be written as it was is; a source that the history lost is `<SOURCE>`, which no builder
//! takes for a file; a step that cannot be written safely is a comment.

mod go;
mod instruction;

use instruction::instruction;

use super::compose::{Snippet, Target};
use super::{Dockerfile, Fix, StepId, StepText};

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
        Snippet::new(self.target(true), fix).text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::{Keyword, parse_created_by};
    use proptest::prelude::*;

    fn rebuilt(created_by: &[&str]) -> String {
        let parsed: Vec<_> = created_by.iter().map(|text| parse_created_by(text)).collect();
        let steps: Vec<StepText<'_>> =
            parsed.iter().map(|step| StepText { keyword: step.keyword, command: &step.command }).collect();
        Rebuilt::fragment(&steps).file.text
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
