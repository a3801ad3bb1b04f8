//! Writes what the fuzz targets start from into a folder: one folder for each target. Built images, files of this
//! repository, and those that are named as arguments (saved images, Dockerfiles).
//!
//! `cargo run --manifest-path fuzz/Cargo.toml --no-default-features --example seeds -- fuzz/corpus FILE…`

use std::fs;
use std::path::{Path, PathBuf};

use layercake_fuzz::{DOCKERFILE, archives, documents, layers, steps};

/// Longest file that is worth being changed at random, in bytes.
const LONGEST: u64 = 300_000;

/// Written out: many are small, and each has a name of its own.
struct Corpus(PathBuf);

impl Corpus {
    fn add(&self, target: &str, name: &str, bytes: impl AsRef<[u8]>) {
        let folder = self.0.join(target);
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(folder.join(name), bytes))
            .expect("a writable folder");
    }

    /// An archive, for all targets that take one.
    fn archive(&self, name: &str, bytes: &[u8]) {
        self.add("archive", name, bytes);
        for how in [0_u8, 1, 2, 5] {
            self.add("slim", &format!("{name}-{how}"), [&[how], bytes].concat());
        }
        let head = |length: usize| {
            format!("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: {length}\r\n\r\n")
        };
        let id = "{\"Id\":\"sha256:00\"}";
        let answers =
            [head(2).as_bytes(), b"OK----\n", head(id.len()).as_bytes(), id.as_bytes(), b"----\n"].concat();
        self.add("engine", name, [&answers, head(bytes.len()).as_bytes(), bytes].concat());
    }
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let corpus = Corpus(arguments.next().expect("a folder to write to"));
    for (name, bytes) in archives() {
        corpus.archive(&name, &bytes);
    }
    for (number, tar) in layers().enumerate() {
        corpus.add("layer", &number.to_string(), &tar);
        corpus.add("archive", &format!("rootfs-{number}"), &tar);
    }
    for (number, (_, text)) in documents().enumerate() {
        let which = u8::try_from(number).expect("few documents");
        corpus.add("documents", &number.to_string(), [&[which], &text[..]].concat());
    }
    corpus.add("dockerfile", "image", DOCKERFILE);
    for (number, step) in steps().iter().enumerate() {
        corpus.add("history", &number.to_string(), step);
    }
    for (number, text) in [
        "RUN |2 A=1 TOKEN=x /bin/sh -c npm ci && npm run build # buildkit",
        "/bin/sh -c #(nop) COPY dir:abc in /srv ",
        "/bin/sh -c #(nop)  ENV PASSWORD=hunter2 X=\"a b\"",
        "RUN /bin/sh -c <<EOF\nset -e\npip install x\nEOF # buildkit",
    ]
    .into_iter()
    .enumerate()
    {
        corpus.add("history", &format!("more-{number}"), text);
    }
    for (number, name) in
        ["a/./b//../c", "etc/.wh.passwd", "etc/.wh..wh..opq", "/.wh.", ".wh..", "\u{202e}x\u{1b}[2J"]
            .into_iter()
            .enumerate()
    {
        corpus.add("names", &number.to_string(), name);
    }
    corpus.add("settings", "toml", "[gates]\nmin-efficiency = \"95%\"\nmax-wasted = \"20MB\"\nmax-own-wasted = \"off\"\n[ignore]\npaths = [\"var/lib/dpkg/**\"]\n[rules]\nallow = [\"docs\"]\ndeny = [\"secret-file\"]\n[[rule]]\nid = \"fixtures\"\nglobs = [\"srv/**/fixtures/**\"]\n[base]\nlayers = 3\n[ui]\ntheme = \"contrast\"\n");
    corpus.add(
        "settings",
        "dive",
        "rules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 20MB\n  highestUserWastedPercent: 0.20\n",
    );
    for (number, text) in [
        "var/lib/dpkg/**\nvar/lib/dpkg/status",
        "**/*.t{gz,ar}\n*.pyc\na/b/c.tgz",
        "a?b/[!c-e]*/**/x\naxb/fy/z/x",
        "/etc/*.cache\nsrv/data/\nsrv/data/x/y",
        "**/a/**/b/**\nx/a/y/b/z",
    ]
    .into_iter()
    .enumerate()
    {
        corpus.add("globs", &number.to_string(), text);
    }
    for (number, keys) in [
        "p/apt<enter>jjl<enter>",
        "p/re:^usr/.*gcc$<enter>s",
        "p2jj<enter>E3<enter>4m5",
        "p/*.tgz<enter>n?<esc>q",
    ]
    .into_iter()
    .enumerate()
    {
        corpus.add("keys", &number.to_string(), keys);
    }
    for path in arguments {
        add_file(&corpus, &path);
    }
}

/// A file, for the targets that its content is for.
fn add_file(corpus: &Corpus, path: &Path) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if fs::metadata(path).is_ok_and(|found| !found.is_file() || found.len() > LONGEST) {
        return;
    }
    let Ok(bytes) = fs::read(path) else { return eprintln!("{} cannot be read", path.display()) };
    if name.contains("Dockerfile") {
        corpus.add("dockerfile", &name, bytes);
    } else {
        corpus.archive(&name, &bytes);
    }
}
