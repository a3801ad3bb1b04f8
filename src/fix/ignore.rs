//! The `.dockerignore` with more lines.

/// The text with these patterns at its end; the ones it has already are left out.
pub(super) fn extended(old: &str, patterns: &[String]) -> String {
    let has = |pattern: &str| {
        old.lines().any(|line| line.trim().trim_end_matches('/') == pattern.trim_end_matches('/'))
    };
    let newline = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let mut text = old.to_owned();
    for pattern in patterns.iter().filter(|pattern| !has(pattern)) {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(newline);
        }
        text.push_str(pattern);
        text.push_str(newline);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::extended;

    #[test]
    fn patterns_are_added_once() {
        let patterns = [".git".to_owned(), "node_modules".to_owned()];
        assert_eq!(extended("", &patterns), ".git\nnode_modules\n");
        assert_eq!(extended("# a\n.git/", &patterns), "# a\n.git/\nnode_modules\n");
        assert_eq!(extended("x\r\n", &patterns), "x\r\n.git\r\nnode_modules\r\n");
        assert_eq!(extended(".git\nnode_modules\n", &patterns), ".git\nnode_modules\n");
    }
}
