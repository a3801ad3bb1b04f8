//! What Dockerfiles of people who never saw this program showed.

use super::*;
use crate::advice::Finding;
use crate::dockerfile::Edit;
use crate::layer::{Elf, Excerpt};

fn finding(fixture: Fixture, rule: &str) -> Option<Finding> {
    fixture.advice().findings.into_iter().find(|finding| finding.rule == rule)
}

fn fix(fixture: Fixture, rule: &str) -> String {
    finding(fixture, rule).map(|finding| finding.snippet).unwrap_or_default()
}

fn moved(of: &File, path: &str) -> File {
    File { path: path.into(), ..of.clone() }
}

fn linked(of: &File, path: &str) -> File {
    File { link: Some(of.path.clone()), excerpt: None, ..moved(of, path) }
}

fn as_user(mut image: Fixture, user: &str) -> Fixture {
    image.config.config.user = user.into();
    image
}

#[test]
fn the_command_that_cleans_reaches_what_was_found() {
    let index = file("var/cache/man/index.db", 5 * MB);
    let image = Fixture::new().run("mandb -q", &[index, file("var/cache/other", 9)]);
    assert_eq!(fix(image, "other-cache"), "RUN mandb -q && \\\n    rm -rf /var/cache/man");
    let logs = [file("var/log/a.log", 5 * MB), file("srv/app/debug.log", 5 * MB), file("srv/app/x", 1)];
    let image = Fixture::new().run("make", &logs);
    let want = "RUN make && \\\n    find /var/log -type f -delete && \\\n    rm -rf /srv/app/debug.log";
    assert_eq!(fix(image, "logs"), want);
    assert!(fix(Fixture::new().run("make", &logs[..1]), "logs").ends_with("find /var/log -type f -delete"));
}

#[test]
fn documents_that_somebody_copied_and_those_of_a_reader_are_meant() {
    let book = file("usr/share/doc/handbook/all.txt", 20 * MB);
    let pages = file("usr/share/man/man1/a.1", 20 * MB);
    let copied = Fixture::new().step("COPY doc /usr/share/doc/handbook # buildkit", &[book]);
    assert!(!has(&copied.advice(), "docs"));
    let image = || {
        let files = [pages.clone(), program("usr/bin/man", MB, ElfKind::Executable, 0)];
        Fixture::new().run("apt-get install -y --no-install-recommends man-db", &files)
    };
    assert_eq!(finding(image(), "docs").unwrap().severity, Severity::Low);
    let mut reader = image();
    reader.config.config.entrypoint = vec!["man".into()];
    assert_eq!(finding(reader, "docs").unwrap().severity, Severity::Info);
}

#[test]
fn what_yarn_runs_from_is_no_cache() {
    let packages = file("root/.yarn/berry/cache/x.zip", 9 * MB);
    let image = |more: &str| Fixture::new().run("yarn install", &[packages.clone(), file(more, 10)]).advice();
    assert!(has(&image("srv/node_modules/x/a.js"), "yarn"));
    assert!(!has(&image("srv/.pnp.cjs"), "yarn"));
}

#[test]
fn a_workspace_has_more_than_one_manifest() {
    let rule = "copy-before-install";
    let image = |more: &str| {
        let files = [file("app/package.json", 9), file(more, 9)];
        fix(Fixture::new().step("COPY . /app # buildkit", &files).run("yarn install", &[]), rule)
    };
    assert!(image("app/node_modules/x/package.json").starts_with("COPY package.json /app/"));
    assert_eq!(image("app/packages/a/package.json"), "");
    assert_eq!(image("app/.yarn/releases/yarn.cjs"), "");
}

#[test]
fn yarn_of_today_leaves_out_development_in_its_own_way() {
    let files = |more: &str| [file("srv/node_modules/webpack/a.js", 30 * MB), file(more, 9)];
    let image = |more: &str| fix(Fixture::new().run("yarn install", &files(more)), "node-dev-deps");
    assert!(image("srv/.yarnrc.yml").contains("yarn workspaces focus --all --production"));
    assert!(image("srv/yarn.lock").contains("yarn install --production"));
}

/// A program that cargo links to a name with the sum of what it was built from.
fn built(command: &str, more: impl Fn(&File) -> Vec<File>) -> Fixture {
    let stored = program("src/out/app-39e889d7c9d32b13", 9 * MB, ElfKind::Executable, 8 * MB);
    let mut files = more(&stored);
    files.insert(0, stored);
    files.push(program("usr/bin/strip", 10, ElfKind::Executable, 0));
    Fixture::new().run(command, &files)
}

#[test]
fn names_that_the_next_build_changes_are_in_no_command() {
    let named = built("make", |stored| vec![linked(stored, "src/out/app")]);
    assert!(fix(named, "unstripped").ends_with("strip --strip-unneeded /src/out/app"));
    let nameless = finding(built("make", |_| Vec::new()), "unstripped").unwrap();
    assert!(nameless.fix.edits.is_empty() && !nameless.snippet.contains("39e889"), "{}", nameless.snippet);
    let twice =
        built("make", |stored| vec![linked(stored, "src/out/app"), moved(stored, "usr/local/bin/app")]);
    assert!(fix(twice, "duplicate-content").ends_with("ln -sf /src/out/app /usr/local/bin/app"));
    let kept =
        fix(built("cargo build --release", |stored| vec![linked(stored, "src/out/app")]), "unstripped");
    assert!(kept.ends_with("strip --strip-unneeded /src/out/app"), "{kept}");
    let plain = program("usr/local/bin/app", 9 * MB, ElfKind::Executable, 8 * MB);
    let cargo = fix(Fixture::new().run("cargo install --path .", &[plain]), "unstripped");
    assert!(cargo.contains("cargo install --config profile.release.strip=true --path ."), "{cargo}");
    assert!(cargo.contains("strip = true"), "{cargo}");
}

#[test]
fn what_a_chown_parts_from_its_other_name_is_the_chowns() {
    let stored = file("root/store/a", 9 * MB);
    let (first, second) = (linked(&stored, "srv/a"), linked(&stored, "srv/b"));
    let own = |link: &File| File { uid: 7, link: None, ..link.clone() };
    let chown = |names: &[&File]| {
        let copies: Vec<File> = names.iter().map(|link| own(link)).collect();
        let files = [stored.clone(), first.clone(), second.clone()];
        Fixture::new().run("pnpm install", &files).run("chown -R 7:7 /srv", &copies)
    };
    for (names, bytes) in [(&[&first][..], 9 * MB), (&[&first, &second], 18 * MB)] {
        let found = finding(chown(names), "metadata-only").unwrap();
        assert_eq!((found.bytes, found.layers.as_slice()), (bytes, [1, 2].as_slice()));
        assert!(found.title.ends_with("layer 2 over 1"), "{}", found.title);
        assert!(found.why.contains("hard links still name them"), "{}", found.why);
        assert!(found.snippet.contains("RUN pnpm install && \\\n    chown -R 7:7 /srv"), "{}", found.snippet);
    }
    // a link that another step made, and one that changed nothing
    assert!(finding(chown(&[]), "metadata-only").is_none());
    let same = File { link: None, ..first.clone() };
    let image = Fixture::new()
        .run("pnpm install", &[stored.clone(), first.clone()])
        .run("chown -R 0:0 /srv", &[same]);
    assert!(finding(image, "metadata-only").is_none());
}

#[test]
fn an_owner_who_runs_the_container_may_install_as_well() {
    let tree = file("srv/app/lib/a.so", 30 * MB);
    let own = File { uid: 7, ..tree.clone() };
    let image = |more: &str, user: &str| {
        let image = Fixture::new()
            .run("useradd app", &[])
            .run("make install", &[tree.clone(), file(more, 10)])
            .step("COPY a /b # buildkit", &[file("b", 1)])
            .run("chown -R app:app /srv/app", std::slice::from_ref(&own));
        fix(as_user(image, user), "metadata-only")
    };
    let note = "# or run layer 2 as app: USER app before it, in a directory that app owns";
    assert!(image("root/.cache/x", "app").contains(note), "{}", image("root/.cache/x", "app"));
    for (more, user) in [("usr/lib/x", "app"), ("root/.cache/x", "root"), ("root/.cache/x", "other")] {
        assert!(!image(more, user).contains("USER"), "{more} {user}");
    }
    // the same where one RUN is the fix
    let merged = Fixture::new()
        .run("make install", std::slice::from_ref(&tree))
        .run("useradd app && chown -R app /srv/app", std::slice::from_ref(&own));
    let merged = fix(as_user(merged, "app"), "merge-runs");
    assert!(merged.contains("# or make app earlier, and run layer 1 as app: USER app before it"), "{merged}");
}

#[test]
fn a_copy_with_its_owner_may_be_linked_where_no_other_directory_gets_it() {
    let image = |place: &str, step: &str| {
        let tree = file(&format!("{place}/a"), 9 * MB);
        let base =
            Fixture::default().step("ADD x / # buildkit", &[file("srv/x", 100 * MB)]).empty("CMD [\"sh\"]");
        let own = File { uid: 7, ..tree.clone() };
        fix(base.step(step, &[tree]).step("RUN /bin/sh -c chown -R 7 /app /srv", &[own]), "metadata-only")
    };
    let linked = "# COPY --link --chown=7:0 does the same";
    assert!(image("app", "COPY . /app # buildkit").contains(linked));
    assert!(!image("app", "COPY . /app").contains("--link"), "the old builder has no such option");
    assert!(!image("srv/app", "COPY . /srv/app # buildkit").contains("--link"));
}

#[test]
fn a_base_by_its_tag_is_told_once_and_where_it_is_known() {
    let image = |text: &str| {
        let image = Fixture::new().step("COPY a /a # buildkit", &[file("a", 1)]).dockerfile(text);
        image.advice().findings.into_iter().filter(|found| found.rule == "unpinned-base").collect::<Vec<_>>()
    };
    let found = image("FROM x:1 AS b\nRUN a\nFROM example.org/y:2 AS c\nFROM c\nCOPY a /a\n");
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(only.severity, Severity::Info);
    assert!(only.title.starts_with("FROM example.org/y:2 is another"), "{}", only.title);
    assert!(only.snippet.starts_with("# FROM example.org/y:2@sha256:DIGEST\n"), "{}", only.snippet);
    for from in ["scratch", "x@sha256:0", "$BASE"] {
        assert!(image(&format!("FROM {from}\nCOPY a /a\n")).is_empty(), "{from}");
    }
    assert!(image("FROM x\nRUN another\n").is_empty(), "the Dockerfile of another image");
}

fn asks_for(path: &str, libraries: &[&str]) -> File {
    let elf =
        Elf { kind: ElfKind::Executable, machine: 62, is_64_bit: true, needs_loader: true, strippable: 0 };
    let libraries = libraries.iter().map(|name| name.as_bytes().into()).collect();
    File { excerpt: Some(Excerpt::Elf(elf, Some(libraries))), ..file(path, 9 * MB) }
}

/// Debian 12 with its documents, of which a container starts an own program.
fn debian(id: &str) -> Fixture {
    let release = text("etc/os-release", &format!("ID=debian\nVERSION_ID=\"{id}\"\nVERSION_CODENAME=x\n"));
    let shell = program("bin/sh", 100 * MB, ElfKind::Executable, 0);
    let files = [shell, file("usr/share/doc/all", 9 * MB), release];
    let mut image = Fixture::default().step("ADD x /", &files).empty("CMD [\"sh\"]");
    image.config.config.entrypoint = vec!["/srv/app".into()];
    image
}

#[test]
fn a_program_that_needs_a_few_libraries_needs_no_distribution() {
    let copy = |files: &[File]| debian("12").step("COPY app /srv/ # buildkit", files);
    let app = |libraries: &[&str]| asks_for("srv/app", libraries);
    for (libraries, image) in [
        (&["libc.so.6", "libssl.so.3"][..], "gcr.io/distroless/base-debian12"),
        (&["libc.so.6", "libstdc++.so.6"], "gcr.io/distroless/cc-debian12"),
    ] {
        let found = finding(copy(&[app(libraries)]), "slim-base").unwrap();
        assert_eq!(found.snippet, format!("FROM {image}"));
        assert!(found.why.contains("libc.so.6"), "{}", found.why);
    }
    // its own libraries count, and so does what they need
    let own = asks_for("srv/lib/libx.so", &["libc.so.6"]);
    let with = |more: File| fix(copy(&[app(&["libx.so", "libc.so.6"]), more]), "slim-base");
    assert_eq!(with(own), "FROM gcr.io/distroless/base-debian12");
    let script = File { excerpt: Some(Excerpt::Script(b"#!/bin/sh\n"[..].into())), ..file("srv/run", 10) };
    for (more, why) in [
        (asks_for("srv/lib/libx.so", &["libpq.so.5"]), "a library of a package"),
        (file("srv/x", 10), "a library that is nowhere"),
        (script, "a script"),
    ] {
        assert!(!with(more).contains("distroless"), "{why}");
    }
    let other = debian("11").step("COPY app /srv/ # buildkit", &[app(&["libc.so.6"])]);
    assert!(!fix(other, "slim-base").contains("distroless"));
    let mut shell = copy(&[app(&["libc.so.6"])]);
    shell.config.config.entrypoint = vec!["/bin/sh".into(), "-c".into(), "/srv/app | cat".into()];
    assert!(!fix(shell, "slim-base").contains("distroless"));
    let checked = copy(&[app(&["libc.so.6"])]).empty("HEALTHCHECK CMD /srv/app --check || exit 1");
    assert!(!fix(checked, "slim-base").contains("distroless"));
    let tool = debian("12")
        .run("apt-get install -y --no-install-recommends curl", &[file("usr/bin/curl", MB)])
        .step("COPY app /srv/ # buildkit", &[app(&["libc.so.6"])]);
    assert!(!fix(tool, "slim-base").contains("distroless"));
}

#[test]
fn a_base_without_a_shell_runs_no_steps() {
    let app = program("srv/app", 9 * MB, ElfKind::Executable, 0);
    let app = File {
        excerpt: app.excerpt.map(|excerpt| match excerpt {
            Excerpt::Elf(elf, _) => Excerpt::Elf(Elf { needs_loader: false, ..elf }, None),
            other => other,
        }),
        ..app
    };
    let copied = debian("12").step("COPY app /srv/ # buildkit", std::slice::from_ref(&app));
    assert!(
        finding(copied, "slim-base")
            .unwrap()
            .fix
            .edits
            .contains(&Edit::ReplaceFrom { with: "scratch".into() })
    );
    let built = finding(debian("12").run("go build -o /srv/app", &[app]), "slim-base").unwrap();
    assert!(built.fix.edits.is_empty(), "{:?}", built.fix.edits);
    assert!(built.snippet.contains("in a last stage, with COPY --from=build of what runs: FROM scratch"));
}

#[test]
fn a_sketch_of_two_stages_says_how_wheels_are_built() {
    let image = |module: &str| {
        let mut image = full_base(MB)
            .run("apt-get install -y gcc", &[file("usr/bin/gcc", 150 * MB)])
            .run("pip install --user --no-cache-dir psycopg2==2.9", &[file(module, 20 * MB)]);
        image.config.config.cmd = vec!["python3".into()];
        finding(image, "multi-stage").unwrap()
    };
    let found = image("root/.local/lib/python3.11/site-packages/psycopg2/_psycopg.so");
    assert!(found.title.starts_with("A sketch"), "{}", found.title);
    for line in [
        "RUN pip wheel --wheel-dir /wheels psycopg2==2.9",
        "pip install --no-index --find-links /wheels psycopg2==2.9",
    ] {
        assert!(found.snippet.contains(line), "{}", found.snippet);
    }
    assert!(!image("root/.local/lib/python3.11/site-packages/flask/a.py").snippet.contains("wheel"));
}

#[test]
fn a_chmod_that_changes_nothing_goes() {
    let a = file("srv/a", 9 * MB);
    let image = |command: &str, more: &[File]| {
        let files: Vec<File> = std::iter::once(a.clone()).chain(more.iter().cloned()).collect();
        Fixture::new().step("COPY . /srv # buildkit", std::slice::from_ref(&a)).run(command, &files)
    };
    let rule = "identical-rewrite";
    let idle = finding(image("chmod 0644 /srv/a", &[]), rule).unwrap();
    assert!(matches!(idle.fix.edits.as_slice(), [Edit::RemoveStep { .. }]), "{:?}", idle.fix);
    assert!(idle.snippet.contains("changes nothing"), "{}", idle.snippet);
    for (command, more) in
        [("chmod 0644 /srv/a && date > /b", vec![]), ("chmod 0644 /srv/a", vec![file("srv/new", 1)])]
    {
        assert!(finding(image(command, &more), rule).unwrap().fix.edits.is_empty(), "{command}");
    }
}

#[test]
fn an_interpreter_that_a_package_brought_asks_for_no_base_of_its_language() {
    let image = |packages: &str| {
        let files = [program("usr/bin/python3.11", 6 * MB, ElfKind::Executable, 0)];
        fix(debian("12").run(&format!("apt-get install -y {packages}"), &files), "slim-base")
    };
    let mut asked = image("python3");
    asked.retain(|c| c != '\n');
    assert!(asked.contains("FROM python:3.11-slim"), "{asked}");
    assert_eq!(image("supervisor"), "FROM debian:x-slim");
}

#[test]
fn the_stage_that_builds_may_keep_its_caches() {
    let image = |cache: &str| {
        let built = [file(cache, 90 * MB), file("usr/local/bin/app", MB)];
        let mut image = full_base(MB)
            .run("apt-get install -y golang-go", &[file("usr/lib/go/pkg/tool/compile", 90 * MB)])
            .run("go build -o /usr/local/bin/app", &built);
        image.config.config.cmd = vec!["app".into()];
        fix(image, "go")
    };
    let modules = image("root/go/pkg/mod/x/a.go");
    assert!(
        modules.ends_with("for the next build: RUN --mount=type=cache,target=/root/go/pkg/mod"),
        "{modules}"
    );
    assert!(image("home/u/go-build/x").ends_with("leave these behind as well"));
}
