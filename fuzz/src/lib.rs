//! What the fuzz targets share: images to start from, and how input is made into one.

#[path = "../../tests/it/builder/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use the rest of the builder")]
mod builder;

use std::path::PathBuf;
use std::sync::LazyLock;

use builder::{Form, ImageBuilder, LayerBuilder, Members, Packing};
use layercake::analysis::Base;
use layercake::load::{self, Examination, NoProgress, ReadBodies};
use layercake::source::{ImageSelector, Location, tar};
use layercake::{advice, error};

/// A file in memory where the system has such a place; the fuzzer writes thousands a second.
///
/// # Panics
/// When no file can be made.
pub fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let file = tempfile::NamedTempFile::new_in(folder).expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("a temporary file");
    file
}

/// The bytes with the right checksum in every block that looks like a tar header: most changes to one would otherwise
/// end at its checksum.
pub fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for block in bytes.as_chunks_mut::<{ tar::BLOCK }>().0 {
        if &block[257..262] == b"ustar" {
            tar::seal(block);
        }
    }
    bytes
}

/// Loads and examines an image.
///
/// # Errors
/// Whatever is wrong with it.
pub fn examine(location: &Location) -> error::Result<(Examination, Option<Box<dyn ReadBodies>>)> {
    let rules = advice::Settings { floors: false, ..advice::Settings::default() };
    load::examine(location, &ImageSelector::default(), &Base::Auto, None, &rules, &NoProgress)
}

/// Layers as Dockerfiles make them: installs, copies, removals, changed modes, links.
fn image() -> ImageBuilder {
    let base = |l: LayerBuilder| {
        l.dir("etc").file("etc/os-release", "ID=debian\nVERSION_ID=12\n").file("bin/sh", [b'x'; 600]).file(
            "var/lib/dpkg/status",
            "Package: gcc\nStatus: install ok installed\nVersion: 1\nInstalled-Size: 9\nArchitecture: amd64\n\n",
        )
    };
    let install = |l: LayerBuilder| {
        l.file("var/lib/apt/lists/deb_main", [b'l'; 5000])
            .file("var/cache/apt/archives/a.deb", [b'd'; 4500])
            .file("usr/bin/gcc", [b'\x7f'; 5000])
            .hardlink("usr/bin/cc", "usr/bin/gcc")
    };
    let copy = |l: LayerBuilder| {
        l.file("srv/app/main.py", "print()")
            .file("srv/app/.git/HEAD", "ref")
            .file("srv/app.tgz", [b'z'; 4600])
    };
    let remove = |l: LayerBuilder| {
        l.whiteout("srv/app.tgz")
            .whiteout("var/lib/apt/lists/deb_main")
            .opaque("srv/app/.git")
            .symlink("srv/x", "app")
    };
    ImageBuilder::new()
        .layer(base)
        .history("/bin/sh -c #(nop) ADD file:1 in / ")
        .empty_step("/bin/sh -c #(nop)  CMD [\"bash\"]")
        .layer(install)
        .history("RUN /bin/sh -c apt-get update && apt-get install -y gcc curl # buildkit")
        .layer(copy)
        .history("COPY . /srv # buildkit")
        .layer(remove)
        .history("RUN /bin/sh -c tar xf /srv/app.tgz && rm -rf /srv/app.tgz /var/lib/apt/lists/* # buildkit")
        .layer(|l| l.file("usr/bin/gcc", [b'\x7f'; 5000]).mode(0o777))
        .history("RUN /bin/sh -c chmod -R 777 /usr/bin # buildkit")
        .tag("fuzz:1")
}

/// A Dockerfile that could have made the image.
pub const DOCKERFILE: &str = "FROM debian:12 AS base\nRUN apt-get update && \\\n    apt-get install -y gcc curl\n\
COPY . /srv\nRUN tar xf /srv/app.tgz && rm -rf /srv/app.tgz /var/lib/apt/lists/*\nRUN chmod -R 777 /usr/bin\n";

/// The image as a saved archive with plain layers.
pub fn plain() -> Vec<u8> {
    saved(Form::Docker, Packing::Plain)
}

fn saved(form: Form, packing: Packing) -> Vec<u8> {
    image().packing(packing).archive(form).members().tar()
}

/// The image in several forms, each with a name.
pub fn archives() -> impl Iterator<Item = (String, Vec<u8>)> {
    let packings = [Packing::Plain, Packing::Gzip, Packing::GzipMembers, Packing::Zstd, Packing::ZstdFrames];
    [Form::Docker, Form::Oci]
        .into_iter()
        .flat_map(move |form| packings.map(|packing| (format!("{form:?}-{packing:?}"), saved(form, packing))))
}

/// What the image's history says.
pub fn steps() -> Vec<String> {
    let config = image().config_json(&[]);
    let steps = config["history"].as_array().into_iter().flatten();
    steps.filter_map(|step| step["created_by"].as_str()).map(str::to_owned).collect()
}

/// The members of two archives, and the names of their documents.
static MEMBERS: LazyLock<[(Members, Vec<String>); 2]> = LazyLock::new(|| {
    let documents = |members: &Members| {
        let is_document = |body: &[u8]| body.first().is_some_and(|first| b"{[".contains(first));
        let found = members.0.iter().filter(|entry| is_document(&entry.body));
        found.map(|entry| String::from_utf8_lossy(&entry.path).into_owned()).collect()
    };
    [Form::DockerV1, Form::Oci].map(|form| {
        let members = image().archive(form).members();
        let names = documents(&members);
        (members, names)
    })
});

/// Archives with one of their documents replaced: its name and its text.
pub fn documents() -> impl Iterator<Item = (String, Vec<u8>)> {
    MEMBERS.iter().flat_map(|(members, names)| {
        names.iter().map(|name| (name.clone(), members.clone().body(name).clone()))
    })
}

/// An archive with document number `which` replaced.
pub fn with_document(which: usize, text: &[u8]) -> Vec<u8> {
    let all: usize = MEMBERS.iter().map(|(_, names)| names.len()).sum();
    let mut which = which % all;
    for (members, names) in MEMBERS.iter() {
        if let Some(name) = names.get(which) {
            let mut members = members.clone();
            *members.body(name) = text.to_vec();
            return members.tar();
        }
        which -= names.len();
    }
    Vec::new()
}

/// An image whose history is these lines, each a step that made no layer but the last.
pub fn with_history(text: &str) -> Vec<u8> {
    let lines: Vec<&str> = text.split('\0').take(30).collect();
    let files = |l: LayerBuilder| l.file("var/lib/apt/lists/x", [b'l'; 5000]).file("a.tgz", [b'z'; 5000]);
    let image = lines.iter().enumerate().fold(ImageBuilder::new(), |image, (number, line)| {
        if number % 2 == 0 { image.layer(files).history(line) } else { image.empty_step(line) }
    });
    image.archive(Form::DockerV1).members().tar()
}

/// The layers of the image, each as a tar and packed.
pub fn layers() -> impl Iterator<Item = Vec<u8>> {
    let packings = [Packing::Plain, Packing::Gzip, Packing::Zstd];
    image()
        .build_layers()
        .collect::<Vec<_>>()
        .into_iter()
        .flat_map(move |layer| packings.map(|it| it.pack(&layer.tar)))
}
