//! The images of the benches, and the least work that reading them can take.

#[path = "../../tests/it/builder/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use the rest of the builder")]
mod builder;

use std::path::{Path, PathBuf};

use builder::{Form, LayerBuilder};

#[allow(unused_imports, reason = "not every bench packs its layers")]
pub(crate) use builder::Packing;

pub(crate) use builder::ImageBuilder;

/// Where built images are kept from one run to the next.
pub(crate) fn image(name: &str, build: impl FnOnce() -> ImageBuilder) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.tar"));
    if !path.exists() {
        let part = path.with_extension("part");
        build().archive(Form::Docker).write(&part);
        std::fs::rename(&part, &path).expect("a writable directory");
    }
    path
}

/// `entries` small entries over `layers` layers, as package managers leave them: directories of forty files,
/// some links, some files that later layers store again or delete.
pub(crate) fn entries(layers: u64, entries: u64) -> ImageBuilder {
    let each = entries / layers;
    (0..layers).fold(ImageBuilder::new(), |image, layer| image.layer(|l| small_files(l, layer, each)))
}

fn small_files(mut l: LayerBuilder, layer: u64, count: u64) -> LayerBuilder {
    for n in 0..count {
        // every eighth directory is one that the layer below has too
        let (directory, owner) = (n / 40, if (n / 40) % 8 == 7 { layer.saturating_sub(1) } else { layer });
        let path = format!("usr/share/package-{owner}/{}/{directory}/file-{n}.txt", directory % 64);
        l = match n % 40 {
            0 => l.dir(&format!("usr/share/package-{owner}/{}/{directory}", directory % 64)),
            1 => l.symlink(&path, "../somewhere/else"),
            2 if owner != layer => l.whiteout(&path),
            _ => l.file(
                &path,
                &b"a few bytes of text in each, as small files have"[..usize::try_from(n % 48).unwrap_or(0)],
            ),
        };
    }
    l
}
