//! Names of tar members, normalised.

/// `name` without leading `./` and `/`, doubled `/` and `.`; `..` is clamped at the root. Empty for the root itself.
pub fn normal(name: &[u8], out: &mut Vec<u8>) {
    out.clear();
    for part in name.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                let parent = out.iter().rposition(|&b| b == b'/').unwrap_or(0);
                out.truncate(parent);
            }
            part => {
                if !out.is_empty() {
                    out.push(b'/');
                }
                out.extend_from_slice(part);
            }
        }
    }
}

/// [`normal`] for names out of JSON documents.
pub fn normal_text(name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    normal(name.as_bytes(), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        for (name, expected) in [
            ("./a/b", "a/b"),
            ("/a//b/", "a/b"),
            ("a/./b", "a/b"),
            ("../../a", "a"),
            ("a/../b", "b"),
            ("a/b/../../..", ""),
            ("./", ""),
            ("", ""),
            ("a/..b/.c", "a/..b/.c"),
        ] {
            assert_eq!(normal_text(name), expected.as_bytes(), "{name}");
        }
    }
}
