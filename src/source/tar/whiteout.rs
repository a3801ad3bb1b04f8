//! Members that hide something of the layers below.

use super::{BLOCK, octal, pad, seal};

/// The marker that removes a path.
pub fn of(path: &[u8]) -> Vec<u8> {
    let name = path.iter().rposition(|&b| b == b'/').map_or(0, |slash| slash + 1);
    empty(&[&path[..name], b".wh.", &path[name..]].concat())
}

/// The marker that empties a directory.
pub fn opaque(directory: &[u8]) -> Vec<u8> {
    empty(&[directory, b"/.wh..wh..opq"].concat())
}

/// An empty file, with its name in a header of its own where the field is too short.
fn empty(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if name.len() > 100 {
        out.extend(header(b"././@LongLink", b'L', name.len() as u64 + 1));
        out.extend_from_slice(name);
        out.push(0);
        pad(&mut out);
    }
    out.extend(header(&name[..name.len().min(100)], b'0', 0));
    out
}

fn header(name: &[u8], flag: u8, size: u64) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    header[..name.len()].copy_from_slice(name);
    for (field, value) in [(100..108, 0o644), (108..116, 0), (116..124, 0), (124..136, size), (136..148, 0)] {
        octal(&mut header[field], value);
    }
    header[156] = flag;
    header[257..265].copy_from_slice(b"ustar  \0");
    seal(&mut header);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_length_are_kept() {
        for length in [1, 96, 97, 300] {
            let path = [&b"d/"[..], &vec![b'n'; length]].concat();
            let mut bytes = of(&path);
            bytes.extend([0; 2 * BLOCK]);
            let mut archive = tar::Archive::new(&bytes[..]);
            let entry = archive.entries().unwrap().next().unwrap().unwrap();
            assert_eq!(*entry.path_bytes(), [&b"d/.wh."[..], &vec![b'n'; length]].concat());
        }
    }
}
