//! Text from an image inside Markdown. It must not end a code span or a table cell, nor name people, issues or links.

use crate::text;

/// What is not seen, but keeps `@name`, `#12` and addresses from becoming links.
const APART: &str = "<!-- -->";

/// Ordinary text in Markdown: nothing in it is markup.
pub(in crate::report) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in html(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Ordinary text inside an HTML element, where Markdown is not read.
pub(in crate::report) fn html(text: &str) -> String {
    let text = text::line(text.as_bytes(), usize::MAX);
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    ["@", "#", "://", "www."].iter().fold(text, |text, part| {
        let (first, rest) = part.split_at(if *part == "www." { 3 } else { 1 });
        text.replace(part, &format!("{first}{APART}{rest}"))
    })
}

/// A code span. The fence is longer than any run of backticks inside, and a `|` does not end a cell.
pub(in crate::report) fn code(text: &str) -> String {
    let text = text::line(text.as_bytes(), usize::MAX).replace('|', "\\|");
    let fence = "`".repeat(longest_run(&text) + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// A block of code, whose fence is longer than any run of backticks inside.
pub(in crate::report) fn block(language: &str, lines: &str, indent: &str) -> String {
    let lines: Vec<_> = lines.lines().map(|line| text::line(line.as_bytes(), usize::MAX)).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut out = format!("{indent}{fence}{language}\n");
    for line in lines {
        out.push_str(format!("{indent}{line}").trim_end());
        out.push('\n');
    }
    out + indent + &fence + "\n"
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(plain("a*b_c [x](y) @me #1"), "a\\*b\\_c \\[x\\](y) @<!-- -->me #<!-- -->1");
        assert_eq!(plain("<img src=x> &amp; | \x1b["), "&lt;img src=x&gt; &amp;amp; \\| \\\\x1b\\[");
        assert_eq!(plain("https://x www.y"), "https:<!-- -->//x www<!-- -->.y");
        assert_eq!(html("a*b_<b>\x1b"), "a*b_&lt;b&gt;\\x1b");
        assert_eq!(code("a`b``|\n"), "```a`b``\\|\\n```");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(
            block("dockerfile", "RUN a\n````\n", "  "),
            "  `````dockerfile\n  RUN a\n  ````\n  `````\n"
        );
    }
}
