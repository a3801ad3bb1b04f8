//! Records of package managers: a long prefix, times many lines.

use super::{Answer, Cases};
use crate::builder::{ImageBuilder, Packing};

fn image(path: &str, body: &[u8]) -> ImageBuilder {
    ImageBuilder::new().layer(|l| l.file(path, body).file("lib/a", b"a").packing(Packing::Zstd))
}

#[test]
fn a_long_prefix_and_many_lines() {
    let mut cases = Cases::default();
    let lines = "R:x\n".repeat(300_000);
    for (case, directory) in [
        ("one name of 2 MB", "d".repeat(2_000_000)),
        ("a path of 2 MB", "lib/../".repeat(300_000)),
        ("a path of 2 MB that leads nowhere", "no/".repeat(700_000)),
    ] {
        let apk = format!("P:a\nV:1\nF:{directory}\n{lines}");
        cases.image(&format!("apk: {case}"), &image("lib/apk/db/installed", apk.as_bytes()), &Answer::Opens);
    }
    let mut name = "d/".repeat(1900);
    name.push_str("a-1.dist-info/RECORD");
    let record = "x,,\n".repeat(400_000);
    cases.image("RECORD in a deep directory", &image(&name, record.as_bytes()), &Answer::Opens);
    let record = "../x/y,,\n".repeat(250_000);
    cases.image("RECORD of paths upwards", &image(&name, record.as_bytes()), &Answer::Opens);
    let list: String =
        (0..100_000).fold(String::new(), |text, n| text + "/lib/../lib/./" + &"./".repeat(n % 7) + "a\n");
    let status = "Package: a\nStatus: install ok installed\nVersion: 1\n";
    let both = ImageBuilder::new().layer(|l| {
        l.file("var/lib/dpkg/status", status)
            .file("var/lib/dpkg/info/a.list", list)
            .file("lib/a", b"a")
            .packing(Packing::Zstd)
    });
    cases.image("dpkg: one directory in many spellings", &both, &Answer::Opens);
    cases.done();
}
