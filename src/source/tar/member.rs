//! What the headers of a tar say about one member.

/// The unit that tars are made of, in bytes.
pub const BLOCK: usize = 512;

/// What a header describes, by its type flag.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Type {
    /// `0`, NUL, and the contiguous file `7`.
    #[default]
    File,
    /// `1`
    HardLink,
    /// `2`
    Symlink,
    /// `3`
    CharDevice,
    /// `4`
    BlockDevice,
    /// `5`
    Directory,
    /// `6`
    Fifo,
    /// `S`: an old GNU sparse file; its body is what is stored.
    Sparse,
    /// `x` and Solaris' `X`: pax records for the next member.
    PaxLocal,
    /// `g`: pax records for all further members.
    PaxGlobal,
    /// `L`: the next member's name.
    LongName,
    /// `K`: the next member's link target.
    LongLink,
    /// Any other flag.
    Other,
}

impl Type {
    /// Links, devices and directories have no body, whatever their size field says (as Go reads it).
    pub fn has_body(self) -> bool {
        !matches!(
            self,
            Self::HardLink
                | Self::Symlink
                | Self::CharDevice
                | Self::BlockDevice
                | Self::Directory
                | Self::Fifo
        )
    }
}

/// One member, without its body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// The name as stored: any bytes.
    pub name: Vec<u8>,
    /// The target of a link as stored.
    pub link: Vec<u8>,
    /// What it is.
    pub kind: Type,
    /// Permission bits, without the file type.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Modification time, seconds since 1970.
    pub mtime: i64,
    /// Bytes of the body; 0 for kinds that have none.
    pub size: u64,
    /// Where the body starts, in bytes from the start of the tar.
    pub offset: u64,
    /// Major and minor number of a device.
    pub device: Option<(u32, u32)>,
    /// Extended attributes: names and values.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}
