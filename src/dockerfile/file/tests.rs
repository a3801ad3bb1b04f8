//! Whole files, read.

use proptest::prelude::*;

use super::*;

/// The instructions as `LINES KEYWORD [FLAGS] BODY`.
fn read(text: &str) -> Vec<String> {
    let file = Dockerfile::parse(text);
    file.nodes
        .iter()
        .map(|node| {
            let lines = file.lines(&node.span);
            let flags: Vec<String> =
                node.flags.iter().map(|flag| format!("{}={}", flag.name, flag.value)).collect();
            let keyword = node.keyword.map_or("?", Keyword::as_str);
            format!("{}-{} {keyword} {flags:?} {}", lines.from, lines.to, node.body.text)
        })
        .collect()
}

#[test]
fn instructions_have_lines_keywords_flags_and_bodies() {
    let text = "# syntax=docker/dockerfile:1\nARG V=1\nfrom debian:$V as x\n\nRun --mount=type=cache,target=\"/a b\" --network=none \\\n\
                \x20   # why\n    make \\\n    all\nONBUILD COPY . /\nFOO bar\nSHELL [\"bash\", \"-c\"]\nCOPY --from=a --chown=1:1 x /";
    assert_eq!(
        read(text),
        [
            "2-2 ARG [] V=1",
            "3-3 FROM [] debian:$V as x",
            "5-8 RUN [\"mount=type=cache,target=\\\"/a b\", \"network=none\"] make     all",
            "9-9 ONBUILD [] COPY . /",
            "10-10 ? [] bar",
            "11-11 SHELL [] [\"bash\", \"-c\"]",
            "12-12 COPY [\"from=a\", \"chown=1:1\"] x /",
        ]
    );
}

#[test]
fn heredocs_belong_to_their_instruction() {
    let text = "RUN <<EOF\na\nFROM b\nEOF\nRUN cat <<EOF > /x && cat <<-'B' > /y\n1\nEOF\n\t2\n\tB\nCOPY <<a <<\"b\" /d/\nx\na\ny\nb\nONBUILD RUN <<E\nz\nE\nRUN cat<<E\nRUN [\"<<E\"]\n";
    let want = [
        "1-4 RUN [] <<EOF",
        "5-9 RUN [] cat <<EOF > /x && cat <<-'B' > /y",
        "10-14 COPY [] <<a <<\"b\" /d/",
        "15-17 ONBUILD [] RUN <<E",
        "18-18 RUN [] cat<<E",
        "19-19 RUN [] [\"<<E\"]",
    ];
    assert_eq!(read(text), want);
    assert_eq!(read(&text.replace('\n', "\r\n")), want);
    let file = Dockerfile::parse(text);
    let content = |node: usize, number: usize| &file.text[file.nodes[node].heredocs[number].content.clone()];
    assert_eq!((content(0, 0), content(1, 0), content(1, 1)), ("a\nFROM b\n", "1\n", "\t2\n"));
    assert!(file.nodes[1].heredocs[0].expand && !file.nodes[1].heredocs[1].expand);
}

#[test]
fn scripts_are_what_the_shell_gets() {
    let text = "RUN a && \\\n b\nRUN <<E\nc\nE\nRUN cat <<E >x && d\ne\nE\nRUN [\"f\"]\nRUN <<E\n#!/bin/x\nE\nRUN <<E bash\ng\nE\n";
    let file = Dockerfile::parse(text);
    let scripts: Vec<Option<(Form, String)>> = file
        .nodes
        .iter()
        .map(|node| node.script(text).map(|script| (script.form, script.logical.text)))
        .collect();
    assert_eq!(
        scripts,
        [
            Some((Form::Line, "a &&  b".into())),
            Some((Form::Heredoc, "c\n".into())),
            Some((Form::Mixed, "cat <<E >x && d\ne\nE".into())),
            None,
            None,
            Some((Form::Mixed, "<<E bash\ng\nE".into())),
        ]
    );
}

#[test]
fn stages_begin_with_from() {
    let file = Dockerfile::parse("ARG A\nFROM a\nRUN b\nFROM c AS d\n");
    assert_eq!(file.stages(), [1..3, 3..4]);
}

proptest! {
    /// What is read is the text itself: gaps and instructions put together again.
    #[test]
    fn any_text_is_written_back_byte_for_byte(
        lines in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(vec![
                    "FROM a", "RUN a && \\", "  b", "# c", "RUN <<E", "E", "\tE", "COPY <<-E /x", "", "\\", "# escape=`",
                    "RUN a `", "ONBUILD RUN <<E", "RUN --mount=a \\", "--x", "\u{feff}", "RUN 'é", "\r",
                ]).prop_map(str::to_owned),
                ".{0,12}",
            ],
            0..14,
        ),
        newline in "\n|\r\n",
    ) {
        let text = lines.join(&newline);
        let file = Dockerfile::parse(&text);
        let mut out = String::new();
        let mut at = 0;
        for node in &file.nodes {
            out.push_str(&text[at..node.span.start]);
            out.push_str(&text[node.span.clone()]);
            at = node.span.end;
            let body = node.body.in_file(&(0..node.body.text.len()));
            prop_assert!(body.start >= node.word.end.min(body.start) && body.end <= node.span.end);
            if let Some(script) = node.script(&text) {
                for part in crate::dockerfile::shell::parts(&script.logical.text) {
                    prop_assert!(text.get(script.logical.in_file(&part.span)).is_some());
                }
            }
        }
        out.push_str(&text[at..]);
        prop_assert_eq!(out, text);
    }
}
