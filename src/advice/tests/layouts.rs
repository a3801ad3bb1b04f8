//! Images laid out as people build them, and whether the fixes fit.

use super::*;
use crate::advice::testing::credentials;
use crate::layer::SecretCheck;

/// A base of a distribution that ends with a `CMD`; `env` are its variables.
fn base(release: &str, files: &[File], env: &[&str]) -> Fixture {
    let mut all = vec![file("lib/libc.so", 20 * MB), text("etc/os-release", release)];
    all.extend_from_slice(files);
    let mut image = Fixture::default().step("ADD x /", &all);
    for pair in env {
        image = image.empty(&format!("ENV {pair}"));
        image.config.config.env.push((*pair).to_owned());
    }
    image.empty("CMD [\"sh\"]")
}

const ALPINE: &str = "ID=alpine\nVERSION_ID=3.19.1\n";
const BOOKWORM: &str = "ID=debian\nVERSION_CODENAME=bookworm\nVERSION_ID=12\n";

fn fix(image: Fixture, rule: &str) -> String {
    let advice = image.advice();
    let found = advice.findings.iter().find(|finding| finding.rule == rule);
    found.unwrap_or_else(|| panic!("{rule} is not among {:?}", ids(&advice))).snippet.clone()
}

fn cmd(mut image: Fixture, words: &[&str]) -> Fixture {
    image.config.config.cmd = words.iter().map(ToString::to_string).collect();
    image
}

#[test]
fn a_c_program_on_debian() {
    let image = || {
        cmd(full_base(MB), &["app"])
            .run("apt-get update", &[])
            .run("apt-get install -y gcc libpq-dev curl", &[file("usr/bin/gcc", 50 * MB)])
            .step("COPY dir:0a722beb7f31 in /src ", &[file("src/main.c", 10)])
            .run("cc -o /usr/local/bin/app /src/main.c", &[file("usr/local/bin/app", MB)])
            .run("rm -rf /usr/share/doc", &[gone("usr/share/doc/all")])
    };
    let want = "FROM debian:bookworm AS build\nRUN apt-get update\nRUN apt-get install -y gcc libpq-dev curl\n\
        COPY <SOURCE> /src\nRUN cc -o /usr/local/bin/app /src/main.c\nRUN rm -rf /usr/share/doc\n\n\
        FROM debian:bookworm\n\
        # not accounted for: what the packages to install need in turn\n\
        RUN apt-get update && \\\n    apt-get install -y --no-install-recommends curl && \\\n    rm -rf /var/lib/apt/lists/*\n\
        COPY --from=build /usr/local/bin/app /usr/local/bin/app\nRUN rm -rf /usr/share/doc/*\nCMD [\"app\"]";
    assert_eq!(fix(image(), "multi-stage"), want);
    assert!(fix(image(), "toolchain").contains("`multi-stage`"));
    let off = Settings { off: ["toolchain".to_owned()].into(), ..Settings::default() };
    assert!(!has(&image().advice_with(&off), "multi-stage"));
}

#[test]
fn a_c_program_on_alpine_is_built_with_apk() {
    let image = cmd(base(ALPINE, &[], &[]), &["/usr/local/bin/app"])
        .run("apk add --no-cache build-base curl", &[file("usr/bin/gcc", 50 * MB)])
        .empty("WORKDIR /src")
        .step("COPY . .", &[file("src/main.c", 10)])
        .run("make install", &[file("usr/local/bin/app", MB), file("src/main.o", 10)]);
    let want = "FROM alpine:3.19 AS build\nRUN apk add --no-cache build-base curl\nWORKDIR /src\nCOPY . .\nRUN make install\n\n\
        FROM alpine:3.19\n# not accounted for: what the packages to install need in turn\nRUN apk add --no-cache curl\n\
        COPY --from=build /usr/local/bin/app /usr/local/bin/app\nCMD [\"/usr/local/bin/app\"]";
    assert_eq!(fix(image, "multi-stage"), want);
}

#[test]
fn fedora_is_built_with_dnf_and_an_unknown_base_is_a_plain_word() {
    let image = |release| {
        base(release, &[], &[])
            .run("dnf install -y gcc", &[file("usr/bin/gcc", 50 * MB)])
            .run("gcc -o /usr/local/bin/app x.c", &[file("usr/local/bin/app", MB)])
    };
    let text = fix(image("ID=fedora\nVERSION_ID=40\n"), "multi-stage");
    assert!(text.starts_with("FROM fedora:40 AS build\nRUN dnf install -y gcc\n"), "{text}");
    let text = fix(image("ID=odd\n"), "multi-stage");
    assert!(text.starts_with("# your-base stands for"), "{text}");
    assert!(text.contains("FROM your-base AS build") && !text.contains("apt"), "{text}");
}

#[test]
fn go_and_rust_programs_leave_their_images_behind() {
    let go = base(BOOKWORM, &[file("usr/local/go/bin/go", MB)], &["GOLANG_VERSION=1.22.3"])
        .empty("WORKDIR /src")
        .step("COPY . .", &[file("src/main.go", 10)])
        .run("go build -o /app .", &[file("app", MB), file("root/.cache/go-build/x", 90 * MB)]);
    let text = fix(cmd(go, &["/app"]), "multi-stage");
    assert!(
        text.starts_with("FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ."),
        "{text}"
    );
    let lacks = "FROM debian:bookworm-slim\n# not accounted for: whatever the other base lacks\n";
    assert!(text.contains(lacks) && text.contains("\nCOPY --from=build /app /app\n"), "{text}");
    let rust = base(BOOKWORM, &[], &["RUST_VERSION=1.80.1"]).step("COPY . /src", &[file("src/a", 10)]).run(
        "cargo install --path /src",
        &[file("usr/local/cargo/registry/x", 90 * MB), file("usr/local/bin/app", MB)],
    );
    let text = fix(cmd(rust, &["app"]), "multi-stage");
    assert!(text.starts_with("FROM rust:1.80-slim AS build\nCOPY . /src\n"), "{text}");
    assert!(text.contains("COPY --from=build /usr/local/bin/app /usr/local/bin/app"), "{text}");
}

#[test]
fn a_java_program_keeps_its_archive_and_gets_a_run_time() {
    let java = [file("opt/java/openjdk/bin/java", MB), file("opt/java/openjdk/bin/javac", MB)];
    let mut image = base(BOOKWORM, &java, &["JAVA_VERSION=jdk-21.0.3+9"])
        .empty("WORKDIR /app")
        .step("COPY . .", &[file("app/pom.xml", 10)])
        .run("mvn -B package", &[file("app/target/a.jar", MB), file("root/.m2/repository/x", 90 * MB)]);
    image.config.config.working_dir = "/app".into();
    let text = fix(cmd(image, &["java", "-jar", "/app/target/a.jar"]), "multi-stage");
    assert!(
        text.starts_with("FROM eclipse-temurin:21-jdk AS build\nWORKDIR /app\nCOPY . .\nRUN mvn -B package"),
        "{text}"
    );
    assert!(text.contains("\nFROM eclipse-temurin:21-jdk\nCOPY --from=build /app /app\n"), "{text}");
}

#[test]
fn what_an_interpreter_is_started_with_is_what_was_built() {
    let jdk = [file("usr/lib/jvm/java-17-openjdk-amd64/jmods/java.base.jmod", 90 * MB)];
    let image = base(BOOKWORM, &[], &[])
        .run("apt-get update && apt-get install -y default-jdk-headless", &jdk)
        .step("ADD . /build", &[file("build/Main.java", 10)])
        .run("cd /build && javac -d out Main.java && jar cf app.jar -C out .", &[file("build/app.jar", MB)])
        .run("mkdir /opt/app && cp /build/app.jar /opt/app/", &[file("opt/app/app.jar", MB)]);
    let text = fix(cmd(image, &["java", "-jar", "/opt/app/app.jar"]), "multi-stage");
    assert!(text.contains("javac -d out Main.java"), "{text}");
    assert!(text.contains("COPY --from=build /opt/app /opt/app\n"), "{text}");
}

#[test]
fn a_python_program_takes_its_packages_along() {
    let python = [file("usr/local/bin/python3.12", MB)];
    let mut image = base(BOOKWORM, &python, &["PYTHON_VERSION=3.12.4"])
        .run(
            "apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev",
            &[file("usr/bin/gcc", 50 * MB)],
        )
        .empty("WORKDIR /app")
        .step("COPY . .", &[file("app/main.py", 10)])
        .run(
            "pip install -r requirements.txt && useradd app",
            &[file("usr/local/lib/python3.12/site-packages/a.py", MB), file("etc/passwd", 9)],
        );
    image.config.config.working_dir = "/app".into();
    image.config.config.user = "app".into();
    let text = fix(cmd(image, &["python3.12", "main.py"]), "multi-stage");
    for line in [
        "FROM python:3.12-slim AS build\n",
        "\nCOPY --from=build /etc/passwd /etc/passwd\n",
        "COPY --from=build /app /app\n",
        "COPY --from=build /usr/local/lib/python3.12 /usr/local/lib/python3.12\n",
        "\nUSER app\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
}

#[test]
fn development_dependencies_are_left_out_of_the_command_itself() {
    let lock = r#"{"packages": {"node_modules/typescript": {"dev": true}}}"#;
    let dev =
        [file("srv/node_modules/typescript/a.js", 9 * MB), text("srv/node_modules/.package-lock.json", lock)];
    for (command, want) in [
        (
            "npm ci",
            "# if a build step needs them: build first, then npm prune --omit=dev in the same RUN\nRUN npm ci --omit=dev",
        ),
        (
            "npm install express typescript@5",
            "# typescript@5 in the stage that builds, not here\nRUN npm install express",
        ),
        (
            "npm install typescript",
            "# typescript in the stage that builds, not here\n# removed: RUN npm install typescript",
        ),
    ] {
        assert_eq!(fix(Fixture::new().run(command, &dev), "node-dev-deps"), want);
    }
    let built = Fixture::new().run("npm ci", &dev).step("COPY . .", &[]).run("npm run build", &[]);
    let want = "# removed: RUN npm ci\nRUN npm ci && \\\n    npm run build && \\\n    npm prune --omit=dev";
    assert_eq!(fix(built, "node-dev-deps"), want);
    let together = Fixture::new().run("npm ci && npm run build", &dev);
    let want = "RUN npm ci && \\\n    npm run build && \\\n    npm prune --omit=dev";
    assert_eq!(fix(together, "node-dev-deps"), want);
    let apart = Fixture::new().run("npm ci", &dev).run("mkdir /out", &[]).run("npx tsc", &[]);
    assert!(fix(apart, "node-dev-deps").starts_with("# a later step builds with them"));
    // neither yarn nor an old npm leaves a list that tells
    for (command, want) in [
        (
            "yarn install",
            "# yarn install --production leaves them out; nothing in the image tells what else goes",
        ),
        (
            "npm ci && npm run build",
            "# npm ci --omit=dev leaves them out; nothing in the image tells what else goes",
        ),
    ] {
        let said = fix(Fixture::new().run(command, &dev[..1]), "node-dev-deps");
        assert!(said.starts_with(want) && !said.contains("\nRUN"), "{said}");
    }
}

#[test]
fn bytecode_is_pips_matter_and_not_the_distributions() {
    let owned = [
        text("var/lib/dpkg/status", "Package: python3\nStatus: install ok installed\n"),
        text("var/lib/dpkg/info/python3.list", "/usr/lib/python3/a.py\n"),
        file("usr/lib/python3/a.py", 10),
        file("usr/lib/python3/__pycache__/a.cpython-311.pyc", 9 * MB),
    ];
    assert!(!has(&Fixture::new().run("apt-get install -y python3", &owned).advice(), "python-bytecode"));
    let bytecode = [file("usr/local/lib/python3/site-packages/__pycache__/a.pyc", 9 * MB)];
    let fixed = |command: &str| fix(Fixture::new().run(command, &bytecode), "python-bytecode");
    assert_eq!(fixed("A=b pip install flask"), "RUN A=b pip install --no-compile flask");
    assert_eq!(fixed("pip3 install flask"), "RUN pip3 install --no-compile flask");
    let copied = Fixture::new().step("COPY . /app", &[file("app/x/__pycache__/a.pyc", 9 * MB)]);
    assert_eq!(fix(copied, "python-bytecode"), "# .dockerignore\nx");
}

#[test]
fn what_was_copied_is_left_out_of_the_context_by_its_own_name() {
    let mut image = Fixture::new().empty("WORKDIR /srv").step(
        "COPY . .",
        &[file("srv/.git/objects/a", 5 * MB), file("srv/.git/HEAD", 20), file("srv/a", 10)],
    );
    image.config.config.working_dir = "/srv".into();
    assert_eq!(fix(image, "vcs"), "# .dockerignore\n.git");
    let cloned =
        Fixture::new().run("git clone x /opt/x", &[file("opt/x/.git/a", 5 * MB), file("opt/x/a", 10)]);
    assert_eq!(fix(cloned, "vcs"), "RUN git clone x /opt/x && \\\n    rm -rf /opt/x/.git");
}

#[test]
fn the_base_is_named_or_told_in_words() {
    let documents = [file("usr/share/doc/x", 9 * MB)];
    let fixed =
        |release: &str, env: &[&str]| fix(base(release, &documents, env).run("b", &[]), "base-content");
    assert_eq!(fixed(BOOKWORM, &[]), "# a smaller variant of the same base\nFROM debian:bookworm-slim");
    assert_eq!(
        fixed(BOOKWORM, &["NODE_VERSION=20.1.0"]),
        "# a smaller variant of the same base\nFROM node:20-slim"
    );
    assert_eq!(fixed(ALPINE, &[]), "# alpine:3.19 has no smaller variant of the same distribution");
    assert_eq!(
        fixed("ID=ubuntu\nVERSION_ID=24.04\n", &[]),
        "# ubuntu:24.04 has no smaller variant of the same distribution"
    );
    assert_eq!(fixed("ID=odd\n", &[]), "# no smaller variant of this base is known");
}

#[test]
fn versions_are_those_of_the_image() {
    let record = "flask/__init__.py,,\n";
    let files = [
        file("usr/lib/python3/site-packages/flask/__init__.py", 10),
        text("usr/lib/python3/site-packages/flask-3.0.3.dist-info/RECORD", record),
    ];
    let image = Fixture::new().run("pip install flask", &files);
    assert_eq!(fix(image, "unpinned"), "# the versions that this image has\nRUN pip install flask==3.0.3");
}

#[test]
fn secrets_are_told_by_what_files_hold() {
    let npmrc = |holds| {
        Fixture::new()
            .run("echo x > /root/.npmrc && npm ci && rm /root/.npmrc", &[credentials("root/.npmrc", holds)])
            .run("rm /root/.npmrc", &[gone("root/.npmrc")])
            .advice()
    };
    assert!(!has(&npmrc(SecretCheck::Nothing), "secret-file"));
    let advice = npmrc(SecretCheck::Unknown);
    assert_eq!((advice.findings[0].severity, &*advice.findings[0].rule), (Severity::Medium, "secret-file"));
    let advice = npmrc(SecretCheck::Secret);
    let finding = &advice.findings[0];
    assert_eq!(
        (finding.severity, finding.confidence, finding.bytes),
        (Severity::High, Confidence::Likely, 0)
    );
    assert_eq!(finding.title, "/root/.npmrc holds a secret: layer 1, removed later but still there");
    assert_eq!(
        finding.snippet,
        "# docker build --secret id=npmrc,src=.npmrc .\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc \\\n    npm ci"
    );
}

#[test]
fn an_archive_beside_its_tree_is_streamed_added_or_deleted_in_time() {
    let tree = |name: &str| [file(name, 50 * MB), file("opt/jdk-21/lib", 90 * MB)];
    let cases = [
        (
            Fixture::new().run(
                "curl -o /opt/jdk-21_x64.tar.gz https://h/jdk.tar.gz && tar xzf /opt/jdk-21_x64.tar.gz -C /opt",
                &tree("opt/jdk-21_x64.tar.gz"),
            ),
            "RUN curl -o /opt/jdk-21_x64.tar.gz https://h/jdk.tar.gz && \\\n    tar xzf /opt/jdk-21_x64.tar.gz -C /opt && \\\n    rm -f /opt/jdk-21_x64.tar.gz",
        ),
        (
            Fixture::new().run("wget https://h/jdk-21.zip && unzip jdk-21.zip", &tree("opt/jdk-21.zip")),
            "RUN wget https://h/jdk-21.zip && \\\n    unzip jdk-21.zip && \\\n    rm -f /opt/jdk-21.zip",
        ),
        (
            Fixture::new()
                .step("COPY jdk-21.tar.xz /tmp/", &[file("tmp/jdk-21.tar.xz", 50 * MB)])
                .run("cd /opt && tar -xJf /tmp/jdk-21.tar.xz", &[file("opt/jdk-21/lib", 90 * MB)]),
            "# ADD unpacks an archive of the build context and keeps no copy\nADD jdk-21.tar.xz /opt/\n# removed: RUN cd /opt && \\\n#       tar -xJf /tmp/jdk-21.tar.xz",
        ),
        (
            Fixture::new()
                .step("COPY a.zip /tmp/", &[file("tmp/a.zip", 50 * MB)])
                .run("unzip /tmp/a.zip -d /opt", &[file("opt/x", 90 * MB)]),
            "# removed: COPY a.zip /tmp/\nRUN --mount=type=bind,source=a.zip,target=/tmp/a.zip \\\n    unzip /tmp/a.zip -d /opt",
        ),
    ];
    for (image, want) in cases {
        let advice = image.advice();
        let finding = advice.findings.iter().find(|finding| finding.rule == "archive-plus-tree").unwrap();
        assert_eq!((finding.snippet.as_str(), finding.bytes), (want, 50 * MB));
        assert!(!has(&advice, "archive-left"));
    }
    let alone = Fixture::new().run("curl -O https://h/data.tgz", &[file("opt/data.tgz", 50 * MB)]).advice();
    assert!(has(&alone, "archive-left") && !has(&alone, "archive-plus-tree"));
    let late = Fixture::new()
        .step("COPY a.tgz /tmp/", &[file("tmp/a.tgz", 50 * MB)])
        .run("tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz", &[file("opt/x", 90 * MB), gone("tmp/a.tgz")]);
    assert!(fix(late, "deleted-later").contains("\nADD a.tgz /opt/\n# removed: RUN tar"));
}

#[test]
fn many_small_programs_add_up_and_a_few_stay_silent() {
    let programs = |count: usize| -> Vec<File> {
        let one = |n: usize| program(&format!("usr/local/bin/app{n}"), 60_000, ElfKind::Executable, 50_000);
        (0..count).map(|n| File { content: n as u64 + 1, ..one(n) }).collect()
    };
    let advice = Fixture::new().run("make install", &programs(30)).advice();
    let finding = advice.findings.iter().find(|finding| finding.rule == "unstripped").unwrap();
    assert_eq!((finding.bytes, finding.evidence_total), (30 * 50_000, 30));
    assert!(!has(&Fixture::new().run("make install", &programs(3)).advice(), "unstripped"));
}

#[test]
fn a_program_in_the_shell_form_is_found() {
    let image = cmd(full_base(MB), &["/bin/sh", "-c", "A=b exec app --port 1"])
        .run("apt-get update && apt-get install -y gcc", &[file("usr/bin/gcc", 50 * MB)])
        .run("make", &[file("usr/bin/app", MB)]);
    assert!(fix(image, "multi-stage").contains("COPY --from=build /usr/bin/app /usr/bin/app\n"));
}

#[test]
fn nothing_is_removed_that_may_be_needed_or_that_cannot_be_named() {
    let data = Fixture::new().run("curl -o /models/a.onnx https://h/a", &[file("models/a.onnx", 200 * MB)]);
    assert!(fix(data, "data-blob").starts_with("# early in the Dockerfile"));
    let headers: Vec<File> = (0..20).map(|n| file(&format!("usr/include/{n}/a.h"), MB)).collect();
    assert!(
        fix(Fixture::new().run("apt-get install --no-install-recommends x", &headers), "headers")
            .starts_with("# in the final stage")
    );
    let own: PathRule = toml::from_str("id = \"ours\"\nglobs = [\"/data/**\"]\nfix = \"COPY a b\"").unwrap();
    let settings = Settings { own: vec![own], ..Settings::default() };
    let advice = Fixture::new().run("make data", &[file("data/x", 9 * MB)]).advice_with(&settings);
    assert_eq!(advice.findings[0].snippet, "# COPY a b");
}

proptest! {
    #[test]
    fn odd_commands_do_no_harm(commands in proptest::collection::vec("[a-z&;|()'\"\\\\$ /.=-]{0,24}( gcc -o /usr/bin/x| tar xf /opt/a.tgz -C| npm i x@1| chown a:b /srv| apt-get install -t)?[ a-z/-]{0,9}", 1..6)) {
        let mut image = full_base(9 * MB).run("apt-get install gcc", &[file("usr/bin/gcc", 50 * MB)]);
        for (number, command) in commands.iter().enumerate() {
            let files = [
                file("opt/a.tgz", 3 * MB),
                file(&format!("srv/node_modules/typescript/{number}"), 3 * MB),
                file("usr/bin/x", MB),
                credentials("root/.npmrc", SecretCheck::Secret),
            ];
            image = image.run(command, &files).empty("WORKDIR /srv").step("COPY . .", &[file("srv/.git/x", MB)]);
        }
        cmd(image, &["/usr/bin/x"]).advice();
    }
}
