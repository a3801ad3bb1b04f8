//! Tests over the whole table, and of what the rules say together.

mod layouts;
mod promises;
mod recommended;
mod reviewed;
mod stages;
mod structural;
mod unseen;

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::engine::table;
use super::engine::wildcard::expand;
use super::testing::{File, Fixture, file, gone, program, text};
use super::{Advice, Confidence, Confirm, Group, PathRule, Settings, Severity, explain, list, rules};
use crate::layer::ElfKind;
use structural::{chowned, full_base};

const MB: u64 = 1_000_000;

fn ids(advice: &Advice) -> Vec<&str> {
    advice.findings.iter().map(|finding| finding.rule.as_str()).collect()
}

fn has(advice: &Advice, id: &str) -> bool {
    ids(advice).contains(&id)
}

#[test]
fn the_table_is_complete() {
    assert!(table::path_rules().count() >= 38, "assets/rules.toml could not be read");
    let mut seen = BTreeSet::new();
    for rule in rules() {
        assert!(seen.insert(rule.id.clone()), "{} stands twice", rule.id);
        assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.id);
        assert!(!rule.title.is_empty() && !rule.why.is_empty(), "{}", rule.id);
        assert!(!rule.fix.is_empty() || rule.id == "base-waste", "{}", rule.id);
        assert!(!rule.title.ends_with('.') && rule.why.ends_with('.'), "{}", rule.id);
        assert!(explain(&rule.id, &[]).unwrap().contains(rule.title.as_ref()));
        assert!(list(&[]).contains(rule.id.as_ref()));
    }
    assert!(Settings::default().check().is_ok());
    for rule in table::path_rules() {
        assert!(!rule.what.is_empty() || rule.id == "model-cache", "{}", rule.id);
        let own =
            Settings { own: vec![PathRule { id: "other".into(), ..rule.clone() }], ..Settings::default() };
        assert_eq!(own.check(), Ok(()), "{}", rule.id);
    }
    assert_eq!(explain("nonsense", &[]), None);
}

/// A path that a glob matches.
fn example(glob: &str) -> String {
    let glob = expand(glob).unwrap().remove(0);
    let parts: Vec<String> = glob
        .split('/')
        .map(|part| if part == "**" { "x".into() } else { part.replace("[0-9]", "1").replace('*', "a") })
        .collect();
    parts.join("/")
}

#[test]
fn every_path_rule_fires_in_own_layers_and_is_silent_in_the_base() {
    for rule in table::path_rules() {
        let size = if rule.group == Group::Secret { 100 } else { rule.least.max(5 * MB) };
        let fires = rule.globs.iter().any(|glob| {
            let path = example(glob);
            // what came with the context is told by its step
            let step = if rule.confirm == Some(Confirm::Copied) { "COPY . / # buildkit" } else { "RUN true" };
            let files = [file(&path, size)];
            let image = Fixture::new();
            let is_written = rule.confirm == Some(Confirm::Written);
            let advice = if is_written { image.written(&files) } else { image.step(step, &files) }.advice();
            let found = advice.findings.iter().find(|finding| finding.rule == rule.id);
            found.is_some_and(|finding| {
                let bytes = if rule.group == Group::Secret { 0 } else { size };
                finding.bytes == bytes && finding.layers == [1]
            })
        });
        assert!(fires, "{} never fires", rule.id);
        for glob in &rule.globs {
            let base = Fixture::default()
                .step("ADD x /", &[file("a", 100 * MB), file(&example(glob), size)])
                .run("true", &[file("b", 1)]);
            let loud: Vec<_> = base
                .advice()
                .findings
                .into_iter()
                .filter(|finding| finding.severity != Severity::Info)
                .collect();
            assert_eq!(loud, [], "{glob}");
        }
    }
}

/// The status of an image in which pip was asked for, and recommends gcc.
const STATUS: &str = "Package: pip\nStatus: install ok installed\nRecommends: gcc\n\n\
    Package: gcc\nStatus: install ok installed\nDepends: libgcc\n\n\
    Package: libgcc\nStatus: install ok installed\n";

#[test]
fn recommended_packages_are_named_and_billed() {
    let files = [
        file("usr/bin/pip", 5 * MB),
        file("usr/bin/gcc", 50 * MB),
        file("usr/lib/libgcc.so", 20 * MB),
        text("var/lib/dpkg/status", STATUS),
        text("var/lib/dpkg/info/pip.list", "/usr/bin/pip\n"),
        text("var/lib/dpkg/info/gcc.list", "/usr/bin/gcc\n"),
        text("var/lib/dpkg/info/libgcc.list", "/usr/lib/libgcc.so\n"),
        text(
            "var/lib/apt/extended_states",
            "Package: gcc\nAuto-Installed: 1\n\nPackage: libgcc\nAuto-Installed: 1\n",
        ),
    ];
    let advice = Fixture::new().run("apt-get install -y pip", &files).advice();
    let finding = advice.findings.iter().find(|finding| finding.rule == "recommends").unwrap();
    assert_eq!(finding.title, "2 packages are there only because others recommend them: gcc and libgcc");
    assert_eq!((finding.bytes, finding.layers.as_slice()), (70 * MB, [1].as_slice()));
    assert!(finding.why.contains("gcc came for pip, libgcc came for gcc"), "{}", finding.why);
    assert_eq!(finding.snippet, "RUN apt-get install -y --no-install-recommends pip");
    assert!(!has(&advice, "toolchain"));
    // asked for: then the compiler is told by its package
    let mut asked: Vec<File> = files.to_vec();
    asked[7] = text("var/lib/apt/extended_states", "Package: libgcc\nAuto-Installed: 1\n");
    let advice = Fixture::new().run("apt-get install -y pip gcc", &asked).advice();
    assert!(!has(&advice, "recommends"));
    let finding = advice.findings.iter().find(|finding| finding.rule == "toolchain").unwrap();
    assert!(finding.title.ends_with(": gcc"), "{}", finding.title);
}

#[test]
fn core_dumps_are_told_by_their_headers() {
    let found = |file: File| {
        let advice = Fixture::new().run("make", &[file]).advice();
        has(&advice, "core-dumps")
    };
    assert!(found(program("srv/core.17", 5 * MB, ElfKind::Core, 0)));
    assert!(!found(program("srv/core", 5 * MB, ElfKind::Executable, 0)));
    assert!(!found(file("srv/core", 5 * MB)));
    assert!(found(file("srv/java.hprof", 5 * MB)));
}

#[test]
fn a_lean_image_gives_no_advice() {
    let binary =
        Fixture::default().step("COPY app /app # buildkit", &[file("app", 9 * MB)]).empty("CMD [\"/app\"]");
    assert_eq!(binary.advice().findings, []);
    let advice = Fixture::default().advice();
    assert_eq!((advice.findings, advice.savings.possible), (vec![], 0));
}

#[test]
fn an_image_without_history_gets_findings() {
    let mut fixture =
        Fixture::new().run("x", &[file("x", 5 * MB)]).step("COPY a /", &[]).run("y", &[gone("x")]);
    fixture.config.history.clear();
    assert!(has(&fixture.advice(), "deleted-later"));
}

#[test]
fn a_secret_is_found_after_its_deletion_and_its_value_is_never_told() {
    let advice = Fixture::new()
        .empty("ARG NPM_TOKEN=hunter2")
        .run("echo //registry/:_authToken=hunter2 > /app/.npmrc", &[file("app/id_rsa", 9), file("x", 5 * MB)])
        .step("COPY . .", &[])
        .run("PASSWORD=hunter2 sh -c 'rm /app/id_rsa x'", &[gone("app/id_rsa"), gone("x")])
        .advice();
    let key = advice.findings.iter().find(|finding| finding.rule == "secret-file").unwrap();
    assert_eq!((key.severity, key.bytes, key.layers.as_slice()), (Severity::High, 0, [1].as_slice()));
    assert!(key.title.contains("removed later but still there"), "{}", key.title);
    assert!(has(&advice, "secret-env") && has(&advice, "deleted-later"));
    assert!(!format!("{:?}", advice.findings).contains("hunter2"));
}

#[test]
fn the_fix_of_a_chown_is_written_for_the_image() {
    let a = file("srv/a", 5 * MB);
    let advice = Fixture::new()
        .empty("WORKDIR /srv")
        .step("COPY . . # buildkit", std::slice::from_ref(&a))
        .run("chown -R www-data:www-data /srv", &[chowned(&a)])
        .advice();
    let finding = &advice.findings[0];
    assert_eq!(finding.title, "chown stores 1 file again: layer 2 over 1");
    assert!(finding.snippet.contains("\nCOPY --chown=www-data:www-data . .\n"), "{}", finding.snippet);
    assert_eq!((finding.bytes, advice.savings.exact), (5 * MB, 5 * MB));
}

#[test]
fn a_link_from_outside_keeps_a_cached_file() {
    let stored = file("opt/conda/pkgs/a", 9 * MB);
    let linked =
        File { path: "opt/conda/envs/a".into(), link: Some("opt/conda/pkgs/a".into()), ..stored.clone() };
    let advice = Fixture::new().run("conda install a", &[stored, linked]).advice();
    assert!(!has(&advice, "conda"));
}

#[test]
fn rules_can_be_switched_off_and_added() {
    let image =
        || Fixture::new().run("apk add x", &[file("var/cache/apk/x", 5 * MB), file("data/x", 5 * MB)]);
    let off = Settings { off: ["apk".to_owned()].into(), ..Settings::default() };
    assert!(has(&image().advice(), "apk") && !has(&image().advice_with(&off), "apk"));
    assert!(toml::from_str::<PathRule>("id = \"a\"\nglobs = []\nseverity = 1").is_err(), "an unknown key");
    let own: PathRule = toml::from_str("id = \"our-data\"\nglobs = [\"/data/**\"]").unwrap();
    let settings = Settings { own: vec![own.clone()], ..Settings::default() };
    assert_eq!(settings.check(), Ok(()));
    let advice = image().advice_with(&settings);
    let finding = advice.denied("our-data").unwrap();
    assert_eq!((finding.bytes, finding.confidence), (5 * MB, Confidence::Likely));
    assert!(advice.denied("npm").is_none());
    for (settings, why) in [
        (Settings { off: ["nope".to_owned()].into(), ..Settings::default() }, "no rule called `nope`"),
        (
            Settings { own: vec![PathRule { id: "npm".into(), ..own.clone() }], ..Settings::default() },
            "already",
        ),
        (
            Settings {
                own: vec![PathRule { globs: vec!["{a".into()], ..own.clone() }],
                ..Settings::default()
            },
            "without its",
        ),
        (Settings { own: vec![PathRule { globs: vec![], ..own }], ..Settings::default() }, "has no globs"),
    ] {
        assert!(settings.check().unwrap_err().contains(why));
    }
}

/// Few paths, so that layers meet.
const PATHS: [&str; 10] = [
    "var/cache/apk/x",
    "app/.git/y",
    "app/a",
    "app/b",
    "tmp/t",
    "usr/share/man/m",
    "var/lib/dpkg/status",
    "app/x.bak",
    "usr/include/h",
    "app/id_rsa",
];

fn any_file() -> impl Strategy<Value = File> {
    (0..PATHS.len(), 0_u64..4, 0_u64..3, 0_u64..2, 0..8).prop_map(|(path, size, content, uid, kind)| {
        match kind {
            0 => gone(PATHS[path]),
            1 => File { link: Some(PATHS[(path + 1) % PATHS.len()].into()), ..file(PATHS[path], 0) },
            _ => File { content: content + 1, uid, ..file(PATHS[path], size * 3 * MB) },
        }
    })
}

fn any_step() -> impl Strategy<Value = (usize, Vec<File>)> {
    (0_usize..6, proptest::collection::vec(any_file(), 0..8))
}

proptest! {
    #[test]
    fn bytes_are_billed_once_whatever_the_layers_are(steps in proptest::collection::vec(any_step(), 1..9)) {
        let mut image = Fixture::new();
        for (kind, files) in steps {
            image = match kind {
                0 => image.step("COPY . /app # buildkit", &files),
                1 => image.run("chown -R a /app", &files),
                2 => image.empty("ENV A=b").run("rm -rf /app; true", &files),
                3 => image.run("apt-get install -y x", &files),
                4 => image.empty("USER x").run("cd / && make", &files),
                _ => image.step("", &files),
            };
        }
        // `advice` checks that no byte is billed twice and that sums are true
        let advice = image.advice();
        let claimed: u64 = advice.findings.iter().map(|finding| finding.bytes).sum();
        prop_assert!(advice.savings.possible <= claimed);
    }
}
