//! The command line as scripts meet it: verdicts and exit codes, where reports go, what the
//! environment changes, and the verbs beside the report.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::builder::{Form, ImageBuilder};
use crate::program::{Run, command, finish, run, temp};

/// 10 MB of content, 4 MB of them wasted by the second layer: efficiency 0.6, own share 0.4.
fn wasteful() -> ImageBuilder {
    ImageBuilder::new()
        .tag("app:1")
        .layer(|l| l.noise("keep", 3_000_000, 1).noise("gone", 4_000_000, 2))
        .history("COPY . /")
        .layer(|l| l.whiteout("gone").noise("new", 3_000_000, 3))
        .history("RUN rm gone")
}

fn image(folder: &Path) -> PathBuf {
    let path = folder.join("image.tar");
    wasteful().archive(Form::Docker).write(&path);
    path
}

fn with(image: &Path, arguments: &[&str]) -> Run {
    finish(command().arg(image).args(arguments))
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

#[test]
fn gates_decide_the_exit_code() {
    let folder = temp();
    let image = image(folder.path());
    let off = "--min-efficiency=off --max-own-wasted=off";
    let cases = [
        ("", 1),
        (off, 0),
        ("--min-efficiency=0.6 --max-own-wasted=off", 0),
        ("--min-efficiency=60% --max-own-wasted=off", 0),
        ("--min-efficiency=0.61 --max-own-wasted=off", 1),
        ("--min-efficiency=off --max-own-wasted=0.4", 0),
        ("--min-efficiency=off --max-own-wasted=39%", 1),
        ("--max-wasted=4MB --min-efficiency=off --max-own-wasted=off", 0),
        ("--max-wasted=3999999 --min-efficiency=off --max-own-wasted=off", 1),
        ("--max-wasted=0.004GB --min-efficiency=off --max-own-wasted=off", 0),
        ("--max-layers=2 --min-efficiency=off --max-own-wasted=off", 0),
        ("--max-layers=1 --min-efficiency=off --max-own-wasted=off", 1),
        ("--max-layer-size=7MB --min-efficiency=off --max-own-wasted=off", 0),
        ("--max-layer-size=6999999 --min-efficiency=off --max-own-wasted=off", 1),
        ("--max-size=1GiB --min-efficiency=off --max-own-wasted=off", 0),
        ("--max-size=10kB --min-efficiency=off --max-own-wasted=off", 1),
    ];
    for (options, code) in cases {
        let mut arguments = vec!["--ci", "--base=0"];
        arguments.extend(options.split_whitespace());
        let run = with(&image, &arguments);
        assert_eq!(run.code, Some(code), "{options}: {run:?}");
    }
}

#[test]
fn growth_is_measured_against_an_earlier_report() {
    let folder = temp();
    let image = image(folder.path());
    let baseline = folder.path().join("before.json");
    let smaller = ImageBuilder::new().layer(|l| l.noise("keep", 3_000_000, 1).noise("gone", 4_000_000, 2));
    let old = folder.path().join("old.tar");
    smaller.history("COPY . /").archive(Form::Docker).write(&old);
    assert_eq!(with(&old, &["--json", baseline.to_str().unwrap()]).code, Some(0));

    let against = |baseline: &Path, arguments: &[&str]| {
        let option = format!("--baseline={}", baseline.display());
        with(
            &image,
            &[&[option.as_str(), "--min-efficiency=off", "--max-own-wasted=off"], arguments].concat(),
        )
    };
    assert_eq!(against(&baseline, &["--max-growth=3MB"]).code, Some(0));
    let failed = against(&baseline, &["--max-growth=2.9MB"]);
    assert_eq!(failed.code, Some(1));
    assert!(failed.stdout.contains("layer 1 `rm gone` is new and holds 3.0 MB"), "{}", failed.stdout);
    assert_eq!(against(&baseline, &["--max-growth=43%"]).code, Some(0));
    assert_eq!(against(&baseline, &["--max-growth=42%"]).code, Some(1));

    // an earlier image tells the same, and which files grew
    assert_eq!(against(&old, &["--max-growth=3MB"]).code, Some(0));
    assert_eq!(against(&image, &["--max-growth=0"]).code, Some(0));
    let larger = folder.path().join("larger.tar");
    let grown = ImageBuilder::new().layer(|l| l.noise("keep", 3_000_000, 1).noise("gone", 4_000_000, 2));
    grown.layer(|l| l.noise("models/new", 500_000, 3)).archive(Form::Docker).write(&larger);
    let option = format!("--baseline={}", old.display());
    let failed = with(&larger, &[&option, "--max-growth=1%"]);
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(failed.stdout.contains("models/new (+500 kB)"), "{}", failed.stdout);

    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "no report").expect("a file");
    let document = folder.path().join("compare.json");
    std::fs::write(&document, r#"{"schema": 1, "kind": "compare"}"#).expect("a file");
    for (run, why) in [
        (against(&baseline, &[]), "no limit for the growth"),
        (with(&image, &["--max-growth=1%"]), "max-growth needs a baseline"),
        (against(&folder.path().join("none"), &["--max-growth=1%"]), "no such file or directory"),
        (against(&text, &["--max-growth=1%"]), "it is no image archive"),
        (against(&document, &["--max-growth=1%"]), "it is a `compare` document"),
    ] {
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(why) && run.stderr.lines().count() == 1, "{run:?}");
    }
}

#[test]
fn a_report_beside_ci_holds_the_verdict() {
    let folder = temp();
    let image = image(folder.path());
    let run = with(&image, &["--ci", "--base=0", "--json"]);
    assert_eq!(run.code, Some(1));
    let report = json(&run);
    assert_eq!(report["verdict"]["passed"], false);
    let gates = report["verdict"]["gates"].as_array().expect("gates");
    let gate =
        gates.iter().find(|gate| gate["gate"].as_str().is_some_and(|name| name.contains("efficiency")));
    let gate = gate.expect("the default gate");
    assert_eq!(gate["passed"], false);
    assert_eq!(gate["actual"].as_f64(), Some(0.6));
    assert_eq!(gate["limit"].as_f64(), Some(0.9));
    // without --ci there is none
    let run = with(&image, &["--json"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(json(&run)["verdict"], Value::Null);
}

#[test]
fn ci_in_the_environment_counts_only_without_a_report_format() {
    let folder = temp();
    let image = image(folder.path());
    let code = |value: &str, arguments: &[&str]| {
        finish(command().env("CI", value).arg(&image).arg("--base=0").args(arguments)).code
    };
    assert_eq!(code("true", &[]), Some(1));
    assert_eq!(code("true", &["--min-efficiency=off", "--max-own-wasted=off"]), Some(0));
    assert_eq!(code("true", &["--json"]), Some(0));
    assert_eq!(code("true", &["--format", "text"]), Some(0));
    assert_eq!(code("false", &[]), Some(0));
    assert_eq!(code("", &[]), Some(0));
}

#[test]
fn settings_come_from_a_file_and_flags_win() {
    let folder = temp();
    let image = image(folder.path());
    let code = |arguments: &[&str]| {
        let run = finish(
            command().current_dir(folder.path()).arg(&image).args(["--ci", "--base=0"]).args(arguments),
        );
        assert_ne!(run.code, Some(2), "{run:?}");
        run.code
    };
    assert_eq!(code(&[]), Some(1), "the defaults");
    fs::write(
        folder.path().join(".dive-ci"),
        "rules:\n  lowestEfficiency: 0.5\n  highestUserWastedPercent: 0.99\n",
    )
    .unwrap();
    assert_eq!(code(&[]), Some(0), ".dive-ci");
    fs::write(
        folder.path().join(".dive-ci"),
        "rules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 20MB\n",
    )
    .unwrap();
    assert_eq!(code(&[]), Some(1), ".dive-ci");
    fs::write(
        folder.path().join(".layercake.toml"),
        "[gates]\nmin-efficiency = 0.5\nmax-own-wasted = \"off\"\n",
    )
    .unwrap();
    assert_eq!(code(&[]), Some(0), ".layercake.toml stands before .dive-ci");
    assert_eq!(code(&["--min-efficiency=0.7"]), Some(1), "a flag stands before both");
}

#[test]
fn ignored_paths_leave_both_sums() {
    let folder = temp();
    let image = image(folder.path());
    fs::write(folder.path().join("own.toml"), "[ignore]\npaths = [\"gone\"]\n").unwrap();
    let config = folder.path().join("own.toml");
    let run = finish(command().arg(&image).arg("--config").arg(config).args(["--ci", "--base=0", "--json"]));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(json(&run)["verdict"]["passed"], true);
}

#[test]
fn reports_are_the_same_bytes_every_time() {
    let folder = temp();
    let image = image(folder.path());
    for format in ["json", "text"] {
        let first = with(&image, &["--format", format]);
        assert_eq!(first.code, Some(0), "{first:?}");
        assert!(!first.stdout.is_empty() && first.stderr.is_empty(), "{first:?}");
        for threads in ["1", "2", "7"] {
            let again =
                finish(command().env("RAYON_NUM_THREADS", threads).arg(&image).args(["--format", format]));
            assert_eq!(again.stdout, first.stdout, "{format} with {threads} threads");
        }
    }
}

#[test]
fn output_goes_where_it_is_sent() {
    let folder = temp();
    let image = image(folder.path());
    let printed = with(&image, &["--json"]).stdout;
    let at = |name: &str| folder.path().join(name);
    let (one, two) = (at("one.json"), at("two.json"));
    fs::write(&one, "an old report that is to be replaced ".repeat(2000)).unwrap();
    let run = with(&image, &["--format", "json", "--output", one.to_str().unwrap()]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:?}");
    let run = with(&image, &["--json", two.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for file in [one, two] {
        assert_eq!(fs::read_to_string(&file).unwrap(), printed, "{}", file.display());
    }
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 3, "no temporary file is left behind");
    assert_eq!(with(&image, &["--json", "-"]).stdout, printed);
}

#[test]
fn several_reports_are_written_in_one_run() {
    let folder = temp();
    let image = image(folder.path());
    let [json_file, comment] = ["a.json", "b.md"].map(|name| folder.path().join(name));
    let argument = |format: &str, path: &Path| format!("--report={format}={}", path.display());
    let all = [argument("json", &json_file), argument("markdown", &comment)];
    let files: Vec<&str> = all.iter().map(String::as_str).collect();

    let run = with(&image, &files);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "only what is asked for: {run:?}");
    let whole = fs::read(&json_file).unwrap();
    assert_eq!(whole, with(&image, &["--json"]).stdout.into_bytes());
    assert!(fs::read_to_string(&comment).unwrap().starts_with("<!-- layercake: app:1 -->\n### `app:1`\n"));

    let run = with(&image, &[&files[..], &["--format=text", "--ci"]].concat());
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("VERDICT  FAIL") && run.stderr.is_empty(), "{run:?}");
    assert!(fs::read_to_string(&comment).unwrap().contains("### ❌"));
    let run = with(&image, &[files[1], "--ci"]);
    assert!(run.stderr.contains("VERDICT  FAIL"), "a file does not show it: {run:?}");

    for twice in [["--json", "--report=text=-"], ["--report=json=x", "--report=text=x"]] {
        let run = with(&image, &twice);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains("two reports would be written to"), "{run:?}");
    }
}

#[test]
fn the_image_may_come_on_standard_input() {
    let folder = temp();
    for form in [Form::DockerV1, Form::Docker, Form::Oci] {
        let bytes = wasteful().archive(form).bytes();
        let path = folder.path().join("image.tar");
        fs::write(&path, &bytes).unwrap();
        let mut child =
            command().args(["-", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        // a program that does not read fails below, by its exit code
        _ = child.stdin.take().unwrap().write_all(&bytes);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{form:?}");
        let piped: Value = serde_json::from_slice(&output.stdout).unwrap();
        let file = json(&with(&path, &["--json"]));
        for field in ["totals", "layers", "wasted", "history"] {
            assert_eq!(piped[field], file[field], "{form:?}: {field}");
        }
    }
}

#[test]
fn schemes_name_the_kind_of_place() {
    let folder = temp();
    let (docker, oci, layout) =
        (folder.path().join("d.tar"), folder.path().join("o.tar"), folder.path().join("layout"));
    wasteful().archive(Form::DockerV1).write(&docker);
    wasteful().archive(Form::Oci).write(&oci);
    wasteful().archive(Form::OciDir).write(&layout);
    for (scheme, path) in [("docker-archive", &docker), ("oci-archive", &oci), ("oci", &layout)] {
        let run = run(&[&format!("{scheme}:{}", path.display()), "--json"]);
        assert_eq!(run.code, Some(0), "{scheme}: {run:?}");
        assert_eq!(json(&run)["totals"]["wasted"], 4_000_000, "{scheme}");
    }
}

/// `layercake … | head -1` is no error: nothing on stderr, no failure.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    let folder = temp();
    let path = folder.path().join("image.tar");
    // enough rows to fill any pipe
    let many = |mut l: crate::builder::LayerBuilder| {
        for n in 0..5000 {
            l = l.file(&format!("a-file-with-a-name-{n}"), b"x");
        }
        l
    };
    ImageBuilder::new().layer(many).layer(many).archive(Form::Docker).write(&path);
    let mut child =
        command().arg(&path).arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut start = [0; 1];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn rows_can_be_limited() {
    let folder = temp();
    let path = folder.path().join("image.tar");
    let files = |l: crate::builder::LayerBuilder| l.file("a", b"1").file("b", b"22").file("c", b"333");
    ImageBuilder::new().layer(files).layer(files).archive(Form::Docker).write(&path);
    let rows = |arguments: &[&str]| json(&with(&path, arguments))["wasted"].as_array().map(Vec::len);
    assert_eq!(rows(&["--json"]), Some(3));
    assert_eq!(rows(&["--json", "--top", "2"]), Some(2));
    assert_eq!(rows(&["--json", "--top", "0"]), Some(3));
}

#[test]
fn text_has_colour_only_on_a_terminal() {
    let folder = temp();
    let image = image(folder.path());
    for value in [None, Some("1")] {
        let mut command = command();
        command.arg(&image);
        if let Some(value) = value {
            command.env("NO_COLOR", value);
        }
        let run = finish(&mut command);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(!run.stdout.contains('\u{1b}'), "NO_COLOR={value:?}");
    }
}

/// What an image says can move no cursor: it stands escaped in texts.
#[test]
fn text_reports_are_safe_to_print() {
    let folder = temp();
    let path = folder.path().join("image.tar");
    ImageBuilder::new()
        .tag("evil\u{1b}[2J:1")
        .layer(|l| l.noise("name\u{1b}[31m\u{202e}\n", 9000, 1))
        .history("RUN echo \u{1b}]0;title\u{7}")
        .layer(|l| l.whiteout("name\u{1b}[31m\u{202e}\n"))
        .archive(Form::Docker)
        .write(&path);
    for arguments in [&["--format", "text"][..], &["--ci"]] {
        let run = with(&path, arguments);
        assert!(run.code.is_some_and(|code| code < 2), "{run:?}");
        let text = run.stdout + &run.stderr;
        let bad = text.chars().find(|&c| (c.is_control() && c != '\n') || c == '\u{202e}');
        assert_eq!(bad, None, "{text}");
    }
}

#[test]
fn the_demo_needs_nothing() {
    let run = run(&["--demo", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let report = json(&run);
    assert!(report["totals"]["layers"].as_u64().is_some_and(|layers| layers > 1));
    assert!(
        report["totals"]["wasted"].as_u64().is_some_and(|wasted| wasted > 0),
        "a demo has something to show"
    );
    let run = crate::program::run(&["--demo", "--format", "text"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn help_version_manual_and_completions_are_printed() {
    let text = |arguments: &[&str]| {
        let run = run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
        assert_eq!(run.stderr, "", "{arguments:?}");
        run.stdout
    };
    let help = text(&["--help"]);
    let manual = text(&["man"]);
    for option in
        ["platform", "image", "min-efficiency", "max-own-wasted", "format", "output", "base", "demo"]
    {
        assert!(help.contains(&format!("--{option}")), "--help does not name --{option}");
        // troff writes a hyphen as `\-`
        assert!(manual.replace('\\', "").contains(&format!("--{option}")), "man does not name --{option}");
    }
    assert!(manual.contains(".TH"), "the manual page is troff");
    assert_eq!(text(&["--version"]).trim(), format!("layercake {}", env!("CARGO_PKG_VERSION")));
    for shell in ["bash", "zsh", "fish"] {
        assert!(text(&["completions", shell]).contains("layercake"), "{shell}");
    }
}

/// The shell that the completions are for must be able to read them.
#[cfg(unix)]
#[test]
fn bash_can_read_its_completions() {
    let folder = temp();
    let script = folder.path().join("layercake.bash");
    fs::write(&script, run(&["completions", "bash"]).stdout).unwrap();
    let Ok(status) = Command::new("bash").arg("-n").arg(&script).status() else {
        eprintln!("SKIPPED: there is no bash here");
        return;
    };
    assert!(status.success());
}
