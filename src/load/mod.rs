//! The pipeline from a path to an image: open, choose, index the layers, assemble, read what must be compared.
//!
//! After loading nothing reads a tar. Layers are indexed in parallel, the largest first; a packed archive
//! passes by once, in one thread, and its layers are indexed as they come.

mod bodies;
mod compare;
mod layers;
mod pick;
mod rootfs;
mod stream;

pub use bodies::Bodies;

use std::io::Read;
use std::path::Path;

use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::image::{Diagnostic, Image};
use crate::layer::{Budget, Excerpt};
use crate::overlay::{Fate, Union};
use crate::source::{
    Compression, ImageSelector, Meter, Opened, Section, looks_like_tar, not_an_image, open, stream_error,
};

/// Watches a loading: told what there is to read and how far it is; asked whether to go on.
/// Called from several threads.
pub trait Watch: Sync {
    /// The parts that will be read, lowest layer first: what each is called and how many bytes it has.
    fn begin(&self, parts: &[(String, u64)]);
    /// So many more bytes of a part were read or skipped.
    fn advance(&self, part: usize, bytes: u64);
    /// True when the user wants to stop.
    fn stopped(&self) -> bool {
        false
    }
}

/// A [`Watch`] that looks away.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoProgress;

impl Watch for NoProgress {
    fn begin(&self, _parts: &[(String, u64)]) {}
    fn advance(&self, _part: usize, _bytes: u64) {}
}

/// A loaded image with its layers stacked.
#[derive(Debug)]
pub struct Loaded {
    /// The image.
    pub image: Image,
    /// Its layers, stacked.
    pub union: Union,
    /// Where the layers are: names in the archive, lowest layer first. None for a root file system.
    pub blobs: Vec<Vec<u8>>,
}

impl Loaded {
    /// Stacks the layers of an image that was just read, and drops what was kept of bodies but is not needed
    /// (what no one can see any more; an os-release tells the base, also where it was replaced)
    /// or was over the budget.
    fn new(mut image: Image, blobs: Vec<Vec<u8>>, budget: &Budget) -> Self {
        let union = Union::of(&image);
        let mut excerpts = std::mem::take(&mut image.excerpts);
        excerpts.retain(|id, excerpt| {
            let fits = match excerpt {
                Excerpt::Database(_) => budget.holds_databases(),
                Excerpt::PackageJson(_) => budget.holds_package_jsons(),
                Excerpt::Elf(_) | Excerpt::Credentials(_) => true,
            };
            // a secret that a later layer deletes can still be read
            let lasts = matches!(excerpt, Excerpt::Credentials(_))
                || image.paths.name(image.path_of(id)) == b"os-release";
            fits && (lasts || union.fate(id) == Fate::Live)
        });
        image.excerpts = excerpts;
        if !budget.holds_databases() || !budget.holds_package_jsons() {
            let message =
                "the records of installed packages are over the limit, so packages are not all shown";
            let (code, message) = ("too-many-records", message.to_owned());
            image.diagnostics.push(Diagnostic { code, message, layer: None, path: None });
        }
        Self { image, union, blobs }
    }
}

/// Loads an image from a file or a directory.
///
/// # Errors
/// When there is no image in it, the wished one is not there, or a part of it is missing or damaged; the
/// error names the part. [`Error::Interrupted`] when the watch said stop.
pub fn path(path: &Path, selector: &ImageSelector, watch: &dyn Watch) -> Result<Loaded> {
    let shown = path.display().to_string();
    let loaded = (|| {
        let meter = PartMeter { watch, part: None };
        match open(path, &meter)? {
            Opened::Archive(archive, section) => {
                match pick::pick(&archive, selector, pick::Place::Archive, &shown)? {
                    Some(picked) => {
                        let section = |name: &[u8]| archive.section(name).ok_or_else(missing);
                        layers::load(picked, &section, watch)
                    }
                    None => rootfs::plain(&archive, &section, &shown, watch),
                }
            }
            Opened::Directory(directory) => {
                let picked =
                    pick::pick(&directory, selector, pick::Place::Directory, &shown)?.ok_or_else(|| {
                        Error::because(
                            "the directory holds no image: it has neither index.json nor manifest.json",
                        )
                        .hint("give it the directory of an OCI layout, or a file made with docker save")
                    })?;
                layers::load(picked, &|name: &[u8]| directory.section(name), watch)
            }
            Opened::Packed(compression, section) => {
                watch.begin(&[(shown.clone(), section.length())]);
                let meter = PartMeter { watch, part: Some(0) };
                let again = || Opened::unpacked(compression, &section, &meter);
                packed(&again, selector, &shown, section.length())
            }
        }
    })();
    finish(loaded, &shown, watch)
}

/// Loads an image that passes by once, packed or not: standard input, an engine's answer, the built-in image.
/// `shown` is what to call it. Nothing is written to disk, and memory is bounded by the entries.
///
/// # Errors
/// As [`path`].
pub fn stream(stream: impl Read, shown: &str, selector: &ImageSelector, watch: &dyn Watch) -> Result<Loaded> {
    let loaded = (|| {
        watch.begin(&[(shown.to_owned(), 0)]);
        let meter = PartMeter { watch, part: Some(0) };
        let mut stream = Metered { reader: stream, meter: &meter };
        let mut head = Vec::new();
        stream.by_ref().take(4).read_to_end(&mut head).map_err(|error| Error::io(&error))?;
        if head.is_empty() {
            return Err(Error::because("nothing came in")
                .hint("pipe an image into it: docker save IMAGE | layercake -"));
        }
        let compression = Compression::sniff(&head)?;
        let mut unpacked = compression.reader(head.chain(stream)).map_err(|error| Error::io(&error))?;
        // what passes by cannot be looked at twice: the first member tells an image from a root file system
        let mut start = Vec::new();
        unpacked.by_ref().take(PEEK).read_to_end(&mut start).map_err(|error| stream_error(&error))?;
        if !looks_like_tar(&start) {
            return Err(not_an_image());
        }
        let is_image = stream::first_name(&start).is_none_or(|name| rootfs::is_part_of_an_image(&name));
        let replayed = start.chain(unpacked);
        if !is_image {
            return rootfs::stream(replayed, shown);
        }
        let passed = stream::gather(replayed)?;
        match pick::pick(&passed.gathered, selector, pick::Place::Packed, shown)? {
            Some(picked) => passed.load(picked),
            None => Err(rootfs::incomplete(passed.gathered.is_empty())),
        }
    })();
    finish(loaded, shown, watch)
}

/// What is read of a stream to see what it holds, in bytes.
const PEEK: u64 = 64 << 10;

/// A stream that tells how much was read of it.
struct Metered<'a, R> {
    reader: R,
    meter: &'a dyn Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if self.meter.stopped() {
                return Err(std::io::Error::other("interrupted"));
            }
            match self.reader.read(buffer) {
                // one that waits for an engine looks up now and then
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(got) => {
                    self.meter.advance(got as u64);
                    return Ok(got);
                }
            }
        }
    }
}

/// Loads an image that passes by. `again` starts the stream over, for the case that it turns out to be a
/// root file system.
fn packed<'a>(
    again: &dyn Fn() -> Result<Box<dyn Read + 'a>>,
    selector: &ImageSelector,
    shown: &str,
    length: u64,
) -> Result<Loaded> {
    let passed = stream::gather(again()?)?;
    match pick::pick(&passed.gathered, selector, pick::Place::Packed, shown)? {
        Some(picked) => passed.load(picked),
        None => rootfs::packed(&passed.gathered, again()?, shown, length),
    }
}

/// The diff IDs of the image at a path, without reading its layers: to find the base of another image.
///
/// # Errors
/// As [`path`].
pub fn diff_ids(path: &Path, selector: &ImageSelector) -> Result<Vec<Digest>> {
    let shown = path.display().to_string();
    let meter = PartMeter { watch: &NoProgress, part: None };
    let read = || {
        let picked = match open(path, &meter)? {
            Opened::Archive(archive, _) => pick::pick(&archive, selector, pick::Place::Archive, &shown)?,
            Opened::Directory(directory) => pick::pick(&directory, selector, pick::Place::Directory, &shown)?,
            Opened::Packed(compression, section) => {
                let stream = Opened::unpacked(compression, &section, &meter)?;
                pick::pick(&stream::gather(stream)?.gathered, selector, pick::Place::Packed, &shown)?
            }
        };
        let picked = picked.ok_or_else(|| Error::because("there is no image in it"))?;
        Ok(picked.layers.into_iter().filter_map(|layer| layer.parts.diff_id).collect())
    };
    read().map_err(|error: Error| error.reading(shown.clone()))
}

fn missing() -> Error {
    Error::because("it is not in the archive")
}

/// Names what was read in an error, and tells an interruption from a failure.
fn finish(loaded: Result<Loaded>, shown: &str, watch: &dyn Watch) -> Result<Loaded> {
    if watch.stopped() {
        return Err(Error::Interrupted);
    }
    loaded.map_err(|error| error.reading(shown))
}

/// Tells the watch about one part.
struct PartMeter<'a> {
    watch: &'a dyn Watch,
    part: Option<usize>,
}

impl Meter for PartMeter<'_> {
    fn advance(&self, bytes: u64) {
        if let Some(part) = self.part {
            self.watch.advance(part, bytes);
        }
    }

    fn stopped(&self) -> bool {
        self.watch.stopped()
    }
}

/// Finds the bytes of a blob by its resolved name.
type FindSection<'a> = dyn Fn(&[u8]) -> Result<Section> + Sync + 'a;
