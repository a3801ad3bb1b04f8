//! Totals of directories as prefix sums over the path table.

use crate::image::{Image, PathId};

/// What a shown path adds to the directories above it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::ui) struct Weight {
    pub(in crate::ui) bytes: u64,
    pub(in crate::ui) is_file: bool,
}

/// Bytes, files and shown paths below every directory.
#[derive(Debug, Default)]
pub(in crate::ui) struct Sums {
    bytes: Vec<u64>,
    files: Vec<u32>,
    shown: Vec<u32>,
}

impl Sums {
    /// Sums over the first `paths` paths, of which `weigh` shows some. The buffers are used again.
    pub(in crate::ui) fn fill(&mut self, paths: u32, mut weigh: impl FnMut(PathId) -> Option<Weight>) {
        let length = paths as usize + 1;
        self.bytes.clear();
        self.files.clear();
        self.shown.clear();
        self.bytes.reserve_exact(length);
        self.files.reserve_exact(length);
        self.shown.reserve_exact(length);
        let (mut bytes, mut files, mut shown) = (0_u64, 0_u32, 0_u32);
        for path in 0..paths {
            self.bytes.push(bytes);
            self.files.push(files);
            self.shown.push(shown);
            if let Some(weight) = weigh(PathId(path)) {
                bytes += weight.bytes;
                files += u32::from(weight.is_file);
                shown += 1;
            }
        }
        self.bytes.push(bytes);
        self.files.push(files);
        self.shown.push(shown);
    }

    /// Bytes of a path and all below it.
    pub(in crate::ui) fn bytes(&self, image: &Image, path: PathId) -> u64 {
        self.between(&self.bytes, image, path)
    }

    /// Files at and below a path.
    pub(in crate::ui) fn files(&self, image: &Image, path: PathId) -> u32 {
        self.between(&self.files, image, path)
    }

    /// Paths that are shown at and below a path; a path with none is not shown itself.
    pub(in crate::ui) fn shown(&self, image: &Image, path: PathId) -> u32 {
        self.between(&self.shown, image, path)
    }

    #[expect(clippy::unused_self, reason = "reads one of its own columns")]
    fn between<T: Copy + Default + std::ops::Sub<Output = T>>(
        &self,
        sums: &[T],
        image: &Image,
        path: PathId,
    ) -> T {
        let at = |path: PathId| sums.get(path.index()).copied();
        match (at(path), at(image.paths.end(path))) {
            (Some(start), Some(end)) => end - start,
            _ => T::default(),
        }
    }
}
