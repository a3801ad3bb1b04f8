//! Describes one layer: entries in the order of its tar, each with its attributes.

use super::packing::Packing;
use super::tarball::{Entry, Names, Type, tar_of};

/// Describes one layer. `mode`, `owner`, `mtime` and `xattr` change the entry added last.
#[derive(Debug, Clone, Default)]
pub(crate) struct LayerBuilder {
    entries: Vec<Entry>,
    packing: Option<Packing>,
    raw: Option<Vec<u8>>,
}

impl LayerBuilder {
    /// Any entry at all.
    pub(crate) fn entry(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    fn add(self, kind: Type, path: &[u8], body: &[u8], link: &[u8]) -> Self {
        let mode = if kind == Type::Directory { 0o755 } else { 0o644 };
        self.entry(Entry {
            path: path.into(),
            kind,
            body: body.into(),
            link: link.into(),
            mode,
            ..Entry::default()
        })
    }

    /// A directory, written with a trailing slash as every tool does.
    pub(crate) fn dir(self, path: &str) -> Self {
        self.add(Type::Directory, format!("{path}/").as_bytes(), b"", b"")
    }

    /// A regular file.
    pub(crate) fn file(self, path: &str, body: impl AsRef<[u8]>) -> Self {
        self.add(Type::File, path.as_bytes(), body.as_ref(), b"")
    }

    /// A regular file of `size` bytes that look random, so that they hardly compress; `seed` tells them apart.
    pub(crate) fn noise(self, path: &str, size: usize, seed: u64) -> Self {
        self.file(path, noise(size, seed))
    }

    /// A symbolic link.
    pub(crate) fn symlink(self, path: &str, target: &str) -> Self {
        self.add(Type::Symlink, path.as_bytes(), b"", target.as_bytes())
    }

    /// A further name of the file `target` (a path from the root of the image).
    pub(crate) fn hardlink(self, path: &str, target: &str) -> Self {
        self.add(Type::HardLink, path.as_bytes(), b"", target.as_bytes())
    }

    /// A named pipe.
    pub(crate) fn fifo(self, path: &str) -> Self {
        self.add(Type::Fifo, path.as_bytes(), b"", b"")
    }

    /// A character device.
    pub(crate) fn char_device(self, path: &str) -> Self {
        self.add(Type::CharDevice, path.as_bytes(), b"", b"")
    }

    /// A block device.
    pub(crate) fn block_device(self, path: &str) -> Self {
        self.add(Type::BlockDevice, path.as_bytes(), b"", b"")
    }

    /// The numbers of the device added last.
    pub(crate) fn numbers(self, major: u32, minor: u32) -> Self {
        self.change(|entry| entry.device = Some((major, minor)))
    }

    /// A marker that removes `path` from the layers below.
    pub(crate) fn whiteout(self, path: &str) -> Self {
        let marker = match path.rsplit_once('/') {
            Some((parent, name)) => format!("{parent}/.wh.{name}"),
            None => format!(".wh.{path}"),
        };
        self.file(&marker, b"")
    }

    /// A marker that hides what the layers below have in the directory `path` (`""`: the root).
    pub(crate) fn opaque(self, path: &str) -> Self {
        let slash = if path.is_empty() { "" } else { "/" };
        self.file(&format!("{path}{slash}.wh..wh..opq"), b"")
    }

    /// A regular file whose name is any bytes.
    pub(crate) fn raw_name(self, path: &[u8], body: impl AsRef<[u8]>) -> Self {
        self.add(Type::File, path, body.as_ref(), b"")
    }

    /// The mode of the entry added last.
    pub(crate) fn mode(self, mode: u32) -> Self {
        self.change(|entry| entry.mode = mode)
    }

    /// User and group of the entry added last.
    pub(crate) fn owner(self, uid: u32, gid: u32) -> Self {
        self.change(|entry| (entry.uid, entry.gid) = (uid, gid))
    }

    /// Modification time of the entry added last, in seconds since 1970.
    pub(crate) fn mtime(self, seconds: u64) -> Self {
        self.change(|entry| entry.mtime = seconds)
    }

    /// An extended attribute of the entry added last.
    pub(crate) fn xattr(self, key: &str, value: &[u8]) -> Self {
        self.change(|entry| entry.xattrs.push((key.into(), value.into())))
    }

    fn change(mut self, change: impl FnOnce(&mut Entry)) -> Self {
        if let Some(entry) = self.entries.last_mut() {
            change(entry);
        }
        self
    }

    /// How this layer is compressed, whatever the image says.
    pub(crate) fn packing(mut self, packing: Packing) -> Self {
        self.packing = Some(packing);
        self
    }

    /// These very bytes instead of a tar of the entries.
    pub(crate) fn raw_tar(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.raw = Some(bytes.into());
        self
    }

    pub(super) fn own_packing(&self) -> Option<Packing> {
        self.packing
    }

    /// The layer as a tar.
    pub(crate) fn tar(&self, names: Names) -> Vec<u8> {
        self.raw.clone().unwrap_or_else(|| tar_of(&self.entries, names))
    }
}

/// `size` bytes that look random, the same for the same `seed` (xorshift64*).
fn noise(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend_from_slice(&state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}
