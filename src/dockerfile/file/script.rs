//! What a `RUN` hands to its shell, with places in the file.

use super::instruction::Node;
use super::logical::Logical;
use crate::dockerfile::Keyword;

/// The shell text of a `RUN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The text, and where it stands in the file.
    pub logical: Logical,
    /// How it is written.
    pub form: Form,
}

/// How the shell text of a `RUN` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In the line of the `RUN`, which may be continued.
    Line,
    /// As the one heredoc that is the whole body: `RUN <<EOF`.
    Heredoc,
    /// In the line, with heredocs that its commands read.
    Mixed,
}

impl Node {
    /// What a `RUN` hands to its shell; none for other instructions, for arrays of words, and for heredocs that
    /// another interpreter reads (`#!`).
    pub fn script(&self, text: &str) -> Option<Script> {
        if self.keyword != Some(Keyword::Run) || self.words().is_some() {
            return None;
        }
        let Some(first) = self.heredocs.first() else {
            return Some(Script { logical: self.body.clone(), form: Form::Line });
        };
        let mut logical = Logical::default();
        let is_whole = self.heredocs.len() == 1 && self.body.text.trim().starts_with("<<");
        if is_whole && !self.body.text.trim().contains(char::is_whitespace) {
            let content = &text[first.content.clone()];
            logical.push(content, first.content.start);
            return (!content.starts_with("#!")).then_some(Script { logical, form: Form::Heredoc });
        }
        logical = self.body.clone();
        let end = logical.in_file(&(logical.text.len()..logical.text.len())).end;
        // the line break after the line, then the heredocs as they stand
        logical.push(&text[end..self.span.end.max(end)], end);
        Some(Script { logical, form: Form::Mixed })
    }
}
