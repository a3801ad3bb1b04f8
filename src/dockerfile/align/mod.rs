//! Which instruction of a Dockerfile made which step of an image's history.
//!
//! Every instruction of the stage that was built, and of the stages that it is `FROM`, makes one step, but for `FROM`
//! itself; `ONBUILD` makes one with the old builder only, and one more in the stage that is `FROM` its own. So both are compared from the last one backwards, and what
//! is left over of the history came with the base. Builders write steps in their own way, so what each instruction
//! would become is worked out first ([`expected`]). A step that does not match is left without lines, never guessed.

mod expected;
mod variables;

use super::{Dockerfile, Keyword, LineRange, StepId, StepText};
use expected::{Expected, Link};

/// The instructions of the steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    /// The instruction of each step; none for those of the base, and where they do not match.
    pub nodes: Vec<Option<usize>>,
    /// The first step that the Dockerfile made.
    pub first: StepId,
    /// Where the two differ first.
    pub difference: Option<Difference>,
    /// The `FROM` that names the base of the image: that of the first stage in a row of stages.
    pub from: usize,
}

/// A step and an instruction that do not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The step; none when the history has too few.
    pub step: Option<StepId>,
    /// The lines of the instruction; none when the Dockerfile has too few.
    pub lines: Option<LineRange>,
}

impl Dockerfile {
    /// Aligns the stage `target`, or the last one, with a history. `redact` takes the values of secrets out, as was
    /// done with the history.
    pub fn align(
        &self,
        steps: &[StepText<'_>],
        target: Option<&str>,
        redact: &dyn Fn(&str) -> String,
    ) -> Option<Alignment> {
        let (from, chain) = self.chain(target)?;
        let expected = expected::of(self, &chain, redact);
        let mut nodes = vec![None; steps.len()];
        let mut difference = None;
        let mut at = steps.len();
        let mut slipped = false;
        for (&Link { node: number, .. }, expected) in chain.iter().zip(&expected).rev() {
            let lines = Some(self.lines(&self.nodes[number].span));
            let Some(previous) = at.checked_sub(1) else {
                difference = Some(Difference { step: None, lines });
                break;
            };
            let step = &steps[previous];
            match expected.compare(step) {
                Fit::Same => nodes[previous] = Some(number),
                Fit::Absent => continue,
                // one value that builders write in an unknown way does not move the steps before it
                Fit::Other => difference = Some(Difference { step: Some(StepId::at(previous)), lines }),
                Fit::OtherKind => {
                    difference = Some(Difference { step: Some(StepId::at(previous)), lines });
                    slipped = true;
                    break;
                }
            }
            at = previous;
        }
        if slipped {
            // from here on every pair would be a guess
            nodes[..at].fill(None);
        }
        Some(Alignment { nodes, first: StepId::at(at), difference, from })
    }

    /// The first `FROM`, and the instructions that make the history of a stage, first to last, without any. What the stage below has
    /// `ONBUILD` comes before those of its own.
    fn chain(&self, target: Option<&str>) -> Option<(usize, Vec<Link>)> {
        let stages = self.stages();
        let words = |stage: &std::ops::Range<usize>| -> Vec<String> {
            self.nodes[stage.start].body.text.split_ascii_whitespace().map(str::to_owned).collect()
        };
        let find = |name: &str, before: usize| {
            stages[..before]
                .iter()
                .rposition(|stage| words(stage).get(2).is_some_and(|own| own.eq_ignore_ascii_case(name)))
        };
        let mut stage = match target {
            Some(name) => {
                find(name, stages.len()).or_else(|| name.parse().ok().filter(|&n| n < stages.len()))?
            }
            None => stages.len().checked_sub(1)?,
        };
        let own = |stage: usize| stages[stage].start + 1..stages[stage].end;
        let mut chain: Vec<Link> = Vec::new();
        loop {
            chain.splice(0..0, own(stage).map(|node| Link { node, is_triggered: false }));
            let Some(parent) = words(&stages[stage]).first().and_then(|name| find(name, stage)) else {
                break;
            };
            let triggers = own(parent).filter(|&node| self.nodes[node].keyword == Some(Keyword::Onbuild));
            chain.splice(0..0, triggers.map(|node| Link { node, is_triggered: true }));
            stage = parent;
        }
        Some((stages[stage].start, chain))
    }
}

/// How a step fits an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Same,
    /// The same instruction with another text.
    Other,
    /// Another instruction.
    OtherKind,
    /// The instruction made no step.
    Absent,
}

impl Expected {
    fn compare(&self, step: &StepText<'_>) -> Fit {
        if self.keyword == Some(Keyword::Onbuild) && step.keyword != Some(Keyword::Onbuild) {
            return Fit::Absent;
        }
        // the old builder writes down a RUN of an array as its bare words
        let bare = self.keyword == Some(Keyword::Run) && step.keyword.is_none();
        if self.keyword != step.keyword && !(bare && self.matches(step.command)) {
            return Fit::OtherKind;
        }
        if self.matches(step.command) { Fit::Same } else { Fit::Other }
    }
}

#[cfg(test)]
mod tests;
