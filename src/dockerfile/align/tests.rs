//! Histories as builders write them, against the files that they were built from.

use super::*;
use crate::dockerfile::parse_created_by;

/// The lines of each step; `-` for none.
fn aligned(text: &str, history: &[&str], target: Option<&str>) -> (Vec<String>, Option<Difference>) {
    let parsed: Vec<_> = history.iter().map(|text| parse_created_by(text)).collect();
    let steps: Vec<StepText<'_>> =
        parsed.iter().map(|step| StepText { keyword: step.keyword, command: &step.command }).collect();
    let file = Dockerfile::parse(text);
    let alignment = file.align(&steps, target, &|text| text.to_owned()).unwrap();
    let lines = alignment.nodes.iter().map(|node| {
        node.map_or("-".to_owned(), |node| {
            let lines = file.lines(&file.nodes[node].span);
            format!("{}-{}", lines.from, lines.to)
        })
    });
    (lines.collect(), alignment.difference)
}

const FILE: &str = "# syntax=docker/dockerfile:1
ARG BASE=debian
FROM ${BASE}:bookworm
ARG VERSION=1
ENV DIR=/app NAME=\"a b\"
# tools
RUN apt-get update && \\
    # compilers
    apt-get install -y \\
      gcc

WORKDIR $DIR
copy --chown=1:1 --link src/*.c ${DIR}/src/
RUN <<EOF
set -e
make
EOF
RUN cat <<E > /x && true
hello
E
SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]
RUN make $VERSION | tee log
RUN [\"/app/run\", \"--once\"]
EXPOSE 80
VOLUME /data
USER app
ONBUILD RUN x
HEALTHCHECK CMD true
CMD python3 app.py
";

#[test]
fn a_history_of_buildkit_has_the_lines_of_its_file() {
    let history = [
        "# debian.sh --arch 'amd64'",
        "CMD [\"bash\"]",
        "ARG VERSION=2",
        "ENV DIR=/app NAME=a b",
        "RUN |1 VERSION=2 /bin/sh -c apt-get update &&     apt-get install -y       gcc # buildkit",
        "WORKDIR /app",
        "COPY --chown=1:1 src/*.c /app/src/ # buildkit",
        "RUN |1 VERSION=2 /bin/sh -c set -e\nmake\n # buildkit",
        "RUN |1 VERSION=2 /bin/sh -c cat <<E > /x && true\nhello\nE # buildkit",
        "SHELL [/bin/bash -o pipefail -c]",
        "RUN |1 VERSION=2 /bin/bash -o pipefail -c make $VERSION | tee log # buildkit",
        "RUN |1 VERSION=2 /app/run --once # buildkit",
        "EXPOSE map[80/tcp:{}]",
        "VOLUME [/data]",
        "USER app",
        "HEALTHCHECK &{[\"CMD-SHELL\" \"true\"] \"0s\" \"0s\" \"0s\" \"0s\" '\\x00'}",
        "CMD [\"/bin/bash\" \"-o\" \"pipefail\" \"-c\" \"python3 app.py\"]",
    ];
    let want = [
        "-", "-", "4-4", "5-5", "7-10", "12-12", "13-13", "14-17", "18-20", "21-21", "22-22", "23-23",
        "24-24", "25-25", "26-26", "28-28", "29-29",
    ];
    let (lines, difference) = aligned(FILE, &history, None);
    assert_eq!((lines.as_slice(), difference), (want.map(str::to_owned).as_slice(), None));
}

#[test]
fn a_history_of_the_old_builder_has_the_lines_of_its_file() {
    let text = "FROM a\nARG V=1\nCOPY a b c/\nADD x.tar /opt\nRUN a \\\n && b\nWORKDIR sub\nENV A b c\nRUN [\"x\", \"y\"]\n\
                ONBUILD COPY . /\nLABEL k=\"v w\"\nENTRYPOINT [\"a\"]\nCMD [\"b\", \"c\"]\n";
    let sum = "c03875989cce722870f3dd1a79372a3342bea6ff550d31a39602365866064360";
    let history = [
        "/bin/sh -c #(nop) ADD file:x in / ".to_owned(),
        "/bin/sh -c #(nop)  ARG V=1".into(),
        format!("/bin/sh -c #(nop) COPY multi:{sum} in /srv/c/ "),
        format!("/bin/sh -c #(nop) ADD file:{sum} in /opt "),
        "|1 V=1 /bin/sh -c a  && b".into(),
        "/bin/sh -c #(nop) WORKDIR /srv/sub".into(),
        "/bin/sh -c #(nop)  ENV A=b c".into(),
        "x y".into(),
        "/bin/sh -c #(nop)  ONBUILD COPY . /".into(),
        "/bin/sh -c #(nop)  LABEL k=v w".into(),
        "/bin/sh -c #(nop)  ENTRYPOINT [\"a\"]".into(),
        "/bin/sh -c #(nop)  CMD [\"b\" \"c\"]".into(),
    ];
    let history: Vec<&str> = history.iter().map(String::as_str).collect();
    let want = ["-", "2-2", "3-3", "4-4", "5-6", "7-7", "8-8", "9-9", "10-10", "11-11", "12-12", "13-13"];
    let (lines, difference) = aligned(text, &history, None);
    assert_eq!((lines.as_slice(), difference), (want.map(str::to_owned).as_slice(), None));
}

#[test]
fn a_stage_is_what_it_is_from_and_itself() {
    let text = "FROM a AS base\nRUN one\nFROM base AS build\nRUN two\nFROM base\nCOPY --from=build /x /y\n";
    let last = ["RUN /bin/sh -c one # buildkit", "COPY /x /y # buildkit"];
    assert_eq!(aligned(text, &last, None).0, ["2-2", "6-6"]);
    let build = ["CMD b", "RUN /bin/sh -c one # buildkit", "RUN /bin/sh -c two # buildkit"];
    assert_eq!(aligned(text, &build, Some("build")).0, ["-", "2-2", "4-4"]);
}

#[test]
fn what_onbuild_triggers_in_the_next_stage_has_its_lines() {
    let text = "FROM a AS base\nRUN one\nONBUILD COPY . /app\nONBUILD RUN make \\\n  all\nFROM base AS next\nRUN two\n\
                FROM next\nRUN three\n";
    let run = |text: &str| format!("RUN /bin/sh -c {text} # buildkit");
    let history = [run("one"), "COPY . /app # buildkit".into(), run("make   all"), run("two"), run("three")];
    let history: Vec<&str> = history.iter().map(String::as_str).collect();
    assert_eq!(
        aligned(text, &history, None),
        (["2-2", "3-3", "4-5", "7-7", "9-9"].map(str::to_owned).into(), None)
    );
    // the old builder has a step for what it only notes, too
    let old = [
        "/bin/sh -c one",
        "/bin/sh -c #(nop)  ONBUILD COPY . /app",
        "/bin/sh -c #(nop)  ONBUILD RUN make   all",
        "/bin/sh -c #(nop) COPY dir:c03875989cce722870f3dd1a79372a3342bea6ff550d31a39602365866064360 in /app ",
        "/bin/sh -c make   all",
        "/bin/sh -c two",
    ];
    assert_eq!(
        aligned(text, &old, Some("next")),
        (["2-2", "3-3", "4-5", "3-3", "4-5", "7-7"].map(str::to_owned).into(), None)
    );
}

#[test]
fn what_differs_is_told_and_not_guessed() {
    let text = "FROM a\nRUN one\nRUN two\nRUN three\n";
    let run = |text: &str| format!("RUN /bin/sh -c {text} # buildkit");
    let history = [run("one"), run("2"), run("three")];
    let history: Vec<&str> = history.iter().map(String::as_str).collect();
    let (lines, difference) = aligned(text, &history, None);
    assert_eq!(lines, ["2-2", "-", "4-4"]);
    let at = |step: u32, line: u32| {
        Some(Difference { step: Some(StepId(step)), lines: Some(LineRange { from: line, to: line }) })
    };
    assert_eq!(difference, at(1, 3));
    let (lines, difference) = aligned(text, &["USER x", &run("three")], None);
    assert_eq!((lines, difference), (vec!["-".to_owned(), "4-4".into()], at(0, 3)));
    let (_, difference) = aligned(text, &[&run("three")], None);
    assert_eq!(difference.unwrap().step, None);
}
