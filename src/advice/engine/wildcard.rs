//! Wildcards within one part of a path: `*`, `?` and `[a-z]`, over bytes; and braces, which are expanded first.

/// A part with wildcards.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wildcard(Vec<Token>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Token {
    Byte(u8),
    Any,
    Star,
    /// Ranges, and whether a byte must be outside of them.
    Class(Vec<(u8, u8)>, bool),
}

impl Wildcard {
    /// Reads a part. A `[` without its `]` stands for itself.
    pub(crate) fn new(text: &str) -> Self {
        let mut tokens = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((&byte, behind)) = rest.split_first() {
            rest = behind;
            tokens.push(match byte {
                b'*' if tokens.last() == Some(&Token::Star) => continue,
                b'*' => Token::Star,
                b'?' => Token::Any,
                b'[' => match class(behind) {
                    Some((class, behind)) => {
                        rest = behind;
                        class
                    }
                    None => Token::Byte(b'['),
                },
                byte => Token::Byte(byte),
            });
        }
        Self(tokens)
    }

    /// The text, when it holds no wildcard.
    pub(crate) fn literal(&self) -> Option<Vec<u8>> {
        self.0.iter().map(Token::byte).collect()
    }

    /// The bytes before the first wildcard.
    pub(crate) fn beginning(&self) -> Vec<u8> {
        self.0.iter().map_while(Token::byte).collect()
    }

    /// The bytes after the last wildcard.
    pub(crate) fn ending(&self) -> Vec<u8> {
        let mut ending: Vec<u8> = self.0.iter().rev().map_while(Token::byte).collect();
        ending.reverse();
        ending
    }

    /// True when all of `name` matches. Linear but for one star at a time that is tried again.
    pub(crate) fn matches(&self, name: &[u8]) -> bool {
        let tokens = &self.0;
        let (mut at, mut token) = (0, 0);
        let mut retry = None;
        loop {
            match tokens.get(token) {
                Some(Token::Star) => {
                    retry = Some((token, at));
                    token += 1;
                    continue;
                }
                Some(wanted) if name.get(at).is_some_and(|&byte| wanted.is(byte)) => {
                    at += 1;
                    token += 1;
                    continue;
                }
                None if at == name.len() => return true,
                _ => {}
            }
            // a mismatch: the last star takes one byte more
            match retry {
                Some((star, from)) if from < name.len() => {
                    retry = Some((star, from + 1));
                    at = from + 1;
                    token = star + 1;
                }
                _ => return false,
            }
        }
    }
}

impl Token {
    /// The only byte that it stands for.
    fn byte(&self) -> Option<u8> {
        if let Self::Byte(byte) = self { Some(*byte) } else { None }
    }

    fn is(&self, byte: u8) -> bool {
        match self {
            Self::Byte(wanted) => *wanted == byte,
            Self::Any => true,
            Self::Star => false,
            Self::Class(ranges, outside) => {
                ranges.iter().any(|&(low, high)| (low..=high).contains(&byte)) != *outside
            }
        }
    }
}

/// The class whose `[` stands before `text`, and what follows it.
fn class(text: &[u8]) -> Option<(Token, &[u8])> {
    let end = 1 + text.get(1..)?.iter().position(|&byte| byte == b']')?;
    let (mut inner, behind) = (&text[..end], &text[end + 1..]);
    let outside = matches!(inner.first(), Some(b'!' | b'^'));
    if outside {
        inner = &inner[1..];
    }
    let mut ranges = Vec::new();
    while let Some((&low, rest)) = inner.split_first() {
        inner = rest;
        let mut high = low;
        if let [b'-', last, rest @ ..] = rest {
            high = *last;
            inner = rest;
        }
        ranges.push((low, high));
    }
    Some((Token::Class(ranges, outside), behind))
}

/// Most globs that one may stand for; a hostile configuration could ask for billions.
const MOST: usize = 1000;

/// `a{b,c}` as `ab` and `ac`; braces may be nested, alternatives may be empty.
///
/// # Errors
/// A sentence, when braces do not pair or stand for too many globs.
pub(crate) fn expand(glob: &str) -> Result<Vec<String>, String> {
    let mut done = Vec::new();
    let mut open = vec![glob.to_owned()];
    while let Some(text) = open.pop() {
        if open.len() + done.len() > MOST {
            return Err(format!("`{glob}` stands for more than {MOST} globs"));
        }
        // the last `{` has no other inside its braces
        let Some(start) = text.rfind('{') else {
            if text.contains('}') {
                return Err(format!("`{glob}` has a `}}` without its `{{`"));
            }
            done.push(text);
            continue;
        };
        let Some(length) = text[start..].find('}') else {
            return Err(format!("`{glob}` has a `{{` without its `}}`"));
        };
        let (head, tail) = (&text[..start], &text[start + length + 1..]);
        for part in text[start + 1..start + length].split(',').rev() {
            open.push(format!("{head}{part}{tail}"));
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_whole_names() {
        for (pattern, yes, no) in [
            ("*", vec!["", "a", ".git"], vec![]),
            ("core.[0-9]*", vec!["core.1", "core.123"], vec!["core.a", "core."]),
            ("hs_err_pid*.log", vec!["hs_err_pid1.log"], vec!["hs_err_pid1.logs"]),
            ("*a*b", vec!["ab", "xaxxb", "aabb"], vec!["a", "ba"]),
            ("?b", vec!["ab"], vec!["b", "aab"]),
            ("[!a-c]x", vec!["dx"], vec!["ax", "x"]),
            ("[", vec!["["], vec!["a"]),
            ("etc-", vec!["etc-"], vec!["etc"]),
        ] {
            let wildcard = Wildcard::new(pattern);
            for name in yes {
                assert!(wildcard.matches(name.as_bytes()), "{pattern} {name}");
            }
            for name in no {
                assert!(!wildcard.matches(name.as_bytes()), "{pattern} {name}");
            }
        }
        assert_eq!(Wildcard::new("*.tar.gz").ending(), b".tar.gz");
        assert_eq!(Wildcard::new("ab*c?").beginning(), b"ab");
        assert_eq!(Wildcard::new("a*").ending(), b"");
        assert_eq!(Wildcard::new("plain").literal().as_deref(), Some(b"plain".as_slice()));
    }

    #[test]
    fn many_stars_take_no_time() {
        assert!(!Wildcard::new("*a*a*a*a*a*a*a*a*b").matches(&[b'a'; 5000]));
    }

    #[test]
    fn braces_are_expanded() {
        assert_eq!(expand("a{b,c}d").unwrap(), ["abd", "acd"]);
        assert_eq!(expand("usr/{,local/}x").unwrap(), ["usr/x", "usr/local/x"]);
        assert_eq!(expand("{a,b{c,d}}").unwrap(), ["a", "bc", "a", "bd"]);
        assert_eq!(expand("plain").unwrap(), ["plain"]);
        assert!(expand("{a").is_err() && expand("a}").is_err());
        assert!(expand(&"{a,b}".repeat(40)).is_err());
    }
}
