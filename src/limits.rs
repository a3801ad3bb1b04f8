//! All limits on what is read from an image. Images come from strangers: every length is checked against one of these
//! before it is used, and an error names the limit that it hit.

/// Longest file of settings or keys for engines, in bytes.
pub const SETTINGS: u64 = 4 << 20;
/// Longest JSON document (manifest, index, configuration), in bytes.
pub const DOCUMENT: u64 = 16 << 20;
/// All JSON documents kept while an archive passes by as a stream, in bytes.
pub const DOCUMENTS: u64 = 64 << 20;
/// Deepest nesting of indexes in indexes.
pub const INDEX_DEPTH: usize = 8;
/// Most references of indexes to manifests and indexes that are followed.
pub const REFERENCES: usize = 1 << 14;
/// Most layers that all the images of one archive name together, those of one manifest once.
pub const NAMED_LAYERS: usize = 1 << 17;
/// Most manifests of one archive.
pub const MANIFESTS: usize = 1024;
/// Most items of one list or map in a JSON document: steps, layers, labels, variables.
pub const ITEMS: usize = 1 << 16;
/// Most layers of one image; engines stop at 127.
pub const LAYERS: usize = 4096;
/// Most members of an archive that is taken for an image.
pub const MEMBERS: usize = 1 << 17;
/// What may come after the end of an archive that passes by, in bytes; more is not read.
pub const TRAILING: u64 = 256 << 20;
/// Most symbolic links that are followed to reach a member.
pub const LINKS: usize = 16;
/// Longest body of a tar extension header (long names, pax records), in bytes.
pub const EXTENSION: u64 = 1 << 20;
/// Global pax records in force at once, in bytes: each of them is applied to every member that follows.
pub const GLOBALS: usize = 4 << 10;
/// Longest path, and longest target of a link, in bytes: what Linux takes (`PATH_MAX`).
pub const PATH: usize = 4096;
/// Most entries of one image, whiteouts included; each takes about 100 bytes of memory.
pub const ENTRIES: u64 = 1 << 24;
/// Most entries of layers of one image that are the blob of an earlier layer: a few bytes name it again.
pub const REPEATED: u64 = 1 << 20;
/// Most entries that the further images of one archive have in common with those before them.
pub const SHARED: u64 = 1 << 22;
/// Most directories of one image that no entry had named when the first path in them came: one short name can
/// imply two thousand of them.
pub const IMPLIED: u64 = 1 << 20;
/// Bytes of names and link targets of one entry that are free; see [`LONG_TEXT`].
pub const SHORT_TEXT: u64 = 256;
/// All names and link targets of one image, in bytes, without the first [`SHORT_TEXT`] of each entry.
pub const LONG_TEXT: u64 = 64 << 20;
/// All names, or all link targets, of one layer, in bytes: they are numbered with 32 bits.
pub const NAMES: usize = 1 << 30;
/// The different sets of extended attributes of one image, in bytes of memory.
pub const XATTRS: u64 = 32 << 20;
/// So many times its size a packed layer may unpack to, whatever that is: gzip reaches 1032, zstd far more, and real
/// layers less than 20.
pub const EXPANSION: u64 = 200;
/// What all packed layers of one image may unpack to beyond that, in bytes: the zeros of sparse files. `--max-unpacked`
/// sets another limit.
pub const UNPACKED: u64 = 1 << 32;
/// The sizes of all files of one image together, and of its tars and blobs: up to here every sum and every share of
/// them is exact, in a `f64` too. A sparse file, or one blob named often, can claim far more.
pub const SIZES: u64 = 1 << 53;
/// Most diagnostics of one kind in one layer.
pub const REMARKS: usize = 20;
/// Most diagnostics that the layers of one image give.
pub const DIAGNOSTICS: usize = 1000;
/// Longest package database, file list or os-release that is kept of a layer, in bytes.
pub const DATABASE: u64 = 8 << 20;
/// All of them together, over all layers, in bytes; dpkg's of a large image have about 5 MB.
pub const DATABASES: u64 = 64 << 20;
/// Longest database of rpm that is read, in bytes; most of it is not kept.
pub const RPM_DATABASE: u64 = 96 << 20;
/// What may be kept of it, in bytes.
pub const RPM_PACKAGES: usize = 24 << 20;
/// Most directories that one package of it names.
pub const RPM_DIRECTORIES: usize = 1 << 17;
/// Longest package.json that is kept, in bytes; most have 2 KB.
pub const PACKAGE_JSON: u64 = 64 << 10;
/// All of them together, over all layers, in bytes.
pub const PACKAGE_JSONS: u64 = 16 << 20;
/// Most packages of one package manager.
pub const PACKAGES: usize = 1 << 16;
/// Longest file that is checked for credentials, in bytes.
pub const CREDENTIALS: u64 = 64 << 10;
/// Smallest file in a place of packages that is read as an executable if its mode or its name says that it is one, in
/// bytes; elsewhere small ones are read, too.
pub const SMALL_EXECUTABLE: u64 = 16 << 10;
/// Most of those that are read in one layer: each costs a read or two.
pub const SMALL_EXECUTABLES: usize = 1 << 15;
/// Longest script that is kept, in bytes.
pub const SCRIPT: u64 = 8 << 10;
/// All of them together, over all layers, in bytes.
pub const SCRIPTS: u64 = 4 << 20;
/// Smallest file that is read as an executable whatever its name, in bytes.
pub const EXECUTABLE: u64 = 1 << 20;
/// Longest table of an executable's segments or sections, in bytes.
pub const EXECUTABLE_TABLE: u64 = 1 << 20;
