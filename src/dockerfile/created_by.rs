//! One text of the history, read as an instruction of a Dockerfile.
//!
//! Every builder writes `created_by` in its own dialect. [`parse`] takes the wrapping off, so that the
//! rest of the program sees one form: the shell text of a `RUN`, the whole instruction of any other.
//!
//! | builder | what it writes |
//! |---|---|
//! | Docker's old builder | `/bin/sh -c CMD`, `/bin/sh -c #(nop)  ENV A=b`, `\|2 A=1 B=2 /bin/sh -c CMD` |
//! | `BuildKit` | `RUN /bin/sh -c CMD # buildkit`, `RUN \|1 A=b /bin/sh -c CMD # buildkit`, `COPY a /b # buildkit` |
//! | buildah | as the old builder, but the flags of a `RUN` stay in: `/bin/sh -c --mount=… CMD` |
//! | kaniko | the instruction as it stands in the Dockerfile |
//! | debuerreotype, nix, ko, jib, … | free text |
//!
//! The text comes from strangers and may be megabytes long: every step below looks at each byte a
//! bounded number of times, and what is not understood is handed on as it is.

mod wrapping;

use super::Keyword;

/// What a step of the history did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Which instruction it is; none when the text is no instruction.
    pub keyword: Option<Keyword>,
    /// The shell text of a `RUN`, the whole instruction of any other, else the text itself.
    pub command: String,
}

/// Reads one `created_by` in any dialect.
pub fn parse(created_by: &str) -> Instruction {
    let (text, buildkit) = without_marker(created_by.trim());
    if let Some(rest) = nop(text) {
        return bare(rest, true);
    }
    if let Some(command) = wrapping::without_build_args(text).or_else(|| wrapping::command(text)) {
        return nop(command).map_or_else(|| run(command), |rest| bare(rest, true));
    }
    bare(text, buildkit)
}

/// An instruction without the builder's wrapping. `built` tells that a builder wrote it, not a person:
/// then a shell in front of the command is the builder's.
fn bare(text: &str, built: bool) -> Instruction {
    let (first, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let rest = rest.trim_start();
    match keyword(first) {
        Some(Keyword::Run) => {
            let inner = wrapping::without_build_args(rest).or_else(|| wrapping::command(rest));
            // `RUN bash -c "make all"` in a person's words: without its shell it would be a mere string
            run(inner.filter(|inner| built || !inner.starts_with(['"', '\''])).unwrap_or(rest))
        }
        Some(keyword) => {
            let rest = if keyword.copies() { shorten_sums(rest) } else { rest.to_owned() };
            let command = if rest.is_empty() { keyword.to_string() } else { format!("{keyword} {rest}") };
            Instruction { keyword: Some(keyword), command }
        }
        None => {
            let command = text.trim_start_matches(|c: char| c == '#' || c.is_whitespace());
            Instruction { keyword: None, command: command.to_owned() }
        }
    }
}

/// A `RUN` with this shell text.
fn run(command: &str) -> Instruction {
    Instruction {
        keyword: Some(Keyword::Run),
        command: wrapping::collapse_blanks(wrapping::without_run_flags(command)),
    }
}

/// The keyword that a word is. Written in capitals or, as a Dockerfile may, in small letters; a word
/// such as `Add` more likely starts a sentence.
fn keyword(word: &str) -> Option<Keyword> {
    let one_case =
        !word.bytes().any(|b| b.is_ascii_lowercase()) || !word.bytes().any(|b| b.is_ascii_uppercase());
    Keyword::parse(word).filter(|_| one_case)
}

/// The text without `BuildKit`'s mark at its end, and whether there was one.
fn without_marker(text: &str) -> (&str, bool) {
    let mut rest = text;
    while let Some(shorter) = rest.strip_suffix("# buildkit")
        && (shorter.is_empty() || shorter.ends_with(char::is_whitespace))
    {
        rest = shorter.trim_end();
    }
    (rest, rest.len() < text.len())
}

/// What follows the old builder's mark for "this ran nothing".
fn nop(text: &str) -> Option<&str> {
    let mut rest = text.trim_start().strip_prefix("#(nop)")?.trim_start();
    while let Some(shorter) = rest.strip_prefix("#(nop)") {
        rest = shorter.trim_start();
    }
    Some(rest)
}

/// Digits that a sum is cut to: as many as Docker shows of an id.
const SHORT_SUM: usize = 12;

/// Cuts the sums that the old builder and buildah write for a source: `file:`, `dir:` or `multi:` with 64
/// hexadecimal digits. A blank that Docker 20 forgot in front of it (`--chown=1:1file:…`) is put back.
fn shorten_sums(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (colon, _) in text.match_indices(':') {
        let Some(sum) = text.get(colon + 1..colon + 65) else { continue };
        let before = &text[copied..colon];
        let Some(kind) = ["file", "dir", "multi"].into_iter().find(|kind| before.ends_with(kind)) else {
            continue;
        };
        if !crate::digest::is_hex(sum, 64) {
            continue;
        }
        out.push_str(&before[..before.len() - kind.len()]);
        if !out.is_empty() && !out.ends_with(char::is_whitespace) {
            out.push(' ');
        }
        out.push_str(&text[colon - kind.len()..=colon]);
        out.push_str(&sum[..SHORT_SUM]);
        copied = colon + 65;
    }
    out.push_str(&text[copied..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SUM: &str = "c03875989cce722870f3dd1a79372a3342bea6ff550d31a39602365866064360";

    /// (what the builder wrote, keyword or "", command)
    const CASES: &[(&str, &str, &str)] = &[
        // Docker's old builder
        ("/bin/sh -c apk add curl", "RUN", "apk add curl"),
        ("/bin/sh -c #(nop) COPY file:SUM in /etc/x ", "COPY", "COPY file:c03875989cce in /etc/x"),
        ("/bin/sh -c #(nop) ADD dir:SUM in / ", "ADD", "ADD dir:c03875989cce in /"),
        ("/bin/sh -c #(nop) COPY multi:SUM in /a/ ", "COPY", "COPY multi:c03875989cce in /a/"),
        ("/bin/sh -c #(nop)  CMD [\"sh\"]", "CMD", "CMD [\"sh\"]"),
        ("/bin/sh -c #(nop)  ENV A=1   B=2", "ENV", "ENV A=1   B=2"),
        (
            "/bin/sh -c #(nop) COPY --chown=1:1file:SUM in /x ",
            "COPY",
            "COPY --chown=1:1 file:c03875989cce in /x",
        ),
        ("|2 A=1 B=hello world /bin/sh -c make $A", "RUN", "make $A"),
        ("|0 /bin/sh -c make", "RUN", "make"),
        ("|1 A=b c /bin/bash -o pipefail -c make", "RUN", "make"),
        ("/bin/sh -c true", "RUN", "true"),
        ("/bin/sh -c #(nop)", "", ""),
        // BuildKit
        ("RUN /bin/sh -c make # buildkit", "RUN", "make"),
        ("RUN |1 A=b /bin/sh -c make all # buildkit", "RUN", "make all"),
        ("RUN |1 A=b c d /bin/sh -c make all # buildkit", "RUN", "make all"),
        ("RUN |1 A=b /app --install # buildkit", "RUN", "/app --install"),
        ("RUN /app --install # buildkit", "RUN", "/app --install"),
        ("RUN /bin/sh -c \"/my app\" x # buildkit", "RUN", "\"/my app\" x"),
        ("COPY --chown=x a /b # buildkit", "COPY", "COPY --chown=x a /b"),
        ("WORKDIR /app", "WORKDIR", "WORKDIR /app"),
        ("CMD [\"python3\"]", "CMD", "CMD [\"python3\"]"),
        ("RUN /bin/sh -c set -e\nif a; then\n    b\nfi\n # buildkit", "RUN", "set -e\nif a; then\n    b\nfi"),
        ("RUN /bin/bash -o pipefail -c a | b # buildkit", "RUN", "a | b"),
        ("RUN /bin/ash -eo pipefail -c a | b # buildkit", "RUN", "a | b"),
        ("RUN cmd /S /C dir # buildkit", "RUN", "dir"),
        ("RUN powershell -Command Get-Item x # buildkit", "RUN", "Get-Item x"),
        ("RUN /bin/sh -c echo '# buildkit' # buildkit", "RUN", "echo '# buildkit'"),
        // buildah
        ("/bin/sh -c #(nop) COPY file:SUM in /x      ", "COPY", "COPY file:c03875989cce in /x"),
        ("/bin/sh -c --mount=type=cache,target=/c pip install x", "RUN", "pip install x"),
        ("/bin/sh -c #(nop) HEALTHCHECK CMD true", "HEALTHCHECK", "HEALTHCHECK CMD true"),
        // kaniko, and instructions as a person wrote them
        (
            "RUN apt-get update &&     apt-get install -y gcc",
            "RUN",
            "apt-get update && apt-get install -y gcc",
        ),
        ("RUN [\"/bin/a\", \"b\"]", "RUN", "[\"/bin/a\", \"b\"]"),
        ("RUN bash -c \"make all\"", "RUN", "bash -c \"make all\""),
        ("RUN <<EOF\n  a\n\tb\nEOF", "RUN", "<<EOF\n  a\n\tb\nEOF"),
        ("run make", "RUN", "make"),
        ("copy a b", "COPY", "COPY a b"),
        ("RUN --mount=type=secret,id=x --network=none make", "RUN", "make"),
        // Windows
        ("cmd /S /C #(nop) WORKDIR C:\\app", "WORKDIR", "WORKDIR C:\\app"),
        ("cmd /S /C echo x", "RUN", "echo x"),
        ("powershell -NoProfile -Command $a = 1; b", "RUN", "$a = 1; b"),
        ("C:\\Windows\\System32\\cmd.exe /s /c echo x", "RUN", "echo x"),
        // free text
        (
            "# debian.sh --arch 'amd64' out/ 'bookworm' '@1'",
            "",
            "debian.sh --arch 'amd64' out/ 'bookworm' '@1'",
        ),
        ("store paths: ['/nix/store/x']", "", "store paths: ['/nix/store/x']"),
        ("ko build ko://x", "", "ko build ko://x"),
        ("Add support for x", "", "Add support for x"),
        ("/bin/bash", "", "/bin/bash"),
        ("|x A=1", "", "|x A=1"),
        ("", "", ""),
        ("  \n ", "", ""),
        ("# buildkit", "", ""),
    ];

    #[test]
    fn every_dialect_is_read() {
        for (text, keyword, command) in CASES {
            let got = parse(&text.replace("SUM", SUM));
            assert_eq!(
                (got.keyword.map_or("", Keyword::as_str), got.command.as_str()),
                (*keyword, *command),
                "{text}"
            );
        }
    }

    #[test]
    fn sums_are_shortened_only_where_they_are_sums() {
        assert_eq!(shorten_sums("file:abc in /x"), "file:abc in /x");
        assert_eq!(shorten_sums("http://a/b /c"), "http://a/b /c");
        let two = format!("file:{SUM} dir:{SUM} in /");
        assert_eq!(shorten_sums(&two), "file:c03875989cce dir:c03875989cce in /");
        let longer = format!("file:{}é", &SUM[..63]);
        assert_eq!(shorten_sums(&longer), longer);
    }

    #[test]
    fn much_hostile_text_takes_no_time() {
        let parts =
            ["sh -a ", "A=b ", "# buildkit ", "#(nop)", "'", "file:", "|1 ", "  ", "-c ", "--mount=x "];
        let begun = std::time::Instant::now();
        for part in parts {
            for head in ["", "RUN ", "|9 ", "RUN |9 A=", "/bin/sh -c ", "sh -", "COPY ", "/bin/sh -c #(nop)"]
            {
                parse(&format!("{head}{}", part.repeat(200_000 / part.len())));
            }
        }
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            parse(&text);
        }

        #[test]
        fn any_mix_of_the_dialects_parts_is_read(
            parts in proptest::collection::vec(
                prop_oneof![
                    proptest::sample::select(vec![
                        "RUN", "COPY", "/bin/sh", "-c", "cmd", "/C", "|2", "A=1", "#(nop)", "# buildkit", "\"", "'", "\\",
                        "\n", "\t", "--mount=x", "file:", SUM, "é", "#",
                    ]).prop_map(str::to_owned),
                    ".{0,4}",
                ],
                0..12,
            ),
            gap in "[ ]{0,2}",
        ) {
            let got = parse(&parts.join(&gap));
            prop_assert_eq!(got.command.trim(), &got.command);
            if let Some(keyword) = got.keyword {
                prop_assert!(keyword == Keyword::Run || got.command.starts_with(keyword.as_str()));
            }
        }
    }
}
