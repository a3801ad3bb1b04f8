//! Equal files in different layers of several images.
//!
//! Each image needs a content once: what counts is the copy in its lowest layer. Where these are in several
//! layers, all but one could be saved by a base that the images have in common.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::stack::Stack;
use crate::analysis::Manager;
use crate::compare::Side;
use crate::image::{EntryId, PathId};
use crate::overlay::Slot;

/// Smaller files are not worth a remark, in bytes.
const LEAST: u64 = 4096;

/// Hashes of bodies that were read, by image and entry.
pub type ReadHashes = HashMap<(usize, EntryId), u64>;

/// Equal files in different layers of several images.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repeated {
    /// What storing each once would save, in bytes.
    pub bytes: u64,
    /// The files, by package and by directory: those with most to save first.
    pub groups: Vec<Group>,
}

/// Files of one package, or of one directory where no package owns them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they belong to.
    pub owner: Owner,
    /// What storing each once would save, in bytes.
    pub bytes: u64,
    /// How many different contents they are.
    pub files: u64,
    /// The images that have them: numbers in ascending order.
    pub images: Vec<usize>,
}

/// What files belong to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A package, by its manager, its name and its version.
    Package(Manager, String, Option<String>),
    /// A directory of the first image that has them, without a leading slash.
    Directory(Vec<u8>),
}

/// A file of one image: the copy in its lowest layer.
#[derive(Debug, Clone, Copy)]
struct File {
    size: u64,
    hash: u64,
    image: usize,
    /// The distinct layer.
    layer: usize,
    /// The entry's number within its layer.
    at: u32,
    path: PathId,
    entry: EntryId,
}

/// All live files that are large enough, one path for each content. Their hashes may be unknown.
fn files(images: &[Side<'_>], stack: &Stack) -> Vec<File> {
    let mut files = Vec::new();
    for (image, side) in images.iter().enumerate() {
        let mut seen = HashSet::new();
        for (path, slot) in side.union.rootfs.live() {
            let Slot::Entry(id) = slot else { continue };
            let Some(entry) = side.union.content_of(id) else { continue };
            let body = side.image.entry(entry);
            if body.size < LEAST || !seen.insert(entry) {
                continue;
            }
            let place = side.image.layer_of(entry);
            files.push(File {
                size: body.size,
                hash: body.hash,
                image,
                layer: stack.layer(image, place),
                at: entry.0 - side.image.layers[place].entries.start,
                path,
                entry,
            });
        }
    }
    files
}

/// The entries whose bodies must be read: of files that have the size of another in another layer of
/// another image. What is one entry of one layer is asked of the first image that has it.
pub(super) fn candidates(images: &[Side<'_>], stack: &Stack) -> Vec<Vec<EntryId>> {
    let mut files = files(images, stack);
    files.sort_unstable_by_key(|file| (file.size, file.layer, file.at, file.image));
    let mut wanted = vec![Vec::new(); images.len()];
    for group in files.chunk_by(|a, b| a.size == b.size) {
        let differs = |of: fn(&File) -> usize| group.iter().any(|file| of(file) != of(&group[0]));
        if !differs(|file| file.layer) || !differs(|file| file.image) {
            continue;
        }
        for same in group.chunk_by(|a, b| (a.layer, a.at) == (b.layer, b.at)) {
            if same.iter().all(|file| file.hash == 0) {
                wanted[same[0].image].push(same[0].entry);
            }
        }
    }
    for ids in &mut wanted {
        ids.sort_unstable();
    }
    wanted
}

/// Finds the equal files.
pub(super) fn repeated(images: &[Side<'_>], stack: &Stack, hashes: &ReadHashes) -> Repeated {
    let mut files = files(images, stack);
    // one image's hash is that of every image with the layer
    let mut known: HashMap<(usize, u32), u64> = HashMap::new();
    for file in &files {
        let read = hashes.get(&(file.image, file.entry)).copied();
        if let Some(hash) = Some(file.hash).filter(|&hash| hash != 0).or(read) {
            known.insert((file.layer, file.at), hash);
        }
    }
    for file in &mut files {
        file.hash = known.get(&(file.layer, file.at)).copied().unwrap_or(0);
    }
    files.retain(|file| file.hash != 0);
    // the lowest copy of each image comes first
    files.sort_unstable_by_key(|file| (file.size, file.hash, file.image, file.entry));
    let mut groups: HashMap<Owner, Group> = HashMap::new();
    let mut total = 0;
    for equal in files.chunk_by(|a, b| (a.size, a.hash) == (b.size, b.hash)) {
        let firsts: Vec<&File> = equal.chunk_by(|a, b| a.image == b.image).map(|own| &own[0]).collect();
        let layers: BTreeSet<usize> = firsts.iter().map(|file| file.layer).collect();
        if layers.len() < 2 {
            continue;
        }
        let bytes = equal[0].size * (layers.len() as u64 - 1);
        total += bytes;
        let owner = owner(images, &firsts);
        let group =
            groups.entry(owner.clone()).or_insert(Group { owner, bytes: 0, files: 0, images: Vec::new() });
        group.bytes += bytes;
        group.files += 1;
        group.images.extend(firsts.iter().map(|file| file.image));
        group.images.sort_unstable();
        group.images.dedup();
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_unstable_by(|a, b| (Reverse(a.bytes), &a.owner).cmp(&(Reverse(b.bytes), &b.owner)));
    Repeated { bytes: total, groups }
}

/// The package that owns the file in the first image in which one does, else its directory in the first image.
fn owner(images: &[Side<'_>], firsts: &[&File]) -> Owner {
    let package = firsts.iter().find_map(|file| images[file.image].analysis.packages.owner(file.path));
    if let Some(package) = package {
        return Owner::Package(package.manager, package.name.clone(), package.version.clone());
    }
    let paths = &images[firsts[0].image].image.paths;
    Owner::Directory(paths.full(paths.parent(firsts[0].path)))
}
