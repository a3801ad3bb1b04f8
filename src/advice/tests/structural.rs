//! For each structural rule an image that it is about, and one that it is not.

use super::*;

/// Attributes changed, content kept.
pub(super) fn chowned(of: &File) -> File {
    File { uid: 1000, ..of.clone() }
}

/// For each structural rule an image in which it fires, and one like it in which it does not.
#[expect(clippy::too_many_lines, reason = "a table")]
fn structural() -> Vec<(&'static str, Fixture, Fixture)> {
    let a = file("srv/a", 5 * MB);
    let other = |file: &File| File { content: 5, ..file.clone() };
    let copy = |files: &[File]| Fixture::new().step("COPY . /srv # buildkit", files);
    vec![
        (
            "merge-runs",
            Fixture::new().run("make x", &[file("x", 5 * MB)]).empty("ENV A=b").run("rm x", &[gone("x")]),
            Fixture::new()
                .run("make x", &[file("x", 5 * MB)])
                .step("COPY a /", &[])
                .run("rm x", &[gone("x")]),
        ),
        (
            "upgrade",
            Fixture::new().run("apt-get upgrade -y", &[file("lib/libc.so", 90 * MB)]),
            Fixture::new().run("apt-get install -y x", &[file("lib/libc.so", 90 * MB)]),
        ),
        ("duplicate-entry", copy(&[a.clone(), other(&a)]), copy(&[a.clone(), file("srv/b", 5 * MB)])),
        (
            "pkgdb-rewrite",
            copy(&[file("var/lib/dpkg/status", 5 * MB)])
                .run("apt-get install x", &[file("var/lib/dpkg/status", 6 * MB)]),
            copy(&[file("var/lib/dpkg/status", 5 * MB)]),
        ),
        (
            "metadata-only",
            copy(std::slice::from_ref(&a)).run("chown -R app /srv", &[chowned(&a)]),
            copy(std::slice::from_ref(&a)).run("chown -R app /srv", &[]),
        ),
        (
            "identical-rewrite",
            copy(std::slice::from_ref(&a)).step("COPY . /srv", std::slice::from_ref(&a)),
            copy(std::slice::from_ref(&a)).step("COPY . /srv", &[file("srv/b", 5 * MB)]),
        ),
        (
            "deleted-later",
            copy(std::slice::from_ref(&a)).run("rm /srv/a", &[gone("srv/a")]),
            copy(std::slice::from_ref(&a)).run("rm /srv/b", &[gone("srv/b")]),
        ),
        (
            "overwritten",
            copy(std::slice::from_ref(&a)).run("sed -i s/a/b/ /srv/a", &[other(&a)]),
            copy(std::slice::from_ref(&a)),
        ),
        (
            "base-hidden",
            Fixture::new().run("rm /lib/libc.so", &[gone("lib/libc.so")]),
            Fixture::new().run("true", &[]),
        ),
        (
            "base-waste",
            Fixture::default()
                .step("ADD a /", &[file("a", 9 * MB)])
                .run("rm a", &[gone("a")])
                .empty("CMD x")
                .run("b", &[]),
            Fixture::new(),
        ),
        (
            "base-content",
            Fixture::default().step("ADD a /", &[file("usr/share/man/a", 9 * MB)]).run("b", &[]),
            Fixture::new(),
        ),
        ("small-leftovers", Fixture::new().run("b", &[file("x/y.bak", 100_000)]), Fixture::new()),
        (
            "duplicate-content",
            copy(&[a.clone(), File { path: "srv/b".into(), ..a.clone() }]),
            copy(&[a.clone(), File { path: "srv/b".into(), link: Some("srv/a".into()), ..a.clone() }]),
        ),
        (
            "secret-env",
            Fixture::new().empty("ENV DB_PASSWORD=hunter2"),
            Fixture::new().empty("ENV DB_PASSWORD_FILE=/run/secrets/x"),
        ),
        (
            "copy-before-install",
            copy(&[file("srv/package.json", 9)]).run("npm ci", &[]),
            Fixture::new().step("COPY package.json /srv/", &[]).run("npm ci", &[]).step("COPY . /srv", &[]),
        ),
        (
            "copy-root",
            Fixture::new().step("COPY --from=build / / # buildkit", &[]),
            Fixture::new().step("COPY --from=build /a / # buildkit", &[]),
        ),
        (
            "add-remote",
            Fixture::new().step("ADD https://host/a.tar.gz /opt/ # buildkit", &[]),
            Fixture::new().step("ADD a.tar.gz /opt/ # buildkit", &[]),
        ),
        (
            "archive-plus-tree",
            Fixture::new()
                .run("curl https://h/jdk.tgz", &[file("opt/jdk.tgz", 5 * MB), file("opt/jdk/x", 9 * MB)]),
            Fixture::new()
                .run("curl https://h/jdk.tgz", &[file("opt/jdk.tgz", 5 * MB), file("opt/other/x", 9 * MB)]),
        ),
        (
            "recommends",
            Fixture::new().run("apt-get install -y x", &[file("x", 9 * MB)]),
            Fixture::new().run("apt-get install -y --no-install-recommends x", &[file("x", 9 * MB)]),
        ),
        (
            "unstripped",
            Fixture::new().run("make", &[program("srv/app", 5 * MB, ElfKind::Executable, 4 * MB)]),
            Fixture::new().run("make", &[program("srv/app", 5 * MB, ElfKind::Executable, 0)]),
        ),
        (
            "multi-stage",
            Fixture::new()
                .run("apk add gcc", &[file("usr/bin/gcc", 50 * MB)])
                .run("make install", &[file("usr/local/bin/app", MB)]),
            Fixture::new().run("apk add gcc", &[file("usr/bin/gcc", 50 * MB)]),
        ),
        (
            "slim-base",
            full_base(9 * MB).run("true", &[file("srv/app", MB)]),
            full_base(MB).run("true", &[file("srv/app", MB)]),
        ),
        (
            "unpinned",
            Fixture::new().run("pip install flask", &[]),
            Fixture::new().run("pip install flask==3.0 && npm i a@1", &[]),
        ),
        (
            "unpinned-base",
            Fixture::new().run("a", &[file("b", 1)]).dockerfile("FROM x:1\nRUN a\n"),
            Fixture::new().run("a", &[file("b", 1)]),
        ),
        (
            "many-layers",
            (0..31).fold(Fixture::new(), |image, _| image.run("a", &[])),
            (0..30).fold(Fixture::new(), |image, _| image.run("a", &[])),
        ),
        (
            "huge-layer",
            Fixture::new().run("a", &[file("b", 90 * MB)]),
            Fixture::new().run("a", &[file("b", 40 * MB)]),
        ),
        (
            "redundant-tools",
            Fixture::new().run("a", &[file("usr/bin/curl", 1), file("usr/bin/wget", 1)]),
            Fixture::new().run("a", &[file("usr/bin/curl", 1)]),
        ),
    ]
}

/// A Debian base with so much documentation.
pub(super) fn full_base(documents: u64) -> Fixture {
    let release = text("etc/os-release", "ID=debian\nVERSION_CODENAME=bookworm\n");
    let files = [file("lib/libc.so", 100 * MB), file("usr/share/doc/all", documents), release];
    Fixture::default().step("ADD x /", &files).empty("CMD [\"sh\"]")
}

#[test]
fn every_structural_rule_has_a_firing_and_a_silent_image() {
    let mut seen = BTreeSet::new();
    for (id, firing, silent) in structural() {
        let advice = firing.advice();
        assert!(has(&advice, id), "{id} does not fire: {:?}", ids(&advice));
        assert!(!has(&silent.advice(), id), "{id} fires");
        seen.insert(id);
    }
    let coded = rules().filter(|rule| table::row(&rule.id).unwrap().globs.is_empty());
    for info in coded {
        assert!(seen.contains(info.id.as_ref()), "{} has no images", info.id);
    }
}
