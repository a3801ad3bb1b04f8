//! What is read, and what every mistake is answered with.

use super::super::{Setting, Value};
use super::*;

fn parse(text: &str) -> Result<Config> {
    Config::parse(Path::new(NAME), text)
}

fn error(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn a_whole_file_is_read() {
    let config = parse(
        r#"
        base.layers = 3
        [gates]
        min-efficiency = 0.95
        max-wasted = 20_000_000
        max-own-wasted = "off"
        max-layers = "30"
        [ignore]
        paths = ["var/lib/dpkg/**"]
        [rules]
        allow = ["docs"]
        deny = ["secrets", "vcs"]
        "#,
    )
    .unwrap();
    let get = |name| config.gates.get(Gate::named(name).unwrap());
    assert_eq!(get("min-efficiency"), Some(&Setting::at(Value::Share(0.95))));
    assert_eq!(get("max-wasted"), Some(&Setting::at(Value::Size(20_000_000))));
    assert_eq!(get("max-own-wasted"), Some(&Setting::Off));
    assert_eq!(get("max-layers"), Some(&Setting::at(Value::Count(30))));
    assert_eq!(get("max-size"), None);
    assert!(config.ignore.matches(b"var/lib/dpkg/status"));
    assert_eq!(
        (config.allow.as_slice(), config.gates.denied()),
        (&["docs".to_owned()][..], &["secrets".to_owned(), "vcs".into()][..])
    );
    assert_eq!(config.base, Some(BaseSetting::Layers(3)));
    assert_eq!(config.path.as_deref(), Some(Path::new(NAME)));
}

#[test]
fn an_empty_file_sets_nothing() {
    let config = parse("# nothing yet\n[gates]\n").unwrap();
    assert!(config.gates.is_empty() && config.ignore.is_empty() && config.base.is_none());
    assert_eq!(parse("[base]\nauto = true").unwrap().base, Some(BaseSetting::Auto));
}

#[test]
fn unknown_keys_and_tables_are_errors_with_line_and_proposal() {
    assert_eq!(
        error("[gates]\n\nmin-eficiency = 1"),
        "cannot read .layercake.toml: line 3: unknown key in [gates]: `min-eficiency`; did you mean `min-efficiency`?"
    );
    assert_eq!(
        error("[gate]\n"),
        "cannot read .layercake.toml: line 1: unknown table: `gate`; did you mean `gates`?"
    );
    assert_eq!(
        error("[ignore]\nfiles = []"),
        "cannot read .layercake.toml: line 2: unknown key in [ignore]: `files`; known here: paths"
    );
    // the first one in the file, not in the alphabet
    assert!(error("[gates]\nzz = 1\naa = 1").contains("line 2: unknown key in [gates]: `zz`"));
}

#[test]
fn wrong_values_are_errors_that_name_key_and_line() {
    for (text, want) in [
        ("gates = 3", "line 1: `gates` must be a table: write [gates]"),
        ("[gates]\nmax-size = true", "line 2: `max-size` must be a string or a number, not a boolean"),
        ("[gates]\nmax-size = [1]", "line 2: `max-size` must be a string or a number, not a list"),
        ("[gates]\nmax-size = -1", "line 2: `max-size`: `-1` is not a size"),
        ("[gates]\nmin-efficiency = nan", "line 2: `min-efficiency`: `nan` is not a share"),
        ("[gates]\nmin-efficiency = 90", "line 2: `min-efficiency`: `90` is not a share"),
        ("[gates]\nmax-layers = 1.5", "line 2: `max-layers`: `1.5` is not a whole number"),
        ("[ignore]\npaths = \"x\"", "line 2: `paths` must be a list of strings, not a string"),
        ("[ignore]\npaths = [\"x\",\n 3]", "line 3: `paths` must be a list of strings, not a number"),
        ("[ignore]\npaths = [\"x\",\n \"a[b\"]", "line 3: `a[b` is not a glob"),
        ("[base]\nlayers = -1", "line 2: `layers` must be 0 or more, not -1"),
        ("[base]\nlayers = \"3\"", "line 2: `layers` must be a whole number, not a string"),
        ("[base]\nauto = false", "line 2: `auto` can only be true"),
        ("[base]\nauto = 1", "line 2: `auto` must be true, not a number"),
        ("[base]\nauto = true\nlayers = 1", "line 3: set either `auto` or `layers`, not both"),
        ("[gates\n", "line 1: "),
        ("a = 1\na = 2", "line 2: "),
    ] {
        let got = error(text);
        assert!(got.starts_with(&format!("cannot read .layercake.toml: {want}")), "{text:?}: {got}");
        assert!(!got.contains('\n'), "{got}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    for open in ["[", "{a=", "a."] {
        assert!(parse(&format!("x = {}", open.repeat(200_000))).is_err());
    }
    assert!(parse(&format!("[{}b]", "a.".repeat(100_000))).is_err());
}

/// A fresh directory with these files.
fn directory(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (file, bytes) in files {
        std::fs::write(directory.path().join(file), bytes).unwrap();
    }
    directory
}

#[test]
fn our_own_file_wins_over_the_one_of_dive() {
    let dive: &[u8] = b"rules:\n  highestWastedBytes: 5B\n";
    let both = directory(&[(NAME, b"[gates]\nmax-wasted = 7\n"), (".dive-ci", dive)]);
    let only = directory(&[(".dive-ci", dive)]);
    let none = directory(&[]);
    let wasted = |config: &Config| config.gates.get(Gate::named("max-wasted").unwrap()).cloned();
    assert_eq!(wasted(&Config::find(both.path(), None).unwrap()), Some(Setting::at(Value::Size(7))));
    assert_eq!(wasted(&Config::find(only.path(), None).unwrap()), Some(Setting::at(Value::Size(5))));
    let named = both.path().join(".dive-ci");
    assert_eq!(wasted(&Config::find(none.path(), Some(&named)).unwrap()), Some(Setting::at(Value::Size(5))));
    let nothing = Config::find(none.path(), None).unwrap();
    assert!(nothing.path.is_none() && nothing.gates.is_empty());
}

#[test]
fn files_that_cannot_be_configuration_are_errors() {
    let long = "#".repeat(1 + usize::try_from(MOST_BYTES).unwrap());
    let path = directory(&[("long", long.as_bytes()), ("binary", b"\xff\xfe")]);
    let error =
        |name: &str| Config::find(path.path(), Some(&path.path().join(name))).unwrap_err().to_string();
    assert!(error("long").ends_with("it is longer than 1 MiB, so it is not a configuration file"));
    assert!(error("binary").ends_with("it is not UTF-8 text"));
    assert!(error("missing").ends_with("missing: no such file or directory"));
}

#[test]
fn own_rules_are_read_and_checked() {
    let config =
        parse("[gates]\nmax-layers = 3\n[[rule]]\nid = \"ours\"\nglobs = [\"srv/**\"]\nfix = \"x\"").unwrap();
    assert_eq!((config.rules[0].id.as_str(), config.rules[0].globs.len()), ("ours", 1));
    for (text, why) in [
        ("\n[[rule]]\nid = \"ours\"", "rule `ours` has no globs"),
        ("[[rule]]\nid = \"npm\"\nglobs = [\"a\"]", "line 1: there is a rule called `npm` already"),
        ("[[rule]]\nid = \"ours\"\nglobs = [\"{a\"]", "has a `{` without its `}`"),
        ("[[rule]]\nid = \"ours\"\nglobs = []\ncolour = 1", "line 4: unknown field `colour`"),
        ("rule = 3", "line 1: "),
    ] {
        assert!(error(text).contains(why), "{}", error(text));
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    let folder = directory(&[]);
    let made = std::process::Command::new("mkfifo").arg(folder.path().join(NAME)).status();
    if !made.is_ok_and(|status| status.success()) {
        return; // no mkfifo here
    }
    let error = Config::find(folder.path(), None).unwrap_err().to_string();
    assert!(error.ends_with("it is not a regular file"), "{error}");
}
