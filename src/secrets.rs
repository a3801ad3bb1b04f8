//! Secrets in environments, labels and commands: found by their names, never shown.
//!
//! The commands of an image's steps go through [`redact`] where they are read, so that no report, JSON, screen, log or
//! CI page repeats a password that was left in a Dockerfile. Only the configuration itself is kept unchanged.

use std::collections::HashSet;

/// Parts of names whose values are secrets.
const SECRET: [&str; 13] = [
    "passwd",
    "password",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "accesskey",
    "access_key",
    "private_key",
    "credential",
    "auth_key",
];
/// Words of a name that counts or times tokens, such as `MAX_TOKENS` of a language model.
const LIMITS: [&str; 8] = ["max", "min", "num", "limit", "count", "length", "size", "budget"];
/// Endings of names whose values say where a secret is or what it is called, not what it is.
const HARMLESS: [&str; 11] =
    ["_file", "_path", "_dir", "_url", "_uri", "_name", "_id", "_length", "_ttl", "_expiry", "_type"];

/// True when a value of this name is a secret.
fn is_secret_name(name: &str) -> bool {
    let name = name.trim_start_matches('-').to_ascii_lowercase();
    name.len() <= 100
        && SECRET.iter().any(|part| name.contains(part))
        && !HARMLESS.iter().any(|ending| name.ends_with(ending))
        && !name.contains("public")
        && !name.contains("gpg_key")
        && !name.split(['_', '-']).any(|word| LIMITS.contains(&word))
}

/// True for values that are not secrets: empty, a variable, a switch, or the path of a file.
fn is_harmless_value(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    value.is_empty()
        || value == HIDDEN
        || value.starts_with(['$', '/', '<', '{'])
        || value.bytes().all(|byte| byte == b'*' || byte == b'x')
        || matches!(
            value.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "none" | "null" | "0" | "1"
        )
}

/// What is shown in place of a secret.
const HIDDEN: &str = "…";

/// A secret in a text: what it is called, and where its value is.
struct SecretSpan<'a> {
    name: &'a str,
    value: std::ops::Range<usize>,
}

/// The names of the secrets in a text, in their order, each once.
pub fn names(text: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    scan(text).into_iter().map(|found| found.name).filter(|name| seen.insert(*name)).collect()
}

/// `text` without the values of its secrets.
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for found in scan(text) {
        out.push_str(&text[from..found.value.start]);
        out.push_str(HIDDEN);
        from = found.value.end;
    }
    out.push_str(&text[from..]);
    out
}

/// Words are cut at blanks and quotes, so that a command within quotes is seen as well; a value may itself be
/// quoted, and hold blanks then.
fn scan(text: &str) -> Vec<SecretSpan<'_>> {
    let mut all = Vec::new();
    let mut at = 0;
    // the name that the next word is the value of: `--password x`, `ENV NPM_TOKEN x`, `Bearer x`, `"password": "x"`
    let mut named: Option<&str> = None;
    while let Some(c) = text[at..].chars().next() {
        if is_gap(c) && !(named.is_some() && quoted(&text[at..]).is_some()) {
            at += c.len_utf8();
            continue;
        }
        let length = word_length(&text[at..]);
        let word = &text[at..at + length];
        let value_at =
            word.find('=').or_else(|| word.find(':')).map(|cut| cut + 1).filter(|&cut| cut < length);
        if let Some(name) = named.take().filter(|_| !word.starts_with('-') && !is_harmless_value(word)) {
            all.push(SecretSpan { name, value: at..at + length });
        } else if let Some(cut) = value_at
            && let name = last_name(&word[..cut - 1])
            && is_secret_name(name)
            && !is_harmless_value(&word[cut..])
        {
            all.push(SecretSpan { name, value: at + cut..at + length });
        } else {
            in_word(word, at, &mut all);
            named = name_of_next(word, &text[at + length..]);
        }
        at += length;
        if named.is_some() {
            // the end of a quoted key, and its colon
            let rest = text[at..].trim_start_matches(['"', '\'', '\\']);
            at = if let Some(rest) = rest.strip_prefix(':') { text.len() - rest.len() } else { at };
        }
    }
    all
}

/// The name right before a value: `_authToken` of `//registry/:_authToken`, `token` of `x?token`.
fn last_name(text: &str) -> &str {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let start = text
        .rfind(|c: char| !part(c))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    text[start..].trim_start_matches('-')
}

/// The name, when a word is one and the next is its value.
fn name_of_next<'a>(word: &'a str, after: &str) -> Option<&'a str> {
    if word.eq_ignore_ascii_case("bearer") {
        return Some("Authorization");
    }
    let is_key = word.ends_with([':', '=']) || after.trim_start_matches(['"', '\'', '\\']).starts_with(':');
    let name = word.trim_end_matches([':', '=']);
    (is_secret_name(name) && (is_key || word.starts_with("--") || is_env_name(name)))
        .then(|| name.trim_start_matches('-'))
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '&' | '|' | '(' | ')' | ',' | ':' | '\\')
}

/// The length of a quoted text at the start of `text`, its quotes counted.
fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].find(quote).map(|end| end + 2)
}

/// The length of the first word of `text`.
fn word_length(text: &str) -> usize {
    if let Some(length) = quoted(text) {
        return length;
    }
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if matches!(c, '"' | '\'') && matches!(before, '=' | ':') {
            return at + quoted(&text[at..]).unwrap_or(0);
        }
        if c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '|' | ')' | ',' | '&') {
            return at;
        }
        before = c;
    }
    text.len()
}

/// Prefixes by which tokens are recognised.
const TOKENS: [(&str, &str); 8] = [
    ("ghp_", "GitHub token"),
    ("github_pat_", "GitHub token"),
    ("gho_", "GitHub token"),
    ("ghs_", "GitHub token"),
    ("glpat-", "GitLab token"),
    ("xoxb-", "Slack token"),
    ("npm_", "npm token"),
    ("AKIA", "AWS access key"),
];

/// `https://user:password@host`, and tokens with a known prefix.
fn in_word<'a>(word: &'a str, at: usize, all: &mut Vec<SecretSpan<'a>>) {
    if let Some((head, rest)) = word.split_once("://") {
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        if let Some((user, _)) = authority.rsplit_once('@')
            && let Some((_, password)) = user.split_once(':')
            && !is_harmless_value(password)
        {
            let end = at + head.len() + 3 + user.len();
            all.push(SecretSpan { name: "password in a URL", value: end - password.len()..end });
            return;
        }
    }
    for (begin, name) in TOKENS {
        if let Some(start) = word.find(begin) {
            let tail = &word[start + begin.len()..];
            let length =
                tail.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            if length >= 16 {
                let start = at + start;
                all.push(SecretSpan { name, value: start..start + begin.len() + length });
                return;
            }
        }
    }
}

/// True for a name in capitals, as environments have them.
fn is_env_name(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_of_secrets_are_hidden() {
        for (text, want) in [
            ("ENV DB_PASSWORD=hunter2 PORT=1", "ENV DB_PASSWORD=… PORT=1"),
            ("ENV NPM_TOKEN hunter2", "ENV NPM_TOKEN …"),
            ("|1 NPM_TOKEN=hunter2 /bin/sh -c npm ci", "|1 NPM_TOKEN=… /bin/sh -c npm ci"),
            ("curl --password hunter2 x", "curl --password … x"),
            ("curl --token=hunter2;x", "curl --token=…;x"),
            ("git clone https://me:hunter2@host/x", "git clone https://me:…@host/x"),
            ("curl -H 'Authorization: Bearer hunter2hunter2' x", "curl -H 'Authorization: Bearer …' x"),
            (
                "bash -c \"export A=1; NPM_TOKEN=hunter2 npm ci\"",
                "bash -c \"export A=1; NPM_TOKEN=… npm ci\"",
            ),
            ("echo '{\"password\": \"hunter 2\"}'", "echo '{\"password\": …}'"),
            ("x --password \"hunter 2\" y", "x --password … y"),
            ("PGPASSWORD='hunter 2' psql", "PGPASSWORD=… psql"),
            ("echo ghp_0123456789abcdef0123", "echo …"),
            ("LABEL api_key=\"hunter2\"", "LABEL api_key=…"),
            ("echo //registry/:_authToken=hunter2 > .npmrc", "echo //registry/:_authToken=… > .npmrc"),
            ("curl https://host/x?token=hunter2", "curl https://host/x?token=…"),
            ("TOKEN=$TOKEN make", "TOKEN=$TOKEN make"),
            ("ENV PASSWORD_FILE=/run/secrets/x", "ENV PASSWORD_FILE=/run/secrets/x"),
            ("ENV GPG_KEY=ABC", "ENV GPG_KEY=ABC"),
            ("ENV MAX_TOKENS=4096 MIN_PASSWORD_LENGTH=8", "ENV MAX_TOKENS=4096 MIN_PASSWORD_LENGTH=8"),
            ("ENV MAXIM_TOKEN=4096", "ENV MAXIM_TOKEN=…"),
            ("apt-get install passwd", "apt-get install passwd"),
        ] {
            assert_eq!(redact(text), want, "{text}");
        }
        assert_eq!(names("A_TOKEN=x b A_TOKEN=y C_SECRET=z"), ["A_TOKEN", "C_SECRET"]);
    }

    proptest! {
        #[test]
        fn any_text_is_redacted_without_a_panic(text in "[A-Z_= :'\"\\\\/@&é-]{0,40}(TOKEN=x| --password y|https://a:b@c)?.{0,20}") {
            redact(&text);
        }
    }
}
