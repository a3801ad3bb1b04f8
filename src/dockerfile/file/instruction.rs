//! One instruction: its keyword, flags, body and heredocs.

use std::ops::Range;

use super::lines::{Joined, Lines};
use super::logical::Logical;
use crate::dockerfile::{Keyword, shell};

/// An instruction with its places in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Which instruction it is; none when builders know none of that name.
    pub keyword: Option<Keyword>,
    /// The keyword as it is written.
    pub word: Range<usize>,
    /// Options in front of the body: `--mount=…`, `--chown=…`.
    pub flags: Vec<Flag>,
    /// What follows them, in one line.
    pub body: Logical,
    /// Heredocs that it announces, with the lines that follow it.
    pub heredocs: Vec<Heredoc>,
    /// From its first byte to its last, heredocs with it, without the last line break.
    pub span: Range<usize>,
}

/// An option of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its name: `mount`.
    pub name: String,
    /// What follows `=`; empty without one.
    pub value: String,
    /// Its place in the file.
    pub span: Range<usize>,
}

/// The lines of a heredoc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: String,
    /// False when that word was quoted: then variables in it stay.
    pub expand: bool,
    /// True after `<<-`: tabs in front of its lines do not count.
    pub chomp: bool,
    /// Its lines, without the line that ends it; ends where that line begins.
    pub content: Range<usize>,
}

impl Node {
    pub(super) fn read(joined: Joined, text: &str, lines: &mut Lines<'_>) -> Self {
        let Joined { line, mut span } = joined;
        let end = line.text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(line.text.len());
        let keyword = Keyword::parse(&line.text[..end]);
        let word = line.in_file(&(0..end));
        let (flags, rest) = flags(&line, end, keyword);
        let body = line.from(rest);
        let announced =
            if can_have_heredocs(keyword, &body.text) { heredocs(&body.text) } else { Vec::new() };
        let mut found = Vec::new();
        for (name, expand, chomp) in announced {
            let mut content: Option<Range<usize>> = None;
            while let Some((start, line)) = lines.next_line() {
                let content = content.get_or_insert(start..start);
                span.end = start + line.len();
                content.end = start;
                let candidate = if chomp { line.trim_start_matches('\t') } else { line };
                if candidate == name {
                    break;
                }
                // what is never ended goes to the end of the file
                content.end = text.len();
            }
            let content = content.unwrap_or(text.len()..text.len());
            found.push(Heredoc { name, expand, chomp, content });
        }
        Self { keyword, word, flags, body, heredocs: found, span }
    }

    /// The option of this name.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// The words of a body that is a JSON array, as `RUN`, `COPY`, `CMD` and others may have it.
    pub fn words(&self) -> Option<Vec<String>> {
        let body = self.body.text.trim();
        if body.starts_with('[') { serde_json::from_str(body).ok() } else { None }
    }
}

/// The options after the keyword, and where the rest begins. Source: `extractBuilderFlags` of `BuildKit`.
fn flags(line: &Logical, start: usize, keyword: Option<Keyword>) -> (Vec<Flag>, usize) {
    let skip_blanks = |at: usize| {
        line.text[at..].find(|c: char| !c.is_ascii_whitespace()).map_or(line.text.len(), |length| at + length)
    };
    let mut at = skip_blanks(start);
    let mut flags = Vec::new();
    let takes = matches!(
        keyword,
        Some(Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::From | Keyword::Healthcheck)
    );
    while takes && line.text[at..].starts_with("--") {
        let rest = &line.text[at..];
        let length = flag_length(rest);
        let flag = &rest[2..length];
        if flag.is_empty() {
            // a lone `--` ends the options
            at = skip_blanks(at + length);
            break;
        }
        let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
        let span = line.in_file(&(at..at + length));
        flags.push(Flag { name: name.to_owned(), value: value.trim_matches('"').to_owned(), span });
        at = skip_blanks(at + length);
    }
    (flags, at)
}

/// The length of an option: up to a blank that no quote protects.
fn flag_length(text: &str) -> usize {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            c if quote.is_none() && c.is_ascii_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

fn can_have_heredocs(keyword: Option<Keyword>, body: &str) -> bool {
    let compound = body.split_ascii_whitespace().next().and_then(Keyword::parse);
    let reads = |keyword| matches!(keyword, Some(Keyword::Run | Keyword::Copy | Keyword::Add));
    let is_array = || serde_json::from_str::<Vec<String>>(body.trim()).is_ok();
    body.contains("<<")
        && (reads(keyword) || keyword == Some(Keyword::Onbuild) && reads(compound))
        && !is_array()
}

/// The heredocs that a line announces: (word, expand, chomp). Source: `ParseHeredoc` of `BuildKit`: a word by itself
/// that is digits, `<<`, perhaps `-`, and a name.
fn heredocs(line: &str) -> Vec<(String, bool, bool)> {
    let mut found = Vec::new();
    for word in shell::blank_words(line) {
        let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let Some(rest) = rest.strip_prefix("<<") else { continue };
        let (rest, chomp) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
        let name: String = rest.chars().filter(|c| !matches!(c, '"' | '\'' | '\\')).collect();
        if !name.is_empty() && !rest.contains('<') {
            let expand = name == rest;
            found.push((name, expand, chomp));
        }
    }
    found
}
