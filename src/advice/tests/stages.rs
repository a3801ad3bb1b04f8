//! Two stages: what the second one installs, carries over and makes again, and what makes them a sketch.

use super::*;
use crate::layer::{Elf, Excerpt};

fn finding(fixture: Fixture, rule: &str) -> Option<crate::advice::Finding> {
    fixture.advice().findings.into_iter().find(|finding| finding.rule == rule)
}

fn fix(fixture: Fixture, rule: &str) -> String {
    finding(fixture, rule).map(|finding| finding.snippet).unwrap_or_default()
}

#[test]
fn two_stages_carry_over_what_a_container_needs_and_name_what_they_lose() {
    let mut image = full_base(MB)
        .run(
            "apt-get update && apt-get install -y --no-install-recommends gcc",
            &[file("usr/bin/gcc", 150 * MB)],
        )
        .step("COPY src /src # buildkit", &[file("src/main.c", 10)])
        .run("gcc -o /usr/local/bin/app /src/main.c", &[file("usr/local/bin/app", MB)])
        .run("curl https://h/x | tar xz -C /opt", &[file("opt/conda/x", 11 * MB)])
        .step("COPY app.conf /etc/ # buildkit", &[file("etc/app.conf", 10)])
        .empty("EXPOSE map[80/tcp:{}]");
    image.config.config.cmd = vec!["app".into()];
    let found = finding(image, "multi-stage").unwrap();
    assert_eq!((found.severity, found.confidence), (Severity::High, Confidence::Judgement));
    for line in [
        "COPY --from=build /etc/app.conf /etc/app.conf",
        "EXPOSE 80/tcp",
        "COPY --from=build /opt/conda /opt/conda",
        "# not accounted for: what the packages to install need in turn",
    ] {
        assert!(found.snippet.contains(line), "{line}: {}", found.snippet);
    }
    assert!(found.title.starts_with("A sketch of two stages: 113 MB of 26"), "{}", found.title);
}

/// An image of Debian with dpkg's records: each package with what it depends on and its files.
fn recorded(packages: &[(&str, &str, &[&str])]) -> Vec<File> {
    let mut status = String::new();
    let mut files = Vec::new();
    for (name, depends, paths) in packages {
        let lines =
            ["Package: ", name, "\nStatus: install ok installed\nVersion: 1\nDepends: ", depends, "\n\n"];
        status.extend(lines);
        let list: Vec<String> = paths.iter().map(|path| format!("/{path}")).collect();
        files.push(text(&format!("var/lib/dpkg/info/{name}.list"), &list.join("\n")));
        files.extend(paths.iter().map(|path| file(path, 20 * MB)));
    }
    files.push(text("var/lib/dpkg/status", &status));
    files
}

/// A program that asks for these libraries.
fn linked(path: &str, libraries: &[&str]) -> File {
    let elf = Elf { kind: ElfKind::Shared, machine: 62, is_64_bit: true, needs_loader: true, strippable: 0 };
    let names = libraries.iter().map(|name| name.as_bytes().into()).collect();
    File { excerpt: Some(Excerpt::Elf(elf, Some(names))), ..file(path, MB) }
}

const PACKAGES: [(&str, &str, &[&str]); 6] = [
    ("gcc", "binutils", &["usr/lib/gcc/x86_64-linux-gnu/12/cc1"]),
    ("binutils", "", &["usr/bin/x86_64-linux-gnu-ld.bfd"]),
    ("libx-dev", "libx1 (= 1)", &["usr/include/x.h"]),
    ("libx1", "liby2", &["usr/lib/x86_64-linux-gnu/libx.so.1"]),
    ("liby2", "", &["usr/lib/x86_64-linux-gnu/liby.so.2"]),
    ("curl", "liby2", &["usr/bin/curl"]),
];
const INSTALL: &str = "apt-get update && apt-get install -y --no-install-recommends gcc libx-dev curl";

#[test]
fn a_second_stage_installs_the_libraries_that_programs_ask_for() {
    let mut image = full_base(MB)
        .run(INSTALL, &recorded(&PACKAGES))
        .step("COPY . /src # buildkit", &[file("src/main.c", 10), file("src/page.html", 10)])
        .run(
            "cc -o /usr/local/bin/app /src/main.c",
            &[linked("usr/local/bin/app", &["libx.so.1", "libc.so.6"])],
        );
    image.config.config.cmd = vec!["app".into()];
    let found = finding(image, "multi-stage").unwrap();
    let staged = found.staged.unwrap();
    assert_eq!(staged.gaps, Vec::<String>::new());
    assert!(found.snippet.contains("--no-install-recommends curl libx1 &&"), "{}", found.snippet);
    // what is no source may be read when the program runs
    assert!(found.snippet.contains("COPY --from=build /src /src\n"), "{}", found.snippet);
    assert!(found.title.starts_with("Build in one stage and run in another: 16"), "{}", found.title);
}

#[test]
fn a_second_stage_installs_what_pythons_packages_ask_for() {
    let site = "usr/local/lib/python3.11/dist-packages";
    let image = |requirement: &str| {
        let packages: [(&str, &str, &[&str]); 5] = [
            ("gcc", "python3-yaml", &["usr/lib/gcc/x86_64-linux-gnu/12/cc1"]),
            ("python3", "", &["usr/bin/python3"]),
            ("python3-pip", "python3", &["usr/bin/pip"]),
            ("python3-yaml", "python3", &["usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO"]),
            ("libz-dev", "", &["usr/include/z.h"]),
        ];
        let install =
            "apt-get update && apt-get install -y --no-install-recommends gcc python3 python3-pip libz-dev";
        let metadata = format!("Name: app\nRequires-Dist: {requirement}\n\nabout it\n");
        let mut image = full_base(MB).run(install, &recorded(&packages)).run(
            "pip install app",
            &[
                text(&format!("{site}/app-1.0.dist-info/METADATA"), &metadata),
                file(&format!("{site}/app/_fast.so"), 5 * MB),
                file(&format!("{site}/app/__init__.py"), 10),
            ],
        );
        image.config.config.cmd = ["python3", "-m", "app"].map(String::from).into();
        image
    };
    let fix = fix(image("pyyaml >= 5"), "multi-stage");
    assert!(fix.contains("python3-yaml") && !fix.contains("not accounted for"), "{fix}");
    let fix = self::fix(image("pyyaml; extra == 'yaml'"), "multi-stage");
    assert!(fix.contains("COPY --from=build") && !fix.contains("python3-yaml"), "{fix}");
}

#[test]
fn a_second_stage_has_the_users_directories_and_settings_of_the_first() {
    let image = |more: &[File]| {
        let mut owned = vec![file("etc/passwd", 9), file("etc/group", 9)];
        owned.extend_from_slice(more);
        let mut image = full_base(MB)
            .run(INSTALL, &recorded(&PACKAGES))
            .run("make -C /usr/src install", &[linked("usr/local/bin/app", &[])])
            .run("useradd app && mkdir /data && chown app /data", &owned)
            .empty("ENV CFLAGS=-O2 MODE=fast")
            .empty("ENV CC=gcc")
            .empty("LABEL a=b")
            .empty("VOLUME [/data]")
            .empty("HEALTHCHECK &{[\"CMD-SHELL\" \"curl -f localhost\"] \"5s\" \"0s\" \"0s\" '\\x00'}")
            .empty("STOPSIGNAL SIGINT")
            .empty("EXPOSE map[80/tcp:{}]");
        image.config.config.user = "app".into();
        image.config.config.working_dir = "/data".into();
        image.config.config.cmd = vec!["app".into()];
        fix(image, "multi-stage")
    };
    let text = image(&[File { uid: 1000, ..file("home/app/.profile", 9) }]);
    let (_, run) = text.split_once("\n\n").unwrap();
    for line in [
        "ENV MODE=fast",
        "COPY --from=build /etc/group /etc/passwd /etc/",
        "COPY --from=build /usr/local/bin/app /usr/local/bin/app",
        "COPY --from=build /home/app /home/app",
        "LABEL a=b",
        "VOLUME /data",
        "HEALTHCHECK --interval=5s CMD curl -f localhost",
        "STOPSIGNAL SIGINT",
        "EXPOSE 80/tcp",
        "WORKDIR /data",
        "USER app",
        "CMD [\"app\"]",
    ] {
        assert!(run.lines().any(|other| other == line), "{line}: {run}");
    }
    assert!(!run.contains("CFLAGS") && !run.contains("CC="), "{run}");
}

#[test]
fn what_packages_bring_is_changed_again_and_what_was_removed_of_it_goes_again() {
    let nginx: [(&str, &str, &[&str]); 2] =
        [("nginx", "", &["usr/sbin/nginx", "etc/nginx/nginx.conf", "etc/nginx/old"]), PACKAGES[1]];
    let mut image = full_base(MB)
        .run("apt-get update && apt-get install -y --no-install-recommends nginx binutils", &recorded(&nginx))
        .run("sed -i s/a/b/ /etc/nginx/nginx.conf", &[file("etc/nginx/nginx.conf", 10)])
        .run("chown -R app /usr/sbin/nginx && rm -f /etc/nginx/old", &[gone("etc/nginx/old")])
        .run("make install", &[linked("usr/local/bin/app", &[]), file("usr/local/include/x.h", 90 * MB)]);
    image.config.config.cmd = vec!["nginx".into()];
    let text = fix(image, "multi-stage");
    let (_, run) = text.split_once("\n\n").unwrap();
    for part in [
        "--no-install-recommends nginx &&",
        "COPY --from=build /etc/nginx /etc/nginx",
        "chown -R app /usr/sbin/nginx",
        "rm -f /etc/nginx/old",
    ] {
        assert!(run.contains(part), "{part}: {run}");
    }
}

#[test]
fn what_cannot_be_accounted_for_makes_a_sketch() {
    let gaps = |install: &str| {
        let mut image = full_base(MB)
            .run(install, &recorded(&PACKAGES))
            .run("cc -o /usr/local/bin/app x.c", &[linked("usr/local/bin/app", &["libx.so.1"])]);
        image.config.config.cmd = vec!["app".into()];
        finding(image, "multi-stage").unwrap()
    };
    for (install, gap) in [
        ("apt-get install -y --no-install-recommends gcc $MORE", "the packages that $MORE stands for"),
        ("apt-get install -y --no-install-recommends gcc ./curl.deb", "the package in the file ./curl.deb"),
        (
            "echo deb x > /etc/apt/sources.list.d/x && apt-get install -y gcc && rm /etc/apt/sources.list.d/x",
            "packages from a source that a step added and removed again",
        ),
    ] {
        let found = gaps(install);
        assert_eq!(found.staged.unwrap().gaps, [gap], "{install}");
        assert!(found.title.starts_with("A sketch of two stages"), "{}", found.title);
        assert!(found.snippet.contains(&format!("# not accounted for: {gap}")), "{}", found.snippet);
    }
    assert!(gaps(INSTALL).staged.unwrap().gaps.is_empty());
}

#[test]
fn an_image_that_starts_a_compiler_keeps_it() {
    let image = |start: &str| {
        let mut image = full_base(MB)
            .run(
                "apt-get install -y --no-install-recommends gcc",
                &recorded(&[("gcc", "", &["usr/bin/gcc"])]),
            )
            .run("make install", &[linked("usr/local/bin/app", &[])]);
        image.config.config.cmd = vec![start.into()];
        image.advice()
    };
    assert!(has(&image("app"), "multi-stage"));
    assert!(!has(&image("gcc"), "multi-stage"));
}

#[test]
fn packages_for_development_are_taken_out_before_the_project_is_copied() {
    let image = |start: &[&str]| {
        let lock = "{\"packages\": {\"node_modules/tsc\": {\"dev\": true}, \"node_modules/express\": {}}}";
        let mut image = full_base(MB).run(INSTALL, &recorded(&PACKAGES)).run(
            "npm ci && npm run build",
            &[
                text("app/package.json", "{}"),
                text("app/node_modules/.package-lock.json", lock),
                file("app/node_modules/tsc/a.js", 20 * MB),
                file("app/node_modules/express/a.js", 20 * MB),
                file("app/dist/server.js", 10),
            ],
        );
        image.config.config.working_dir = "/app".into();
        image.config.config.user = "node".into();
        image.config.config.cmd = start.iter().map(ToString::to_string).collect();
        finding(image, "multi-stage").unwrap()
    };
    let found = image(&["node", "dist/server.js"]);
    let prune = "USER root\nRUN cd /app && npm prune --omit=dev\n\nFROM";
    assert!(found.snippet.contains(prune), "{}", found.snippet);
    assert!(found.snippet.contains("COPY --from=build /app /app\n"), "{}", found.snippet);
    let with_all = image(&["npx", "tsc", "--watch"]);
    assert!(!with_all.snippet.contains("prune"), "{}", with_all.snippet);
    assert_eq!(with_all.staged.unwrap().bytes, found.staged.unwrap().bytes + 20 * MB);
}

#[test]
fn what_a_step_writes_beside_its_packages_is_not_taken_for_theirs() {
    let mut files = recorded(&PACKAGES);
    files.extend([
        linked("usr/bin/app", &[]),
        file("var/lib/postgresql/15/main/base", 9 * MB),
        file("usr/lib/app/plugin", 10),
        file("var/lib/systemd/deb-systemd-helper-enabled/x", 10),
    ]);
    let mut image = full_base(MB).run(&format!("{INSTALL} && make install && ./prepare"), &files);
    image.config.config.cmd = vec!["app".into()];
    let staged = finding(image, "multi-stage").unwrap().staged.unwrap();
    // the program, the data and the plugin; what systemd's helper wrote comes with the packages
    assert_eq!((staged.carried.len(), staged.gaps.len()), (3, 0));
}
