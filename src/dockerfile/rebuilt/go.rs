//! Lists and values as Go's `fmt` prints them: builders write the history with it.
//!
//! Arrays of commands come as quoted strings with blanks between (`%q`: `["node" "app.js"]`), other lists without
//! quotes (`%v`: `[/data /logs]`), and a health check as the struct that it is
//! (`&{["CMD" "true"] "5m0s" "3s" "0s" '\x03'}`).

/// The strings of a list that is printed with `%q`, or of a JSON array; none for anything else.
pub(super) fn quoted(text: &str) -> Option<Vec<String>> {
    if let Ok(words) = serde_json::from_str(text) {
        return Some(words);
    }
    let mut values = Values { rest: text };
    let list = values.list()?;
    values.rest.trim().is_empty().then_some(list)
}

/// The text without the brackets of a list that is printed with `%v`.
pub(super) fn unwrapped(text: &str) -> &str {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text)
}

/// The absolute paths of a list that is printed with `%v`: what does not start with a slash is the rest of a name with
/// a blank in it.
pub(super) fn paths(text: &str) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for word in unwrapped(text).split(' ') {
        match paths.last_mut() {
            Some(last) if !word.starts_with(['/', '$']) => last.extend([" ", word]),
            _ => paths.push(word.to_owned()),
        }
    }
    paths
}

/// A health check of the history.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HealthCheck {
    /// `CMD`, `CMD-SHELL` or `NONE`, and the command.
    pub(super) test: Vec<String>,
    /// Interval, timeout, start period, and start interval where the builder knows it, as Go writes durations; a zero
    /// stands for the default.
    pub(super) durations: Vec<String>,
    /// How many failures count; 0 is the default.
    pub(super) retries: u32,
}

/// Reads a health check.
pub(super) fn health_check(text: &str) -> Option<HealthCheck> {
    let mut fields = Values { rest: text.trim().strip_prefix("&{")? };
    let command = fields.list()?;
    let mut durations = Vec::new();
    while let Some(duration) = fields.string() {
        durations.push(duration);
    }
    let retries = fields.character()?;
    (fields.rest.trim() == "}").then_some(HealthCheck { test: command, durations, retries })
}

/// A text of values, read from the left.
struct Values<'a> {
    rest: &'a str,
}

impl Values<'_> {
    fn take(&mut self, what: char) -> Option<()> {
        self.rest = self.rest.trim_start_matches(' ').strip_prefix(what)?;
        Some(())
    }

    fn list(&mut self) -> Option<Vec<String>> {
        self.take('[')?;
        let mut list = Vec::new();
        while self.take(']').is_none() {
            list.push(self.string()?);
        }
        Some(list)
    }

    fn string(&mut self) -> Option<String> {
        if let Some(after) = self.rest.trim_start_matches(' ').strip_prefix('`') {
            let (text, rest) = after.split_once('`')?;
            self.rest = rest;
            return Some(text.to_owned());
        }
        self.between('"')
    }

    fn character(&mut self) -> Option<u32> {
        let text = self.between('\'')?;
        let mut chars = text.chars();
        chars.next().filter(|_| chars.next().is_none()).map(u32::from)
    }

    /// What stands between two quotes, without its escapes.
    fn between(&mut self, quote: char) -> Option<String> {
        self.take(quote)?;
        let mut text = String::new();
        loop {
            let c = self.next()?;
            match c {
                '\\' => text.push(self.escaped()?),
                c if c == quote => return Some(text),
                c => text.push(c),
            }
        }
    }

    /// What an escape stands for. Bytes that are not UTF-8 are none: no Dockerfile could hold them.
    fn escaped(&mut self) -> Option<char> {
        let digits = match self.next()? {
            'a' => return Some('\u{7}'),
            'b' => return Some('\u{8}'),
            'f' => return Some('\u{c}'),
            'n' => return Some('\n'),
            'r' => return Some('\r'),
            't' => return Some('\t'),
            'v' => return Some('\u{b}'),
            c @ ('\\' | '\'' | '"') => return Some(c),
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => return None,
        };
        let (number, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        let number = u32::from_str_radix(number, 16).ok()?;
        char::from_u32(number).filter(|_| digits > 2 || number < 0x80)
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_of_quoted_strings_are_read() {
        for (text, want) in [
            (r#"["node" "app.js"]"#, Some(vec!["node", "app.js"])),
            (r#"["node", "app.js"]"#, Some(vec!["node", "app.js"])),
            ("[]", Some(vec![])),
            (
                r#"["c\"d" "e\\f" "tab\there" "é\x01" "\u200b"]"#,
                Some(vec!["c\"d", "e\\f", "tab\there", "é\u{1}", "\u{200b}"]),
            ),
            (r#"["a" "b""#, None),
            (r#"["a" b]"#, None),
            (r#"["a"] "b""#, None),
            (r#"["\xff"]"#, None),
            ("node app.js", None),
        ] {
            let want = want.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(quoted(text), want, "{text}");
        }
    }

    #[test]
    fn volumes_may_have_blanks_in_their_names() {
        assert_eq!(paths("[/data one /b]"), ["/data one", "/b"]);
        assert_eq!(paths("/data"), ["/data"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[\\[\\]&{}\"'\\\\xuU0-9a-fé ]{0,24}") {
            quoted(&text);
            health_check(&text);
            paths(&text);
        }
    }
}
