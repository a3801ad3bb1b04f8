//! Long texts of the history, times many files; and names of secrets, times each other.

use super::{Answer, Cases};
use crate::builder::{ImageBuilder, LayerBuilder, Packing};

/// Files of kinds that rules look at, each with the history in mind.
fn files(layer: LayerBuilder) -> LayerBuilder {
    (0..5000)
        .fold(layer, |layer, n| match n % 4 {
            0 => layer.file(&format!("usr/lib/python3/__pycache__/{n}.pyc"), vec![b'x'; 5000]),
            1 => layer.file(&format!("opt/{n}.tar.gz"), vec![b'y'; 5000]),
            2 => layer.file(&format!("var/cache/apt/{n}.deb"), vec![b'z'; 5000]),
            _ => layer.file(&format!("root/.cache/pip/{n}"), vec![b'w'; 5000]),
        })
        .packing(Packing::Zstd)
}

#[test]
fn long_texts_times_many_files() {
    let mut cases = Cases::default();
    for (case, text) in [
        ("commands", "apt-get install -y curl && ".repeat(1_500)),
        ("one word", "x".repeat(300_000)),
        ("quotes", "\"a\" 'b' \\c ".repeat(25_000)),
        ("archives", "curl -O http://h/1.tar.gz; tar xf 1.tar.gz; ".repeat(6_000)),
        ("copies", "COPY ".to_owned() + &"a ".repeat(120_000)),
    ] {
        let text =
            if text.starts_with("COPY") { text } else { format!("RUN /bin/sh -c {text}true # buildkit") };
        let image = ImageBuilder::new().layer(files).history(&text).layer(files).history(&text);
        cases.image(&format!("5,000 files and a history of {case}"), &image, &Answer::Opens);
    }
    cases.done();
}

#[test]
fn many_secrets() {
    let mut cases = Cases::default();
    let assigned: String = (0..20_000).fold(String::new(), |text, n| text + &format!("TOKEN_{n}=hunter{n} "));
    let run = format!("RUN /bin/sh -c {assigned} true # buildkit");
    cases.image(
        "20,000 secrets in one RUN",
        &ImageBuilder::new().layer(|l| l.file("a", b"a")).history(&run),
        &Answer::Opens,
    );
    let arguments = format!("|20000 {assigned}/bin/sh -c true");
    cases.image(
        "20,000 build arguments",
        &ImageBuilder::new().layer(|l| l.file("a", b"a")).history(&arguments),
        &Answer::Opens,
    );
    let env: Vec<String> = (0..20_000).map(|n| format!("TOKEN_{n}=hunter{n}")).collect();
    let image = ImageBuilder::new().layer(|l| l.file("a", b"a")).config("Env", env.into());
    cases.image("20,000 variables", &image, &Answer::Opens);
    let mut image = ImageBuilder::new().layer(|l| l.file("a", b"a"));
    for n in 0..2000 {
        image = image.empty_step(&format!("ENV TOKEN_{n}=hunter{n} PASSWORD_{n}=x{n}"));
    }
    cases.image("2,000 steps with secrets", &image, &Answer::Opens);
    cases.done();
}

#[test]
fn thousands_of_commands_in_one_step() {
    let mut cases = Cases::default();
    for manager in ["apt-get install -y", "pip install", "npm install"] {
        let commands: Vec<String> = (0..4000).map(|n| format!("{manager} p{n}")).collect();
        let run = format!("RUN /bin/sh -c {} # buildkit", commands.join(" && "));
        let base = ImageBuilder::new().layer(|l| l.file("a", b"a")).empty_step("CMD [\"sh\"]");
        let image = base.layer(files).history(&run);
        cases.image(&format!("4,000 times {manager}"), &image, &Answer::Opens);
    }
    cases.done();
}
