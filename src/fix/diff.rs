//! Two texts as a patch that `git apply` and `patch` take.

use similar::{ChangeTag, TextDiff};

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// The patch that makes `new` out of `old`, which is called `name`; a text that is not there is none. Empty when
/// nothing changes.
pub(super) fn unified(name: &str, old: Option<&str>, new: &str) -> String {
    let diff = TextDiff::from_lines(old.unwrap_or_default(), new);
    let mut out = String::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        if out.is_empty() {
            out = format!("diff --git a/{name} b/{name}\n");
            match old {
                Some(_) => out.extend(["--- a/", name, "\n"]),
                None => out.push_str("new file mode 100644\n--- /dev/null\n"),
            }
            out.extend(["+++ b/", name, "\n"]);
        }
        out.push_str(&hunk.header().to_string());
        out.push('\n');
        for change in hunk.iter_changes() {
            out.push(match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            });
            out.push_str(change.value());
            if change.missing_newline() {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn a_patch_names_the_file_and_shows_three_lines_around() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9";
        let patch = unified("app/Dockerfile", Some(old), &old.replace('5', "five"));
        assert_eq!(
            patch,
            "diff --git a/app/Dockerfile b/app/Dockerfile\n--- a/app/Dockerfile\n+++ b/app/Dockerfile\n\
             @@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        );
        let end = unified("x", Some("a"), "b");
        assert!(
            end.ends_with("-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"),
            "{end}"
        );
        assert_eq!(unified("x", Some("a"), "a"), "");
        assert!(
            unified("x", None, "a\n")
                .contains("new file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n")
        );
    }
}
