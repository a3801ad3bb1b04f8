//! Recommended packages: what a step or a container needs of them stays.

use super::*;

/// An image in which `asked` was installed, and came with `extra`, a package that it only recommends, and its files.
fn image(command: &str, asked: &str, extra: (&str, &str)) -> Fixture {
    let (extra, path) = extra;
    let status = format!(
        "Package: {asked}\nStatus: install ok installed\nRecommends: {extra}, fonts\n\n\
         Package: {extra}\nStatus: install ok installed\n\nPackage: fonts\nStatus: install ok installed\n"
    );
    let files = [
        file(&format!("usr/bin/{asked}"), 5 * MB),
        file(path, 20 * MB),
        file("usr/share/fonts/a.ttf", 30 * MB),
        text("var/lib/dpkg/status", &status),
        text(&format!("var/lib/dpkg/info/{asked}.list"), &format!("/usr/bin/{asked}\n")),
        text(&format!("var/lib/dpkg/info/{extra}.list"), &format!("/{path}\n")),
        text("var/lib/dpkg/info/fonts.list", "/usr/share/fonts/a.ttf\n"),
        text(
            "var/lib/apt/extended_states",
            &format!("Package: {extra}\nAuto-Installed: 1\n\nPackage: fonts\nAuto-Installed: 1\n"),
        ),
    ];
    Fixture::new().run(command, &files)
}

fn recommends(fixture: Fixture) -> crate::advice::Finding {
    fixture.advice().findings.into_iter().find(|finding| finding.rule == "recommends").unwrap()
}

#[test]
fn certificates_stay_where_something_asks_over_tls() {
    let certificates = ("ca-certificates", "usr/share/ca-certificates/a.crt");
    let asking =
        recommends(image("apt-get install -y curl", "curl", certificates).run("curl https://h/x", &[]));
    assert_eq!(asking.snippet, "RUN apt-get install -y --no-install-recommends curl ca-certificates");
    assert_eq!(asking.bytes, 30 * MB);
    let mute = recommends(image("apt-get install -y bc", "bc", certificates).run("bc -l", &[]));
    assert_eq!(mute.snippet, "RUN apt-get install -y --no-install-recommends bc");
    assert_eq!(mute.bytes, 50 * MB);
    let mut started = image("apt-get install -y git", "git", certificates);
    started.config.config.entrypoint = vec!["/usr/bin/git".into()];
    assert!(recommends(started).snippet.ends_with("git ca-certificates"));
}

#[test]
fn a_compiler_stays_where_pip_builds_what_it_installs() {
    let image = || image("apt-get install -y python3-pip", "pip", ("gcc", "usr/bin/gcc"));
    let found = recommends(image().run("pip install --no-binary lxml lxml", &[]));
    assert_eq!(found.snippet, "RUN apt-get install -y --no-install-recommends python3-pip gcc");
    assert_eq!(found.bytes, 30 * MB);
    assert_eq!(recommends(image()).bytes, 50 * MB);
}

#[test]
fn all_packages_that_go_are_named() {
    let names: Vec<String> = (0..9).map(|number| format!("extra-{number}")).collect();
    let mut status =
        format!("Package: tool\nStatus: install ok installed\nRecommends: {}\n\n", names.join(", "));
    let mut automatic = String::new();
    let mut files = vec![file("usr/bin/tool", MB), text("var/lib/dpkg/info/tool.list", "/usr/bin/tool\n")];
    for name in &names {
        status.extend(["Package: ", name, "\nStatus: install ok installed\n\n"]);
        automatic.extend(["Package: ", name, "\nAuto-Installed: 1\n\n"]);
        files.push(file(&format!("usr/lib/{name}"), MB));
        files.push(text(&format!("var/lib/dpkg/info/{name}.list"), &format!("/usr/lib/{name}\n")));
    }
    files.extend([text("var/lib/dpkg/status", &status), text("var/lib/apt/extended_states", &automatic)]);
    let found = recommends(Fixture::new().run("apt-get install -y tool", &files));
    assert!(names.iter().all(|name| found.why.contains(name)), "{}", found.why);
}
