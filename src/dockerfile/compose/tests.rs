//! Edits made to whole files.

use proptest::prelude::*;

use super::*;
use crate::dockerfile::{StepId, parse_created_by};

/// Makes fixes to a Dockerfile whose instructions after the first are the steps 0, 1, …
fn composed(text: &str, fixes: &[Fix]) -> Composed {
    composed_with(text, fixes, true)
}

fn composed_with(text: &str, fixes: &[Fix], buildkit: bool) -> Composed {
    let file = Dockerfile::parse(text);
    let nodes: Vec<Option<usize>> = (1..file.nodes.len()).map(Some).collect();
    let parsed: Vec<_> = file.nodes[1..]
        .iter()
        .map(|node| match node.script(&file.text) {
            Some(script) => parse_created_by(&format!("RUN /bin/sh -c {} # buildkit", script.logical.text)),
            None => parse_created_by(&file.text[node.span.clone()]),
        })
        .collect();
    let steps: Vec<StepText<'_>> =
        parsed.iter().map(|step| StepText { keyword: step.keyword, command: &step.command }).collect();
    let target = Target { file: &file, nodes: &nodes, steps: &steps, buildkit };
    compose(target, &fixes.iter().collect::<Vec<_>>())
}

fn text_with(text: &str, edits: &[Edit]) -> String {
    let composed = composed(text, &edits.iter().cloned().map(Fix::one).collect::<Vec<_>>());
    assert_eq!(composed.skipped, [], "{text}");
    composed.text
}

fn why(text: &str, edits: &[Edit]) -> String {
    composed(text, &[Fix { edits: edits.to_vec(), notes: Vec::new() }])
        .skipped
        .first()
        .map_or(String::new(), |skipped| skipped.reason.clone())
}

fn append(step: u32, command: &str) -> Edit {
    Edit::AppendCommand { step: StepId(step), command: command.into() }
}

fn replace(step: u32, part: usize, with: &[&str]) -> Edit {
    Edit::ReplaceCommand { step: StepId(step), part, with: with.iter().map(ToString::to_string).collect() }
}

fn merge(steps: &[u32]) -> Edit {
    Edit::MergeRuns { steps: steps.iter().copied().map(StepId).collect() }
}

const LISTS: &str = "rm -rf /var/lib/apt/lists/*";

#[test]
fn commands_are_appended_in_the_layout_of_the_run() {
    for (run, want) in [
        ("RUN a", "RUN a && \\\n    rm -rf /var/lib/apt/lists/*"),
        (
            "RUN a \\\n  # why\n  && b \\\n\n  && c # end",
            "RUN a \\\n  # why\n  && b \\\n\n  && c \\\n  && rm -rf /var/lib/apt/lists/* # end",
        ),
        (
            "RUN set -eux; \\\n\ta; \\\n\tb;",
            "RUN set -eux; \\\n\ta; \\\n\tb; \\\n\trm -rf /var/lib/apt/lists/*;",
        ),
        ("RUN <<E\n  a\n  b\nE", "RUN <<E\n  a\n  b\n  rm -rf /var/lib/apt/lists/*\nE"),
        ("RUN cat <<E > /x\na\nE", "RUN cat <<E > /x && rm -rf /var/lib/apt/lists/*\na\nE"),
        ("RUN a && rm -rf /var/lib/apt/lists/* /tmp/x", "RUN a && rm -rf /var/lib/apt/lists/* /tmp/x"),
    ] {
        let text =
            text_with(&format!("FROM x\n\n# install\n{run}\nCMD c\n"), &[append(0, LISTS), append(0, LISTS)]);
        assert_eq!(text, format!("FROM x\n\n# install\n{want}\nCMD c\n"));
    }
    assert!(why("FROM x\nRUN a &", &[append(0, LISTS)]).contains("background"));
    assert!(why("FROM x\nRUN [\"a\"]", &[append(0, LISTS)]).contains("no shell"));
    assert!(why("FROM x\nRUN a && exec b", &[append(0, LISTS)]).contains("nothing runs after"));
}

#[test]
fn one_command_changes_and_the_layout_of_the_rest_stays() {
    let run = "FROM x\nRUN apt-get update && \\\n    # tools\n    apt-get install -y \\\n        gcc \\\n        make && \\\n    z\n";
    assert_eq!(
        text_with(run, &[replace(0, 1, &["apt-get install -y --no-install-recommends gcc make"])]),
        run.replace("install -y", "install -y --no-install-recommends")
    );
    assert_eq!(
        text_with(run, &[replace(0, 1, &["apt-get install -y gcc make", "rm -rf /l"])]),
        run.replace("make && \\\n", "make && \\\n    rm -rf /l && \\\n")
    );
    assert_eq!(text_with(run, &[replace(0, 1, &[])]), "FROM x\nRUN apt-get update && \\\n    z\n");
    assert_eq!(
        text_with(run, &[replace(0, 0, &[])]),
        run.replace("apt-get update && \\\n    # tools\n    ", "")
    );
    assert_eq!(
        text_with(
            run,
            &[
                replace(0, 1, &["apt-get install -y --no-install-recommends gcc make"]),
                replace(0, 1, &["apt-get install -y gcc"]),
                append(0, LISTS),
            ]
        ),
        "FROM x\nRUN apt-get update && \\\n    # tools\n    apt-get install -y --no-install-recommends \\\n        gcc && \\\n    z && \\\n    rm -rf /var/lib/apt/lists/*\n"
    );
    let quoted = "FROM x\nRUN bash -c 'a && b' && c\n";
    assert_eq!(text_with(quoted, &[replace(0, 0, &["bash -c 'a && d'"])]), quoted.replace("&& b", "&& d"));
    assert!(why(run, &[replace(0, 9, &[])]).contains("no such command"));
    assert_eq!(text_with("FROM x\nRUN a\nCMD b\n", &[replace(0, 0, &[])]), "FROM x\nCMD b\n");
}

#[test]
fn mounts_and_flags_are_added_once() {
    let mount = |mount: &str| Edit::AddMount { step: StepId(0), mount: mount.into() };
    let cache = "type=cache,target=/root/.npm";
    assert_eq!(
        text_with(
            "FROM x\nRUN npm ci\n",
            &[mount(cache), mount(cache), mount("target=/root/.npm/,type=cache")]
        ),
        "FROM x\nRUN --mount=type=cache,target=/root/.npm \\\n    npm ci\n"
    );
    let there = "FROM x\nRUN --mount=type=cache,target=/root/.npm npm ci\n";
    assert_eq!(text_with(there, &[mount(cache)]), there);
    let flag = |flag: &str| Edit::AddFlag { step: StepId(0), flag: flag.into() };
    assert_eq!(
        text_with("FROM x\nCOPY --chown=a . /\n", &[flag("--chown=b:b"), flag("--chmod=755")]),
        "FROM x\nCOPY --chmod=755 --chown=b:b . /\n"
    );
    let old = composed_with("FROM x\nRUN npm ci\n", &[Fix::one(mount(cache))], false);
    assert_eq!(old.skipped[0].reason, "mounts need BuildKit");
}

#[test]
fn runs_are_joined_with_their_comments_and_clean_once() {
    let text = "FROM x\n# lists\nRUN apt-get update\n\n# tools\nRUN apt-get install -y gcc\nENV A=1\n# clean\nRUN rm -rf /var/lib/apt/lists/* /tmp/*\nCMD c\n";
    assert_eq!(
        text_with(text, &[append(1, LISTS), merge(&[0, 1, 3])]),
        "FROM x\n# lists\nRUN apt-get update && \\\n# tools\n    apt-get install -y gcc && \\\n# clean\n    rm -rf /var/lib/apt/lists/* /tmp/*\n\nENV A=1\nCMD c\n"
    );
    assert!(why("FROM x\nRUN a\nENV PATH=/x\nRUN b", &[merge(&[0, 2])]).contains("PATH"));
    assert!(why("FROM x\nRUN a\nCOPY . /b\nRUN c", &[merge(&[0, 2])]).contains("COPY"));
    assert!(why("FROM x\nRUN a\nUSER b\nRUN c", &[merge(&[0, 2])]).contains("USER"));
}

#[test]
fn steps_move_only_where_nothing_reads_them() {
    let shift = |step, before| Edit::MoveStep { step: StepId(step), before: StepId(before) };
    let text = "FROM x\nCOPY . /app\n# owner\nRUN chown a /srv\nRUN npm ci\n";
    assert_eq!(
        text_with(text, &[shift(1, 0)]),
        "FROM x\n# owner\nRUN chown a /srv\nCOPY . /app\nRUN npm ci\n"
    );
    assert!(!why(text, &[shift(2, 0)]).is_empty());
    let bring = Edit::InsertStep { before: Some(StepId(0)), lines: vec!["COPY package.json /app/".into()] };
    let fix = Fix { edits: vec![bring, shift(1, 0)], notes: Vec::new() };
    assert_eq!(
        composed("FROM x\nCOPY . /app\nRUN npm ci", &[fix]).text,
        "FROM x\nCOPY package.json /app/\nRUN npm ci\nCOPY . /app\n"
    );
}

#[test]
fn stages_replace_everything_and_come_first() {
    let split = Edit::SplitStages {
        build: vec!["FROM gcc AS build".into(), "RUN make".into()],
        finish: vec!["RUN rm -rf /x".into()],
        run: vec!["FROM gcc".into(), "COPY --from=build /a /a".into(), "ENV KEY=… A=b".into()],
        base: None,
    };
    let text = "# head\nFROM --platform=linux/arm64 gcc:1\n# why\nRUN make\nENV KEY=abc A=b\nCMD a\n";
    let both = composed(text, &[Fix::one(append(0, "rm x")), Fix::one(split.clone())]);
    assert_eq!(
        both.text,
        "# head\nFROM --platform=linux/arm64 gcc:1 AS build\n# why\nRUN make\nENV KEY=abc A=b\nRUN rm -rf /x\n\n\
         FROM --platform=linux/arm64 gcc:1\nCOPY --from=build /a /a\nENV KEY=abc A=b\n"
    );
    assert!(
        composed("FROM a AS c\nENV KEY=1", &[Fix::one(split.clone())]).text.contains("COPY --from=c /a /a")
    );
    assert!(why("FROM a\nRUN b", &[split]).contains("lost a value"));
    assert_eq!(both.skipped, [Skipped { fix: 0, reason: "two stages make it unnecessary".into() }]);
}

#[test]
fn a_lost_source_has_the_name_in_the_step_whose_place_its_line_takes() {
    let add = Edit::ReplaceStep { step: StepId(0), lines: vec!["ADD <SOURCE> /srv/".into()] };
    let copy = "FROM x\nCOPY data.tar /tmp/data.tar\nCMD y\n";
    assert_eq!(text_with(copy, std::slice::from_ref(&add)), "FROM x\nADD data.tar /srv/\nCMD y\n");
    let reason = why("FROM x\nCOPY --from=b data.tar /tmp/data.tar\nCMD y\n", &[add]);
    assert!(reason.contains("lost the name of a source"), "{reason}");
}

#[test]
fn the_base_of_the_last_stage_is_replaced_and_patterns_are_collected() {
    let with = |with: &str| Edit::ReplaceFrom { with: with.into() };
    let ignore = Edit::Ignore { patterns: vec![".git".into()] };
    let out = composed(
        "FROM --platform=x a AS b\nCMD c",
        &[Fix::one(with("d:slim")), Fix::one(ignore.clone()), Fix::one(ignore)],
    );
    assert_eq!(
        (out.text.as_str(), out.ignore),
        ("FROM --platform=x d:slim AS b\nCMD c", vec![".git".to_owned()])
    );
    assert!(why("FROM a AS b\nFROM b\nCMD c", &[with("x")]).contains("stage itself"));
}

#[test]
fn hostile_text_is_refused() {
    for command in ["a \\", "cat <<E", "a\u{1b}[1m", "a \u{202e}"] {
        assert!(!why("FROM x\nRUN b\nUSER y", &[append(0, command)]).is_empty(), "{command:?}");
    }
    assert_eq!(
        text_with("FROM x\nRUN b\n", &[append(0, "a\nUSER root")]),
        "FROM x\nRUN b && \\\n    a && \\\n    USER root\n"
    );
    for line in ["RUN a \\", "USER x\nevil", "COPY <<E /x"] {
        let edit = Edit::InsertStep { before: None, lines: vec![line.into()] };
        assert!(!why("FROM x\nRUN b", &[edit]).is_empty(), "{line:?}");
    }
}

#[test]
fn a_snippet_shows_the_changed_lines_only() {
    let parsed: Vec<_> =
        ["ADD x /", "RUN /bin/sh -c a && b # buildkit", "CMD c"].map(parse_created_by).into();
    let steps: Vec<StepText<'_>> =
        parsed.iter().map(|step| StepText { keyword: step.keyword, command: &step.command }).collect();
    let rebuilt = crate::dockerfile::Rebuilt::fragment(&steps);
    let fix = Fix {
        edits: vec![append(1, "rm x"), Edit::RemoveStep { step: StepId(0) }],
        notes: vec!["why".into()],
    };
    assert_eq!(rebuilt.snippet(&fix), "# why\n# removed: ADD x /\nRUN a && \\\n    b && \\\n    rm x");
}

/// Any edit on one of six steps.
fn edit() -> impl Strategy<Value = Edit> {
    let step = || (0..6_u32).prop_map(StepId);
    let command = || {
        proptest::sample::select(vec![
            "rm -rf /x",
            "a && b",
            "cd /y",
            "x \\",
            "cat <<E",
            "# c",
            "a; b",
            "e\nf",
            "(",
            "'",
        ])
    };
    let line = || {
        proptest::sample::select(vec!["USER a", "RUN b", "COPY c \\", "# d", "RUN <<E\na\nE", "RUN <<E", "X"])
    };
    prop_oneof![
        (step(), command()).prop_map(|(step, command)| Edit::AppendCommand { step, command: command.into() }),
        (step(), 0..3_usize, proptest::collection::vec(command(), 0..3)).prop_map(|(step, part, with)| {
            Edit::ReplaceCommand { step, part, with: with.into_iter().map(str::to_owned).collect() }
        }),
        step().prop_map(|step| Edit::AddMount { step, mount: "type=cache,target=/c".into() }),
        step().prop_map(|step| Edit::AddFlag { step, flag: "--chown=a".into() }),
        proptest::collection::vec(step(), 2..4).prop_map(|steps| Edit::MergeRuns { steps }),
        (step(), step()).prop_map(|(step, before)| Edit::MoveStep { step, before }),
        step().prop_map(|step| Edit::RemoveStep { step }),
        (proptest::option::of(step()), line())
            .prop_map(|(before, line)| Edit::InsertStep { before, lines: vec![line.into()] }),
        (step(), line()).prop_map(|(step, line)| Edit::ReplaceStep { step, lines: vec![line.into()] }),
        Just(Edit::ReplaceFrom { with: "y".into() }),
    ]
}

proptest! {
    /// Whatever is asked, the outcome is a Dockerfile that reads back: known instructions, the stage first, the
    /// command last.
    #[test]
    fn any_edits_compose_to_a_text_that_parses(
        runs in proptest::collection::vec(
            proptest::sample::select(vec![
                "RUN a", "RUN a && \\\n  # c\n  b", "# c\nRUN set -e; \\\n  a; b", "\nRUN <<E\na\nE", "RUN cat <<E >x && y\nz\nE",
                "COPY a /b", "ENV A=1", "WORKDIR /x", "RUN [\"a\"]", "RUN a &",
            ]),
            6,
        ),
        edits in proptest::collection::vec(edit(), 0..8),
    ) {
        let text = format!("# syntax=x\nFROM x\n{}\nCMD [\"end\"]\n", runs.join("\n"));
        let fixes: Vec<Fix> = edits.into_iter().map(Fix::one).collect();
        let out = composed(&text, &fixes);
        prop_assert_eq!(out.applied.len() + out.skipped.len(), fixes.len());
        let file = Dockerfile::parse(&out.text);
        prop_assert!(file.nodes.iter().all(|node| node.keyword.is_some()), "{}", out.text);
        prop_assert_eq!(file.nodes[0].keyword, Some(Keyword::From));
        let open = file.nodes.iter().flat_map(|node| &node.heredocs).any(|heredoc| heredoc.content.end == out.text.len());
        prop_assert!(!open, "{}", out.text);
        prop_assert!(file.nodes.iter().any(|node| node.body.text == "[\"end\"]"), "{}", out.text);
    }
}
