//! What images that nobody had seen before showed: each case fires where it should, and is silent beside it.

use super::*;
use crate::advice::testing::credentials;
use crate::dockerfile::Edit;
use crate::layer::SecretCheck;

fn finding(fixture: Fixture, rule: &str) -> Option<crate::advice::Finding> {
    fixture.advice().findings.into_iter().find(|finding| finding.rule == rule)
}

fn fix(fixture: Fixture, rule: &str) -> String {
    finding(fixture, rule).map(|finding| finding.snippet).unwrap_or_default()
}

fn project(files: &[&str]) -> Fixture {
    let files: Vec<File> = files.iter().map(|name| file(&format!("app/{name}"), 9)).collect();
    Fixture::new().step("COPY . /app # buildkit", &files)
}

#[test]
fn only_what_fetches_dependencies_moves_above_the_copy() {
    let rule = "copy-before-install";
    assert_eq!(
        fix(project(&["go.mod", "go.sum"]).run("go build -o /srv .", &[]), rule),
        "COPY go.mod go.sum /app/\nRUN go mod download\nCOPY . /app\nRUN go build -o /srv ."
    );
    assert_eq!(
        fix(project(&["Cargo.toml", "Cargo.lock", "src/main.rs"]).run("cargo build --release", &[]), rule),
        "COPY Cargo.toml Cargo.lock /app/\nRUN mkdir -p src && \\\n    echo 'fn main() {}' > src/main.rs && \\\n    \
         cargo fetch\nCOPY . /app\nRUN cargo build --release"
    );
    assert_eq!(
        fix(project(&["package.json"]).run("npm ci && npm run build && rm -rf /root/.npm", &[]), rule),
        "COPY package.json /app/\nRUN npm ci && \\\n    rm -rf /root/.npm\nCOPY . /app\nRUN npm run build"
    );
    let pip = project(&["requirements.txt"])
        .run("pip install --upgrade pip", &[file("v", 1)])
        .run("pip install -r requirements.txt", &[]);
    assert_eq!(
        fix(pip, rule),
        "# move the installation above the COPY, with pip install --upgrade pip and what else it needs"
    );
    for (files, command) in [
        (&["go.mod"][..], "go build ."),
        (&["Cargo.toml", "Cargo.lock", "a/Cargo.toml", "src/main.rs"], "cargo build"),
        (&["pyproject.toml"], "pip install ."),
        (&["pyproject.toml"], "pip install -e ."),
        (&["package.json"], "yarn build"),
        (&["package.json"], "cd web && npm ci && npm run build"),
        (&["requirements.txt"], "pip install --upgrade pip setuptools"),
    ] {
        assert_eq!(fix(project(files).run(command, &[]), rule), "", "{command}");
    }
}

#[test]
fn a_core_dump_is_told_by_its_headers_whatever_it_is_called() {
    let dump = |kind| Fixture::new().run("./app", &[program("srv/crash-of-app", 6 * MB, kind, 0)]);
    assert_eq!(finding(dump(ElfKind::Core), "core-dumps").unwrap().bytes, 6 * MB);
    assert_eq!(finding(dump(ElfKind::Executable), "core-dumps"), None);
}

#[test]
fn toolchains_of_the_distribution_are_known() {
    for (rule, path, other) in [
        ("go", "usr/lib/go-1.19/pkg/tool/compile", "usr/lib/gopher/tool"),
        ("rust", "usr/lib/rustlib/x86_64/lib/libcore.rlib", "usr/lib/rust.txt"),
        (
            "jdk",
            "usr/lib/jvm/java-17-openjdk-amd64/jmods/java.base.jmod",
            "usr/lib/jvm/java-17-openjdk-amd64/bin/java",
        ),
    ] {
        let image = |path: &str| Fixture::new().run("apt-get install -y x", &[file(path, 50 * MB)]);
        assert_eq!(finding(image(path), rule).unwrap().bytes, 50 * MB);
        assert_eq!(finding(image(other), rule), None);
    }
}

#[test]
fn a_compiler_that_was_asked_for_did_not_come_by_recommendation() {
    let why = |command: &str| {
        finding(Fixture::new().run(command, &[file("usr/bin/gcc", 50 * MB)]), "toolchain").unwrap().why
    };
    let words = "came with what the packages recommend";
    assert!(why("apt-get install -y python3").contains(words));
    assert!(!why("apt-get install -y golang-go").contains(words));
}

#[test]
fn what_the_step_cleans_already_is_not_cleaned_again() {
    let deb = [file("var/cache/apt/archives/a.deb", 50 * MB)];
    let run = |command: &str| fix(Fixture::new().run(command, &deb), "apt-archives");
    let after = run(
        "apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*",
    );
    assert!(
        after.contains("rm -rf /var/lib/apt/lists/* && \\\n    rm -rf /var/cache/apt/archives/*.deb"),
        "{after}"
    );
    let without = run("apt-get update && apt-get install -y --no-install-recommends curl");
    assert!(without.contains("rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb"), "{without}");
}

#[test]
fn an_archive_that_came_with_the_project_is_left_out_of_that_copy() {
    let tree = [file("opt/tool/x", 9 * MB)];
    let image = |copy: &str, place: &str| {
        Fixture::new().step(copy, &[file(place, 5 * MB)]).run(&format!("tar -xzf /{place} -C /opt"), &tree)
    };
    let add = "# ADD unpacks an archive of the build context and keeps no copy\nADD t.tar.gz /opt/\n# removed: RUN tar -xzf /tmp/t.tar.gz -C /opt";
    let whole = fix(image("COPY . /srv # buildkit", "srv/t.tar.gz"), "archive-plus-tree");
    assert!(whole.starts_with("# keep t.tar.gz out of layer 1 (COPY . /srv)"), "{whole}");
    assert_eq!(fix(image("COPY t.tar.gz /tmp/ # buildkit", "tmp/t.tar.gz"), "archive-plus-tree"), add);
}

#[test]
fn libraries_of_wheels_are_not_to_be_stripped() {
    let image = |path: &str| Fixture::new().run("make", &[program(path, 9 * MB, ElfKind::Shared, 5 * MB)]);
    assert!(has(&image("opt/lib/libx.so").advice(), "unstripped"));
    assert!(!has(&image("opt/venv/lib/python3.11/site-packages/numpy.libs/libx.so").advice(), "unstripped"));
}

#[test]
fn only_secrets_of_the_build_context_are_to_be_ignored() {
    let key = |path: &str| file(path, 100);
    let image = Fixture::new()
        .step("COPY . /app # buildkit", &[key("app/id_rsa"), key("app/.aws/credentials")])
        .run("cp", &[key("root/.ssh/id_ed25519")]);
    let fix = fix(image, "secret-file");
    assert!(fix.ends_with("# .dockerignore\n.aws/credentials\nid_rsa"), "{fix}");
    let run = Fixture::new().run("ssh-keygen", &[key("root/.ssh/id_ed25519")]);
    assert!(!self::fix(run, "secret-file").contains("dockerignore"));
}

#[test]
fn the_longest_row_of_steps_is_the_one_to_merge() {
    let mut image = Fixture::new()
        .run("first", &[file("a", 1)])
        .run("second", &[file("b", 1)])
        .step("COPY x /x # buildkit", &[file("x", 1)]);
    for number in 0..35 {
        image = image.run(&format!("tiny{number}"), &[file(&format!("t{number}"), 1)]);
    }
    let fix = fix(image, "many-layers");
    assert!(fix.starts_with("RUN tiny0 && \\\n    tiny1") && fix.ends_with("tiny34"), "{fix}");
}

#[test]
fn a_link_takes_the_place_of_a_copy_only_where_all_of_it_is_one() {
    let image = |more: &[File]| {
        let dist = [File { content: 7, ..file("app/dist/a.js", 50 * MB) }];
        let mut www = vec![File { content: 7, ..file("srv/www/a.js", 50 * MB) }];
        www.extend_from_slice(more);
        Fixture::new().run("build", &dist).run("cp -r /app/dist/. /srv/www/", &www)
    };
    assert_eq!(fix(image(&[]), "duplicate-content"), "RUN ln -sfn /app/dist /srv/www");
    let other = fix(image(&[file("srv/www/index.html", MB)]), "duplicate-content");
    assert_eq!(other, "RUN cp -r /app/dist/. /srv/www/ && \\\n    ln -sf /app/dist/a.js /srv/www/a.js");
}

#[test]
fn what_chmod_stores_again_is_one_finding_whether_the_mode_changed_or_not() {
    let files =
        |mode| [File { mode, ..file("app/a", 50 * MB) }, File { mode: 0o755, ..file("app/b", 40 * MB) }];
    let image =
        |source: &str| Fixture::new().step(source, &files(0o644)).run("chmod -R 755 /app", &files(0o755));
    let advice = image("COPY dir:0123456789ab in /app").advice();
    assert!(has(&advice, "metadata-only") && !has(&advice, "identical-rewrite"));
    assert_eq!(advice.findings[0].bytes, 90 * MB);
    assert!(advice.findings[0].snippet.contains("COPY --chmod=755 <SOURCE> /app"));
    // an archive's own modes win
    assert!(!fix(image("ADD file:0123456789ab in /app"), "metadata-only").contains("--chmod"));
    let same = Fixture::new()
        .step("COPY . /app # buildkit", &files(0o755))
        .step("COPY . /app # buildkit", &files(0o755));
    assert!(has(&same.advice(), "identical-rewrite"));
}

fn edits(fixture: Fixture, rule: &str) -> Vec<Edit> {
    finding(fixture, rule).map(|finding| finding.fix.edits).unwrap_or_default()
}

#[test]
fn a_variable_that_a_run_may_read_keeps_runs_apart() {
    let image = |set: &str, second: &str| {
        Fixture::new().run("make x", &[file("x", 5 * MB)]).empty(set).run(second, &[gone("x")])
    };
    // what only removes reads no variable of another name
    assert!(has(&image("ENV MODE=fast", "rm x").advice(), "merge-runs"));
    // a program that may read it, and a command that names it, do
    for (set, second) in
        [("ENV MODE=fast", "./build.sh && rm x"), ("ARG VERSION=2", "rm x $VERSION"), ("ENV PATH=/y", "rm x")]
    {
        assert!(!has(&image(set, second).advice(), "merge-runs"), "{set} {second}");
    }
}

#[test]
fn tests_of_libraries_are_not_removed_by_a_command() {
    let tests = [file("usr/lib/python3/site-packages/astropy/tests/a.py", 9 * MB)];
    let found = finding(Fixture::new().run("pip install astropy", &tests), "tests-examples").unwrap();
    assert_eq!((found.severity, found.fix.edits), (Severity::Info, vec![]));
}

/// A project with npm's lock: `tsc` is for development, `express` is not.
fn locked(start: &str) -> Fixture {
    let lock = "{\"packages\": {\"node_modules/tsc\": {\"dev\": true}, \"node_modules/express\": {}}}";
    let project = format!("{{\"scripts\": {{\"start\": \"{start}\"}}}}");
    let mut image = Fixture::new().run(
        "npm ci",
        &[
            text("app/package.json", &project),
            text("app/node_modules/.package-lock.json", lock),
            file("app/node_modules/tsc/a.js", 20 * MB),
            file("app/node_modules/express/eslint/a.js", 20 * MB),
        ],
    );
    image.config.config.working_dir = "/app".into();
    image.config.config.cmd = vec!["npm".into(), "start".into()];
    image
}

#[test]
fn development_dependencies_are_told_by_the_lock_and_stay_where_a_container_starts_them() {
    let found = finding(locked("node server.js"), "node-dev-deps").unwrap();
    assert_eq!((found.bytes, found.fix.edits.len()), (20 * MB, 1));
    let found = finding(locked("tsc --watch"), "node-dev-deps").unwrap();
    assert_eq!((found.severity, found.fix.edits), (Severity::Info, vec![]));
    assert!(found.snippet.contains("a container starts tsc"), "{}", found.snippet);
}

#[test]
fn packages_that_were_asked_for_by_name_go_with_all_that_only_they_need() {
    let lock = r#"{"packages": {
        "node_modules/express": {"dependencies": {"shared": "1"}},
        "node_modules/express/node_modules/own": {},
        "node_modules/shared": {"optionalDependencies": {"deep": "1"}},
        "node_modules/deep": {},
        "node_modules/webpack": {"dependencies": {"acorn": "1", "shared": "1"}},
        "node_modules/acorn": {"peerDependencies": {"missing": "1"}}
    }}"#;
    let mut files = vec![
        text("app/package.json", r#"{"dependencies": {"express": "4", "webpack": "5"}}"#),
        text("app/node_modules/.package-lock.json", lock),
    ];
    let modules = ["express", "shared", "deep", "webpack", "acorn"];
    let paths = modules.map(|name| format!("app/node_modules/{name}/a.js"));
    files.extend(paths.iter().map(|path| file(path, 10 * MB)));
    let mut image = Fixture::new().run("npm install express webpack", &files);
    image.config.config.working_dir = "/app".into();
    let found = finding(image, "node-dev-deps").unwrap();
    assert_eq!(found.bytes, 20 * MB);
    assert!(found.snippet.contains("RUN npm install express"), "{}", found.snippet);
}

#[test]
fn every_guilty_step_is_changed() {
    let lists = |name: &str| [file(&format!("var/lib/apt/lists/{name}"), 20 * MB)];
    let image = Fixture::new()
        .run("apt-get update && apt-get install -y --no-install-recommends curl", &lists("a"))
        .step("COPY x /x # buildkit", &[file("x", 1)])
        .run("apt-get install -y --no-install-recommends git", &lists("b"));
    let edits = edits(image, "apt-lists");
    let appended = edits.iter().filter(|edit| matches!(edit, Edit::AppendCommand { .. })).count();
    assert_eq!(appended, 2);
    // the lists are gone then, so the later installation fetches its own
    assert!(
        edits
            .iter()
            .any(|edit| matches!(edit, Edit::ReplaceCommand { with, .. } if with[0] == "apt-get update")),
        "{edits:?}"
    );
}

#[test]
fn a_store_whose_files_have_other_names_frees_nothing() {
    let stored = file("root/.local/share/pnpm/store/v3/a", 90 * MB);
    let linked =
        File { path: "app/node_modules/x/a".into(), link: Some(stored.path.clone()), ..stored.clone() };
    // the other name is hidden by a later chown, and still keeps the bytes in its layer
    let own = File { uid: 7, ..file("app/node_modules/x/a", 90 * MB) };
    let image = Fixture::new()
        .run("pnpm install", &[stored, linked])
        .run("chown -R node /app", &[gone("app/node_modules/x/a")])
        .run("b", &[own]);
    assert!(!has(&image.advice(), "pnpm-bun"));
}

#[test]
fn the_owner_of_a_copy_is_named_with_the_group_that_the_files_have() {
    let a = file("srv/a", 5 * MB);
    let image = Fixture::new()
        .step("COPY . /srv # buildkit", std::slice::from_ref(&a))
        .run("chown -R nobody /srv", &[File { uid: 65534, ..a.clone() }]);
    let edits = edits(image, "metadata-only");
    assert!(
        edits.iter().any(|edit| matches!(edit, Edit::AddFlag { flag, .. } if flag == "--chown=nobody:0")),
        "{edits:?}"
    );
}

#[test]
fn a_source_that_the_history_lost_is_plainly_a_placeholder() {
    let image = Fixture::new()
        .step("/bin/sh -c #(nop) COPY file:0123456789abcdef in /tmp/a.tgz ", &[file("tmp/a.tgz", 50 * MB)])
        .run("tar xzf /tmp/a.tgz -C /opt", &[file("opt/x", 90 * MB)]);
    let fix = fix(image, "archive-plus-tree");
    assert!(fix.contains("ADD <SOURCE> /opt/"), "{fix}");
}

#[test]
fn an_archive_that_is_unpacked_with_options_is_not_left_to_add() {
    let image = Fixture::new()
        .step("ADD https://h/nano.tar.xz /tmp/ # buildkit", &[file("tmp/nano.tar.xz", 50 * MB)])
        .run(
            "tar -xf /tmp/nano.tar.xz --strip-components=1 -C /opt",
            &[file("opt/x", 90 * MB), file("usr/bin/curl", 1)],
        );
    let fix = fix(image, "archive-plus-tree");
    assert!(
        fix.contains("--strip-components=1")
            && fix.contains("curl -fsSL -o /tmp/nano.tar.xz https://h/nano.tar.xz"),
        "{fix}"
    );
    assert!(fix.contains("rm -f /tmp/nano.tar.xz") && !fix.contains("ADD nano"), "{fix}");
}

#[test]
fn sources_that_a_build_reads_are_not_left_out_of_the_context() {
    let image = Fixture::new()
        .step("COPY main.cpp /src/ # buildkit", &[file("src/main.cpp", 5 * MB)])
        .run("g++ -o /usr/local/bin/app /src/main.cpp", &[file("usr/local/bin/app", MB)])
        .run("rm -rf /src", &[gone("src/main.cpp")]);
    let edits = edits(image, "deleted-later");
    assert!(!edits.iter().any(|edit| matches!(edit, Edit::Ignore { .. })), "{edits:?}");
}

#[test]
fn a_toolbox_has_its_compiler_on_purpose() {
    let mut image = Fixture::new()
        .run("apt-get install -y --no-install-recommends gcc", &[file("usr/bin/gcc", 150 * MB)]);
    image.config.config.cmd = vec!["bash".into()];
    let advice = image.advice();
    let loud: Vec<_> = advice.findings.iter().filter(|finding| finding.severity != Severity::Info).collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[test]
fn what_the_context_brings_and_nobody_runs_is_found() {
    for (path, rule) in [
        ("app/node_modules/x/a.js", "copied-modules"),
        ("app/.next/cache/a", "build-cache"),
        ("home/app/work/server.log", "logs"),
        ("usr/src/app/build.log", "logs"),
    ] {
        let image = Fixture::new().step("COPY . /app # buildkit", &[file(path, 12 * MB)]);
        assert!(has(&image.advice(), rule), "{path}");
    }
}

#[test]
fn secrets_come_first_and_stages_before_what_they_make_moot() {
    let image = full_base(MB)
        .run("apt-get install -y --no-install-recommends gcc", &[file("usr/bin/gcc", 150 * MB)])
        .run("gcc x.c", &[file("usr/local/bin/app", MB), credentials("root/.npmrc", SecretCheck::Secret)]);
    let advice = image.advice();
    assert_eq!(ids(&advice)[..3], ["secret-file", "multi-stage", "toolchain"]);
}

#[test]
fn what_a_container_writes_belongs_on_volumes() {
    let mb = 1_000_000;
    let files = [
        file("var/log/nginx/access.log", 30 * mb),
        file("var/lib/postgresql/data/base/1", 50 * mb),
        file("run/app.pid", 2 * mb),
        file("opt/app/.cache/wheel", 9 * mb),
    ];
    let image = Fixture::new().empty("CMD [\"app\"]").run("make", &[file("var/log/build.log", 5 * mb)]);
    let image = image.empty("CMD [\"serve\"]").written(&files);
    let advice = image.advice();
    let snippet = |rule: &str| {
        let finding = advice.findings.iter().find(|finding| finding.rule == rule);
        let finding = finding.unwrap_or_else(|| panic!("{rule} is not among {:?}", advice.findings));
        assert_eq!(finding.layers, [2], "{rule}: the image's own files are not the container's");
        finding.snippet.clone()
    };
    let starts = [
        ("container-data", "docker run --volume NAME:/var/lib/postgresql IMAGE"),
        ("container-logs", "docker run --volume NAME:/var/log/nginx IMAGE"),
        ("container-cache", "docker run --volume NAME:/opt/app/.cache IMAGE"),
        ("container-temp", "docker run --tmpfs /run IMAGE"),
    ];
    for (rule, start) in starts {
        assert!(snippet(rule).contains(start), "{rule}: {}", snippet(rule));
    }
}
