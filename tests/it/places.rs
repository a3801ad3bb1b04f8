//! Places that images come from: a made-up kind of place, bodies that are read again, and the same bytes by every road.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use layercake::advice;
use layercake::analysis::Base;
use layercake::error::{Error, Result};
use layercake::image::{EntryId, Image, PathId};
use layercake::layer::Kind;
use layercake::load::{self, Examination, NoProgress, Progress, ReadBodies};
use layercake::overlay::Slot;
use layercake::source::{Blobs, Contents, ImageSelector, Location, Place, limits};
use serde_json::Value;

use crate::builder::{Form, ImageBuilder, Packing};
use crate::program::{Run, command, finish, report, temp};

/// A made-up kind of place: a shelf, on which blobs lie by name.
#[derive(Debug, Clone, Default)]
struct Shelf {
    blobs: BTreeMap<Vec<u8>, Vec<u8>>,
    /// How often layers were opened.
    opened: Arc<AtomicUsize>,
}

impl Shelf {
    fn of(image: &ImageBuilder) -> Self {
        let members = image.archive(Form::Oci).members();
        let blobs = members.0.into_iter().map(|entry| (entry.path, entry.body)).collect();
        Self { blobs, opened: Arc::default() }
    }
}

impl Blobs for Shelf {
    fn shown(&self) -> &'static str {
        "a shelf"
    }

    fn kind(&self) -> &'static str {
        "shelf"
    }

    fn names(&self) -> Result<Vec<Vec<u8>>> {
        Ok(self.blobs.keys().cloned().collect())
    }

    fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.blobs.contains_key(name).then(|| name.to_vec()))
    }

    fn document(&self, name: &[u8]) -> Result<Vec<u8>> {
        assert!((self.blobs[name].len() as u64) < limits::DOCUMENT);
        Ok(self.blobs[name].clone())
    }

    fn open(&self, name: &[u8]) -> Result<Contents> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let body = self.blobs.get(name).ok_or_else(|| Error::because("it is not on the shelf"))?.clone();
        Ok(Contents::Stream { length: body.len() as u64, reader: Box::new(Cursor::new(body)) })
    }
}

impl Place for Shelf {
    fn name(&self) -> String {
        "a shelf".into()
    }

    fn open<'p>(&self, _progress: &'p dyn Progress) -> Result<Box<dyn Blobs + 'p>> {
        Ok(Box::new(self.clone()))
    }
}

fn layered() -> ImageBuilder {
    ImageBuilder::new()
        .tag("shelved:1")
        .layer(|l| l.noise("data/big", 300_000, 1).file("data/small", b"small").noise("data/other", 9_000, 2))
        .history("COPY data /data # buildkit")
        .layer(|l| l.noise("data/big", 300_000, 3).whiteout("data/small").hardlink("again", "data/big"))
        .history("RUN /bin/sh -c change # buildkit")
}

fn examine(location: &Location) -> (Examination, Box<dyn ReadBodies>) {
    let (selector, rules) = (ImageSelector::default(), advice::Settings::default());
    let (examination, bodies) =
        load::examine(location, &selector, &Base::Auto, None, &rules, &NoProgress).unwrap();
    (examination, bodies.expect("a place that lasts"))
}

/// What the image's files hold, by layer and path.
fn bodies(location: &Location) -> BTreeMap<(usize, Vec<u8>), Vec<u8>> {
    let (examination, handle) = examine(location);
    let image: &Image = &examination.image;
    let ids: Vec<EntryId> = (0..u32::try_from(image.entries.len()).unwrap())
        .rev()
        .map(EntryId)
        .filter(|id| image.entry(*id).kind == Kind::File)
        .collect();
    let (mut found, mut order) = (BTreeMap::new(), Vec::new());
    let mut take = |id, reader: &mut dyn std::io::Read| {
        let mut body = Vec::new();
        // one body is left half read, which must not hurt the next
        let limit = if image.entry(id).size == 5 { 2 } else { u64::MAX };
        reader.take(limit).read_to_end(&mut body).unwrap();
        let path = image.paths.full(image.path_of(id)).clone();
        found.insert((image.layer_of(id), path), body);
        order.push(id);
        Ok(())
    };
    handle.visit(image, &ids, &NoProgress, &mut take).unwrap();
    assert_eq!(order.len(), ids.len());
    for layer in 0..image.layers.len() {
        let inside: Vec<_> = order.iter().filter(|id| image.layer_of(**id) == layer).collect();
        assert!(inside.is_sorted(), "bodies come in the order of the tar");
    }
    found
}

#[test]
fn a_made_up_place_is_one_type_that_holds_blobs() {
    let location = Location::new(Shelf::of(&layered()));
    let loaded = load::image(&location, &ImageSelector::default(), &NoProgress).unwrap();
    assert_eq!(loaded.image.about.source, "shelf a shelf");
    assert_eq!(loaded.image.about.reference, "shelved:1");
    assert_eq!((loaded.image.layers.len(), loaded.image.content()), (2, 609_005));
    let folder = temp();
    let saved = folder.path().join("image.tar");
    layered().archive(Form::Oci).write(&saved);
    assert_eq!(bodies(&location), bodies(&Location::path(saved)));
}

#[test]
fn bodies_are_the_same_in_every_form_and_packing() {
    let folder = temp();
    let mut first = None;
    for form in Form::IMAGES.into_iter().chain([Form::Rootfs]) {
        for inner in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
            for outer in [Packing::Plain, Packing::Gzip] {
                let path = folder.path().join(format!("{form:?}-{inner:?}-{outer:?}"));
                layered().packing(inner).archive(form).outer(outer).write(&path);
                let mut found = bodies(&Location::path(&path));
                if form == Form::Rootfs {
                    assert_eq!(found.len(), 3);
                    found = bodies(&Location::path(folder.path().join("DockerV1-Plain-Plain")))
                        .into_iter()
                        .filter(|((layer, _), _)| *layer == 0)
                        .inspect(|(key, body)| assert_eq!(&found[key], body, "{form:?} {outer:?}"))
                        .collect();
                    assert_eq!(found.len(), 3);
                } else {
                    assert_eq!(first.get_or_insert_with(|| found.clone()), &found, "{form:?} {inner:?}");
                }
            }
        }
    }
}

/// What stands below a path at the end.
fn below(examination: &Examination, top: &str) -> Vec<(PathId, Option<EntryId>)> {
    let paths = &examination.image.paths;
    let top = paths.find(top.as_bytes()).unwrap();
    (top.0..paths.end(top).0)
        .map(PathId)
        .filter_map(|path| match examination.union.rootfs.get(path)? {
            Slot::Implied => Some((path, None)),
            Slot::Entry(id) => Some((path, Some(id))),
        })
        .collect()
}

#[test]
fn a_directory_is_extracted_in_one_pass_over_each_packed_layer() {
    let image = ImageBuilder::new()
        .packing(Packing::Gzip)
        .layer(|mut l| {
            for n in 0..200 {
                l = l.file(&format!("top/f{n:03}"), format!("body {n}"));
            }
            l.hardlink("top/name", "top/f007").symlink("top/link", "f001").fifo("top/pipe")
        })
        .layer(|l| l.file("top/f003", b"changed").hardlink("top/late", "top/f003").file("other", b"x"));
    let shelf = Shelf::of(&image);
    let opened = Arc::clone(&shelf.opened);
    let (examination, bodies) = examine(&Location::new(shelf));
    assert_eq!(opened.swap(0, Ordering::Relaxed), 2);
    let folder = temp();
    let paths = below(&examination, "top");
    let extracted = load::extract(&examination, &*bodies, &paths, folder.path()).unwrap();
    assert_eq!(opened.load(Ordering::Relaxed), 2, "each layer once");
    assert_eq!((extracted.files, extracted.left_out), (203, 1));
    let read = |name: &str| fs::read_to_string(folder.path().join("top").join(name)).unwrap();
    assert_eq!(
        (read("f199"), read("name"), read("link")),
        ("body 199".into(), "body 7".into(), "body 1".into())
    );
    assert_eq!((read("f003"), read("late")), ("changed".into(), "changed".into()));

    // the first thing that exists stops it, and nothing of it stays
    fs::remove_dir_all(folder.path().join("top")).unwrap();
    let other = below(&examination, "other");
    fs::write(folder.path().join("other"), b"mine").unwrap();
    let error = load::extract(&examination, &*bodies, &other, folder.path()).unwrap_err().to_string();
    assert_eq!(error, format!("{}: it is there already", folder.path().join("other").display()));
    assert_eq!(fs::read(folder.path().join("other")).unwrap(), b"mine");
}

#[test]
fn a_failed_extract_leaves_nothing() {
    let image =
        ImageBuilder::new().layer(|l| l.file("top/a", b"a").file("top/sub/b", b"bb").file("top/c", b"c"));
    let folder = temp();
    let saved = folder.path().join("image.tar");
    image.archive(Form::Oci).write(&saved);
    let (examination, bodies) = examine(&Location::path(&saved));
    let tar = fs::read(&saved).unwrap();
    fs::write(&saved, &tar[..600]).unwrap();
    let into = folder.path().join("into");
    let paths = below(&examination, "top");
    load::extract(&examination, &*bodies, &paths, &into).unwrap_err();
    assert_eq!(fs::read_dir(&into).unwrap().count(), 0);
}

/// Runs the program on bytes as standard input.
fn piped(bytes: &[u8], options: &[&str]) -> Run {
    let folder = temp();
    let path = folder.path().join("input");
    fs::write(&path, bytes).unwrap();
    finish(command().arg("-").args(options).stdin(Stdio::from(fs::File::open(path).unwrap())))
}

/// A report without the name of the road.
fn essence(mut report: Value) -> Value {
    for field in ["source", "reference"] {
        report["image"][field] = Value::Null;
    }
    report
}

/// The report of these bytes, which must be the same from a file, packed, and from standard input.
fn everywhere(case: &str, bytes: &[u8]) -> Value {
    let folder = temp();
    let mut first: Option<Value> = None;
    for packing in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
        let packed = packing.pack(bytes);
        let path = folder.path().join(format!("{packing:?}"));
        fs::write(&path, &packed).unwrap();
        let by_file = essence(report(&path, &[]));
        let run = piped(&packed, &["--json"]);
        assert_eq!(run.code, Some(0), "{case}, {packing:?}: {}", run.stderr);
        assert_eq!(
            essence(serde_json::from_str(&run.stdout).unwrap()),
            by_file,
            "{case}, {packing:?}: stdin"
        );
        let mut figures = by_file.clone();
        // a packed root file system is a packed layer
        figures["totals"]["blob"] = Value::Null;
        figures["layers"][0]["blob"] = Value::Null;
        assert_eq!(first.get_or_insert_with(|| figures.clone()), &figures, "{case}, {packing:?}");
        let gated = ["--ci", "--min-efficiency", "0.99"];
        let code = finish(command().arg(&path).args(gated)).code;
        assert_eq!(piped(&packed, &gated).code, code, "{case}, {packing:?}: the verdict");
    }
    first.unwrap()
}

#[test]
fn the_road_does_not_change_the_report() {
    // a file that no image has in front of one that is
    let mut members = layered().archive(Form::Docker).members();
    let mut readme = members.0[0].clone();
    (readme.path, readme.body) = (b"README".to_vec(), b"hello".to_vec());
    members.0.insert(0, readme);
    assert_eq!(everywhere("an image after a stray file", &members.tar())["totals"]["layers"], 2);

    // a root file system with what looks like the parts of an image: documents, tars, packed files
    let inner = layered().archive(Form::Docker).bytes();
    let describe = |image: ImageBuilder| {
        image.layer(|l| {
            l.file("bin/tool", b"tool")
                .file("app/node_modules/a/package.json", br#"{"name":"a","version":"1.0.0"}"#)
                .file("root/.docker/config.json", br#"{"auths":{"host":{"auth":"dXNlcjpwYXNzd29yZA=="}}}"#)
                .file("data/image.tar", &inner)
                .file("data/image.tar.gz", Packing::Gzip.pack(&inner))
                .file("data/twin.tar.gz", Packing::Gzip.pack(&inner))
                .file("usr/share/man/a.gz", Packing::Gzip.pack(b"a manual page"))
                .file("data/not-quite.gz", b"\x1f\x8bno gzip")
                .file("empty", b"")
                .symlink("bin/link", "tool")
                .hardlink("bin/name", "bin/tool")
        })
    };
    let rootfs = describe(ImageBuilder::new()).archive(Form::Rootfs).bytes();
    let report = everywhere("a root file system", &rootfs);
    assert_eq!((&report["totals"]["layers"], &report["totals"]["files"]), (&1.into(), &10.into()));
    assert_eq!(report["duplicates"].as_array().unwrap().len(), 1);
    assert!(report["findings"].to_string().contains("config.json"), "{}", report["findings"]);
}

/// Messages are the same from a file, packed, and from standard input.
fn refused(case: &str, bytes: &[u8], clue: &str) {
    let folder = temp();
    for packing in [Packing::Plain, Packing::Gzip] {
        let packed = packing.pack(bytes);
        let path = folder.path().join("image");
        fs::write(&path, &packed).unwrap();
        for run in [finish(command().arg(&path).arg("--json")), piped(&packed, &["--json"])] {
            assert_eq!(run.code, Some(2), "{case}, {packing:?}: {run:?}");
            assert!(run.stderr.contains(clue), "{case}, {packing:?}: {}", run.stderr);
        }
    }
}

#[test]
fn the_road_does_not_change_the_message() {
    let members = || layered().archive(Form::DockerV1).members();
    let mut foreign = members();
    let layer = foreign.0.iter().position(|entry| entry.path.ends_with(b"layer.tar")).unwrap();
    foreign.0[layer].body = b"\xfd7zXZ\0 and more".to_vec();
    refused("a layer packed with xz", &foreign.tar(), "it is compressed with xz, which is not supported");
    let mut long = members();
    let text = long.body("manifest.json");
    text.resize(17 << 20, b' ');
    refused("a manifest of 17 MB", &long.tar(), "over the limit of 16777216 for a JSON document");
    let mut many = members();
    let manifest = many.0.pop().unwrap();
    let mut small = manifest.clone();
    small.body.clear();
    many.0.extend((0..limits::MEMBERS).map(|n| {
        small.path = n.to_string().into_bytes();
        small.clone()
    }));
    many.0.push(manifest);
    refused("a manifest after many members", &many.tar(), "no manifest among its first 131072 members");
    let parts = members().0.len() - 1;
    many.0.rotate_left(parts);
    refused("an image after many members", &many.tar(), "no manifest among its first 131072 members");
}

#[test]
fn a_large_root_file_system_is_read_by_every_road() {
    let many = ImageBuilder::new().layer(|mut l| {
        for n in 0..limits::MEMBERS + 10 {
            l = l.file(&format!("d{}/f{n}", n / 1000), b"");
        }
        l
    });
    let bytes = many.archive(Form::Rootfs).bytes();
    let folder = temp();
    let path = folder.path().join("rootfs.tar.gz");
    fs::write(&path, Packing::Gzip.pack(&bytes)).unwrap();
    let expected = Value::from(limits::MEMBERS + 10);
    assert_eq!(report(&path, &["--top", "1"])["totals"]["files"], expected);
    let run = piped(&bytes, &["--json", "--top", "1"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap()["totals"]["files"], expected);
}
