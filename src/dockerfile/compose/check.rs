//! Text that is to become part of a Dockerfile is exactly the instructions that it claims to be.
//!
//! Commands come from the histories of strangers' images. A backslash at the end, a heredoc without an end or a
//! control character would change what the lines around it mean; such text is refused.

use super::run::Try;
use crate::dockerfile::{Dockerfile, Keyword};

/// Reads a text that must be one instruction in a file like `file`.
pub(super) fn one(file: &Dockerfile, text: &str) -> Try<Dockerfile> {
    let parsed = closed(file.escape, text)?;
    match parsed.nodes.as_slice() {
        [node] if node.keyword.is_some() && node.span.start == 0 => Ok(parsed),
        _ => Err("the text would not be one instruction".into()),
    }
}

/// Reads lines that must be whole instructions, and comments.
pub(super) fn lines(escape: char, text: &str) -> Try<Dockerfile> {
    let parsed = closed(escape, text)?;
    if parsed.nodes.iter().any(|node| node.keyword.is_none()) {
        return Err("the text holds an instruction that builders do not know".into());
    }
    Ok(parsed)
}

/// Nothing in a whole new text is unknown to builders that was not in the old one.
pub(super) fn whole(file: &Dockerfile, text: &str) -> Try {
    let unknown = |file: &Dockerfile| file.nodes.iter().filter(|node| node.keyword.is_none()).count();
    if unknown(&Dockerfile::parse(text)) > unknown(file) {
        return Err("the changed Dockerfile would hold an instruction that builders do not know".into());
    }
    Ok(())
}

/// True when a text is one instruction with this keyword, in a file without directives.
pub(in crate::dockerfile) fn is_one(text: &str, keyword: Keyword) -> bool {
    closed('\\', text).is_ok_and(|parsed| {
        matches!(parsed.nodes.as_slice(), [node] if node.keyword == Some(keyword)
            && node.span == (0..text.len()))
    })
}

/// Reads a text that must not reach into what follows it.
fn closed(escape: char, text: &str) -> Try<Dockerfile> {
    if text.chars().any(is_dangerous) {
        return Err("the text holds control characters".into());
    }
    let alone = Dockerfile::fragment(text, escape);
    let followed = Dockerfile::fragment(&format!("{text}\nFROM x"), escape);
    let ends = followed.nodes.len() == alone.nodes.len() + 1
        && followed.nodes.last().is_some_and(|node| node.keyword == Some(Keyword::From));
    if !ends {
        return Err("the text would swallow the line after it".into());
    }
    Ok(alone)
}

/// Characters that no Dockerfile needs, and that change what a person sees.
pub(in crate::dockerfile) fn is_dangerous(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t' | '\r')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_more_or_less_than_one_instruction_is_refused() {
        let file = Dockerfile::parse("");
        for (text, fits) in [
            ("RUN a", true),
            ("RUN a \\\n  b", true),
            ("RUN <<E\na\nE", true),
            ("RUN a\nRUN b", false),
            ("RUN a \\", false),
            ("RUN <<E", false),
            ("RUN a\u{1b}[31m", false),
            ("RUN a\u{202e}", false),
            ("# RUN a", false),
            ("FOO a", false),
            ("", false),
        ] {
            assert_eq!(one(&file, text).is_ok(), fits, "{text:?}");
        }
        assert!(lines('\\', "# why\nRUN a\nCOPY b /").is_ok());
        assert!(lines('\\', "RUN a\nrm -rf /").is_err());
    }
}
